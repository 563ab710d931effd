"""What may go wrong with a machine: nothing acknowledged is lost, nothing is half written, and the program says what to
do. KEHU_FAULT_ROUNDS sets how often the server is killed; the preset is for every run, 200 for a night."""

import concurrent.futures
import json
import os
import pathlib
import random
import resource
import shutil
import sqlite3
import subprocess
import time

import pytest

from served import ENVIRONMENT, Served, Writers, merge_and_back

ROUNDS = int(os.environ.get("KEHU_FAULT_ROUNDS", "5"))
IMPORTED = 1000 * ROUNDS + 15000


@pytest.fixture
def served(tmp_path):
    served = Served(tmp_path)
    yield served
    served.close()


def check(served, writers, imported=(), names=None):
    """Every acknowledged write is there once; nothing that nobody asked for; each with its entry in the audit log."""
    names = served.names() if names is None else names
    assert len(names) == len(set(names)), "something is there twice"
    asked, acknowledged = set(imported), set()
    for writer in writers:
        asked |= writer.asked
        acknowledged |= set(writer.acknowledged)
    assert acknowledged, "nothing was written"
    assert acknowledged <= set(names), f"lost: {sorted(acknowledged - set(names))[:5]}"
    assert set(names) <= asked, f"from nowhere: {sorted(set(names) - asked)[:5]}"
    assert set(imported) <= set(names), f"not imported: {len(set(imported) - set(names))}"


def test_kill_in_a_loop_under_writes_an_import_and_backups(served, tmp_path):
    random.seed(22)
    imported = [f"i-{number}" for number in range(IMPORTED)]
    rows = tmp_path / "rows.csv"
    rows.write_text("name,description\n" + "".join(f"{name},导入 𠮷\n" for name in imported))
    writers, archives, states, run = [], [], [], None
    for number in range(ROUNDS):
        served.start()
        if run is None:
            with rows.open("rb") as file:
                answer = served.post(
                    "/api/v1/imports", files={"file": ("rows.csv", file)}, data={"object": "customer", "mode": "create"}
                )
            assert answer.status_code == 202, answer.text
            run = answer.json()["id"]
        states.append(served.get(f"/api/v1/imports/{run}").json()["state"])
        writer = Writers(served, prefix=f"w{number}")
        archive = tmp_path / f"{number}.kehu"
        backup = subprocess.Popen(
            served.command("backup", archive), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT
        )
        time.sleep(random.uniform(0.2, 1.5))
        # Now the backup goes first, now the server.
        if number % 2:
            backup.kill()
        served.kill()
        # One that was killed behind its last step is whole too: whatever has the name of an archive is read below.
        assert backup.wait(60) != 0 or archive.exists()
        if archive.exists():
            archives.append(archive)
        writers.append(writer.finish())
    assert states.count("done") < ROUNDS - 1, "no kill met the import"
    served.start()
    for _ in range(600):
        status = served.get(f"/api/v1/imports/{run}").json()
        if status["state"] in ("done", "stopped"):
            break
        time.sleep(0.1)
    assert status["state"] == "done" and status["created"] == IMPORTED, status
    check(served, writers, imported)
    entries = served.get("/api/v1/audit", params={"action": "import", "limit": 10}).json()["data"]
    assert len(entries) == 1, "the import was noted more than once"
    assert served.stop() == 0
    assert served.json("verify")["ok"]
    created = sqlite3.connect(served.file).execute("SELECT count(*) FROM sys_audit WHERE action = 'create' AND object = 'customer'")
    written = sum(len(each) for each in (set(served_names(served)) - set(imported),))
    assert created.fetchone()[0] >= written
    for archive in archives:
        # Ends with an error where a backup that was cut off has the name of a whole one.
        served.json("verify", "--archive", archive)


def served_names(served):
    served.start()
    try:
        return served.names()
    finally:
        served.stop()


def test_an_upgrade_that_is_killed_goes_back_and_is_done_again(served):
    served.start()
    writers = Writers(served)
    time.sleep(1)
    writers.finish()
    assert served.stop() == 0
    before = served.json("verify", "--content")["content"]
    random.seed(5)
    seen = set()
    for number in range(max(8, ROUNDS)):
        # As if an older version had written it.
        with sqlite3.connect(served.file) as database:
            database.execute("UPDATE sys_setting SET value = '0.0.9' WHERE key = 'program'")
        database.close()
        upgrade = subprocess.Popen(
            served.command("migrate"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT
        )
        marker = pathlib.Path(str(served.file) + "-upgrading")
        if number % 2:
            end = time.monotonic() + 10
            while not marker.exists() and upgrade.poll() is None and time.monotonic() < end:
                pass
        else:
            time.sleep(random.uniform(0.05, 0.6))
        upgrade.kill()
        upgrade.wait()
        if marker.exists():
            seen.add("half")
            assert "kehu migrate" in served.refusal()
            assert served.run("user", "list").returncode != 0
        assert served.run("migrate").returncode == 0
        assert not marker.exists()
    assert seen == {"half"}, "no kill met the upgrade"
    after = served.json("verify", "--content")["content"]
    assert {name for name in before if before[name] != after[name]} <= {"sys_setting"}


def test_kill_while_merges_are_made_and_an_import_is_taken_back(served, tmp_path):
    random.seed(5)
    served.start()
    kept = [f"k-{number}" for number in range(12)]
    records = {name: served.post("/api/v1/customers", json={"name": name}).json()["id"] for name in kept}
    for name, record in records.items():
        assert served.post("/api/v1/contacts", json={"name": f"c-{name}", "customer": record}).ok
    rows = tmp_path / "rows.csv"
    rows.write_text("name\n" + "".join(f"i-{number}\n" for number in range(IMPORTED)))
    with rows.open("rb") as file:
        run = served.post(
            "/api/v1/imports", files={"file": ("rows.csv", file)}, data={"object": "customer", "mode": "create"}
        ).json()["id"]
    status = finished(served, run, lambda status: status["state"])
    assert status["state"] == "done", status
    assert served.post(f"/api/v1/imports/{run}/undo").status_code == 202

    for _ in range(3):
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            work = [
                pool.submit(merge_and_back, served, records[first], records[second])
                for first, second in zip(kept[::2], kept[1::2])
            ]
            time.sleep(random.uniform(0.1, 0.6))
            served.kill()
        for each in work:
            each.result()
        served.start()
    undo = finished(served, run, lambda status: status["undo"]["state"])["undo"]
    assert (undo["state"], undo["deleted"]) == ("done", IMPORTED), undo
    for first in kept[::2]:
        served.post(f"/api/v1/customers/{records[first]}/unmerge", json={})
    assert sorted(served.names()) == sorted(kept), "a merge was half made"
    owners = {contact["name"]: contact["customer"]["id"] for contact in served.get("/api/v1/contacts").json()["data"]}
    assert owners == {f"c-{name}": record for name, record in records.items()}
    assert served.stop() == 0
    assert served.json("verify")["ok"]


def finished(served, run, state):
    """The status of an import once that is done."""
    for _ in range(900):
        status = served.get(f"/api/v1/imports/{run}").json()
        if state(status) in ("done", "stopped"):
            break
        time.sleep(0.1)
    return status


@pytest.fixture
def disk(tmp_path):
    """A small file system of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small disk; the limit on the size of files stands for it")
    yield place
    subprocess.run(["mount", "-o", "remount,rw", str(place)], capture_output=True)
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(path):
    """Takes all the room there is, beside somebody who writes too."""
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 65_536):
                pass
        except OSError:
            pass


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path, disk):
    served = Served(tmp_path, disk / "data")
    try:
        served.start()
        writers = Writers(served)
        time.sleep(0.5)
        filler = disk / "filler"
        fill(filler)
        end = time.monotonic() + 30
        while 503 not in writers.statuses and time.monotonic() < end:
            time.sleep(0.05)
        writers.finish()
        assert set(writers.statuses) == {201, 503}, writers.statuses
        problem = writers.last.json()
        assert problem["code"] in ("disk_full", "disk_error") and "disk" in problem["detail"], problem
        # Reading goes on; so does writing, once there is room, without a restart.
        check(served, [writers], names=served.pages())
        assert served.run("backup", disk / "a.kehu").returncode == 1
        assert not list(disk.glob("a.kehu*"))
        filler.unlink()
        later = Writers(served, prefix="later")
        time.sleep(0.5)
        later.finish()
        assert set(later.statuses) == {201}, later.statuses
        check(served, [writers, later])
        served.kill()
        fill(filler)
        assert "Free some space" in served.refusal()
        filler.unlink()
        served.start()
        check(served, [writers, later])
        assert served.stop() == 0
        assert served.json("verify")["ok"]
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        refused = served.refusal()
        assert "cannot be written" in refused and "--data" in refused, refused
    finally:
        served.close()


def test_a_file_that_may_not_grow_is_said_and_nothing_is_lost(served):
    limit = 3_000_000
    served.start(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    writers = Writers(served)
    end = time.monotonic() + 60
    while not (set(writers.statuses) - {201}) and time.monotonic() < end:
        time.sleep(0.05)
    writers.finish()
    assert set(writers.statuses) == {201, 503}, writers.statuses
    assert writers.last.json()["code"] in ("disk_full", "disk_error"), writers.last.text
    check(served, [writers], names=served.pages())
    served.kill()
    served.start()
    check(served, [writers])
    assert served.stop() == 0
    assert served.json("verify")["ok"]


def test_a_database_that_was_cut_short_or_overwritten_is_said(served, tmp_path):
    served.start()
    writers = Writers(served)
    time.sleep(1)
    writers.finish()
    assert served.stop() == 0
    archive = tmp_path / "a.kehu"
    served.json("backup", archive)
    whole = served.file.read_bytes()
    for wrong, words in (
        (whole[: len(whole) // 2], "kehu restore"),
        (whole[:50], "kehu restore"),
        (b"\0" * len(whole), "kehu restore"),
    ):
        served.file.write_bytes(wrong)
        refused = served.refusal()
        assert words in refused and len(refused.strip().splitlines()) == 1, refused
        assert served.run("doctor").returncode == 1
    random.seed(9)
    found = 0
    for _ in range(4):
        damaged = bytearray(whole)
        pages = len(whole) // 4096
        for page in random.sample(range(3, pages), pages // 4):
            damaged[page * 4096 : page * 4096 + 4096] = os.urandom(4096)
        served.file.write_bytes(damaged)
        for suffix in ("-wal", "-shm"):
            pathlib.Path(str(served.file) + suffix).unlink(missing_ok=True)
        verified = served.run("verify")
        found += verified.returncode == 1 and "kehu restore" in verified.stdout + verified.stderr
        assert served.run("backup", tmp_path / "bad.kehu").returncode == 1, "a damaged database was archived"
        # It answers with words or does not start; it never falls.
        if served.refusal_or_start():
            for path in ("/api/v1/customers", "/api/v1/customers?q=w", "/api/v1/audit", "/", "/customers"):
                answer = served.get(path, allow_redirects=False)
                assert answer.status_code != 500, answer.text
            assert served.post("/api/v1/customers", json={"name": "x"}).status_code != 500
            assert served.process.poll() is None
            served.kill()
    assert found == 4
    restored = served.json("restore", archive, "--replace")
    assert pathlib.Path(restored["aside"]).exists()
    served.start()
    check(served, [writers])


def test_a_clock_that_was_set_back_is_said_and_ids_go_on(served):
    future = (int(time.time() * 1000) + 86_400_000 - 1_577_836_800_000) << 22
    with sqlite3.connect(served.file) as database:
        database.execute(
            "INSERT INTO sys_outbox (id, at, object, record, action) VALUES (?, 0, 'customer', 1, 'create')", (future,)
        )
    database.close()
    doctor = json.loads(served.run("doctor", "--json").stdout)
    assert any(finding["code"] == "clock_set_back" and not finding["ok"] for finding in doctor["findings"])
    served.start()
    assert "clock" in served.words()
    writers = Writers(served)
    time.sleep(0.5)
    writers.finish()
    assert set(writers.statuses) == {201}
    check(served, [writers])
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for text in writers.acknowledged.values():
        number = 0
        for digit in text.upper():
            number = number * 32 + alphabet.index(digit)
        assert number > future
