"""Work that somebody else queues in a workspace that is closed here: it is found without opening all of them again."""

import time

import pytest

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
