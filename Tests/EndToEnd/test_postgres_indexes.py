"""Indexes of words that an earlier program made in PostgreSQL: they get the list of pending entries that this one makes
them with when it opens the workspace, and whoever reads them for long is not waited for."""

import contextlib
import subprocess
import time

import pytest

from served import Served

OLD = ("search_customer_tokens", "search_contact_tokens")


@pytest.fixture
def old(server, tmp_path):
    """A workspace as a program left it that knew nothing of pending entries."""
    served = Served(tmp_path, database=server.address)
    served.schema = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'acme'")
    served.start()
    assert served.post("/api/v1/customers", json={"name": "北京霜叶仪器"}).status_code == 201
    assert served.stop() == 0
    assert set(options(server, served).values()) == {"{fastupdate=on}"}
    server.ask(f"ALTER INDEX {served.schema}.{OLD[0]} SET (fastupdate = off)")
    server.ask(f"ALTER INDEX {served.schema}.{OLD[1]} RESET (fastupdate)")
    found = options(server, served)
    assert [found[name] for name in OLD] == ["{fastupdate=off}", ""]
    # Its functions were those of a former version.
    server.ask(
        f"CREATE OR REPLACE FUNCTION {served.schema}.kehu_functions() RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT 1::bigint'"
    )
    yield served
    served.close()


def options(server, served):
    """What each index of words was told, by its name."""
    rows = server.ask(
        f"SELECT relname, coalesce(reloptions::text, '') FROM pg_class WHERE relname LIKE 'search\\_%\\_tokens' "
        f"AND relkind = 'i' AND relnamespace = '{served.schema}'::regnamespace"
    )
    return dict(row.split("|") for row in rows.splitlines())


@contextlib.contextmanager
def reader(server, question):
    """Somebody who has read and goes on reading: what they use stays in use until the end."""
    session = subprocess.Popen(
        [server.programs / "psql", "-h", server.folder, "-U", "kehu", "-qAt", "kehu"], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=server.folder, **server.user,
    )
    try:
        session.stdin.write(f"BEGIN; {question};\n")
        session.stdin.flush()
        assert session.stdout.readline().strip() != ""
        yield
        assert session.poll() is None, "the reader was thrown out"
    finally:
        session.kill()
        session.wait()


def test_indexes_of_an_earlier_program_are_changed_when_the_workspace_is_opened(server, old):
    old.start()
    found = options(server, old)
    assert len(found) > 5 and set(found.values()) == {"{fastupdate=on}"}, found
    # What was in them is found, and what comes now.
    assert old.post("/api/v1/customers", json={"name": "上海霜叶仪器"}).status_code == 201
    hits = old.get("/api/v1/customers", params={"q": "霜叶"}).json()["data"]
    assert sorted(hit["name"] for hit in hits) == ["上海霜叶仪器", "北京霜叶仪器"]


def test_a_workspace_is_opened_although_somebody_reads_such_an_index_for_long(server, old):
    with reader(server, f"SELECT count(*) FROM {old.schema}.search_customer"):
        held = (
            f"SELECT count(*) FROM pg_locks WHERE relation = '{old.schema}.{OLD[0]}'::regclass AND mode = 'AccessShareLock' "
            "AND granted"
        )
        assert server.ask(held) == "1"
        start = time.monotonic()
        old.start()
        seconds = time.monotonic() - start
        print(f"{seconds:.1f} s")
        # The index in use is left as it is, the others are not; nobody queues for it, behind whom others would wait.
        found = options(server, old)
        assert found.pop(OLD[0]) == "{fastupdate=off}"
        assert set(found.values()) == {"{fastupdate=on}"}, found
        assert server.ask("SELECT count(*) FROM pg_locks WHERE NOT granted") == "0"
        start = time.monotonic()
        assert old.post("/api/v1/customers", json={"name": "上海霜叶仪器"}).status_code == 201
        assert time.monotonic() - start < 5
        hits = old.get("/api/v1/customers", params={"q": "霜叶"}).json()["data"]
        assert sorted(hit["name"] for hit in hits) == ["上海霜叶仪器", "北京霜叶仪器"]
        assert server.ask(held) == "1"
