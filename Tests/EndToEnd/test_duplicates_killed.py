"""A search for duplicates over the whole base whose server is killed, in the middle of what a step writes: it goes on
afterwards, finds what an undisturbed one finds, each pair once, and what people have decided stays decided."""

import random
import sqlite3

import pytest

from served import Served
from test_hosts_moved import Keeper
from test_many_servers import until

PAIRS = 2000

HOLD = """
    CREATE SCHEMA gate;
    CREATE FUNCTION gate.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock_shared(77);
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END $$
"""


class OnSQLite(Served):
    """Whoever writes where the gate is never comes to an end."""

    def __init__(self, directory, _):
        super().__init__(directory, database="")

    def rows(self, text):
        with sqlite3.connect(self.file, timeout=30) as database:
            found = database.execute(text).fetchall()
        database.close()
        return found

    def shut(self, table, event, condition):
        self.rows(
            f"CREATE TRIGGER gate BEFORE {event} ON {table} WHEN {condition} BEGIN "
            "SELECT (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n); END"
        )

    def is_held(self):
        """Whether somebody writes and does not end."""
        database = sqlite3.connect(self.file, timeout=1)
        try:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
            return False
        except sqlite3.OperationalError:
            return True
        finally:
            database.close()

    def open(self):
        self.rows("DROP TRIGGER gate")


class OnPostgres(Served):
    """Whoever writes where the gate is waits for a lock that another session has."""

    def __init__(self, directory, server):
        super().__init__(directory, database=server.address)
        self.server = server
        self.schema = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'acme'")
        server.ask(HOLD)
        self.keeper = Keeper(server)

    def rows(self, text):
        found = self.server.run(
            "psql", "-h", self.server.folder, "-U", "kehu", "-qAtc", f"SET search_path = {self.schema}; {text}", "kehu"
        )
        return [
            tuple(int(value) if value.lstrip("-").isdigit() else value for value in row.split("|"))
            for row in found.splitlines()
        ]

    def shut(self, table, event, condition):
        self.rows(f"CREATE TRIGGER gate BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION gate.hold()")

    def is_held(self):
        return self.rows("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted") != [(0,)]

    def open(self):
        """Who waited is gone with the server."""
        self.server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kehu'")
        until(lambda: self.rows("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kehu'") == [(0,)], 60)
        for (table,) in self.rows("SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'gate'"):
            self.rows(f"DROP TRIGGER gate ON {table}")

    def close(self):
        super().close()
        self.keeper.close()


def companies():
    """Names that are like no other, twice each as two people write them, with one telephone."""
    random.seed(31)
    signs = [chr(sign) for sign in range(0x4E00, 0x9000)]
    for number in range(PAIRS):
        name = "".join(random.sample(signs, 5))
        yield f"北京{name}仪器有限公司", f"0106{number:07}"
        yield f"{name}仪器", f"010-6{number:07}"


@pytest.mark.parametrize("engine", [OnSQLite, OnPostgres])
def test_a_search_for_duplicates_goes_on_after_its_server_was_killed(engine, request, tmp_path):
    world = engine(tmp_path, request.getfixturevalue("server") if engine is OnPostgres else None)
    try:
        world.start()
        rows = tmp_path / "rows.csv"
        rows.write_text("name,phone\n" + "".join(f"{name},{phone}\n" for name, phone in companies()))
        with rows.open("rb") as file:
            run = world.post("/api/v1/imports", files={"file": ("rows.csv", file)}, data={"object": "customer"}).json()["id"]
        until(lambda: world.get(f"/api/v1/imports/{run}").json()["state"] == "done", 300)
        names = {name: id for id, name in world.rows("SELECT id, name FROM customer")}

        def pairs():
            return world.rows("SELECT a, b, score, state, decided_at IS NULL FROM sys_duplicate_pair ORDER BY a, b")

        def last():
            """The state and figures of the last search."""
            text = "SELECT state, seen, pairs, too_large, id FROM sys_duplicate_run WHERE object = 'customer' ORDER BY id DESC LIMIT 1"
            return world.rows(text)[0]

        def search():
            assert world.post("/api/v1/customers/duplicates/runs", json={}).status_code == 202
            until(lambda: last()[0] == "done", 300)

        search()
        first = pairs()
        assert len(first) >= PAIRS and len({pair[:2] for pair in first}) == len(first)
        assert world.rows("SELECT count(*) FROM sys_duplicate_key")[0][0] > 2 * 4000, "one step looks at nearly all of it"

        # People decide; one pair is no pair any more, and there is a new one.
        groups = [group["records"] for group in world.get("/api/v1/customers/duplicates", params={"limit": 9}).json()["data"]]
        decided = [[record["id"] for record in group] for group in groups if len(group) == 2][:5]
        for decision, some in (("different", decided[:3]), ("later", decided[3:5])):
            said = world.post("/api/v1/customers/duplicates/decide", json={"groups": some, "decision": decision})
            assert said.ok, said.text
        people = [pair for pair in pairs() if pair[3] != "open"]
        assert sorted(pair[3] for pair in people) == ["different"] * 3 + ["later"] * 2
        numbers = {number for pair in people for number in pair[:2]}
        gone = next(pair[:2] for pair in first if not numbers & set(pair[:2]))
        identity = {record["name"]: record["id"] for record in page(world)}
        name = {id: name for name, id in names.items()}[gone[0]]
        changed = world.patch(f"/api/v1/customers/{identity[name]}", json={"name": "上海全新贸易行", "phone": "02155557777"})
        assert changed.ok, changed.text
        added = [world.post("/api/v1/customers", json={"name": each, "phone": "0755-88886666"}) for each in ("深圳蓝鲸打印有限公司", "蓝鲸打印")]
        assert all(answer.status_code == 201 for answer in added)
        before, known = pairs(), last()[4]
        middle = before[len(before) // 2]

        # Killed in the middle of a step's pairs, at its end, before what is out of date goes, and before all is done.
        gates = [
            ("sys_duplicate_pair", "INSERT", f"NEW.a = {middle[0]} AND NEW.b = {middle[1]}"),
            ("sys_duplicate_run", "UPDATE", "NEW.seen > OLD.seen AND OLD.seen > 0"),
            ("sys_duplicate_run", "UPDATE", "NEW.state = 'done'"),
            ("sys_duplicate_pair", "DELETE", "1 = 1"),
        ]
        seen = []
        assert world.stop() == 0
        for number, gate in enumerate(gates):
            world.shut(*gate)
            world.start()
            if number == 0:
                assert world.post("/api/v1/customers/duplicates/runs", json={}).status_code == 202
            until(lambda: world.is_held() and last()[4] > known, 300)
            world.kill()
            world.open()
            # Nothing of the step in whose middle that was is there; what people decided is.
            state = last()
            assert state[0] == "running", state
            seen.append(state[1])
            found = pairs()
            assert len({pair[:2] for pair in found}) == len(found)
            assert [pair for pair in found if pair[3] != "open"] == people
            assert {pair[:2] for pair in before} <= {pair[:2] for pair in found}, "gone before its time"
            # As if the lease of whoever ran the job had ended.
            world.rows("UPDATE sys_job SET due_at = 0 WHERE kind = 'duplicates.search' AND state = 'running'")
        assert seen == sorted(seen) and seen[1] > 0, seen
        world.start()
        until(lambda: last()[0] == "done", 300)
        resumed, figures = pairs(), last()
        assert world.rows(f"SELECT count(*) FROM sys_duplicate_run WHERE id > {known} AND object = 'customer'") == [(1,)]

        assert [pair for pair in resumed if pair[3] != "open"] == people
        new = {pair[:2] for pair in resumed} - {pair[:2] for pair in before}
        assert len(new) == 1 and {pair[:2] for pair in before} - {pair[:2] for pair in resumed} == {gone}
        # An undisturbed search finds and counts the same.
        search()
        assert pairs() == resumed
        assert last()[1:4] == figures[1:4] and last()[4] > figures[4], (last(), figures)
        assert world.stop() == 0
        assert world.json("verify")["ok"]
    finally:
        world.close()


def page(world):
    """All customers, with names and ids as the API has them."""
    cursor, found = None, []
    while True:
        answer = world.get("/api/v1/customers", params={"fields": "name", "limit": 200, **({"cursor": cursor} if cursor else {})})
        found += answer.json()["data"]
        cursor = answer.json()["next"]
        if not cursor:
            return found
