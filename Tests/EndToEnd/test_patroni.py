"""Patroni with etcd, from Debian's packages: three PostgreSQL servers of which one leads. The leading one is lost under
load; another one takes over by itself, and nothing that was acknowledged is lost."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

import pytest

from program import free_port
from served import Served, Writers
from test_many_servers import until
from test_postgres import check


class Cluster:
    """Servers that agree on a leader by etcd, and commit when a second one has what is committed."""

    own, net = "127.0.0.1", "127.0.0.1/32"

    def __init__(self, size=3):
        for program in ("patroni", "etcd"):
            assert shutil.which(program), f"{program} is missing: run «scripts/setup --tests»"
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kehu-patroni-", dir="/tmp"))
        self.user = {}
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
            self.user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self.processes, self.nodes = {}, {}
        try:
            self.come_up(size)
        except BaseException:
            self.close()
            raise

    def come_up(self, size):
        self.store = f"{self.own}:{free_port()}"
        client, peer = f"http://{self.store}", f"http://{self.own}:{free_port()}"
        self.begin(
            "etcd", "etcd", "--data-dir", self.folder / "etcd", "--listen-client-urls", client,
            "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
            "--initial-cluster", f"default={peer}", "--unsafe-no-fsync",
        )
        self.nodes = {f"n{number}": self.place(number) for number in range(size)}
        for name in self.nodes:
            settings = self.folder / f"{name}.yml"
            settings.write_text(json.dumps(self.settings(name)))
            self.begin(name, "/usr/bin/patroni", settings)
            until(lambda: self.state(name).get("state") == "running", 120)
        until(lambda: any(self.state(name).get("sync_standby") for name in self.nodes), 240)
        hosts = ",".join(f"{host}:{port}" for host, port, _ in self.nodes.values())
        host, port, _ = self.nodes[self.leader()]
        self.run("createdb", "-h", host, "-p", port, "-U", "kehu", "-T", "template0", "kehu")
        self.address = f"postgres://kehu@{hosts}/kehu?target_session_attrs=read-write"
        self.replicas = f"postgres://kehu@{hosts}/kehu?target_session_attrs=standby&pool=4"

    def settings(self, name):
        host, port, api = self.nodes[name]
        sockets = self.folder / f"{name}-sockets"
        sockets.mkdir()
        if self.user:
            shutil.chown(sockets, "postgres")
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        rules = ["local all all trust", f"host all all {self.net} trust", f"host replication all {self.net} trust"]
        return {
            "scope": "kehu", "name": name, "etcd3": {"hosts": self.store},
            "restapi": {"listen": f"{host}:{api}", "connect_address": f"{host}:{api}"},
            "bootstrap": {
                "dcs": {
                    "ttl": 20, "loop_wait": 2, "retry_timeout": 5, "synchronous_mode": True,
                    "postgresql": {"use_pg_rewind": True, "parameters": {"max_connections": 100, "wal_log_hints": "on"}},
                },
                "initdb": [{"encoding": "UTF8"}, {"lc-collate": "C"}, {"lc-ctype": "C.UTF-8"}],
                "pg_hba": rules,
            },
            "postgresql": {
                "listen": f"{host}:{port}", "connect_address": f"{host}:{port}", "bin_dir": str(programs),
                "data_dir": str(self.folder / name), "pgpass": str(self.folder / f"{name}.pass"), "pg_hba": rules,
                "authentication": {"superuser": {"username": "kehu"}, "replication": {"username": "kehu"}},
                "parameters": {"unix_socket_directories": str(sockets)},
            },
        }

    def begin(self, name, *command):
        with open(self.folder / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(
                [*self.inside(name), *map(str, command)], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True, **({} if self.inside(name) else self.user),
            )

    def place(self, number):
        """Host, port of PostgreSQL and port of Patroni of a node."""
        return "127.0.0.1", free_port(), free_port()

    def inside(self, name):
        """What comes before a command that runs on a node."""
        return []

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
            with urllib.request.urlopen(f"http://{self.nodes[name][0]}:{self.nodes[name][2]}/patroni", timeout=2) as answer:
                return json.loads(answer.read())
        except (OSError, ValueError) as error:
            return json.loads(error.read()) if hasattr(error, "read") else {}

    def leader(self):
        return next((n for n in self.nodes if self.state(n).get("role") in ("master", "primary")), None)

    def lose(self, name):
        """The machine of a node is gone at once: Patroni and all of PostgreSQL."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        main = int((self.folder / name / "postmaster.pid").read_text().split()[0])
        children = [int(pid) for pid in pathlib.Path(f"/proc/{main}/task/{main}/children").read_text().split()]
        for process in (main, *children):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def close(self):
        for name in self.nodes:
            try:
                self.lose(name)
            except (FileNotFoundError, ProcessLookupError, KeyError):
                pass
        os.killpg(self.processes["etcd"].pid, signal.SIGKILL)
        for process in self.processes.values():
            process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


class Parted(Cluster):
    """The same with a network for each node, whose cable can be pulled."""

    def __init__(self):
        self.mark = f"k{random.randrange(16 ** 5):05x}"
        self.base = f"10.{random.randrange(100, 250)}.{random.randrange(250)}"
        self.own, self.net = f"{self.base}.1", f"{self.base}.0/24"
        self.ip("link", "add", self.mark, "type", "bridge")
        self.ip("addr", "add", f"{self.own}/24", "dev", self.mark)
        self.ip("link", "set", self.mark, "up")
        super().__init__()

    def ip(self, *arguments):
        subprocess.run(["ip", *map(str, arguments)], check=True, timeout=20, capture_output=True)

    def place(self, number):
        space, cable, host = f"{self.mark}n{number}", f"{self.mark}c{number}", f"{self.base}.{number + 10}"
        self.ip("netns", "add", space)
        self.ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", space)
        self.ip("link", "set", cable, "master", self.mark, "up")
        for command in (("addr", "add", f"{host}/24", "dev", "eth0"), ("link", "set", "eth0", "up"), ("link", "set", "lo", "up")):
            self.ip("-n", space, *command)
        return host, 5432, 8008

    def inside(self, name):
        if name == "etcd":
            return []
        drop = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        return ["ip", "netns", "exec", f"{self.mark}{name}", *drop]

    def cable(self, name, state):
        self.ip("link", "set", f"{self.mark}c{name[1:]}", state)

    def close(self):
        super().close()
        for name in self.nodes:
            self.ip("netns", "del", f"{self.mark}{name}")
        self.ip("link", "del", self.mark)


class Following(Served):
    def settings(self, data=None):
        return {**super().settings(data), "KEHU_DATABASE_REPLICAS": self.replicas}


def under_load(cluster, tmp_path, lose, find):
    """Loses the leading node under four writers, and finds it again."""
    served = Following.__new__(Following)
    served.replicas, served.process = cluster.replicas, None
    try:
        served.__init__(tmp_path, database=cluster.address)
        served.start()
        writers = Writers(served, 4)
        until(lambda: len(writers.acknowledged) > 20, 240)
        lost = cluster.leader()
        lose(lost)
        start, before = time.monotonic(), len(writers.acknowledged)
        until(lambda: len(writers.acknowledged) > before + 10, 90)
        print(f"writes went on after {time.monotonic() - start:.1f} s")
        assert cluster.leader() not in (None, lost)
        find(lost)
        follows = {"role": "replica", "state": ("running", "streaming")}
        until(lambda: all(cluster.state(lost).get(key, "") in value for key, value in follows.items()), 120)
        writers.finish()
        check(served, writers)
    finally:
        served.close()
        cluster.close()


def test_patroni_gives_the_lead_to_another_server_and_nothing_acknowledged_is_lost(tmp_path):
    cluster = Cluster()
    under_load(
        cluster, tmp_path, cluster.lose,
        lambda name: cluster.begin(name, "/usr/bin/patroni", cluster.folder / f"{name}.yml"),
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes networks")
def test_a_leader_that_is_cut_off_from_the_network_loses_the_lead_and_nothing_acknowledged_is_lost(tmp_path):
    cluster = Parted()
    under_load(cluster, tmp_path, lambda name: cluster.cable(name, "down"), lambda name: cluster.cable(name, "up"))
