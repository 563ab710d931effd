"""A process that is killed while it runs a job, once for each kind of job: in the middle of what the job writes, and again
when all is written but not yet noted as done. Whoever goes on afterwards brings it about that each job has worked once.

A trigger holds the job at its place, so that no kill misses it. Instead of waiting for a lease to end, the test sets it
back."""

import contextlib
import os
import signal
import subprocess
import threading
import time

import pytest
import requests

from postgres import Server
from served import EMAIL, PASSWORD, Served
from test_many_servers import another, until
from test_webhooks import Receiver

CASES, DAY = {}, 86_400_000
GATE = """
    CREATE SCHEMA gate; CREATE SEQUENCE gate.passed;
    CREATE FUNCTION gate.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('gate.passed') > CAST(TG_ARGV[0] AS BIGINT) THEN PERFORM pg_advisory_xact_lock_shared(77); END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END $$
"""


class World(Served):
    """A workspace whose jobs can be held, with somebody who works on them."""

    def __init__(self, directory):
        self.server = Server()
        super().__init__(directory, database=self.server.address)
        self.schema = self.server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'acme'")
        self.sql(GATE)
        # Whoever has this lock opens no gate: what waits there is killed.
        self.keeper = subprocess.Popen(
            [self.server.programs / "psql", "-h", self.server.folder, "-U", "kehu", "-qAt", "kehu"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=self.server.folder, **self.server.user,
        )
        self.keep()

    def keep(self):
        self.keeper.stdin.write("SELECT 'kept' FROM (SELECT pg_advisory_lock(77)) held;\n")
        self.keeper.stdin.flush()
        assert self.keeper.stdout.readline().strip() == "kept"

    def let_through(self):
        """Whoever waits at a gate goes on, and nobody waits there any more."""
        self.keeper.stdin.write("SELECT pg_advisory_unlock(77);\n")
        self.keeper.stdin.flush()
        assert self.keeper.stdout.readline().strip() == "t"
        for table in self.sql("SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'gate'").split():
            self.sql(f"DROP TRIGGER gate ON {table}")
        self.keep()

    def is_held(self):
        return self.server.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted") != "0"

    @contextlib.contextmanager
    def asleep(self, condition, again):
        """Stops the process as a machine that sleeps does: while a condition holds, and between two transactions. `again`
        gives it something to do."""
        busy = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kehu' AND state <> 'idle'"
        end = time.monotonic() + 120
        again()
        while True:
            os.killpg(self.process.pid, signal.SIGSTOP)
            if self.server.ask(busy) == "0" and condition():
                break
            os.killpg(self.process.pid, signal.SIGCONT)
            assert time.monotonic() < end
            if self.sql("SELECT count(*) FROM sys_job WHERE state <> 'done'") == "0":
                again()
        try:
            yield
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)

    def sql(self, text):
        found = self.server.run(
            "psql", "-h", self.server.folder, "-U", "kehu", "-qAtc", f"SET search_path = {self.schema}; {text}", "kehu"
        )
        return found.strip()

    def work(self):
        """Works on the jobs without serving."""
        self.log = open(self.directory / "serve.log", "ab")
        self.process = subprocess.Popen(
            self.command("worker"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log,
            start_new_session=True, env=self.settings(),
        )

    def shut(self, table, event, condition="true", after=0):
        """From now on what is written there waits, behind the first so many rows."""
        self.sql(
            f"ALTER SEQUENCE gate.passed RESTART; CREATE TRIGGER gate BEFORE {event} ON {table} FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION gate.hold('{after}')"
        )
        self.table = table

    def open(self):
        """Nobody waits at a gate any more, and who did is gone."""
        self.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kehu'")
        until(lambda: self.server.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kehu'") == "0", 120)
        for table in self.sql("SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'gate'").split():
            self.sql(f"DROP TRIGGER gate ON {table}")

    def kill_at_gate(self, kind=None):
        """Kills who works once the job, or another work, waits at the gate."""
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted"
        self.press(kind, lambda: self.server.ask(held) != "0")
        self.kill()
        self.open()

    def press(self, kind, condition):
        """Lets time pass, where the job waits for it, until a condition holds."""
        state = f"SELECT state, lease IS NULL, error FROM sys_job WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1"
        end = time.monotonic() + 60
        while not condition():
            found = self.sql(state)
            assert time.monotonic() < end and not found.startswith("dead"), (kind, found)
            if found.startswith("ready|t"):
                self.pass_time(kind)
            time.sleep(0.02)

    def pass_time(self, kind):
        """As if the lease had ended, or the pause before the next try."""
        now = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"
        passed = self.sql(f"SELECT max(due_at) - {now} FROM sys_job WHERE kind = '{kind}' AND state IN ('ready', 'running')")
        # What others have begun gets older with it.
        begun = "SELECT id FROM sys_allocation_run WHERE state = 'running' FOR UPDATE SKIP LOCKED"
        self.sql(f"UPDATE sys_allocation_run SET created_at = created_at - {max(0, int(passed or 0))} WHERE id IN ({begun})")
        # A worker that has just taken it may stand at the gate, and would keep the row.
        free = f"SELECT id FROM sys_job WHERE kind = '{kind}' AND state IN ('ready', 'running') FOR UPDATE SKIP LOCKED"
        self.sql(f"UPDATE sys_job SET due_at = {now} WHERE id IN ({free})")
        self.sql(f"SELECT pg_notify('kehu', 'time {self.schema} jobs')")

    def finish(self, kind):
        self.press(kind, lambda: self.sql(f"SELECT count(*) FROM sys_job WHERE kind = '{kind}' AND state <> 'done'") == "0")
        assert self.sql(f"SELECT last_error FROM sys_job_plan WHERE name = '{kind}'") == ""

    def send(self, name, rows, plural="customer"):
        (self.directory / name).write_text(rows)
        with open(self.directory / name, "rb") as file:
            run = self.post("/api/v1/imports", files={"file": (name, file)}, data={"object": plural}).json()["id"]
        until(lambda: self.get(f"/api/v1/imports/{run}").json()["state"] == "done", 240)

    def make(self, plural, **data):
        answer = self.post(f"/api/v1/{plural}", json=data)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def now(self, kind):
        asked = self.run("jobs", "again", kind)
        assert asked.returncode == 0, asked.stderr

    def close_process(self):
        super().close()

    def close(self):
        super().close()
        self.keeper.kill()
        self.keeper.wait()
        self.server.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("jobs"))
    try:
        world.start()
        world.send("customers.csv", "name\n" + "".join(f"b-{number}\n" for number in range(250)))
        people = [f"r-{number}" for number in range(30)] + [f"p-{number}" for number in range(150)]
        world.send("contacts.csv", "name\n" + "".join(f"{name}\n" for name in people), "contact")
        yield world
    finally:
        world.close()


def case(kind, *gate, after=0):
    """Notes a test of a kind of job, which yields when all is prepared and when the job was asked for; what comes then
    says that the job has worked once. The gate is where the job is killed in its middle, behind so many rows."""

    def note(body):
        CASES[kind] = (gate, after, body)
        return body

    return note


@case("records.bulk", "sys_bulk", "UPDATE", "NEW.changed > OLD.changed", after=150)
def _(world):
    yield
    change = {"filter": 'name starts with "b-"', "action": "set", "data": {"description": "一次"}}
    run = world.post("/api/v1/customers/bulk", json=change)
    assert run.status_code == 202, run.text
    yield
    assert world.get(f"/api/v1/bulk/{run.json()['id']}").json()["changed"] == 250
    changed = "SELECT count(*), count(DISTINCT record) FROM sys_audit WHERE action = 'update' AND object = 'customer'"
    assert world.sql(changed) == "250|250"
    assert world.sql("SELECT count(*), max(version) FROM customer WHERE description = '一次'") == "250|2"


@case("duplicates.search", "sys_duplicate_pair", "INSERT", after=2)
def _(world):
    for number in range(4):
        world.make("customers", name=f"北京霜叶第{number}仪器有限公司", phone=f"0106000999{number}")
        world.make("customers", name=f"霜叶第{number}仪器", phone=f"010-6000 999{number}")
    pairs = "SELECT a, b, score, state FROM sys_duplicate_pair ORDER BY a, b"
    # What an undisturbed search finds.
    assert world.post("/api/v1/customers/duplicates/runs", json={}).status_code == 202
    until(lambda: world.sql("SELECT state FROM sys_duplicate_run") == "done", 120)
    found = world.sql(pairs)
    assert len(found.splitlines()) >= 4
    world.sql("DELETE FROM sys_duplicate_pair; DELETE FROM sys_duplicate_run")
    world.sql("DELETE FROM sys_job WHERE kind = 'duplicates.search'")
    yield
    world.now("duplicates.search")
    yield
    assert world.sql(pairs) == found
    assert world.sql("SELECT count(*) FROM sys_duplicate_run WHERE state <> 'done'") == "0"


@case("duplicates.keys", "sys_duplicate_key", "INSERT", after=5)
def _(world):
    keys = "SELECT count(*), sum(hash), sum(record) FROM sys_duplicate_key"
    before = world.sql(keys)
    world.sql("DELETE FROM sys_duplicate_key; DELETE FROM sys_duplicate_built")
    yield
    world.now("duplicates.keys")
    yield
    assert world.sql(keys) == before


@case("costing.reckon", "sys_cost_entry", "INSERT", after=1)
def _(world):
    customer = world.make("customers", name="核算客户有限公司")
    pool = world.make("cost_pools", name="核算测试部", people="5")
    world.make("cost_lines", name="工资", pool=pool, day="2019-05-31", amount="49920")
    world.make("cost_activities", name="核算电话", pool=pool, category="service", condition='subject = "核算"', minutes="14")
    for day in (6, 7, 8):
        world.make("activities", kind="call", subject="核算", customer=customer, happened_at=f"2019-05-0{day}T02:00:00Z")
    world.make("sale_lines", name="XS-1", customer=customer, day="2019-05-09", amount="1000", goods="400")
    world.make("direct_costs", name="礼品", customer=customer, day="2019-05-10", amount="30", nature="gift", reference="V-1")
    yield
    begun = world.post("/api/v1/costing/runs", json={"month": "2019-05", "background": True})
    assert begun.status_code == 202, begun.text
    yield
    assert world.sql("SELECT month, state FROM sys_allocation_run") == "2019-05|draft"
    span = {"from": "2019-05", "to": "2019-05"}
    month = world.get(f"/api/v1/costing/customers/{customer}/profit", params=span).json()["total"]
    # 3 calls of 14 minutes at 1.20 a minute.
    figures = {line: month[line]["value"] for line in ("sales", "service", "maintenance", "profit")}
    assert figures == {"sales": "1000.00", "service": "50.40", "maintenance": "30.00", "profit": "519.60"}
    assert world.sql("SELECT count(*), count(DISTINCT (source_object, source, nature)) FROM sys_cost_entry") == "4|4"


@case("costing.warnings", "sys_outbox", "INSERT", "NEW.action = 'warn'")
def _(world):
    """Of a new warning webhooks hear once, and who looks after the customer gets one task."""
    customer = world.make("customers", name="耗服务的客户")
    world.make("sale_lines", name="XS-2", customer=customer, day="2019-05-09", amount="1000", goods="400")
    world.make("direct_costs", name="维修", customer=customer, day="2019-05-10", amount="590", nature="warranty", reference="V-2")
    assert world.post("/api/v1/costing/runs", json={"month": "2019-05"}).ok
    yield
    assert world.post("/api/v1/costing/warnings", json={}).status_code == 202
    yield
    assert world.sql("SELECT count(*), count(DISTINCT round) > 1 FROM sys_cost_warning") == "2|f"
    assert world.sql("SELECT count(*), count(DISTINCT record) FROM sys_outbox WHERE action = 'warn'") == "1|1"
    assert world.sql("SELECT count(*), count(DISTINCT customer) FROM activity WHERE kind = 'task'") == "1|1"


@case("costing.carry", "sys_allocation_run", "UPDATE", "NEW.state = 'closed' AND NEW.month = '2016-04'")
def _(world):
    customer = world.make("customers", name="重述客户有限公司")
    pool = world.make("cost_pools", name="重述测试部", people="5")
    world.make("cost_lines", name="工资", pool=pool, day="2016-03-31", amount="49920")
    world.make("cost_activities", name="初访", pool=pool, category="acquisition", condition='subject = "初访"', minutes="60")

    def visit(day):
        world.make("activities", kind="visit", subject="初访", customer=customer, happened_at=f"2016-03-{day}T02:00:00Z")

    def reckon(month):
        answer = world.post("/api/v1/costing/runs", json={"month": month})
        assert answer.ok, answer.text
        return answer.json()["id"]

    visit("05")
    for month in ("2016-03", "2016-04"):
        assert world.post(f"/api/v1/costing/runs/{reckon(month)}/close", json={}).ok
    visit("06")
    march = reckon("2016-03")
    yield
    closed = world.post(f"/api/v1/costing/runs/{march}/close", json={"reason": "补记", "following": True})
    assert closed.ok, closed.text
    yield
    assert world.get("/api/v1/costing/outdated").json() == {"data": []}
    span = {"from": "2016-04", "to": "2016-04"}
    # Two hours at 1.20 a minute, over 24 months.
    total = world.get(f"/api/v1/costing/customers/{customer}/profit", params=span).json()["total"]
    assert total["acquisition"]["value"] == "6.00"
    runs = world.get("/api/v1/costing/runs").json()["data"]
    assert [run["month"] for run in runs if run["replaces"]] == ["2016-04", "2016-03"]
    assert world.sql("SELECT count(*) - count(DISTINCT reverses) FROM sys_cost_entry WHERE reverses IS NOT NULL") == "0"


@case("costing.nightly", "sys_profit", "INSERT")
def _(world):
    today = world.sql("SELECT CAST(now() AT TIME ZONE 'Asia/Shanghai' AS DATE)")
    customer = world.make("customers", name="今日客户")
    world.make("sale_lines", name="XS-3", customer=customer, day=today, amount="100", goods="40")
    yield
    world.now("costing.nightly")
    yield
    current = f"FROM sys_allocation_run WHERE month >= '{today[:7]}' AND state"
    assert world.sql(f"SELECT count(*) {current} = 'draft'") == "1"
    assert world.sql("SELECT count(*) FROM sys_allocation_run WHERE state = 'running'") == "0"
    sales = f"SELECT count(*), sum(sales) FROM sys_profit WHERE run IN (SELECT id {current} <> 'closed') AND sales > 0"
    assert world.sql(sales) == "1|10000"


@case("costing.worth", "sys_worth", "INSERT", after=1)
def _(world):
    worth = "SELECT record, rfm, value, method FROM sys_worth ORDER BY record"
    yield
    world.now("costing.worth")
    yield
    rows = world.sql(worth).splitlines()
    assert len(rows) == len({row.split("|")[0] for row in rows}) == 3, rows


@case("privacy.retention", "contact", "UPDATE", "NEW.deleted_at IS NOT NULL", after=10)
def _(world):
    rule = {"object": "contact", "filter": 'name starts with "r-"', "field": "created_at", "days": 1, "action": "delete"}
    answer = world.post("/api/v1/retention", json=rule)
    assert answer.status_code == 201, answer.text
    world.sql(f"UPDATE contact SET created_at = created_at - {3 * DAY} WHERE name LIKE 'r-%'")
    yield
    world.now("privacy.retention")
    yield
    assert world.sql("SELECT count(*) FROM contact WHERE deleted_at IS NOT NULL AND name LIKE 'r-%'") == "30"
    assert world.sql("SELECT count(*) FROM contact WHERE deleted_at IS NOT NULL") == "30"
    gone = "SELECT count(*), count(DISTINCT record) FROM sys_audit WHERE action = 'delete' AND object = 'contact'"
    assert world.sql(gone) == "30|30"
    # Those before the kill are counted with those after it.
    assert world.sql("SELECT ran_count FROM sys_retention WHERE action = 'delete'") == "30"
    assert world.sql("SELECT count(*) FROM sys_counter WHERE name LIKE 'retention:%'") == "0"


@case("privacy.retention (erasing)", "sys_erasure", "INSERT", after=4)
def _(world):
    for number in range(10):
        world.make("contacts", name=f"e-{number}", mobile=f"1390000111{number}", email=f"e{number}@gone.example")
    rule = {"object": "contact", "filter": 'name starts with "e-"', "field": "created_at", "days": 1, "action": "erase"}
    assert world.post("/api/v1/retention", json=rule).status_code == 201
    world.sql(f"UPDATE contact SET created_at = created_at - {3 * DAY} WHERE name LIKE 'e-%'")
    yield
    world.now("privacy.retention")
    yield
    assert world.sql("SELECT count(*), count(DISTINCT name) FROM contact WHERE name LIKE '〔已抹除%'") == "10|10"
    assert world.sql("SELECT count(*), count(DISTINCT record) FROM sys_erasure") == "10|10"
    assert world.sql("SELECT ran_count FROM sys_retention WHERE action = 'erase'") == "10"
    assert world.sql("SELECT count(*) FROM contact WHERE mobile LIKE '%1390000111%' OR email LIKE '%gone.example'") == "0"
    assert world.sql("SELECT count(*) FROM sys_audit WHERE changes LIKE '%1390000111%' OR changes LIKE '%gone.example%'") == "0"
    assert world.get("/api/v1/search", params={"q": "13900001113"}).json()["data"] == []


@case("maintenance.bin", "contact", "DELETE", after=120)
def _(world):
    others = world.sql("SELECT count(*) FROM contact WHERE name NOT LIKE 'p-%'")
    answer = world.post("/api/v1/contacts/delete-all", json={"filter": 'name starts with "p-"'})
    assert answer.ok, answer.text
    world.sql(f"UPDATE contact SET deleted_at = deleted_at - {31 * DAY} WHERE name LIKE 'p-%'")
    yield
    world.now("maintenance.bin")
    yield
    assert world.sql("SELECT count(*) FROM contact") == others
    gone = "SELECT count(*), count(DISTINCT record) FROM sys_audit WHERE action = 'purge' AND object = 'contact'"
    assert world.sql(gone) == "150|150"


@case("maintenance.sweep", "sys_outbox", "DELETE", after=1500)
def _(world):
    kept = world.sql("SELECT count(*), sum(id) FROM sys_outbox")
    world.sql(
        "INSERT INTO sys_outbox (id, at, object, record, action) "
        "SELECT n, 0, 'customer', 1, 'create' FROM generate_series(1, 2500) n"
    )
    yield
    world.now("maintenance.sweep")
    yield
    assert world.sql("SELECT count(*), sum(id) FROM sys_outbox") == kept


@case("maintenance.imports", "sys_import_record", "DELETE", after=600)
def _(world):
    folder = next(world.data.rglob("imports"))
    old = folder / "old.csv"
    old.write_text("name\nx\n")
    os.utime(old, (0, 0))
    files, records = {path.name for path in folder.iterdir()}, world.sql("SELECT count(*) FROM sys_import_record")
    assert len(files) > 2 and int(records) > 400
    world.sql("INSERT INTO sys_import_record (import, record, version, is_new) SELECT 1, n, 1, 1 FROM generate_series(1, 1200) n")
    yield
    world.now("maintenance.imports")
    yield
    assert {path.name for path in folder.iterdir()} == files - {"old.csv"}
    assert world.sql("SELECT count(*) FROM sys_import_record") == records


@case("maintenance.bulk", "sys_bulk_item", "DELETE", after=1200)
def _(world):
    kept = world.sql("SELECT count(*) FROM sys_bulk_item")
    world.sql(
        "INSERT INTO sys_bulk (id, plural, action, user_id, total, changed, refused, undone, created_at) "
        "VALUES (1, 'customers', '{}', 1, 2500, 2500, 0, 0, 0); "
        "INSERT INTO sys_bulk_item (bulk, record, state) SELECT 1, n, 1 FROM generate_series(1, 2500) n"
    )
    yield
    world.now("maintenance.bulk")
    yield
    assert world.sql("SELECT count(*) FROM sys_bulk_item") == kept != "0"
    assert world.sql("SELECT count(*), min(id) > 1 FROM sys_bulk") == "1|t"


@case("maintenance.definitions", "sys_field", "UPDATE")
def _(world):
    for key in ("gone", "kept"):
        field = {"key": key, "label": {"en": key, "zh": key}, "kind": "text", "indexed": True}
        assert world.post("/api/v1/schema/objects/customer/fields", json=field).ok
    assert world.request("DELETE", "/api/v1/schema/objects/customer/fields/x_gone").ok
    world.sql(f"UPDATE sys_field SET removed_at = removed_at - {31 * DAY}")
    yield
    world.now("maintenance.definitions")
    yield
    columns = "SELECT attname FROM pg_attribute WHERE attrelid = 'customer'::regclass AND attname LIKE 'x~_%' ESCAPE '~'"
    assert world.sql(columns) == "x_kept"
    assert world.post("/api/v1/customers", json={"name": "新", "x_kept": "a"}).status_code == 201


@case("maintenance.search")
def _(world):
    yield
    world.now("maintenance.search")
    yield
    assert [hit["name"] for hit in world.get("/api/v1/customers", params={"q": "b-249"}).json()["data"]] == ["b-249"]


@case("files.clear", "sys_file", "DELETE", after=1)
def _(world):
    customer = world.make("customers", name="附件客户")
    files = []
    for number in range(4):
        answer = world.post(
            "/api/v1/files", files={"file": ("a.txt", f"content {number}".encode(), "text/plain")},
            data={"object": "customers", "record": customer},
        )
        assert answer.ok, answer.text
        files.append(answer.json()["id"])
    for file in files[:3]:
        assert world.request("DELETE", f"/api/v1/files/{file}").status_code == 204
    world.sql(f"UPDATE sys_file SET deleted_at = deleted_at - {31 * DAY}")
    contents = [path for path in (world.data / "acme.files" / "files").rglob("*") if path.is_file()]
    assert len(contents) == 4
    for path in contents:
        os.utime(path, (0, 0))
    yield
    world.now("files.clear")
    yield
    assert [path.read_bytes() for path in contents if path.exists()] == [b"content 3"]
    assert world.get(f"/api/v1/files/{files[3]}").content == b"content 3"
    assert world.sql("SELECT count(*) FROM sys_file") == "1"


@case("backup")
def _(world):
    yield
    world.now("backup")
    yield
    # One of a day stays, and nothing half made beside it.
    archives = [path for path in (world.data / "backups").iterdir()]
    assert len(archives) == 1, archives
    world.json("verify", "--archive", archives[0])


@case("restore_drill")
def _(world):
    yield
    world.now("restore_drill")
    yield
    assert world.sql("SELECT last_result FROM sys_job_plan WHERE name = 'restore_drill'").startswith("ok: ")
    assert len(list((world.data / "backups").iterdir())) == 1


@pytest.mark.parametrize("kind", CASES)
def test_a_job_works_once_although_who_runs_it_is_killed_twice(world, kind):
    gate, after, body = CASES[kind]
    kind = kind.split()[0]
    if world.process.poll() is not None:
        world.open()
        world.start()
    done = ("sys_job", "UPDATE", f"NEW.kind = '{kind}' AND NEW.state = 'done'")
    work = body(world)
    next(work)
    if gate:
        world.shut(*gate, after=after)
        next(work)
        world.kill_at_gate(kind)
        world.pass_time(kind)
        world.shut(*done)
        world.work()
    else:
        world.shut(*done)
        next(work)
    world.kill_at_gate(kind)
    world.pass_time(kind)
    world.start()
    world.finish(kind)
    assert next(work, "checked") == "checked"


def test_a_job_during_which_the_program_ends_each_time_is_given_up_and_named(world):
    if world.process.poll() is not None:
        world.open()
        world.start()
    kind = "maintenance.search"
    last = f"FROM sys_job WHERE kind = '{kind}' ORDER BY id DESC LIMIT 1"
    world.shut("sys_job", "UPDATE", f"NEW.kind = '{kind}' AND NEW.state = 'done'")
    world.now(kind)
    world.kill_at_gate(kind)
    assert world.sql(f"SELECT state, tries {last}") == "running|1"
    # As if that had happened as often as it is tried.
    world.sql(f"UPDATE sys_job SET tries = 5 WHERE kind = '{kind}' AND state = 'running'")
    world.pass_time(kind)
    world.start()
    until(lambda: world.sql(f"SELECT state {last}") == "dead", 120)
    dead = [job for job in world.get("/api/v1/jobs", params={"state": "dead"}).json()["data"] if job["kind"] == kind]
    assert len(dead) == 1 and "the program ended while this job ran" in dead[0]["error"], dead
    doctor = world.run("doctor")
    assert doctor.returncode == 1 and f"kehu jobs again {dead[0]['id']}" in doctor.stdout, doctor.stdout
    assert world.run("jobs", "again", dead[0]["id"]).returncode == 0
    world.finish(kind)


def send_in_vain(call, *arguments, **options):
    """A request on a thread of its own, whose server is killed before it answers."""

    def run():
        try:
            call(*arguments, **options)
        except requests.RequestException:
            return

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_what_a_page_began_with_many_records_goes_on_although_the_server_is_killed(world):
    if world.process.poll() is not None:
        world.open()
        world.start()
    browser = requests.Session()
    browser.trust_env = False
    log_in = browser.post(world.address + "/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
    form = {
        "_csrf": log_in.json()["csrf_token"], "_action": "set", "all": "1", "filter": 'name starts with "b-"',
        "field": "description", "description": "二次",
    }
    world.shut("sys_bulk", "UPDATE", "NEW.changed > OLD.changed", after=150)
    request = send_in_vain(browser.post, world.address + "/customers/bulk", data=form)
    world.kill_at_gate("records.bulk")
    request.join()
    assert world.sql("SELECT count(*) FROM customer WHERE description = '二次'") in ("100", "200")
    world.pass_time("records.bulk")
    world.start()
    until(lambda: world.sql("SELECT count(*) FROM customer WHERE description = '二次'") == "250", 120)
    changed = world.sql("SELECT total, changed, refused FROM sys_bulk ORDER BY id DESC LIMIT 1")
    assert changed == "250|250|0"


def test_a_segment_of_the_whale_curve_is_tagged_as_a_whole_although_the_server_is_killed(world):
    """The choice of its customers and the job that tags them are begun in one transaction: with both, or with neither."""
    if world.process.poll() is not None:
        world.open()
        world.start()
    sales = "".join(f"L-{number},b-{number},2018-05-09,{1000 + number},400\n" for number in range(250))
    world.send("sales.csv", "name,customer,day,amount,goods\n" + sales, "sale_line")
    assert world.sql("SELECT count(DISTINCT customer) FROM sale_line WHERE name LIKE 'L-%'") == "250"
    reckoned = world.post("/api/v1/costing/runs", json={"month": "2018-05"})
    assert reckoned.ok, reckoned.text

    def tag():
        browser = requests.Session()
        browser.trust_env = False
        log_in = browser.post(world.address + "/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
        form = {
            "_csrf": log_in.json()["csrf_token"], "from": "2018-05", "to": "2018-05", "first": "11", "last": "240",
            "tag": "中段客群",
        }
        return send_in_vain(browser.post, world.address + "/costing/whale/tag", data=form)

    tagged = "SELECT count(*), count(DISTINCT name) FROM customer WHERE tags LIKE '%中段客群%'"
    begun = "SELECT count(*) FROM sys_bulk WHERE action LIKE '%中段客群%'"
    loose = "SELECT count(*) FROM sys_bulk_item WHERE bulk NOT IN (SELECT id FROM sys_bulk)"
    jobs = "SELECT count(*) FROM sys_job WHERE kind = 'records.bulk' AND state <> 'done'"
    until(lambda: world.sql(jobs) == "0", 60)
    # Between the choice and the job: nothing has been begun.
    world.shut("sys_job", "INSERT", "NEW.kind = 'records.bulk'")
    request = tag()
    world.kill_at_gate("records.bulk")
    request.join()
    assert [world.sql(text) for text in (begun, loose, jobs, tagged)] == ["0", "0", "0", "0|0"]
    world.start()
    # In the middle of the tagging: whoever comes next ends it, also without the page.
    world.shut("sys_bulk", "UPDATE", "NEW.changed > OLD.changed", after=150)
    request = tag()
    world.kill_at_gate("records.bulk")
    request.join()
    assert world.sql(begun) == "1" and world.sql(tagged) in ("100|100", "200|200")
    world.pass_time("records.bulk")
    world.start()
    until(lambda: world.sql(tagged) == "230|230", 120)
    world.finish("records.bulk")
    assert world.sql("SELECT total, changed, refused FROM sys_bulk WHERE action LIKE '%中段客群%'") == "230|230|0"
    best = "SELECT count(*) FROM customer WHERE tags LIKE '%中段客群%' AND substr(name, 3)::bigint BETWEEN 10 AND 239"
    assert world.sql(best) == "230"
    changed = "SELECT count(*), count(DISTINCT record) FROM sys_audit WHERE action = 'update' AND changes LIKE '%中段客群%'"
    assert world.sql(changed) == "230|230"


@pytest.fixture
def books(world):
    """A month that costs something, another one each time it is reckoned, so that no earlier run is the answer."""
    if world.process.poll() is not None:
        world.open()
        world.start()
    books.year = getattr(books, "year", 2010) + 1
    month = f"{books.year}-05"
    customers = [world.make("customers", name=f"{month} {number}") for number in range(3)]
    pool = world.make("cost_pools", name=f"{month} 服务部", people="5")
    world.make("cost_lines", name="工资", pool=pool, day=f"{month}-31", amount="49920")
    world.make("cost_activities", name="电话", pool=pool, category="service", condition=f'subject = "{month}"', minutes="14")
    for customer in customers:
        for day in (6, 7, 8):
            world.make("activities", kind="call", subject=month, customer=customer, happened_at=f"{month}-0{day}T02:00:00Z")
        world.make("sale_lines", name="XS", customer=customer, day=f"{month}-09", amount="1000", goods="400")
    numbers = iter(range(1, 100_000))

    def reckon():
        world.make(
            "direct_costs", name="礼品", customer=customers[0], day=f"{month}-10", amount="1", nature="gift",
            reference=f"{month} {next(numbers)}",
        )
        begun = world.post("/api/v1/costing/runs", json={"month": month, "background": True})
        assert begun.status_code == 202, begun.text
        return begun.json()["id"]

    books.month, books.reckon, books.customers = month, reckon, customers
    return books


def check_run(world, books, run):
    """A run has each entry once, each customer one statement, and the figures are those of the month."""
    gifts = world.sql(f"SELECT count(*) FROM direct_cost WHERE reference LIKE '{books.month} %'")
    entries = world.sql(
        f"SELECT count(*), count(DISTINCT (source_object, source, nature)) FROM sys_cost_entry WHERE run = {run}"
    )
    assert entries == f"{9 + int(gifts)}|{9 + int(gifts)}"
    assert world.sql(f"SELECT count(*), count(DISTINCT record) FROM sys_profit WHERE run = {run}") == "3|3"
    for number, customer in enumerate(books.customers):
        span = {"from": books.month, "to": books.month}
        total = world.get(f"/api/v1/costing/customers/{customer}/profit", params=span).json()["total"]
        figures = {line: total[line]["value"] for line in ("sales", "service", "maintenance")}
        assert figures == {"sales": "1000.00", "service": "50.40", "maintenance": "0.00" if number else f"{gifts}.00"}


def test_two_runs_of_costs_for_one_month_do_not_mix(world, books):
    """The server that has begun one sleeps, so that the other one takes it for broken off; then it wakes up."""
    begun = "SELECT id FROM sys_allocation_run WHERE state = 'running' AND id IN (SELECT run FROM sys_run_progress WHERE step = 'shares')"
    with world.asleep(lambda: world.sql(begun) != "", books.reckon):
        first = world.sql(begun)
        busy = world.run("costing", books.month)
        assert busy.returncode == 1 and "Another run is under way" in busy.stderr, busy.stderr
        # As if that had been three hours ago.
        world.sql(f"UPDATE sys_allocation_run SET created_at = created_at - 10800000 WHERE id = {first}")
        done = world.run("costing", books.month)
        assert done.returncode == 0, done.stderr
        second = world.sql(f"SELECT id FROM sys_allocation_run WHERE month = '{books.month}' AND state = 'draft' ORDER BY id DESC LIMIT 1")
        known = world.sql(f"SELECT * FROM sys_cost_entry WHERE run = {second} ORDER BY id")
    world.finish("costing.reckon")
    assert world.sql(f"SELECT state FROM sys_allocation_run WHERE id = {first}") == "failed"
    for table in ("sys_cost_entry", "sys_profit", "sys_run_pool", "sys_run_total", "sys_cost_residual"):
        assert world.sql(f"SELECT count(*) FROM {table} WHERE run = {first}") == "0", table
    assert world.sql(f"SELECT * FROM sys_cost_entry WHERE run = {second} ORDER BY id") == known
    check_run(world, books, second)


@pytest.mark.parametrize("step", ["events", "shares"])
def test_a_run_of_costs_is_carried_out_by_one_although_another_wakes_up_in_it(world, books, step, tmp_path):
    """The server that carries it out sleeps beyond its lease, a worker takes the job over, and the server wakes up in the
    middle of that."""
    if step == "events":
        behind = "SELECT run FROM sys_run_progress WHERE step = 'events'"
    else:
        behind = "SELECT id FROM sys_allocation_run WHERE state = 'running' AND input_hash <> ''"
    worker = another(world, tmp_path / "worker")
    try:
        with world.asleep(lambda: world.sql(behind) != "", books.reckon):
            run = world.sql(behind)
            world.pass_time("costing.reckon")
            world.shut("sys_cost_entry", "INSERT", f"NEW.run = {run}", after=1)
            worker.work()
            until(world.is_held, 120)
        # Whoever has just woken up waits for the worker's transaction, or sees that it has no business here any more.
        turn = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid <> 77 AND NOT granted"
        state = "SELECT count(*) FROM sys_job WHERE kind = 'costing.reckon' AND state = 'running'"
        until(lambda: world.server.ask(turn) != "0", 60)
        world.let_through()
        until(lambda: world.sql(state) == "0", 120)
        assert world.sql(f"SELECT state, problem FROM sys_allocation_run WHERE id = {run}") == "draft|"
        check_run(world, books, run)
        world.finish("costing.reckon")
    finally:
        worker.close_process()


def test_taking_back_a_change_of_many_records_can_be_asked_for_again_where_the_server_was_killed(world):
    if world.process.poll() is not None:
        world.open()
        world.start()
    change = {"filter": 'name starts with "b-"', "action": "set", "data": {"description": "三次"}}
    before = world.sql("SELECT description, count(*) FROM customer WHERE name LIKE 'b-%' GROUP BY 1")
    address = f"/api/v1/bulk/{world.post('/api/v1/customers/bulk', json=change).json()['id']}"
    until(lambda: world.get(address).json()["changed"] == 250, 120)
    world.shut("sys_job", "INSERT", "NEW.kind = 'records.bulk'")
    request = send_in_vain(world.post, address + "/undo", json={})
    world.kill_at_gate("records.bulk")
    request.join()
    world.start()
    # It has begun, or can begin.
    assert world.post(address + "/undo", json={}).status_code in (202, 409)
    until(lambda: world.sql("SELECT description, count(*) FROM customer WHERE name LIKE 'b-%' GROUP BY 1") == before, 120)


def test_a_receiver_is_told_of_each_change_although_who_tells_is_killed_twice(world):
    """Once while events become deliveries, and once while these are on their way. What comes twice has the same id."""
    receiver = Receiver()
    try:
        if world.process.poll() is not None:
            world.open()
            world.start()
        assert world.patch("/api/v1/settings", json={"webhook_private_addresses": "true"}).ok
        hook = world.post("/api/v1/webhooks", json={"address": receiver.address, "events": ["customer.created"]})
        assert hook.status_code == 201, hook.text
        assert world.stop() == 0
        names = [f"h-{number}" for number in range(5)]
        rows = world.directory / "told.csv"
        rows.write_text("name\n" + "".join(f"{name}\n" for name in names))
        assert world.run("import", "customer", rows).returncode == 0
        world.shut("sys_delivery", "INSERT", after=2)
        world.work()
        world.kill_at_gate()
        assert world.sql("SELECT count(*) FROM sys_delivery") == "0" and not receiver.raw
        receiver.delay = 1
        world.work()
        until(lambda: receiver.raw, 120)
        world.kill()
        assert int(world.sql("SELECT count(*) FROM sys_delivery WHERE state <> 'done'")) > 0
        receiver.delay = 0
        # As if the time had passed for which a delivery is believed to be on its way.
        world.sql("UPDATE sys_delivery SET due_at = 0 WHERE state = 'sending'")
        world.start()
        until(lambda: world.sql("SELECT count(*) FROM sys_delivery WHERE state <> 'done'") == "0", 120)
        told = {
            (headers["webhook-id"], event["data"]["record"]["name"])
            for (headers, _), event in zip(receiver.raw, receiver.events)
        }
        assert sorted(name for _, name in told) == names and len({id for id, _ in told}) == 5, told
        assert world.sql("SELECT count(*), count(DISTINCT event) FROM sys_delivery") == "5|5"
    finally:
        receiver.close()


def test_there_is_such_a_test_of_each_kind_of_job(world):
    known = set(world.sql("SELECT name FROM sys_job_plan").split()) | set(world.sql("SELECT kind FROM sys_job").split())
    assert len(known) > 10 and known <= set(CASES), known - set(CASES)
    verified = world.json("verify")
    assert verified["ok"], verified
