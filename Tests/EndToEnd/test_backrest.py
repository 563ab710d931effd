"""pgBackRest, from Debian's packages: what was acknowledged before a server's disk was lost is there after a restore."""

import shutil
import subprocess

from served import Served, Writers
from test_many_servers import until
from test_postgres import check


class BackRest:
    """A repository beside a server, whose log goes there."""

    def __init__(self, server):
        assert shutil.which("pgbackrest"), "pgBackRest is missing: run «scripts/setup --tests»"
        self.server = server
        places = {name: server.folder / f"backrest-{name}" for name in ("repo1", "log", "lock", "spool")}
        for place in places.values():
            place.mkdir()
            if server.user:
                shutil.chown(place, "postgres")
        self.settings = server.folder / "pgbackrest.conf"
        self.settings.write_text(
            "[global]\nstart-fast=y\n" + "".join(f"{name}-path={place}\n" for name, place in places.items()) +
            f"[kehu]\npg1-path={server.folder}/data\npg1-socket-path={server.folder}\npg1-user=kehu\npg1-database=kehu\n"
        )
        command = f"pgbackrest --config={self.settings} --stanza=kehu archive-push %p"
        server.ask("ALTER SYSTEM SET archive_mode = on")
        server.ask(f"ALTER SYSTEM SET archive_command = '{command}'")
        server.run("pg_ctl", "-D", server.folder / "data", "-m", "fast", "stop")
        server.start()
        self.run("stanza-create")

    def run(self, *arguments):
        done = subprocess.run(
            ["pgbackrest", f"--config={self.settings}", "--stanza=kehu", "--log-level-console=warn", *arguments],
            capture_output=True, text=True, cwd=self.server.folder, timeout=180, **self.server.user,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_lost_disk_is_restored_with_every_acknowledged_write_that_was_archived(server, tmp_path):
    backrest = BackRest(server)
    served = Served(tmp_path, database=server.address)
    try:
        served.start()
        # People work while the backup is made, and go on after it.
        writers = Writers(served, 2)
        backrest.run("backup", "--type=full")
        before = len(writers.acknowledged)
        until(lambda: len(writers.acknowledged) > before + 20, 240)
        writers.finish()
        field = {"key": "colour", "label": {"en": "Colour", "zh": "颜色"}, "kind": "text"}
        assert served.post("/api/v1/schema/objects/customer/fields", json=field).ok
        # What is not archived yet would be lost with the disk.
        server.ask("SELECT pg_switch_wal()")
        backrest.run("check")
        server.kill()
        shutil.rmtree(server.folder / "data")
        backrest.run("restore")
        server.start()
        # It reads the archive to its end first, and can only be read from meanwhile.
        until(lambda: server.ask("SELECT pg_is_in_recovery()") == "f", 240)
        check(served, writers)
        # The server of Kehu was never restarted.
        answer = served.post("/api/v1/customers", json={"name": "danach", "x_colour": "red"})
        assert answer.status_code == 201, answer.text
    finally:
        served.close()
