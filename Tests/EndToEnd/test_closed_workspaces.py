"""Work that somebody else queues in a workspace that is closed here: it is found without opening all of them again."""

import time

import pytest
import requests

from served import EMAIL, PASSWORD, Served
from test_many_servers import Pooler, until


class Hosted(Served):
    """`acme` and `globex` under their own names; few are open, and not for long."""

    def __init__(self, directory, database):
        super().__init__(directory, database=database)
        made = self.run("workspace", "new", "globex", "--owner", EMAIL, "--password-stdin", stdin=PASSWORD + "\n")
        assert made.returncode == 0, made.stderr

    def settings(self, data=None):
        return {
            **super().settings(data), "KEHU_HOSTS": "*.crm.example", "KEHU_IDLE_SECONDS": "1", "KEHU_LOG_LEVEL": "debug",
            "KEHU_BACKUP_AT": "off",
        }

    def lines(self, *parts):
        return len([line for line in self.words().splitlines() if all(part in line for part in parts)])

    def isClosed(self):
        """Each was opened because something was due in it, and nobody came."""
        opened = {name: self.lines("a workspace was opened", name) for name in ("acme", "globex")}
        closed = {name: self.lines("a workspace was closed", name) for name in ("acme", "globex")}
        return min(opened.values()) > 0 and opened == closed


@pytest.fixture(params=["sqlite", "postgres", "pooler"])
def hosted(request, tmp_path):
    database, pooler = "", None
    if request.param != "sqlite":
        server = request.getfixturevalue("server")
        database = server.address
        if request.param == "pooler":
            pooler = Pooler(server)
            database = pooler.address
    served = Hosted(tmp_path, database)
    # News does not get through a pooler: all are looked at now and then.
    served.patience = 50 if pooler else 12
    served.start()
    yield served
    served.close()
    if pooler:
        pooler.close()


def test_a_job_that_a_command_queues_in_a_closed_workspace_runs_soon(hosted):
    until(hosted.isClosed, 90)
    time.sleep(1)
    assert hosted.isClosed()
    for name in ("globex", "acme"):
        before = hosted.lines("job done", "maintenance.definitions")
        # The command runs for itself, and ends before anybody has done the job.
        queued = hosted.run("jobs", "again", "maintenance.definitions", "--workspace", name)
        assert queued.returncode == 0, queued.stderr
        seconds = until(lambda: hosted.lines("job done", "maintenance.definitions") > before, hosted.patience)
        print(f"{name}: {seconds:.1f} s")
    # And they are closed again.
    until(hosted.isClosed, 60)
    # What was written is in the files themselves: of thousands the logs would take more room than these.
    until(lambda: not any(path.stat().st_size for path in hosted.data.glob("*.db-wal")), 10)


def test_a_new_workspace_takes_the_place_of_one_that_was_made_beforehand(server, tmp_path):
    served = Hosted(tmp_path, server.address)
    served.start()
    try:
        spares = "SELECT count(*) FROM kehu_directory.spare WHERE ready = 1"
        until(lambda: server.ask(spares) == "1", 60)
        spare = server.ask("SELECT schema FROM kehu_directory.spare")
        known = f"SELECT 'SCHEMA.customer'::regclass::oid || ' ' || 'SCHEMA.ix_customer_name'::regclass::oid"
        before = server.ask(known.replace("SCHEMA", spare))
        made = served.run("workspace", "new", "initech", "--owner", EMAIL, "--password-stdin", stdin=PASSWORD + "\n")
        assert made.returncode == 0, made.stderr
        assert server.ask(known.replace("SCHEMA", "w_initech")) == before
        assert served.json("workspace", "list") == ["acme", "globex", "initech"]
        # It is as good as any other: people, rights, a chain of its own, and nothing of where it was made.
        verified = served.json("verify", "--workspace", "initech")
        assert verified["ok"], verified
        key = served.json("key", "new", "--user", EMAIL, "--name", "t", "--workspace", "initech")["token"]
        headers = {"Host": "initech.crm.example", "Authorization": "Bearer " + key}
        made = requests.post(served.address + "/api/v1/customers", json={"name": "客户"}, headers=headers, timeout=60)
        assert made.status_code == 201, made.text
        roles = requests.get(served.address + "/api/v1/roles", headers=headers, timeout=60).json()["data"]
        assert "salesperson" in [role["key"] for role in roles]
        # And there is another one for the next.
        until(lambda: server.ask(spares) == "1", 60)
        prepared = served.json("workspace", "prepare", "--count", "2")
        assert prepared == {"made": 1} and server.ask(spares) == "2"
    finally:
        served.close()
