"""What `kehu doctor` says of a PostgreSQL that is not well: each finding once with a server of which it is true, and not
before."""

import json
import subprocess
import time

from postgres import Server
from served import Served


def findings(served, *before, **settings):
    """The findings by code; `before` goes in front of the command."""
    command = [*before, *served.command("doctor", "--json")]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env={**served.settings(), **settings}, stdin=subprocess.DEVNULL
    )
    return {finding["code"]: finding for finding in json.loads(done.stdout)["findings"]}


def test_the_doctor_notices_clocks_that_differ(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    assert "clock_skew" not in findings(served)
    for shift, word in (("+60s", "behind"), ("-60s", "ahead")):
        found = findings(served, "faketime", "-f", shift)["clock_skew"]
        assert word in found["text"] and any(str(number) in found["text"] for number in (59, 60)), found


def test_the_doctor_notices_that_one_more_process_would_not_get_its_connections(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    assert "few_connections" not in findings(served)
    found = findings(served, KEHU_DATABASE=server.address + "&pool=100")["few_connections"]
    assert "100" in found["text"] and "max_connections" in found["text"], found


def test_the_doctor_notices_a_replica_that_lags(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    follower = Server(source=server)
    try:
        server.ask("CREATE TABLE public.t AS SELECT 1 AS a")
        time.sleep(1)
        assert "replica_lags" not in findings(served)
        follower.ask("SELECT pg_wal_replay_pause()")
        end = time.monotonic() + 25
        while "replica_lags" not in (found := findings(served)):
            assert time.monotonic() < end, found
            server.ask("UPDATE public.t SET a = a + 1")
            time.sleep(1)
        assert "replica" in found["replica_lags"]["text"]
        follower.ask("SELECT pg_wal_replay_resume()")
        end = time.monotonic() + 25
        while "replica_lags" in (found := findings(served)):
            assert time.monotonic() < end, found
            server.ask("UPDATE public.t SET a = a + 1")
            time.sleep(1)
    finally:
        follower.close()


def test_the_doctor_notices_large_tables_without_statistics(server, tmp_path):
    server.ask("ALTER SYSTEM SET autovacuum = off")
    server.ask("SELECT pg_reload_conf()")
    served = Served(tmp_path, database=server.address)
    schema = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'acme'")
    assert "no_statistics" not in findings(served)
    server.ask(
        f"INSERT INTO {schema}.sys_preference (user_id, key, value) SELECT n, 'k', 'v' FROM generate_series(1, 6000) n"
    )
    found = findings(served)["no_statistics"]
    assert "sys_preference" in found["text"] and "ANALYZE" in found["text"], found
    server.ask(f"ANALYZE {schema}.sys_preference")
    assert "no_statistics" not in findings(served)
