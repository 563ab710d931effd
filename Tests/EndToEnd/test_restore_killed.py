"""A restore that is killed at each of its steps, as by a power cut: what was there is served as before, or what was restored,
or nothing is and the program says so. The same command, given again, brings the archive; what was there is kept whole.

On SQLite, and for the files beside PostgreSQL, a small library ends the process behind each file that gets another name;
in the database a trigger holds it where it is to be killed."""

import json
import pathlib
import shutil
import signal
import subprocess

import pytest

from served import Served
from test_hosts_moved import Keeper
from test_many_servers import until

LIBRARY = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
static int left = -1;
int rename(const char *from, const char *to) {
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    int result = real(from, to);
    if (left < 0) left = atoi(getenv("KILLED_BEHIND"));
    if (left > 0 && --left == 0) { kill(getpid(), SIGKILL); pause(); }
    return result;
}
"""

GATE = """
    CREATE SCHEMA gate;
    CREATE FUNCTION gate.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock_shared(77); RETURN NEW;
    END $$;
    CREATE FUNCTION gate.hold_definition() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
        IF current_schema() LIKE '%arriving%' AND to_regclass('customer') IS NOT NULL THEN
            PERFORM pg_advisory_xact_lock_shared(77);
        END IF;
    END $$
"""

# Where a restore into PostgreSQL is held: while tables are made, before the name is taken from what was there, and before
# what has arrived gets it.
PLACES = {
    "tables": "CREATE EVENT TRIGGER gate ON ddl_command_end EXECUTE FUNCTION gate.hold_definition()",
    "old name": "CREATE TRIGGER gate BEFORE UPDATE ON kehu_directory.workspace FOR EACH ROW "
    "WHEN (NEW.name LIKE 'acme.replaced%') EXECUTE FUNCTION gate.hold()",
    "new name": "CREATE TRIGGER gate BEFORE UPDATE ON kehu_directory.workspace FOR EACH ROW "
    "WHEN (NEW.name = 'acme') EXECUTE FUNCTION gate.hold()",
}


class Content:
    """What a workspace holds: customers, an attachment, a key of its own."""

    def __init__(self, served, name):
        self.names = [f"{name}-{number}" for number in range(20)]
        self.key, self.attached = served.key, f"attached to {name}".encode()
        self.secret = (served.data / "acme.key").read_bytes()
        served.start()
        for each in self.names:
            made = served.post("/api/v1/customers", json={"name": each})
            assert made.status_code == 201, made.text
        file = served.post(
            "/api/v1/files", files={"file": ("a.txt", self.attached, "text/plain")},
            data={"object": "customers", "record": made.json()["id"]},
        )
        assert file.ok, file.text
        self.file = file.json()["id"]
        assert served.stop() == 0

    def is_served(self, served):
        """Whether all of it is, and nothing else."""
        served.key = self.key
        served.local = type(served.local)()
        if served.get("/api/v1/me").status_code == 401:
            return False
        assert sorted(served.names()) == sorted(self.names)
        assert served.get(f"/api/v1/files/{self.file}").content == self.attached
        assert (served.data / "acme.key").read_bytes() == self.secret
        return True


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    (folder / "killed.c").write_text(LIBRARY)
    compiler = shutil.which("cc") or shutil.which("clang")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", folder / "killed.so", folder / "killed.c", "-ldl"], check=True)
    return folder / "killed.so"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """An archive of another workspace, with its key inside, and what it holds."""
    folder = tmp_path_factory.mktemp("archive")
    other = Served(folder, database="")
    found = Content(other, "new")
    (folder / "passphrase").write_text("eight herons wait\n")
    other.json("backup", folder / "new.kehu", "--passphrase-file", folder / "passphrase")
    return [folder / "new.kehu", "--passphrase-file", folder / "passphrase"], found


def restore(served, archive, *flags):
    return served.command("restore", *archive, "--workspace", "acme", "--json", *flags)


def killed(served, archive, *flags, library=None, behind=0):
    """True when it was killed behind so many renamings; false when it had ended before."""
    settings = served.settings()
    if library:
        settings |= {"LD_PRELOAD": str(library), "KILLED_BEHIND": str(behind)}
    done = subprocess.run(restore(served, archive, *flags), env=settings, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def serves(served, *contents):
    """Which of them it serves; None when it refuses, with words that help."""
    if not served.refusal_or_start():
        words = served.words()
        assert "kehu restore" in words and "workspace new" not in words, words
        assert served.run("user", "list").returncode == 1
        return None
    found = [content for content in contents if content.is_served(served)]
    assert served.stop() == 0
    assert len(found) == 1, "half of one and half of the other is served"
    return found[0]


def check_again(served, archive, new, *flags):
    """The same command once more brings the archive, and leaves nothing that was unpacked."""
    done = subprocess.run(restore(served, archive, *flags), env=served.settings(), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert serves(served, new) is new
    assert served.json("verify")["ok"]
    assert not unpacked(served)
    return json.loads(done.stdout)


def check_anew(served, archive, found, new):
    """The same where there was nothing before, and nothing is set aside; unless all had been done."""
    if found is new:
        done = subprocess.run(restore(served, archive), env=served.settings(), capture_output=True, text=True, timeout=120)
        assert done.returncode == 1 and "--replace" in done.stderr and not unpacked(served), done.stderr
        assert serves(served, new) is new
    else:
        assert check_again(served, archive, new)["aside"] is None
    assert not list(served.data.glob("*.replaced-*"))


def unpacked(served):
    """Copies of a whole workspace that lie about."""
    return list(served.data.glob(".restore-*"))


def put_back(served, kept):
    """The data folder as it was."""
    shutil.rmtree(served.data, ignore_errors=True)
    if kept.exists():
        shutil.copytree(kept, served.data)


def test_a_restore_in_the_place_of_a_workspace_that_is_killed_at_each_step(tmp_path, library, archive):
    archive, new = archive
    served = Served(tmp_path, database="")
    try:
        old = Content(served, "old")
        # As a server that was killed leaves it: what was written last is in the log.
        served.key = old.key
        served.local = type(served.local)()
        served.start()
        assert served.post("/api/v1/customers", json={"name": "old-last"}).status_code == 201
        old.names.append("old-last")
        served.kill()
        assert pathlib.Path(str(served.file) + "-wal").stat().st_size > 0
        shutil.copytree(served.data, kept := tmp_path / "kept")
        seen, behind = [], 1
        while killed(served, archive, "--replace", library=library, behind=behind):
            found = serves(served, old, new)
            seen.append({old: "old", new: "new"}.get(found, "nothing"))
            aside = check_again(served, archive, new, "--replace")["aside"]
            if found is not new:
                # What was there before the first try is kept in one place, log and all.
                assert aside, "nobody says where it is"
                shutil.rmtree(served.data / "acme.files")
                for path in [*served.data.glob("acme.db*"), served.data / "acme.key"]:
                    path.unlink()
                for path in pathlib.Path(aside).iterdir():
                    path.rename(served.data / path.name)
                assert serves(served, old) is old
            put_back(served, kept)
            behind += 1
        print(seen)
        assert "nothing" in seen and seen[-1] == "new" and seen == sorted(seen, key=["old", "nothing", "new"].index)
    finally:
        served.close()


def test_a_restore_on_a_clean_machine_that_is_killed_at_each_step(tmp_path, library, archive):
    archive, new = archive
    served = Served(tmp_path, database="")
    served.key = new.key
    try:
        put_back(served, tmp_path / "nothing")
        seen, behind = [], 1
        while killed(served, archive, library=library, behind=behind):
            found = serves(served, new)
            seen.append("new" if found else "nothing")
            check_anew(served, archive, found, new)
            put_back(served, tmp_path / "nothing")
            behind += 1
        print(seen)
        assert "nothing" in seen and seen[-1] == "new" and seen == sorted(seen, key=["nothing", "new"].index)
    finally:
        served.close()


class Database:
    """A workspace in a PostgreSQL that a test can put back to what it was."""

    def __init__(self, server, served):
        self.server, self.served = server, served
        self.dump = server.run("pg_dump", "-h", server.folder, "-U", "kehu", "-Fc", "-f", server.folder / "dump", "kehu")
        self.kept = served.directory / "kept"
        shutil.copytree(served.data, self.kept)

    def put_back(self):
        self.server.ask("DROP EVENT TRIGGER IF EXISTS gate")
        schemas = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'w~_%' ESCAPE '~' OR nspname = 'kehu_directory'"
        for schema in self.server.ask(schemas).split():
            self.server.ask(f'DROP SCHEMA "{schema}" CASCADE')
        self.server.run("pg_restore", "-h", self.server.folder, "-U", "kehu", "-d", "kehu", self.server.folder / "dump")
        put_back(self.served, self.kept)

    def kill_at(self, place, archive, *flags):
        """Kills a restore where it waits, and what it has left waiting in the database."""
        self.server.ask(GATE)
        self.server.ask(PLACES[place])
        keeper = Keeper(self.server)
        process = subprocess.Popen(
            restore(self.served, archive, *flags), env=self.served.settings(), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True,
        )
        try:
            held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted"
            until(lambda: self.server.ask(held) != "0" or process.poll() is not None, 120)
            assert process.poll() is None, process.communicate()
        finally:
            process.kill()
            process.communicate()
            self.server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kehu'")
            until(lambda: self.server.ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kehu'") == "0", 60)
            keeper.close()
        self.server.ask("DROP EVENT TRIGGER IF EXISTS gate")
        self.server.ask("DROP SCHEMA gate CASCADE")


def test_a_restore_into_postgres_that_is_killed_at_each_step(server, tmp_path, library, archive):
    archive, new = archive
    served = Served(tmp_path, database=server.address)
    try:
        old = Content(served, "old")
        database = Database(server, served)

        def check(kill):
            if not kill():
                return None
            found = serves(served, old, new)
            aside = check_again(served, archive, new, "--replace")["aside"]
            if found is not new:
                # What was there is kept, rows and files.
                schema = server.ask("SELECT schema FROM kehu_directory.workspace WHERE name LIKE 'acme.replaced%'")
                assert sorted(server.ask(f"SELECT name FROM {schema}.customer").splitlines()) == sorted(old.names)
                kept = [path.read_bytes() for path in pathlib.Path(aside).rglob("*") if path.is_file()]
                assert old.attached in kept and old.secret in kept and new.attached not in kept
            database.put_back()
            return {old: "old", new: "new"}.get(found, "nothing")

        places = [check(lambda: database.kill_at(place, archive, "--replace") is None) for place in PLACES]
        assert places == ["old", "old", "nothing"]
        seen, behind = [], 1
        while state := check(lambda: killed(served, archive, "--replace", library=library, behind=behind)):
            seen.append(state)
            behind += 1
        print(seen)
        assert "nothing" in seen
    finally:
        served.close()


def test_a_restore_into_a_new_workspace_of_postgres_that_is_killed_at_each_step(server, tmp_path, library, archive):
    archive, new = archive
    served = Served(tmp_path, database=server.address)
    try:
        # There is no other workspace either.
        assert served.run("workspace", "delete", "acme", "--yes").returncode == 0
        database = Database(server, served)

        def check(kill):
            if not kill():
                return None
            found = serves(served, new)
            check_anew(served, archive, found, new)
            assert server.ask("SELECT name FROM kehu_directory.workspace") == "acme"
            database.put_back()
            return "new" if found else "nothing"

        places = [check(lambda: database.kill_at(place, archive) is None) for place in ("tables", "new name")]
        assert places == ["nothing", "nothing"]
        seen, behind = [], 1
        while state := check(lambda: killed(served, archive, library=library, behind=behind)):
            seen.append(state)
            behind += 1
        print(seen)
        assert "nothing" in seen
    finally:
        served.close()


def test_who_was_erased_since_is_erased_again_although_the_restore_is_killed_before(server, tmp_path, library):
    """Also on PostgreSQL, where what was there has a place of its own: the restored rows are meant."""
    for engine in ("", server.address):
        (tmp_path / engine[:8]).mkdir(exist_ok=True)
        served = Served(tmp_path / engine[:8], database=engine)
        archive = [tmp_path / f"{len(engine)}.kehu"]
        try:
            served.start()
            person = served.post("/api/v1/contacts", json={"name": "李秘密", "email": "li@gone.example"}).json()["id"]
            served.json("backup", *archive)
            erased = served.post(f"/api/v1/contacts/{person}/erase", json={"confirm": "李秘密"})
            assert erased.ok, erased.text
            assert served.stop() == 0

            # By the command itself, and where that is killed, when the workspace is opened.
            done = served.json("restore", *archive, "--replace")
            assert done["erased_again"] == 1 and not served.keeps("li@gone.example"), done
            behind = 1
            while killed(served, archive, "--replace", library=library, behind=behind):
                if served.refusal_or_start():
                    assert served.get(f"/api/v1/contacts/{person}").json()["name"].startswith("〔已抹除")
                    assert served.stop() == 0
                    assert not served.keeps("li@gone.example")
                served.json("restore", *archive, "--replace")
                behind += 1
            assert behind > 3
        finally:
            served.close()


def test_an_upgrade_of_what_was_there_does_not_come_back_after_a_restore(tmp_path, library, archive):
    """The copy of before an upgrade that was broken off is put back by «kehu migrate»: never over what was restored."""
    archive, new = archive
    served = Served(tmp_path, database="")
    try:
        old = Content(served, "old")
        # As a machine left it that stopped in the middle of an upgrade.
        shutil.copy(served.file, str(served.file) + "-before-upgrade")
        pathlib.Path(str(served.file) + "-upgrading").write_text("1 -> 2\n")
        assert "kehu migrate" in served.refusal()
        shutil.copytree(served.data, kept := tmp_path / "kept")
        seen, behind = set(), 1
        while killed(served, archive, "--replace", library=library, behind=behind):
            served.run("migrate")
            seen.add(serves(served, old, new))
            check_again(served, archive, new, "--replace")
            put_back(served, kept)
            behind += 1
        assert seen == {old, None, new}
    finally:
        served.close()
