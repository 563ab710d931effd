"""Several programs on one PostgreSQL, a pooler between them, and a server that follows another and takes its place."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import requests

from postgres import Server
from program import free_port
from served import PASSWORD, Served, Writers
from test_postgres import check


def another(served, folder):
    """The same workspace, served by another process on the same machine."""
    folder.mkdir()
    other = type(served).__new__(type(served))
    other.__dict__.update({**served.__dict__, "directory": folder, "process": None, "local": type(served.local)()})
    return other


def until(condition, seconds):
    """Seconds until the condition holds; fails after the time given."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds
        time.sleep(0.02)
    return time.monotonic() - start


def lines(served, text):
    return (served.directory / "serve.log").read_text("utf-8").count(text)


def test_a_server_whose_clock_is_ten_minutes_ahead_goes_by_that_of_the_database(server, tmp_path):
    first = Served(tmp_path, database=server.address)
    second = another(first, tmp_path / "other")
    command = second.command
    second.command = lambda *arguments, **options: ["faketime", "-f", "+600s", *command(*arguments, **options)]
    try:
        for each in (first, second):
            each.start()
        schema = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'acme'")
        # What the one asks for is due for the other at once, and no lease looks as if its owner were gone.
        for each in (second, first):
            made = each.post("/api/v1/customers", json={"name": "赶钟表行"})
            assert made.status_code == 201, made.text
            age = f"SELECT abs(extract(epoch FROM clock_timestamp()) * 1000 - max(created_at)) < 5000 FROM {schema}.customer"
            assert server.ask(age) == "t"
        far = f"SELECT count(*) FROM {schema}.sys_job WHERE due_at > extract(epoch FROM clock_timestamp()) * 1000 + 70000"
        server.ask(
            f"INSERT INTO {schema}.sys_job (id, kind, payload, state, due_at, tries, created_at) "
            "SELECT n, 'maintenance.definitions', '{}', 'ready', 0, 0, 0 FROM generate_series(1, 100) n"
        )
        done = f"SELECT count(*), max(tries) FROM {schema}.sys_job WHERE id <= 100 AND state = 'done'"
        while not (found := server.ask(done)).startswith("100|"):
            assert server.ask(far) == "0", found
            time.sleep(0.02)
        assert found == "100|1"
    finally:
        first.close()
        second.close()


def test_every_job_runs_once_with_two_servers_and_a_worker(server, tmp_path):
    first = Served(tmp_path, database=server.address)
    second = another(first, tmp_path / "other")
    worker = None
    try:
        for each in (first, second):
            each.start("--log-level", "debug")
        log = open(tmp_path / "worker.log", "wb")
        worker = subprocess.Popen(
            first.command("worker"), stdout=log, stderr=log, env={**first.settings(), "KEHU_LOG_LEVEL": "debug"}
        )
        schema = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'acme'")
        # Each process has a number of its own, so that no two of them can draw the same id.
        until(lambda: "jobs" in (tmp_path / "worker.log").read_text("utf-8"), 120)
        assert int(server.ask(f"SELECT count(*) FROM {schema}.sys_node")) >= 3
        until(lambda: server.ask(f"SELECT count(*) FROM {schema}.sys_job WHERE state <> 'done'") == "0", 240)
        before = sum(lines(each, "job done") for each in (first, second))
        server.ask(
            f"INSERT INTO {schema}.sys_job (id, kind, payload, state, due_at, tries, created_at) "
            "SELECT n, 'maintenance.definitions', '{}', 'ready', 0, 0, 0 FROM generate_series(1, 300) n"
        )
        until(lambda: server.ask(f"SELECT count(*) FROM {schema}.sys_job WHERE id <= 300 AND state <> 'done'") == "0", 120)
        logs = [path.read_text("utf-8") for path in (tmp_path / "serve.log", tmp_path / "other/serve.log", tmp_path / "worker.log")]
        trouble = [line for log in logs for line in log.splitlines() if "a job " in line or "jobs cannot" in line]
        tries = f"SELECT count(*), min(tries), max(tries) FROM {schema}.sys_job WHERE id <= 300"
        assert server.ask(tries) == "300|1|1", trouble
        done = [lines(first, "job done"), lines(second, "job done")]
        done.append((tmp_path / "worker.log").read_text("utf-8").count("job done"))
        assert all(done) and sum(done) - before >= 300, done
        # Recurring jobs were planned once, not once by each.
        assert server.ask(
            f"SELECT count(*) FROM (SELECT kind FROM {schema}.sys_job WHERE key = 'plan' GROUP BY kind, created_at / 60000 "
            "HAVING count(*) > 1) again"
        ) == "0"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    finally:
        if worker and worker.poll() is None:
            worker.kill()
        first.close()
        second.close()


def test_what_an_administrator_changes_counts_within_a_second_on_the_other_server(server, tmp_path):
    first = Served(tmp_path, database=server.address)
    second = another(first, tmp_path / "other")
    try:
        first.start()
        second.start()
        user = first.post(
            "/api/v1/users", json={"email": "mei@example.com", "name": "Mei", "roles": ["salesperson"]}
        ).json()
        link = first.post(f"/api/v1/users/{user['id']}/link", json={}).json()["token"]
        assert second.post(f"/api/v1/links/{link}", json={"password": PASSWORD}).ok
        mei = requests.Session()
        key = first.json("key", "new", "--user", "mei@example.com", "--name", "t")["token"]
        mei.headers["Authorization"] = "Bearer " + key

        def make():
            return mei.post(second.address + "/api/v1/customers", json={"name": f"客户 {time.time()}"}).status_code

        assert make() == 201
        # Her role is taken away, and given again.
        for roles, status in ((["read_only"], 403), (["salesperson"], 201)):
            assert first.patch(f"/api/v1/users/{user['id']}", json={"roles": roles}).ok
            time.sleep(1)
            assert make() == status
        # What the role itself allows changes.
        role = next(role for role in first.get("/api/v1/roles").json()["data"] if role["key"] == "salesperson")
        rights = role["rights"]
        rights["objects"]["customer"].pop("create")
        answer = first.patch(f"/api/v1/roles/{role['id']}", json={"rights": rights})
        assert answer.ok, answer.text
        time.sleep(1)
        assert make() == 403
        # A field is there, and gone again.
        field = {"key": "colour", "label": {"en": "Colour", "zh": "颜色"}, "kind": "text"}
        assert first.post("/api/v1/schema/objects/customer/fields", json=field).ok
        answer = second.post("/api/v1/customers", json={"name": "红", "x_colour": "red"})
        assert answer.status_code == 201 and answer.json()["x_colour"] == "red", answer.text
        assert first.request("DELETE", "/api/v1/schema/objects/customer/fields/x_colour").ok
        assert "x_colour" not in second.get("/api/v1/customers/" + answer.json()["id"]).json()
    finally:
        first.close()
        second.close()


def middle(times):
    return sorted(times)[len(times) // 2]


def open_pages(served, path):
    """The times at which a page that stays open is told of changes, as a list that grows."""
    told = []
    stream = served.get(path, stream=True, timeout=(10, 600))
    assert stream.status_code == 200, stream.text

    def hear():
        try:
            for line in stream.iter_lines(chunk_size=1):
                if line == b"event: change":
                    told.append(time.monotonic())
        except requests.RequestException:
            pass

    threading.Thread(target=hear, daemon=True).start()
    return told


def test_a_change_at_one_server_shows_at_once_on_pages_of_the_other(server, tmp_path):
    first = Served(tmp_path, database=server.address)
    second = another(first, tmp_path / "other")
    try:
        first.start()
        second.start()
        user = first.post("/api/v1/users", json={"email": "mei@example.com", "name": "Mei", "roles": ["salesperson"]}).json()
        link = first.post(f"/api/v1/users/{user['id']}/link", json={}).json()["token"]
        assert second.post(f"/api/v1/links/{link}", json={"password": PASSWORD}).ok
        record = first.post("/api/v1/customers", json={"name": "客户"}).json()
        assert first.patch(f"/api/v1/customers/{record['id']}", json={"owner": user["id"]}).ok
        mei = requests.Session()
        mei.headers["Authorization"] = "Bearer " + first.json("key", "new", "--user", "mei@example.com", "--name", "t")["token"]
        page = another(second, tmp_path / "page")
        page.local.session = mei
        told = open_pages(page, f"/live?object=customers&id={record['id']}")
        time.sleep(2)
        times = []
        for number in range(9):
            count, start = len(told), time.monotonic()
            assert first.patch(f"/api/v1/customers/{record['id']}", json={"phone": f"1380000000{number}"}).ok
            until(lambda: len(told) > count, 60)
            times.append(told[count] - start)
            time.sleep(0.3)
        assert max(times) < 1 and middle(times) < 0.4, times
        # Rights that are taken away count at once too, not only after the next look.
        times = []
        for roles, status in [(["read_only"], 403), (["salesperson"], 201)] * 4:
            assert first.patch(f"/api/v1/users/{user['id']}", json={"roles": roles}).ok
            start = time.monotonic()
            until(
                lambda: mei.post(second.address + "/api/v1/customers", json={"name": "x"}).status_code == status, 5
            )
            times.append(time.monotonic() - start)
        assert max(times) < 1 and middle(times) < 0.3, times
    finally:
        first.close()
        second.close()


def test_a_job_begins_at_once_at_a_worker_that_waits(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    log = open(tmp_path / "worker.log", "wb")
    worker = subprocess.Popen(
        served.command("worker"), stdout=log, stderr=log, env={**served.settings(), "KEHU_LOG_LEVEL": "debug"}
    )
    try:
        schema = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'acme'")
        until(lambda: "jobs" in (tmp_path / "worker.log").read_text("utf-8"), 120)
        job = "SELECT count(*) FROM {}.sys_job WHERE state {} 'done'"
        until(lambda: server.ask(job.format(schema, "<>")) == "0", 240)
        times = []
        for _ in range(7):
            # Somewhere between two looks of the worker.
            time.sleep(0.7)
            done = int(server.ask(job.format(schema, "=")))
            asked = served.run("jobs", "again", "maintenance.definitions")
            assert asked.returncode == 0, asked.stderr
            start = time.monotonic()
            until(lambda: int(server.ask(job.format(schema, "="))) > done, 60)
            times.append(time.monotonic() - start)
        assert max(times) < 1 and middle(times) < 0.3, times
        # The connection that brings the news is lost: work goes on, and soon as quickly as before.
        server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'kehu'")
        done = int(server.ask(job.format(schema, "=")))
        assert served.run("jobs", "again", "maintenance.definitions").returncode == 0
        until(lambda: int(server.ask(job.format(schema, "="))) > done, 60)
        until(lambda: server.ask("SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN kehu'") == "1", 60)
    finally:
        worker.kill()
        worker.wait()
        served.close()


def test_a_worker_tells_its_figures_where_it_is_asked_to_and_answers_nothing_else(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    address = f"127.0.0.1:{free_port()}"
    log = open(tmp_path / "worker.log", "wb")
    worker = subprocess.Popen(
        served.command("worker", "--metrics", address), stdout=log, stderr=log, env=served.settings()
    )

    def get(path, **headers):
        return requests.get(f"http://{address}{path}", headers=headers, timeout=10)

    def lives():
        try:
            return get("/healthz").ok
        except requests.ConnectionError:
            return False

    try:
        until(lives, 240)
        until(lambda: f"http://{address}/metrics" in (tmp_path / "worker.log").read_text("utf-8"), 60)
        figures = get("/metrics").text
        for name in ("jobs{", "job_wait_seconds ", "delivery_wait_seconds ", "statements_total ", "write_group_size_bucket", "resident_bytes "):
            assert f"\nkehu_{name}" in figures, name
        assert "\nkehu_pool_connections_most 16\n" in figures
        for name in ("connections", "connections_opened_total", "connections_used", "waiting", "wait_seconds_count"):
            assert f"\nkehu_pool_{name} " in figures, name
        assert "kehu_request" not in figures
        for path in ("/", "/readyz", "/openapi.json", "/api/v1/customers", "/log-in"):
            assert get(path).status_code == 404, path
        assert get("/metrics", **{"X-Forwarded-For": "203.0.113.9"}).status_code == 401
        taken = served.run("worker", "--metrics", address)
        assert taken.returncode == 1 and f"--metrics {address.split(':')[0]}:" in taken.stderr, taken.stderr
        assert served.run("worker", "--metrics", "127.0.0.1").returncode == 64
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    finally:
        worker.kill()
        worker.wait()
        served.close()


class Pooler:
    """PgBouncer in transaction mode with few connections, before a PostgreSQL."""

    def __init__(self, server, size=4):
        self.program = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
        assert self.program, "PgBouncer is missing: run «scripts/setup --tests»"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kehu-pooler-", dir="/tmp"))
        (self.folder / "pgbouncer.ini").write_text(
            f"[databases]\nkehu = host={server.folder} dbname=kehu user=kehu pool_size={size}\n"
            f"[pgbouncer]\nlisten_addr =\nunix_socket_dir = {self.folder}\nlisten_port = 5432\nauth_type = any\n"
            f"pool_mode = transaction\nmax_client_conn = 200\nignore_startup_parameters = extra_float_digits\n"
        )
        self.user = {}
        if os.geteuid() == 0:
            for path in (self.folder, self.folder / "pgbouncer.ini"):
                shutil.chown(path, "postgres")
            self.user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self.process = subprocess.Popen(
            [self.program, "-q", str(self.folder / "pgbouncer.ini")], cwd=self.folder, stderr=subprocess.DEVNULL, **self.user
        )
        until(lambda: (self.folder / ".s.PGSQL.5432").exists(), 60)
        # PgBouncer before 1.21 does not know of prepared statements.
        self.address = f"postgres://kehu@/kehu?host={self.folder}&prepare=no"

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def test_everything_goes_through_a_pooler_in_transaction_mode(server, tmp_path):
    pooler = Pooler(server)
    served = Served(tmp_path, database=pooler.address)
    try:
        served.start()
        writers = Writers(served, 6)
        field = {"key": "colour", "label": {"en": "Colour", "zh": "颜色"}, "kind": "text", "indexed": True}
        for number in range(5):
            answer = served.post("/api/v1/schema/objects/customer/fields", json={**field, "key": f"colour{number}"})
            assert answer.ok, answer.text
            for _ in range(10):
                assert served.get("/api/v1/customers", params={"q": "w-1", "limit": 20}).ok
        writers.finish()
        assert len(writers.acknowledged) > 20 and set(writers.statuses) == {201}, writers.statuses
        check(served, writers)
        used = int(server.ask("SELECT count(*) FROM pg_stat_activity WHERE datname = 'kehu' AND pid <> pg_backend_pid()"))
        assert used <= 4
    finally:
        served.close()
        pooler.close()


def test_another_server_takes_over_and_nothing_acknowledged_is_lost(server, tmp_path):
    standby = Server(source=server)
    address = f"postgres://kehu@/kehu?host={standby.folder},{server.folder}&target_session_attrs=read-write"
    served = Served(tmp_path, database=address)
    try:
        # A commit is answered when the other one has it too.
        server.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        server.ask("SELECT pg_reload_conf()")
        # It stands first in the address, but only reads: the one that may be written to is found.
        served.start()
        writers = Writers(served)
        time.sleep(2)
        server.kill()
        lost = time.monotonic()
        standby.run("pg_ctl", "-D", standby.folder / "data", "-w", "promote")
        before = len(writers.acknowledged)
        until(lambda: len(writers.acknowledged) > before + 5, 240)
        # Of what was being committed nobody asks the new server for long: it cannot know.
        assert time.monotonic() - lost < 15
        writers.finish()
        assert before > 5
        check(served, writers)
    finally:
        served.close()
        standby.close()
