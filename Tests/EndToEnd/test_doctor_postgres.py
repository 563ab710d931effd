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


def test_the_doctor_says_that_it_may_not_see_how_far_replicas_are(server, tmp_path):
    server.ask("CREATE ROLE plain LOGIN")
    server.ask("GRANT CREATE ON DATABASE kehu TO plain")
    address = server.address.replace("kehu@", "plain@", 1)
    served = Served(tmp_path, database=address + "&directory=plain_directory")
    assert not {"replica_unseen", "replica_lags"} & set(findings(served)), "there is none"
    follower = Server(source=server)
    try:
        end = time.monotonic() + 25
        while server.ask("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") != "1":
            assert time.monotonic() < end
            time.sleep(0.1)
        unseen = findings(served)["replica_unseen"]
        assert unseen["grade"] == "notice" and "(1)" in unseen["text"] and "pg_monitor" in unseen["text"], unseen
        # One that the settings name is asked itself.
        named = findings(served, KEHU_DATABASE_REPLICAS=follower.address.replace("kehu@", "plain@", 1))
        assert not {"replica_unseen", "replica_unused"} & set(named), named
        server.ask("GRANT pg_monitor TO plain")
        assert not {"replica_unseen", "replica_lags"} & set(findings(served))
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


def test_the_doctor_tells_of_an_index_that_was_missing_and_has_it_made(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    schema = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'acme'")
    assert "missing_index" not in findings(served)
    for index, table in (("ix_customer_owner", "customer"), ("sys_audit_record", "sys_audit")):
        server.ask(f"DROP INDEX {schema}.{index}")
        found = findings(served)["missing_index"]
        assert found["grade"] == "notice" and index in found["text"] and table in found["text"], found
        assert server.ask(f"SELECT count(*) FROM pg_indexes WHERE schemaname = '{schema}' AND indexname = '{index}'") == "1"
        assert "missing_index" not in findings(served)
    # One that cannot be made: there are two of what may be there once.
    server.ask(f"DROP INDEX {schema}.sys_job_key")
    server.ask(
        f"INSERT INTO {schema}.sys_job (id, kind, key, payload, state, due_at, tries, created_at) "
        "SELECT n, 'maintenance.bin', 'twice', '{}', 'ready', 9000000000000, 0, 0 FROM generate_series(1, 2) n"
    )
    found = findings(served)
    assert found["missing_index"]["grade"] == "bad" and "sys_job_key" in found["missing_index"]["text"], found
    server.ask(f"DELETE FROM {schema}.sys_job WHERE id = 2")
    assert findings(served)["missing_index"]["grade"] == "notice"


def test_the_doctor_sees_the_disk_of_the_database_or_says_that_it_cannot(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    seen = findings(served)["database_disk"]
    assert "MB are free" in seen["text"] and str(server.data) in seen["text"], seen
    # Somebody without rights is told what there is to tell, and where to look.
    server.ask("CREATE ROLE plain LOGIN")
    server.ask("GRANT CREATE ON DATABASE kehu TO plain")
    (tmp_path / "other").mkdir()
    plain = Served(tmp_path / "other", database=server.address.replace("kehu@", "plain@", 1) + "&directory=plain_directory")
    found = findings(plain)
    assert found["opens"]["grade"] == "good", found
    unseen = found["database_disk"]
    assert unseen["grade"] == "notice" and "cannot be seen" in unseen["text"], unseen
    for word in ("df -h", "data_directory", "pg_monitor", "size of the database: "):
        assert word in unseen["text"], unseen
    server.ask("GRANT pg_monitor TO plain")
    assert str(server.data) in findings(plain)["database_disk"]["text"]


def test_the_doctor_notices_a_replication_slot_that_nobody_reads(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    server.ask("SELECT pg_create_physical_replication_slot('gone', true)")
    assert "slot_holds_log" not in findings(served)
    server.ask("CREATE TABLE public.t (a INTEGER)")
    for _ in range(6):
        # Each switch begins a new file of 16 MB.
        server.ask("INSERT INTO public.t VALUES (1)")
        server.ask("SELECT pg_switch_wal()")
    found = findings(served)["slot_holds_log"]
    assert found["grade"] == "notice" and "pg_drop_replication_slot('gone')" in found["text"], found
    server.ask("SELECT pg_drop_replication_slot('gone')")
    assert "slot_holds_log" not in findings(served)
