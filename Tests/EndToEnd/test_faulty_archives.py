"""Attachments that are missing or damaged: the rest is archived and restored, and they are named."""

import json
import os
import re
import time

import pytest

from served import Served


@pytest.fixture
def served(tmp_path):
    served = Served(tmp_path)
    yield served
    served.close()


def place(data, file, workspace="acme"):
    return data / f"{workspace}.files" / "files" / file["hash"][:2] / file["hash"][2:]


def attach(served, count):
    """Files on one customer; their contents do not compress."""
    customer = served.post("/api/v1/customers", json={"name": "苍鹭贸易"}).json()["id"]
    files = []
    for number in range(count):
        made = served.post(
            "/api/v1/files", files={"file": (f"合同-{number}.bin", os.urandom(400_000))},
            data={"object": "customers", "record": customer},
        )
        assert made.status_code == 201, made.text
        found = made.json()
        files.append(found["data"][0] if "data" in found else found)
    return customer, files


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    path.write_bytes(content)


def test_a_damaged_and_a_missing_attachment_are_told_and_all_the_rest_comes_back(served, tmp_path):
    served.start()
    customer, files = attach(served, 3)
    assert served.stop() == 0
    sound = tmp_path / "sound.kehu"
    assert served.json("backup", sound)["faults"] == 0
    flip(place(served.data, files[0]), 200_000)
    place(served.data, files[1]).unlink()

    archive = tmp_path / "a.kehu"
    done = served.run("backup", archive, "--json")
    assert done.returncode == 2, done.stderr
    told = json.loads(done.stdout)
    assert told["faults"] == told["missing_count"] == 2 and told["files"] == 1, told
    assert [file["name"] for file in told["missing"]] == ["合同-0.bin", "合同-1.bin"]
    assert all(file["record"] == customer for file in told["missing"])
    for number in (0, 1):
        assert f"合同-{number}.bin" in done.stderr and f"customer {customer}" in done.stderr, done.stderr
    assert served.run("verify", "--archive", archive).returncode == 2

    # The nightly job and the drill say so, once, and without names.
    for name in ("backup", "restore_drill"):
        assert served.run("jobs", "again", name).returncode == 0
        served.start()
        plan = {}
        for _ in range(600):
            plans = served.get("/api/v1/jobs/plans").json()["data"]
            plan = next((each for each in plans if each["name"] == name), {})
            if plan.get("last_at"):
                break
            time.sleep(0.1)
        assert "2 attachments" in (plan["last_error"] or ""), plan
        assert customer in plan["last_error"] and "合同" not in plan["last_error"], plan
        assert served.stop() == 0
    assert [path.name for path in (served.data / "backups").glob("*.kehu") if ".faults." in path.name]
    doctor = served.run("doctor", "--json")
    codes = {finding["code"] for finding in json.loads(doctor.stdout)["findings"] if not finding["ok"]}
    assert doctor.returncode == 1 and {"backup_faults", "backup_job", "restore_drill"} <= codes, codes

    # Elsewhere all the rest is there.
    other = tmp_path / "elsewhere"
    restored = served.run("restore", archive, "--workspace", "again", "--json", data=other)
    assert restored.returncode == 0, restored.stderr
    back = json.loads(restored.stdout)
    assert back["missing_count"] == 2 and back["files"] == 1 and back["whole"], back
    assert "合同-0.bin" in restored.stderr
    assert place(other, files[2], "again").read_bytes() == place(served.data, files[2]).read_bytes()
    assert not place(other, files[0], "again").exists()
    # With the two put back from the sound archive the workspace is whole.
    served.json("restore", sound, "--workspace", "sound", data=tmp_path / "sound")
    for file in files[:2]:
        place(other, file, "again").parent.mkdir(exist_ok=True)
        place(other, file, "again").write_bytes(place(tmp_path / "sound", file, "sound").read_bytes())
    assert served.json("verify", "--workspace", "again", data=other)["ok"]


@pytest.mark.parametrize("sealed", (False, True))
def test_of_an_archive_that_is_damaged_itself_the_rest_is_had_for_the_asking(served, tmp_path, sealed):
    served.start()
    _, files = attach(served, 4)
    assert served.stop() == 0
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("eight herons wait\n")
    secret = ("--passphrase-file", passphrase) if sealed else ()
    archive = tmp_path / "a.kehu"
    made = served.json("backup", archive, *secret)
    flip(archive, archive.stat().st_size - 600_000)
    other = tmp_path / "elsewhere"
    refused = served.run("restore", archive, *secret, data=other)
    assert refused.returncode == 1 and "--without-damaged-files" in refused.stderr, refused.stderr
    assert not (other / "acme.files").exists()
    restored = served.run("restore", archive, *secret, "--without-damaged-files", "--json", data=other)
    assert restored.returncode == 0, restored.stderr
    back = json.loads(restored.stdout)
    assert not back["whole"] and back["rows"] == sum(made["rows"].values()), back
    there = [file for file in files if place(other, file).exists()]
    assert len(there) == 4 - back["missing_count"] and there, back
    assert all(place(other, file).read_bytes() == place(served.data, file).read_bytes() for file in there)


def test_a_database_with_a_flipped_byte_in_an_index_is_not_archived(served, tmp_path):
    if "KEHU_DATABASE" in served.settings():
        pytest.skip("only SQLite has a file")
    served.start()
    phone = "+8613800130123"
    for number in range(100, 160):
        assert served.post("/api/v1/customers", json={"name": f"客户 {number}", "phone": f"+8613800130{number}"}).ok
    assert served.stop() == 0
    whole = served.file.read_bytes()
    places = [match.start() for match in re.finditer(re.escape(phone.encode()), whole)]
    leaf = next(place for place in places if whole[place // 4096 * 4096] == 10)
    flip(served.file, leaf + len(phone) - 1)
    refused = served.run("backup", tmp_path / "a.kehu")
    assert refused.returncode == 1 and "index" in refused.stderr, refused.stderr
    assert not (tmp_path / "a.kehu").exists()
