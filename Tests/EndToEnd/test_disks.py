"""Disks that are full, read-only, on the network, or gone wrong while something long runs; schedules and stops."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
from datetime import datetime, timedelta, timezone

import pytest

from served import Served, Writers
from test_faults import check, fill, finished
from test_many_servers import another


@pytest.fixture
def served(tmp_path):
    served = Served(tmp_path)
    yield served
    served.close()


@pytest.fixture
def disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["mount", "-o", "remount,rw", str(place)], capture_output=True)
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("kind", ["sshfs", "glusterfs"])
def test_a_network_file_system_is_refused(tmp_path, kind):
    """A real mount through FUSE that says it is one of the network's."""
    if not shutil.which("bindfs") or not os.path.exists("/dev/fuse"):
        pytest.skip("bindfs and /dev/fuse are needed")
    (tmp_path / "local").mkdir()
    served = Served(tmp_path / "local")
    far = tmp_path / "far away"
    far.mkdir()
    mounted = subprocess.run(["bindfs", "-o", f"subtype={kind}", str(served.data), str(far)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("mounting through FUSE is not allowed here")
    try:
        for arguments in (("serve", "--port", "0"), ("user", "list"), ("verify",), ("backup", tmp_path / "a.kehu")):
            refused = served.run(*arguments, data=far)
            assert refused.returncode == 1 and f"fuse.{kind}" in refused.stderr, (arguments, refused.stderr)
            assert len(refused.stderr.strip().splitlines()) == 1
        assert not (tmp_path / "a.kehu").exists()
    finally:
        subprocess.run(["umount", "-l", str(far)], check=True)
    served.start()
    assert served.stop() == 0


def test_with_postgres_the_folder_may_lie_on_a_network_file_system(server, tmp_path):
    """Two servers that see one folder; the database is elsewhere, and nothing in the folder is SQLite's."""
    if not shutil.which("bindfs") or not os.path.exists("/dev/fuse"):
        pytest.skip("bindfs and /dev/fuse are needed")
    (tmp_path / "disk").mkdir()
    far = tmp_path / "far away"
    far.mkdir()
    mounted = subprocess.run(
        ["bindfs", "-o", "subtype=glusterfs", str(tmp_path / "disk"), str(far)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("mounting through FUSE is not allowed here")
    served = other = None
    try:
        served = Served(tmp_path, data=far, database=server.address)
        served.start()
        other = another(served, tmp_path / "other")
        other.start()
        customer = served.post("/api/v1/customers", json={"name": "网络盘客户"}).json()["id"]
        sent = served.post(
            "/api/v1/files", files={"file": ("a.txt", b"contents")}, data={"object": "customers", "record": customer}
        )
        assert sent.status_code == 201, sent.text
        assert other.get(f"/api/v1/files/{sent.json()['id']}").content == b"contents"
        assert served.json("verify", "--content")["ok"]
        served.json("backup", far / "a.kehu")
        assert not list(far.glob("a.kehu.*"))
        # With a workspace of SQLite in it, it is as dangerous as ever.
        (tmp_path / "disk" / "old.db").write_bytes(b"")
        refused = served.run("user", "list")
        assert refused.returncode == 1 and "fuse.glusterfs" in refused.stderr, refused.stderr
    finally:
        for each in (served, other):
            if each:
                each.close()
        subprocess.run(["umount", "-l", str(far)], check=True)


def test_a_disk_that_fills_up_during_an_import_a_backup_and_an_upgrade(tmp_path, disk):
    served = Served(tmp_path, disk / "data")
    try:
        served.start()
        rows = tmp_path / "rows.csv"
        names = [f"i-{number}" for number in range(8000)]
        rows.write_text("name,description\n" + "".join(f"{name},{'客户资料' * 20}\n" for name in names))
        with rows.open("rb") as file:
            run = served.post(
                "/api/v1/imports", files={"file": ("rows.csv", file)}, data={"object": "customer", "mode": "create"}
            ).json()["id"]
        end = time.monotonic() + 60
        while served.get(f"/api/v1/imports/{run}").json()["created"] < 250 and time.monotonic() < end:
            time.sleep(0.02)
        filler = disk / "filler"
        fill(filler)
        status = finished(served, run, lambda status: status["state"])
        assert status["state"] == "stopped" and "disk" in status["message"].lower(), status
        assert 0 < status["created"] < len(names)
        # A backup says so and leaves nothing.
        failed = served.run("backup", disk / "a.kehu")
        assert failed.returncode == 1 and not list(disk.glob("a.kehu*")), failed.stderr
        filler.unlink()
        # The import goes on behind the last finished batch.
        again = served.post(f"/api/v1/imports/{run}/resume", json={})
        assert again.status_code == 202, again.text
        status = finished(served, run, lambda status: "" if status["state"] == "stopped" else status["state"])
        assert status["state"] == "done" and status["created"] == len(names), json.dumps(status)
        assert served.post(f"/api/v1/imports/{run}/resume", json={}).status_code == 409
        imported = set(served.names())
        assert imported == set(names) and len(served.names()) == len(names)
        assert served.stop() == 0
        # An upgrade that finds no room changes nothing.
        with sqlite3.connect(served.file) as database:
            database.execute("UPDATE sys_setting SET value = '0.0.9' WHERE key = 'program'")
        database.close()
        fill(filler)
        refused = served.run("migrate")
        assert refused.returncode == 1 and len(refused.stderr.strip().splitlines()) == 1, refused.stderr
        assert "MB" in refused.stderr or "disk" in refused.stderr.lower(), refused.stderr
        filler.unlink()
        assert served.run("migrate").returncode == 0
        assert served.json("verify")["ok"]
        served.start()
        assert set(served.names()) == imported
    finally:
        served.close()


def test_a_disk_that_becomes_read_only_while_people_write(tmp_path, disk):
    served = Served(tmp_path, disk / "data")
    try:
        served.start()
        writers = Writers(served)
        time.sleep(0.7)
        # As a kernel does it that no longer trusts the disk. Open files may keep it from being remounted.
        forced = subprocess.run(["mount", "-o", "remount,ro", str(disk)], capture_output=True)
        if forced.returncode != 0:
            subprocess.run(["mount", "-o", "remount,ro,size=96m", str(disk)], capture_output=True)
        time.sleep(1)
        writers.finish()
        assert set(writers.statuses) <= {201, 503}, writers.statuses
        assert served.process.poll() is None
        check(served, [writers], names=served.pages())
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        served.kill()
        served.start()
        check(served, [writers])
        assert served.stop() == 0
        assert served.json("verify")["ok"]
    finally:
        served.close()


def test_kill_while_a_workbook_is_made_into_a_table(served, tmp_path):
    served.start()
    names = [f"表-{number}" for number in range(4000)]
    for start in range(0, len(names), 1000):
        done = served.post("/api/v1/customers/batch", json={"atomic": True, "operations": [
            {"op": "create", "data": {"name": name, "description": "工作簿" * 30}} for name in names[start:start + 1000]]})
        assert done.ok, done.text
    book = tmp_path / "book.xlsx"
    book.write_bytes(served.get("/api/v1/customers/export", params={"format": "xlsx", "fields": "name,description"}).content)
    with book.open("rb") as file:
        run = served.post("/api/v1/imports", files={"file": ("book.xlsx", file)},
                          data={"object": "contact", "mode": "create"}).json()["id"]
    for number in range(6):
        time.sleep(0.05 * (number + 1))
        served.kill()
        served.start()
    status = finished(served, run, lambda status: status["state"])
    assert status["state"] == "done" and status["created"] == len(names) and status["failed"] == 0, status
    assert sorted(served.names("contacts")) == sorted(names)
    assert not list((served.data / "acme.files").rglob("*.part"))
    assert served.stop() == 0
    assert served.json("verify")["ok"]


def test_kill_while_search_entries_and_keys_follow_an_import(served, tmp_path):
    """What follows the rows of an import later is made for each of them once, however often the server falls."""
    rows = tmp_path / "rows.csv"
    count = 6000
    lines = (f"跟进客户{number:05d}有限公司,138{number:08d}\n" for number in range(count))
    rows.write_text("name,phone\n" + "".join(lines))
    served.start()
    with rows.open("rb") as file:
        run = served.post(
            "/api/v1/imports", files={"file": ("rows.csv", file)}, data={"object": "customer", "mode": "create"}
        ).json()["id"]
    kills = 0
    for number in range(40):
        time.sleep(0.1 + 0.07 * (number % 5))
        with sqlite3.connect(f"file:{served.file}?mode=ro", uri=True, timeout=10) as database:
            waiting = database.execute("SELECT count(*) FROM sys_trail").fetchone()[0]
        database.close()
        if waiting:
            served.kill()
            kills += 1
            served.start()
        elif served.get(f"/api/v1/imports/{run}").json()["state"] == "done":
            break
        if kills == 8:
            break
    assert kills > 1, "no kill met what follows"
    status = finished(served, run, lambda status: status["state"])
    assert status["state"] == "done" and status["created"] == count, status
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with sqlite3.connect(f"file:{served.file}?mode=ro", uri=True, timeout=10) as database:
            if not database.execute("SELECT count(*) FROM sys_trail").fetchone()[0]:
                break
        database.close()
        time.sleep(0.2)
    for number in (0, 1234, count - 1):
        found = served.get("/api/v1/customers", params={"q": f"138{number:08d}"}).json()["data"]
        assert [each["name"] for each in found] == [f"跟进客户{number:05d}有限公司"], number
    assert served.stop() == 0
    with sqlite3.connect(served.file) as database:
        def one(query):
            return database.execute(query).fetchone()[0]
        assert one("SELECT count(*) FROM sys_trail") == 0
        assert one("SELECT count(*) FROM customer") == count
        assert one("SELECT count(*) FROM search_customer") == count
        assert one("SELECT count(DISTINCT record) FROM sys_duplicate_key") == count
        database.execute("INSERT INTO search_customer (search_customer) VALUES ('integrity-check')")
    database.close()
    assert served.json("verify")["ok"]


def test_backups_and_drills_run_at_the_time_that_was_set_and_are_told(served, monkeypatch):
    """The schedule itself: nobody presses a button."""
    # The next full minute in the workspace's zone, or the one after it where that is too near.
    soon = datetime.now(timezone.utc) + timedelta(hours=8, seconds=75)
    monkeypatch.setenv("KEHU_BACKUP_AT", soon.strftime("%H:%M"))
    served.start()
    plans = {plan["name"]: plan for plan in served.get("/api/v1/jobs/plans").json()["data"]}
    assert plans["backup"]["next_at"] and plans["restore_drill"]["next_at"], plans
    end = time.monotonic() + 140
    archives = []
    while time.monotonic() < end and not archives:
        archives = list((served.data / "backups").glob("acme-*.kehu"))
        time.sleep(0.5)
    assert len(archives) == 1, plans["backup"]
    end = time.monotonic() + 30
    while time.monotonic() < end:
        plan = next(each for each in served.get("/api/v1/jobs/plans").json()["data"] if each["name"] == "backup")
        if plan.get("last_at"):
            break
        time.sleep(0.2)
    assert plan["last_error"] is None and archives[0].name in plan["last_result"], plan
    findings = {each["code"]: each for each in json.loads(served.run("doctor", "--json").stdout)["findings"]}
    assert findings["backup"]["ok"], findings["backup"]
    assert served.json("verify", "--archive", archives[0])["files"] == 0


def test_a_stop_waits_for_nobody_longer_than_it_says(served):
    """Somebody asks for much and reads nothing; somebody sends half a request. Both are let go after 20 seconds."""
    served.start()
    for _ in range(8):
        done = served.post("/api/v1/customers/batch", json={"atomic": True, "operations": [
            {"op": "create", "data": {"name": f"慢 {number}", "description": os.urandom(2000).hex()}}
            for number in range(500)]})
        assert done.ok, done.text
    head = f"Host: 127.0.0.1\r\nAuthorization: Bearer {served.key}\r\n"
    slow = socket.create_connection(("127.0.0.1", served.port))
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.sendall(f"GET /api/v1/customers/export?format=csv HTTP/1.1\r\n{head}\r\n".encode())
    half = socket.create_connection(("127.0.0.1", served.port))
    half.sendall(f"POST /api/v1/customers HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{{".encode())
    time.sleep(1)
    writers = Writers(served, count=2)
    time.sleep(0.5)
    begun = time.monotonic()
    os.killpg(served.process.pid, signal.SIGTERM)
    status = served.process.wait(60)
    took = time.monotonic() - begun
    writers.finish()
    assert took < 30, f"{took:.0f} s"
    assert status == 0, served.words()
    slow.close()
    half.close()
    served.start()
    assert set(writers.acknowledged) <= set(served.names())
    assert served.stop() == 0
    assert served.json("verify")["ok"]
