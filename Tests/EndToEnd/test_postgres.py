"""What only PostgreSQL can do, and what only it can suffer: lost connections, a killed server, several programs on one
database, and the way there from SQLite and back. Each test has a PostgreSQL of its own."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time

import pytest
import requests

from postgres import Server
from served import EMAIL, PASSWORD, Served, Writers


def check(served, writers):
    """Every acknowledged customer is there once, nothing else than what was asked for, and the chain is whole."""
    names = served.names()
    assert len(names) == len(set(names))
    assert set(writers.acknowledged) <= set(names) <= writers.asked
    assert set(writers.statuses) <= {201, 503}, writers.statuses
    verified = served.json("verify")
    assert verified["ok"], verified


def test_connections_cut_in_mid_transaction_lose_and_repeat_nothing(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    try:
        served.start()
        writers = Writers(served)
        for _ in range(20):
            time.sleep(0.2)
            server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kehu'")
        time.sleep(0.5)
        writers.finish()
        assert len(writers.acknowledged) > 20
        check(served, writers)
    finally:
        served.close()


def test_a_killed_server_of_the_database_loses_nothing_and_comes_back_by_itself(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    try:
        served.start()
        writers = Writers(served)
        for _ in range(2):
            time.sleep(1)
            server.kill()
            answer = served.get("/api/v1/customers")
            assert answer.status_code == 503 and answer.json()["code"] == "database_lost", answer.text
            server.start()
            # Nobody starts kehu again.
            end = time.monotonic() + 20
            while not served.get("/api/v1/customers").ok:
                assert time.monotonic() < end
                time.sleep(0.1)
        before = len(writers.acknowledged)
        time.sleep(1)
        writers.finish()
        assert len(writers.acknowledged) > before
        check(served, writers)
    finally:
        served.close()


@pytest.fixture
def disk():
    """A small file system, which the database's user can reach."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="kehu-disk-", dir="/tmp"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=72m,mode=0777", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode != 0:
        place.rmdir()
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)
    place.rmdir()


def fill(path):
    with path.open("wb", buffering=0) as file:
        for size in (65_536, 4096):
            try:
                while file.write(b"x" * size) == size:
                    pass
            except OSError:
                pass


def waits(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("full", ["tables", "log"])
def test_a_full_disk_of_the_database_is_said_and_nothing_is_lost(disk, tmp_path, full):
    """Where the log of PostgreSQL finds no room, the whole server ends, and whoever looks after it starts it again."""
    away = pathlib.Path(tempfile.mkdtemp(prefix="kehu-log-", dir="/tmp"))
    away.chmod(0o777)
    server = Server(data=disk / "data" if full == "tables" else None, log=(away if full == "tables" else disk) / "log")
    served = Served(tmp_path, database=server.address)
    try:
        served.start()
        writers = Writers(served)
        waits(lambda: len(writers.acknowledged) > 10)
        fill(disk / "filler")
        if full == "tables":
            waits(lambda: 503 in writers.statuses)
            problem = writers.last.json()
            assert problem["code"] == "disk_full" and "disk is full" in problem["detail"], problem
            findings = json.loads(served.run("doctor", "--json").stdout)["findings"]
            told = {finding["code"]: finding for finding in findings}["database_disk"]
            assert told["grade"] == "bad" and str(disk / "data") in told["text"], told
            # Reading goes on.
            assert set(writers.acknowledged) >= {"w-1"} and served.get("/api/v1/customers").ok
        else:
            # Somebody else needs what room the log has left.
            with pytest.raises(AssertionError):
                server.ask("SELECT pg_logical_emit_message(true, 'kehu', repeat('x', 60000000))")
            waits(lambda: not server.runs())
            answer = served.get("/api/v1/customers")
            assert answer.status_code == 503 and answer.json()["code"] == "database_lost", answer.text
        (disk / "filler").unlink()
        if full == "log":
            server.start()
        # Nobody starts kehu again.
        before = len(writers.acknowledged)
        waits(lambda: len(writers.acknowledged) > before + 10)
        check(served, writers.finish())
    finally:
        served.close()
        server.close()
        shutil.rmtree(away, ignore_errors=True)


def test_two_programs_on_one_database_see_each_other_at_once(server, tmp_path):
    (tmp_path / "other").mkdir()
    first = Served(tmp_path, database=server.address)
    second = Served.__new__(Served)
    second.__dict__.update({**first.__dict__, "directory": tmp_path / "other", "local": type(first.local)()})
    try:
        first.start()
        second.start()
        field = {"key": "colour", "label": {"en": "Colour", "zh": "颜色"}, "kind": "text"}
        answer = first.post("/api/v1/schema/objects/customer/fields", json=field)
        assert answer.ok, answer.text
        answer = second.post("/api/v1/customers", json={"name": "红", answer.json().get("key", "x_colour"): "red"})
        assert answer.status_code == 201, answer.text
        writers = [Writers(first, 2, "a"), Writers(second, 2, "b")]
        time.sleep(3)
        for each in writers:
            each.finish()
            assert len(each.acknowledged) > 10 and set(each.statuses) == {201}, each.statuses
        names = first.names()
        assert len(names) == len(set(names)) == 1 + sum(len(each.acknowledged) for each in writers)
        assert sorted(second.names()) == sorted(names)
        assert first.json("verify")["ok"]
        # Whoever is shut out by one is shut out by the other.
        user = first.get("/api/v1/me").json()
        answer = first.post("/api/v1/users", json={"email": "mei@example.com", "name": "Mei", "roles": ["salesperson"]})
        assert answer.status_code == 201, answer.text
        link = first.post(f"/api/v1/users/{answer.json()['id']}/link", json={}).json()["token"]
        assert second.post(f"/api/v1/links/{link}", json={"password": PASSWORD}).ok
        key = json.loads(first.run("key", "new", "--user", "mei@example.com", "--name", "t", "--json").stdout)["token"]
        headers = {"Authorization": "Bearer " + key}
        assert requests.get(second.address + "/api/v1/me", headers=headers, timeout=20).ok
        assert first.run("user", "disable", "mei@example.com").returncode == 0
        end = time.monotonic() + 1
        while requests.get(second.address + "/api/v1/me", headers=headers, timeout=20).status_code != 401:
            assert time.monotonic() < end
        assert user["email"] == EMAIL
    finally:
        first.close()
        second.close()


def test_a_workspace_moves_to_postgres_and_back_with_every_row(server, tmp_path):
    served = Served(tmp_path, database="")
    try:
        served.start()
        for number in range(30):
            assert served.post("/api/v1/customers", json={"name": f"客户 {number}", "phone": "13800001234"}).ok
        served.stop()
        before = served.json("verify", "--content")
        served.database = server.address
        moved = served.json("workspace", "move", "acme", "--to", "postgres")
        assert moved["rows"] == sum(before["rows"].values()) and not moved["file_served"]
        there = served.json("verify", "--content")
        assert there["ok"] and there["rows"] == before["rows"] and there["content"] == before["content"]
        served.start()
        assert served.get("/api/v1/customers", params={"q": "客户 7", "limit": 5}).json()["data"]
        assert served.post("/api/v1/customers", json={"name": "新客户"}).status_code == 201
        served.stop()
        archive = tmp_path / "a.kehu"
        served.json("backup", archive)
        after = served.json("verify", "--content")
        served.json("workspace", "move", "acme", "--to", "sqlite")
        served.database = ""
        back = served.json("verify", "--content")
        assert back["ok"] and back["rows"] == after["rows"] and back["content"] == after["content"]
        # What PostgreSQL saved, SQLite restores, and the other way round.
        served.json("restore", archive, "--workspace", "again")
        served.database = server.address
        served.json("restore", archive, "--workspace", "third", data=tmp_path / "elsewhere")
        again = served.json("verify", "--content", "--workspace", "third", data=tmp_path / "elsewhere")
        assert again["ok"] and again["rows"] == after["rows"]
    finally:
        served.close()


def test_a_move_that_is_killed_goes_on_and_a_server_reads_all_the_while(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    try:
        served.start()
        for number in range(40):
            assert served.post("/api/v1/customers", json={"name": f"客户 {number}"}).ok
        names = sorted(served.pages())
        command, moved = served.command("workspace", "move", "acme", "--to", "sqlite", "--json"), None
        for delay in (0.2, 0.5, 0.8, 1.2, 1.6):
            mover = subprocess.Popen(command, env=served.settings(), stdout=subprocess.PIPE, text=True)
            try:
                moved = json.loads(mover.communicate(timeout=delay)[0])
                break
            except subprocess.TimeoutExpired:
                mover.kill()
                mover.communicate()
            assert sorted(served.pages()) == names
        moved = moved or served.json("workspace", "move", "acme", "--to", "sqlite")
        assert moved["audit_entries"] > 40 and len(moved["servers"]) == 1, moved
        late = served.post("/api/v1/customers", json={"name": "来晚了"})
        assert late.status_code == 503 and late.json()["code"] == "workspace_moved", late.text
        assert sorted(served.pages()) == names and served.get("/readyz").status_code == 503
        served.stop()
        served.database = ""
        served.start()
        assert sorted(served.pages()) == names
        assert served.post("/api/v1/customers", json={"name": "新客户"}).status_code == 201
        served.stop()
        assert served.json("verify")["ok"]
    finally:
        served.close()


def test_a_file_moves_below_its_server_which_reads_on_and_writes_nothing(server, tmp_path):
    served = Served(tmp_path, database="")
    try:
        served.start()
        writers = Writers(served)
        waits(lambda: len(writers.acknowledged) > 10)
        there = {**served.settings(), "KEHU_DATABASE": server.address}
        command = served.command("workspace", "move", "acme", "--to", "postgres", "--json")
        done = subprocess.run(command, env=there, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["file_served"]
        waits(lambda: writers.last.json()["code"] == "workspace_moved")
        writers.finish()
        assert set(writers.statuses) <= {201, 503}, writers.statuses
        assert set(served.pages()) == set(writers.acknowledged)
        served.stop()
        assert "workspace" in served.refusal() and served.file.exists()
        served.database = server.address
        served.json("workspace", "move", "acme", "--to", "postgres")
        assert not served.file.exists()
        served.start()
        check(served, writers)
    finally:
        served.close()


def test_the_doctor_names_a_broken_index_and_the_log_a_slow_statement_without_its_values(server, tmp_path):
    class Watched(Served):
        def settings(self, data=None):
            return {**super().settings(data), "KEHU_SLOW_MS": "1000"}

    served = Watched(tmp_path, database=server.address)
    try:
        served.start()
        records = [served.post("/api/v1/customers", json={"name": name}).json() for name in ("机密一号", "机密二号")]
        schema = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'acme'")
        # Somebody else holds the row for a while.
        held = f"BEGIN; SELECT 1 FROM {schema}.customer WHERE name = '机密一号' FOR UPDATE; SELECT pg_sleep(2.5); COMMIT"
        other = threading.Thread(target=server.ask, args=(held,))
        other.start()
        time.sleep(0.5)
        change = served.patch(f"/api/v1/customers/{records[0]['id']}", json={"description": "机密描述"})
        other.join()
        assert change.ok, change.text
        slow = [line for line in served.words().splitlines() if "slow statement" in line]
        assert any('UPDATE "customer"' in line and "Update on customer" in line for line in slow), served.words()
        assert "机密" not in served.words()
        assert "broken_index" not in served.run("doctor", "--json").stdout
        # Two records have the same value, so that the building of the index is broken off.
        server.ask(f"UPDATE {schema}.customer SET description = 'a'")
        try:
            server.ask(f"CREATE UNIQUE INDEX CONCURRENTLY half_made ON {schema}.customer (description)")
        except AssertionError:
            pass
        doctor = served.run("doctor", "--json")
        found = [finding for finding in json.loads(doctor.stdout)["findings"] if finding["code"] == "broken_index"]
        assert doctor.returncode == 1 and found and "half_made" in found[0]["text"], doctor.stdout
    finally:
        served.close()
