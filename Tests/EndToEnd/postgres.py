"""A PostgreSQL of a test's own."""

import os
import pathlib
import shutil
import subprocess
import tempfile


class Server:
    """A PostgreSQL that a test may kill; nothing listens on the network."""

    def __init__(self, source=None, data=None, log=None, port=5432, more=""):
        """A new one, or with `source` one that follows another and only reads until it is promoted. `data` and `log` are
        where its tables and its write-ahead log lie; `more` are lines of its `postgresql.conf`."""
        self.port = str(port)
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
        assert found, "PostgreSQL is missing: run «scripts/setup --tests»"
        self.programs = found[-1]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kehu-postgres-", dir="/tmp"))
        self.data = pathlib.Path(data or self.folder / "data")
        self.user = {}
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            self.user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        if source:
            self.run("pg_basebackup", "-h", source.folder, "-U", "kehu", "-D", self.data, "-R", "--no-sync", "-c", "fast")
        else:
            self.run(
                "initdb", "-D", self.data, *(["-X", log, "--wal-segsize", 1] if log else []), "-U", "kehu", "-A", "trust", "--encoding", "UTF8",
                "--lc-collate", "C", "--lc-ctype", "C.UTF-8", "--no-sync",
            )
        with open(self.data / "postgresql.conf", "a") as settings:
            settings.write(f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nmax_connections = 100\n")
            settings.write(f"port = {port}\n{more}")
        self.start()
        if not source:
            self.run("createdb", "-h", self.folder, "-p", self.port, "-U", "kehu", "kehu")
        self.address = f"postgres://kehu@/kehu?host={self.folder}"

    def run(self, program, *arguments):
        done = subprocess.run(
            [self.programs / program, *map(str, arguments)], capture_output=True, text=True, cwd=self.folder,
            timeout=120, **self.user,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self):
        subprocess.run(
            [self.programs / "pg_ctl", "-D", self.data, "-w", "-l", self.data / "log", "start"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder, check=True, timeout=120, **self.user,
        )

    def kill(self):
        """As a crash does it."""
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")

    def runs(self):
        try:
            self.run("pg_ctl", "-D", self.data, "status")
            return True
        except AssertionError:
            return False

    def ask(self, text):
        return self.run("psql", "-h", self.folder, "-p", self.port, "-U", "kehu", "-At", "-c", text, "kehu").strip()

    def close(self):
        try:
            self.kill()
        except AssertionError:
            pass
        shutil.rmtree(self.folder, ignore_errors=True)
