"""The way to PostgreSQL: over TLS that is checked, past a pooler, and never into a database that sorts in another way."""

import os
import shutil
import subprocess

import pytest

from postgres import Server
from program import free_port
from served import EMAIL, PASSWORD, Served
from test_many_servers import Pooler, until

# In an address «@» and «%» are written as %40 and %25.
SECRET, WRITTEN = "heron@17%waits", "heron%4017%25waits"


def authority(folder, name):
    """A certificate for localhost that is its own authority, and its key."""
    chain, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", chain],
        check=True, capture_output=True,
    )
    return chain, key


class SecureServer(Server):
    """A PostgreSQL that takes connections over the network with TLS and a password alone."""

    def __init__(self, folder):
        chain, key = authority(folder, "database")
        other, _ = authority(folder, "other")
        super().__init__(port=free_port())
        for path in (chain, key):
            copy = shutil.copy(path, self.data)
            os.chmod(copy, 0o600)
            if self.user:
                shutil.chown(copy, "postgres", "postgres")
        with open(self.data / "postgresql.conf", "a") as settings:
            settings.write(f"listen_addresses = '127.0.0.1'\nssl = on\nssl_cert_file = '{chain.name}'\nssl_key_file = '{key.name}'\n")
        (self.data / "pg_hba.conf").write_text("local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
        self.ask(f"ALTER USER kehu PASSWORD '{SECRET}'")
        self.kill()
        self.start()
        self.chain, self.other = chain, other

    def secure(self, host="localhost", password=WRITTEN, mode="verify-full", authority=None):
        return f"postgres://kehu:{password}@{host}:{self.port}/kehu?sslmode={mode}&sslrootcert={authority or self.chain}"


@pytest.fixture
def secure(tmp_path):
    server = SecureServer(tmp_path)
    yield server
    server.close()


def test_a_database_whose_certificate_is_checked_is_used_and_an_impostor_is_refused(secure, tmp_path):
    served = Served(tmp_path, database=secure.secure())
    try:
        served.start()
        assert served.post("/api/v1/customers", json={"name": "江南纸业"}).status_code == 201
        kinds = "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'kehu'"
        assert secure.ask(kinds) == "t", "a connection is in the clear"
        assert served.stop() == 0
        for wrong, words in (
            ({"authority": secure.other}, "certificate verify failed"),
            ({"authority": tmp_path / "none.pem"}, "none.pem"),
            ({"host": "127.0.0.1"}, "does not match host name"),
            ({"mode": "disable"}, "no encryption"),
            ({"password": WRITTEN + "x"}, "password authentication failed"),
            # A password that makes the address another one is not shown either.
            ({"password": SECRET}, "%40"),
            ({"password": "heron%"}, "%25"),
            ({"password": "17%/waits"}, "%2F"),
            ({"password": "heron?waits"}, "%3F"),
        ):
            served.database = secure.secure(**wrong)
            refused = served.refusal()
            assert refused.startswith("kehu: ") and len(refused.strip().splitlines()) == 1, refused
            assert words in refused, refused
            doctor = served.run("doctor")
            assert doctor.returncode == 1, doctor.stdout
            for text in (refused, doctor.stdout, doctor.stderr):
                for part in ("heron", "17%", "waits"):
                    assert part not in text, text
        # Nothing of that has harmed it.
        served.database = secure.secure()
        served.start()
        assert served.names() == ["江南纸业"]
    finally:
        served.close()


@pytest.mark.parametrize(
    "kind",
    [
        ["--encoding", "SQL_ASCII", "--lc-collate", "C", "--lc-ctype", "C"],
        ["--encoding", "LATIN1", "--lc-collate", "C", "--lc-ctype", "C"],
        ["--encoding", "UTF8", "--lc-collate", "C.UTF-8", "--lc-ctype", "C.UTF-8"],
        ["--encoding", "UTF8", "--lc-collate", "C", "--lc-ctype", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "zh"],
    ],
    ids=["ascii", "latin", "sorted", "icu"],
)
def test_a_database_that_sorts_or_writes_in_another_way_is_refused_and_left_as_it_is(server, tmp_path, kind):
    served = Served(tmp_path, database=server.address)
    server.run("createdb", "-h", server.folder, "-U", "kehu", "-T", "template0", *kind, "other")
    served.database = f"postgres://kehu@/other?host={server.folder}"
    owner = ("--owner", EMAIL, "--password-stdin")
    refused = [served.refusal()]
    for arguments in (("workspace", "new", "acme", *owner), ("worker",), ("verify",), ("backup", tmp_path / "a.kehu")):
        done = served.run(*arguments, stdin=PASSWORD + "\n")
        assert done.returncode == 1, (arguments, done.stdout)
        refused.append(done.stderr)
    for text in refused:
        assert text.startswith("kehu: ") and len(text.strip().splitlines()) == 1, text
        assert "CREATE DATABASE" in text and "ENCODING 'UTF8' LC_COLLATE 'C'" in text, text
    schemas = "SELECT count(*) FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema|public)'"
    assert server.run("psql", "-h", server.folder, "-U", "kehu", "-Atc", schemas, "other").strip() == "0"


def test_news_gets_past_a_pooler_at_the_direct_address_and_work_goes_on_without_it(server, tmp_path):
    class Waiting(Served):
        """A workspace behind a pooler, with a worker that has nothing to do."""

        def settings(self, data=None):
            return {**super().settings(data), "KEHU_DATABASE_DIRECT": self.direct}

        def wait(self):
            self.worker = subprocess.Popen(
                self.command("worker"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.settings()
            )
            until(lambda: int(server.ask(f"SELECT count(*) FROM {schema}.sys_job_plan")) > 10, 120)
            until(lambda: server.ask(f"SELECT count(*) FROM {schema}.sys_job WHERE state <> 'done'") == "0", 240)

        def leave(self):
            self.worker.kill()
            self.worker.wait()
            until(lambda: server.ask(listening) == "0", 120)

    listening = "SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN kehu'"
    pooler = Pooler(server)
    Waiting.direct, Waiting.worker = "", None
    served = Waiting(tmp_path, database=pooler.address)
    schema = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name = 'acme'")
    done = f"SELECT count(*) FROM {schema}.sys_job WHERE kind = 'maintenance.definitions' AND state = 'done'"
    try:
        # Who hears looks each half minute only: what begins within seconds was heard. Who does not hear looks each second.
        for direct, hears in ((server.address, "1"), ("", "0"), (f"postgres://kehu@/kehu?host={tmp_path}", "0")):
            served.direct = direct
            served.wait()
            if hears == "1":
                until(lambda: server.ask(listening) == "1", 60)
            for _ in range(3):
                before = int(server.ask(done))
                assert served.run("jobs", "again", "maintenance.definitions").returncode == 0
                until(lambda: int(server.ask(done)) > before, 60)
            assert server.ask(listening) == hears
            served.leave()
    finally:
        if served.worker:
            served.worker.kill()
            served.worker.wait()
        served.close()
        pooler.close()
