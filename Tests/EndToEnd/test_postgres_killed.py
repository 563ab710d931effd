"""Servers on PostgreSQL that are killed while they work: what was acknowledged is there once, nothing is half done, and
another server goes on with what was left."""

import concurrent.futures
import random
import subprocess
import time

import pytest

from served import Served, Writers, merge_and_back
from test_faults import check
from test_many_servers import another, until

ROWS = 3000


@pytest.fixture
def served(server, tmp_path):
    served = Served(tmp_path, database=server.address)
    served.schema = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'acme'")
    yield served
    served.close()


def send(served, path, names):
    """Begins an import of customers."""
    path.write_text("name,description\n" + "".join(f"{name},导入 𠮷\n" for name in names))
    with path.open("rb") as file:
        answer = served.post(
            "/api/v1/imports", files={"file": (path.name, file)}, data={"object": "customer", "mode": "create"}
        )
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def whole(server, served, count):
    """Each customer has one entry in the log for its making, and the chain holds."""
    made = f"SELECT count(*), count(DISTINCT record) FROM {served.schema}.sys_audit WHERE action = 'create' AND object = 'customer'"
    assert server.ask(made) == f"{count}|{count}"
    verified = served.json("verify")
    assert verified["ok"], verified


def test_another_server_ends_the_imports_of_one_that_is_killed_again_and_again(server, served, tmp_path):
    """Both are under writes meanwhile. The other one waits until an import has stood still for a minute."""
    other = another(served, tmp_path / "other")
    writers, runs, imported = [], {}, []
    try:
        other.start()
        beside = Writers(other, count=2, prefix="beside")
        for number in range(3):
            served.start()
            names = [f"i{number}-{row}" for row in range(ROWS)]
            run = send(served, tmp_path / f"{number}.csv", names)
            writer = Writers(served, count=2, prefix=f"w{number}-")
            done = f"SELECT created FROM {served.schema}.sys_import WHERE file_name = '{number}.csv'"
            until(lambda: int(server.ask(done)) > 300 * number and len(writer.acknowledged) > 5, 300)
            served.kill()
            writers.append(writer.finish())
            imported += names
            runs[run] = int(server.ask(done))
            assert writer.acknowledged and 0 < runs[run] < ROWS, runs
        # What stands in the database is what had been acknowledged, to the row.
        writers.append(beside.finish())
        assert set(beside.statuses) == {201}, beside.statuses
        found = server.ask(f"SELECT count(*) FROM {served.schema}.customer WHERE name LIKE 'i%'")
        assert int(found) == sum(runs.values())
        for run in runs:
            until(lambda: other.get(f"/api/v1/imports/{run}").json()["state"] == "done", 600)
            status = other.get(f"/api/v1/imports/{run}").json()
            assert (status["created"], status["failed"]) == (ROWS, 0), status
        names = other.names()
        check(other, writers, imported, names)
        assert len(other.get("/api/v1/audit", params={"action": "import", "limit": 10}).json()["data"]) == len(runs)
        whole(server, served, len(names))
        # They are found like all others.
        for number in range(3):
            hits = other.get("/api/v1/customers", params={"q": f"i{number}-{ROWS - 1}"}).json()["data"]
            assert [hit["name"] for hit in hits] == [f"i{number}-{ROWS - 1}"]
    finally:
        other.close()


def test_merges_and_an_import_that_is_taken_back_survive_a_server_that_is_killed(server, served, tmp_path):
    random.seed(5)
    served.start()
    kept = [f"k-{number}" for number in range(12)]
    records = {name: served.post("/api/v1/customers", json={"name": name}).json()["id"] for name in kept}
    for name, record in records.items():
        assert served.post("/api/v1/contacts", json={"name": f"c-{name}", "customer": record}).ok
    run = send(served, tmp_path / "rows.csv", [f"i-{number}" for number in range(ROWS)])
    until(lambda: served.get(f"/api/v1/imports/{run}").json()["state"] == "done", 300)
    assert served.post(f"/api/v1/imports/{run}/undo").status_code == 202
    undone = f"SELECT deleted FROM {served.schema}.sys_import_undo"
    merged = f"SELECT count(*) FROM {served.schema}.sys_audit WHERE action LIKE '%merge'"

    for _ in range(3):
        before = int(server.ask(merged))
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            work = [
                pool.submit(merge_and_back, served, records[first], records[second])
                for first, second in zip(kept[::2], kept[1::2])
            ]
            until(lambda: int(server.ask(merged)) > before + 6 and int(server.ask(undone)) > 0, 300)
            time.sleep(random.uniform(0, 0.2))
            served.kill()
        for each in work:
            each.result()
        assert 0 < int(server.ask(undone)) < ROWS, "no kill met the taking back"
        served.start()
    # Nobody need wait until a server notices that it has been left.
    done = served.json("import", "undo", run)
    assert (done["deleted"], done["spared"]) == (ROWS, 0), done
    for first in kept[::2]:
        served.post(f"/api/v1/customers/{records[first]}/unmerge", json={})
    assert sorted(served.names()) == sorted(kept), "a merge was half made"
    owners = {contact["name"]: contact["customer"]["id"] for contact in served.get("/api/v1/contacts").json()["data"]}
    assert owners == {f"c-{name}": record for name, record in records.items()}
    whole(server, served, len(kept) + ROWS)


def test_a_backup_that_is_killed_leaves_no_half_archive_and_one_beside_a_killed_server_is_whole(server, served, tmp_path):
    random.seed(7)
    folder = tmp_path / "archives"
    folder.mkdir()
    writers, archives = [], []
    for number in range(6):
        served.start()
        writer = Writers(served, prefix=f"w{number}-")
        until(lambda: len(writer.acknowledged) > 20, 300)
        archive = folder / f"{number}.kehu"
        before = set(writer.acknowledged)
        backup = subprocess.Popen(
            served.command("backup", archive), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=served.settings()
        )
        if number % 2:
            # In the middle of its work, at another point each time.
            until(lambda: backup.poll() is not None or list(folder.glob(f"{number}.kehu*")), 300)
            time.sleep(random.uniform(0, 0.15))
            backup.kill()
            served.kill()
        else:
            served.kill()
        code = backup.wait(60)
        writers.append(writer.finish())
        assert number % 2 or code == 0
        if archive.exists():
            archives.append((archive, before))
    assert len(archives) >= 3
    for archive, before in archives:
        served.json("verify", "--archive", archive)
    # The last whole one holds at least what had been acknowledged when it began.
    archive, before = archives[-1]
    served.json("restore", archive, "--workspace", "again")
    names = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'again'")
    restored = set(server.ask(f"SELECT name FROM {names}.customer").splitlines())
    asked = set().union(*(each.asked for each in writers))
    assert before <= restored <= asked
    assert served.run("workspace", "delete", "again", "--yes").returncode == 0
    served.start()
    names = served.names()
    check(served, writers, names=names)
    whole(server, served, len(names))
    # What was left lying of those that were killed is in nobody's way.
    served.json("backup", folder / "last.kehu")
    served.json("verify", "--archive", folder / "last.kehu")
