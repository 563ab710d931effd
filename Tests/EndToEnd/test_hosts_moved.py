"""A workspace that moves away below a server of many: whoever asks for it meanwhile finds it where it is, or nothing."""

import ctypes
import os
import select
import subprocess
import threading
import time

from test_hosts import Hosted
from test_many_servers import until

GATE = """
    CREATE SCHEMA gate;
    CREATE FUNCTION gate.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock_shared(77); RETURN NEW;
    END $$;
    CREATE TRIGGER gate BEFORE UPDATE ON kehu_directory.workspace FOR EACH ROW
        WHEN (NEW.name = 'acme') EXECUTE FUNCTION gate.hold()
"""


class Openings:
    """Tells when somebody opens a file, by inotify."""

    def __init__(self, path):
        library = ctypes.CDLL(None, use_errno=True)
        self.descriptor = library.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        opened = 0x20
        assert self.descriptor >= 0 and library.inotify_add_watch(self.descriptor, str(path).encode(), opened) >= 0

    def wait(self, seconds):
        assert select.select([self.descriptor], [], [], seconds)[0], "nobody has opened it"

    def close(self):
        os.close(self.descriptor)


class Keeper:
    """Keeps a gate shut, in a session of its own."""

    def __init__(self, server):
        self.session = subprocess.Popen(
            [server.programs / "psql", "-h", server.folder, "-U", "kehu", "-qAt", "kehu"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=server.folder, **server.user,
        )
        self.session.stdin.write("SELECT 'kept' FROM (SELECT pg_advisory_lock(77)) held;\n")
        self.session.stdin.flush()
        assert self.session.stdout.readline().strip() == "kept"

    def open(self):
        self.session.stdin.close()
        self.session.wait(20)

    def close(self):
        self.session.kill()
        self.session.wait()


def test_a_request_that_waits_for_the_end_of_a_move_makes_no_empty_workspace_in_the_old_place(server, tmp_path):
    served = Hosted(tmp_path, ["globex"], KEHU_DATABASE="", KEHU_IDLE_SECONDS="1", KEHU_LOG_LEVEL="debug", KEHU_BACKUP_AT="off")
    there = {**served.settings(), "KEHU_DATABASE": server.address}
    first = subprocess.run(served.command("workspace", "prepare", "--count", "1"), env=there, capture_output=True, text=True)
    assert first.returncode == 0, first.stderr
    server.ask(GATE)
    keeper, answers = Keeper(server), []
    mover = asking = None
    try:
        served.start()
        assert served.of("acme", "POST", "/api/v1/customers", json={"name": "客户"}).status_code == 201
        # Only what nobody uses moves as a whole, nor opens again for work that is due.
        until(lambda: all("acme" not in served.open_files() and not time.sleep(0.05) for _ in range(40)), 90)
        mover = subprocess.Popen(
            served.command("workspace", "move", "acme", "--to", "postgres"), env=there, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted"
        until(lambda: server.ask(waiting) == "1" or mover.poll() is not None, 120)
        assert mover.poll() is None and served.file.exists(), mover.communicate()

        def ask():
            while not answers or answers[-1].status_code == 409:
                answers.append(served.of("acme", "GET", "/api/v1/customers"))

        openings = Openings(served.data / "acme.lock")
        asking = threading.Thread(target=ask)
        asking.start()
        # It has seen that there is such a workspace, and cannot have it yet.
        openings.wait(30)
        openings.close()
        keeper.open()
        assert mover.wait(60) == 0, mover.communicate()
        asking.join(60)
        last = answers[-1]
        assert last.status_code == 404 and last.json()["code"] == "unknown_host", last.text
        assert [answer.json()["code"] for answer in answers[:-1]] == ["workspace_in_use"] * (len(answers) - 1)
        assert not served.file.exists() and (served.data / "acme.db-moved").exists()
        assert served.of("globex", "GET", "/api/v1/customers").ok
        assert served.stop() == 0
        assert not served.file.exists()
        served.extra["KEHU_DATABASE"] = server.address
        served.start()
        assert [each["name"] for each in served.of("acme", "GET", "/api/v1/customers").json()["data"]] == ["客户"]
    finally:
        keeper.close()
        served.close()
        if mover:
            mover.kill()
            mover.wait()
        if asking:
            asking.join(60)
