"""Two people who make a workspace of the same name at the same time."""

import json
import pathlib
import subprocess
import time

import pytest

from served import EMAIL, PASSWORD, Served


def waits_for_input(process, seconds=20):
    """Waits until a process reads its standard input; some systems do not say so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        for path in pathlib.Path(f"/proc/{process.pid}/task").glob("*/syscall"):
            try:
                # The number of «read» on AMD64 and ARM64, and the descriptor.
                if path.read_text().split()[:2] in (["0", "0x0"], ["63", "0x0"]):
                    return
            except OSError:
                pass
        time.sleep(0.05)


@pytest.mark.parametrize("owner", [EMAIL, "other@end-to-end.example"])
def test_whoever_is_slow_to_type_the_password_neither_destroys_nor_takes_over_what_another_made(tmp_path, owner):
    # Served makes «acme», so this is one of its neighbours.
    served = Served(tmp_path)
    command = served.command("workspace", "new", "globex", "--owner", owner, "--password-stdin")
    slow = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=served.settings()
    )
    waits_for_input(slow)
    made = served.run("workspace", "new", "globex", "--owner", EMAIL, "--password-stdin", stdin=PASSWORD + "\n")
    assert made.returncode == 0, made.stderr
    key = served.run("key", "new", "--user", EMAIL, "--name", "t", "--workspace", "globex", "--json")
    told, words = slow.communicate("another heron waits\n", timeout=120)
    assert slow.returncode != 0 and "already" in words and "globex" in words, (slow.returncode, told, words)
    assert "may create schemas" not in words
    assert sorted(served.json("workspace", "list")) == ["acme", "globex"]
    # The one that was made first is as it was: its key, its files, its only administrator.
    assert (served.data / "globex.key").exists()
    token = json.loads(key.stdout)["token"]
    users = [user["email"] for user in served.json("user", "list", "--workspace", "globex")]
    assert users == [EMAIL], users
    served.start("--workspace", "globex")
    try:
        served.key = token
        assert served.post("/api/v1/customers", json={"name": "客户"}).status_code == 201
    finally:
        served.close()


def test_a_workspace_that_could_not_be_made_leaves_nothing(tmp_path):
    served = Served(tmp_path)
    refused = served.run("workspace", "new", "globex", "--owner", "no address", "--password-stdin", stdin=PASSWORD + "\n")
    assert refused.returncode != 0
    assert served.json("workspace", "list") == ["acme"]
    assert not list(served.data.glob("globex*"))
    made = served.run("workspace", "new", "globex", "--owner", EMAIL, "--password-stdin", stdin=PASSWORD + "\n")
    assert made.returncode == 0, made.stderr


@pytest.mark.parametrize("shift", ["-7200s", "+7200s"])
def test_spare_workspaces_age_by_the_clock_of_the_database(server, tmp_path, shift):
    served = Served(tmp_path, database=server.address)
    # One that another process is making, and one that was given up two hours ago.
    for name, age in (("spare_young", 60_000), ("spare_old", 7_200_000)):
        server.ask(f"CREATE SCHEMA {name}")
        server.ask(
            f"INSERT INTO kehu_directory.spare (schema, program, made_at, ready) SELECT '{name}', 'another', "
            f"CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) - {age}, 0"
        )
    command = ["faketime", "-f", shift, *served.command("workspace", "prepare", "--count", "1")]
    made = subprocess.run(command, capture_output=True, text=True, timeout=120, env=served.settings())
    assert made.returncode == 0, made.stderr
    left = server.ask("SELECT count(*), count(*) FILTER (WHERE schema = 'spare_young') FROM kehu_directory.spare")
    assert left == "2|1"
    assert server.ask("SELECT nspname FROM pg_namespace WHERE nspname IN ('spare_young', 'spare_old')") == "spare_young"
    age = "abs(made_at - extract(epoch FROM clock_timestamp()) * 1000) < 120000"
    assert server.ask(f"SELECT {age} FROM kehu_directory.spare WHERE ready = 1") == "t"
