"""Patroni with etcd, from Debian's packages: three PostgreSQL servers of which one leads. The leading one is lost under
load; another one takes over by itself, and nothing that was acknowledged is lost."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

from program import free_port
from served import Served, Writers
from test_many_servers import until
from test_postgres import check


class Cluster:
    """Servers that agree on a leader by etcd, and commit when a second one has what is committed."""

    def __init__(self, size=3):
        for program in ("patroni", "etcd"):
            assert shutil.which(program), f"{program} is missing: run «scripts/setup --tests»"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kehu-patroni-", dir="/tmp"))
        self.user = {}
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            self.user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self.processes = {}
        self.store, peers = free_port(), free_port()
        client, peer = f"http://127.0.0.1:{self.store}", f"http://127.0.0.1:{peers}"
        self.begin(
            "etcd", "etcd", "--data-dir", self.folder / "etcd", "--listen-client-urls", client,
            "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", f"default={peer}", "--unsafe-no-fsync",
        )
        self.nodes = {f"n{number}": (free_port(), free_port()) for number in range(size)}
        for name in self.nodes:
            settings = self.folder / f"{name}.yml"
            settings.write_text(json.dumps(self.settings(name)))
            self.begin(name, "/usr/bin/patroni", settings)
            until(lambda: self.state(name).get("state") == "running", 120)
        until(lambda: any(self.state(name).get("sync_standby") for name in self.nodes), 60)
        hosts = ",".join(f"127.0.0.1:{port}" for port, _ in self.nodes.values())
        self.run("createdb", "-h", "127.0.0.1", "-p", self.nodes[self.leader()][0], "-U", "kehu", "-T", "template0", "kehu")
        self.address = f"postgres://kehu@{hosts}/kehu?target_session_attrs=read-write"
        self.replicas = f"postgres://kehu@{hosts}/kehu?target_session_attrs=standby&pool=4"

    def settings(self, name):
        port, api = self.nodes[name]
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        rules = ["local all all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]
        return {
            "scope": "kehu", "name": name, "etcd3": {"hosts": f"127.0.0.1:{self.store}"},
            "restapi": {"listen": f"127.0.0.1:{api}", "connect_address": f"127.0.0.1:{api}"},
            "bootstrap": {
                "dcs": {
                    "ttl": 20, "loop_wait": 2, "retry_timeout": 5, "synchronous_mode": True,
                    "postgresql": {"use_pg_rewind": True, "parameters": {"max_connections": 100, "wal_log_hints": "on"}},
                },
                "initdb": [{"encoding": "UTF8"}, {"lc-collate": "C"}, {"lc-ctype": "C.UTF-8"}],
                "pg_hba": rules,
            },
            "postgresql": {
                "listen": f"127.0.0.1:{port}", "connect_address": f"127.0.0.1:{port}", "bin_dir": str(programs),
                "data_dir": str(self.folder / name), "pgpass": str(self.folder / f"{name}.pass"), "pg_hba": rules,
                "authentication": {"superuser": {"username": "kehu"}, "replication": {"username": "kehu"}},
                "parameters": {"unix_socket_directories": str(self.folder)},
            },
        }

    def begin(self, name, *command):
        with open(self.folder / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(
                [*map(str, command)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True, **self.user,
            )

    def run(self, *command):
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        done = subprocess.run(
            [programs / command[0], *map(str, command[1:])], capture_output=True, text=True, timeout=60, cwd=self.folder,
            **self.user,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def state(self, name):
        """What Patroni says of a node."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.nodes[name][1]}/patroni", timeout=2) as answer:
                return json.loads(answer.read())
        except (OSError, ValueError) as error:
            return json.loads(error.read()) if hasattr(error, "read") else {}

    def leader(self):
        return next((n for n in self.nodes if self.state(n).get("role") in ("master", "primary")), None)

    def lose(self, name):
        """The machine of a node is gone at once: Patroni and all of PostgreSQL."""
        main = int((self.folder / name / "postmaster.pid").read_text().split()[0])
        children = [int(pid) for pid in pathlib.Path(f"/proc/{main}/task/{main}/children").read_text().split()]
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        for process in (main, *children):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def close(self):
        for name in self.nodes:
            try:
                self.lose(name)
            except (FileNotFoundError, ProcessLookupError):
                pass
        os.killpg(self.processes["etcd"].pid, signal.SIGKILL)
        for process in self.processes.values():
            process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


class Following(Served):
    def settings(self, data=None):
        return {**super().settings(data), "KEHU_DATABASE_REPLICAS": self.replicas}


def test_patroni_gives_the_lead_to_another_server_and_nothing_acknowledged_is_lost(tmp_path):
    cluster = Cluster()
    served = Following.__new__(Following)
    served.replicas = cluster.replicas
    try:
        served.__init__(tmp_path, database=cluster.address)
        served.start()
        writers = Writers(served, 4)
        until(lambda: len(writers.acknowledged) > 20, 60)
        lost = cluster.leader()
        cluster.lose(lost)
        start, before = time.monotonic(), len(writers.acknowledged)
        until(lambda: len(writers.acknowledged) > before + 10, 90)
        print(f"writes went on after {time.monotonic() - start:.1f} s")
        assert cluster.leader() not in (None, lost)
        # The lost one comes back and follows.
        cluster.begin(lost, "/usr/bin/patroni", cluster.folder / f"{lost}.yml")
        until(lambda: cluster.state(lost).get("role") == "replica" and cluster.state(lost).get("state") in ("running", "streaming"), 120)
        writers.finish()
        check(served, writers)
    finally:
        served.close() if hasattr(served, "process") else None
        cluster.close()
