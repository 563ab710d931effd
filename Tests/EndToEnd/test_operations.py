"""Backup and recovery, figures, logs and a graceful stop, by the commands and addresses an operator has."""

import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import threading
import time

import pytest
import requests

from served import Served, Writers


@pytest.fixture
def served(tmp_path):
    served = Served(tmp_path)
    yield served
    served.close()


def attach(served, content):
    """Puts a file under the hash of its content, as attachments lie beside the database."""
    digest = hashlib.sha256(content).hexdigest()
    path = served.data / "acme.files" / "files" / digest[:2] / digest[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path.relative_to(served.data)


def test_backup_under_load_destroy_restore_on_a_clean_machine(served, tmp_path):
    """AT22: the same row counts and content hashes, attachments included; the drill reports its result."""
    attachments = [attach(served, os.urandom(300_000 + number)) for number in range(5)]
    served.start()
    writers = Writers(served)
    time.sleep(1)
    before = dict(writers.acknowledged)
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("eight herons wait\n")
    archive = tmp_path / "acme.kehu"
    loaded = served.json("backup", archive, "--passphrase-file", passphrase)
    writers.finish()
    assert set(writers.statuses) == {201}
    assert len(writers.acknowledged) > len(before), "nobody wrote while the backup ran"
    quiet = tmp_path / "quiet.kehu"
    served.json("backup", quiet)
    assert served.stop() == 0
    # The drill runs in the server, as on its schedule.
    assert served.run("jobs", "again", "restore_drill").returncode == 0
    served.start()
    plan = {}
    for _ in range(300):
        plans = served.get("/api/v1/jobs/plans").json()["data"]
        plan = next((each for each in plans if each["name"] == "restore_drill"), {})
        if plan.get("last_at"):
            break
        time.sleep(0.1)
    assert plan["last_error"] is None and plan["last_result"].startswith("ok: "), plan
    assert served.stop() == 0
    doctor = served.json("doctor")
    assert any(finding["code"] == "restore_drill" and finding["ok"] for finding in doctor["findings"])
    original = served.json("verify", "--content")
    contents = [(served.data / path).read_bytes() for path in attachments]
    shutil.rmtree(served.data)

    # The archive of the moment in which people wrote.
    restored = served.json("restore", archive, "--passphrase-file", passphrase)
    assert restored["files"] == loaded["files"] and sum(loaded["rows"].values()) == restored["rows"]
    assert served.json("verify")["rows"] == loaded["rows"]
    assert [(served.data / path).read_bytes() for path in attachments] == contents
    served.start()
    assert set(before) <= set(served.names())
    assert served.stop() == 0
    # An archive of a quiet workspace gives back exactly what there was, but for the jobs that ran since.
    refused = served.run("restore", quiet)
    assert refused.returncode == 1 and "--replace" in refused.stderr
    served.json("restore", quiet, "--replace")
    again = served.json("verify", "--content")
    changed = {name for name in original["content"] if original["content"][name] != again["content"].get(name)}
    assert changed <= {"sys_job", "sys_job_plan", "sys_job_plan_seen", "sys_session", "sys_key"}, changed
    assert original["audit_entries"] == again["audit_entries"] and again["attachments"] == 5


def test_the_log_and_the_figures_tell_no_secrets(served):
    served.start("--log", "json", "--log-requests", "--metrics-token", "figures please")
    secret = "陈秘密"
    made = served.post("/api/v1/customers", json={"name": secret}, headers={"X-Request-Id": "from-the-proxy-1"})
    assert made.headers["X-Request-Id"] == "from-the-proxy-1"
    odd = served.get(f"/api/v1/customers?q={secret}", headers={"X-Request-Id": "a b\tc"})
    assert re.fullmatch(r"[\w-]+", odd.headers["X-Request-Id"])
    served.get("/api/v1/links/a-secret-token")
    served.get("/wp-login.php")
    figures = requests.get(served.address + "/metrics", timeout=10)
    assert figures.ok and figures.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    for line in figures.text.splitlines():
        assert re.fullmatch(r"# (HELP|TYPE) .+|[a-z_]+(\{[^}]*\}+(,[^}]*\})?.*)? [-0-9.e+]+", line), line
    assert 'kehu_requests_total{method="POST",route="/api/v1/{plural}",status="201"} 1' in figures.text
    for name in ("statements_total", "write_queue", "write_group_size_bucket", "jobs", "job_wait_seconds", "delivery_wait_seconds", "read_connections"):
        assert f"kehu_{name}" in figures.text, name
    size = int(re.search(r"^kehu_database_bytes (\d+)", figures.text, re.M).group(1))
    assert 500_000 < size < 50_000_000
    # Others need the token, also through a proxy on the same machine.
    for headers, status in (
        ({"X-Forwarded-For": "203.0.113.9"}, 401),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer wrong"}, 401),
        ({"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer figures please"}, 200),
    ):
        assert requests.get(served.address + "/metrics", headers=headers, timeout=10).status_code == status
    assert served.stop() == 0
    lines = [json.loads(line) for line in served.words().splitlines()]
    assert any(line.get("request") == "from-the-proxy-1" and line["status"] == "201" for line in lines), lines
    text = served.words() + figures.text
    for hidden in (secret, "a-secret-token", "wp-login", made.json()["id"], served.key, "owner@"):
        assert hidden not in text, hidden


def test_a_stop_answers_what_was_asked_and_closes_the_database(served):
    served.start()
    writers = Writers(served, count=8)
    time.sleep(1)
    begun = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - begun < 25
    writers.finish()
    assert set(writers.statuses) == {201}, writers.statuses
    wal = served.data / "acme.db-wal"
    assert not wal.exists() or wal.stat().st_size == 0
    served.start()
    names = served.names()
    assert set(writers.acknowledged) <= set(names) <= writers.asked and len(names) == len(set(names))


def test_the_administrator_sees_jobs_and_runs_one_again(served):
    served.start()
    page = served.get("/api/v1/jobs")
    assert page.ok and page.json()["data"] == []
    with sqlite3.connect(served.file, timeout=10) as database:
        database.execute(
            "INSERT INTO sys_job (id, kind, payload, state, due_at, tries, error, created_at, finished_at) "
            "VALUES (77, 'maintenance.sweep', '{}', 'dead', 0, 5, 'the printer is away', 0, 9e12)"
        )
    dead = served.get("/api/v1/jobs", params={"state": "dead"}).json()["data"][0]
    assert dead["error"] == "the printer is away"
    doctor = served.run("doctor")
    assert doctor.returncode == 1 and f"kehu jobs again {dead['id']}" in doctor.stdout
    assert served.post(f"/api/v1/jobs/{dead['id']}/again").status_code == 202
    for _ in range(100):
        if served.get("/api/v1/jobs", params={"state": "done"}).json()["data"]:
            break
        time.sleep(0.1)
    assert [job["state"] for job in served.get("/api/v1/jobs").json()["data"]] == ["done"]
    assert served.post(f"/api/v1/jobs/{dead['id'][:-1]}Z/again").status_code == 404


def test_the_doctor_tells_of_an_index_that_was_missing_and_has_it_made(served):
    def found():
        return [each for each in served.json("doctor")["findings"] if each["code"] == "missing_index"]

    assert found() == []
    with sqlite3.connect(served.file) as database:
        database.execute("DROP INDEX ix_customer_owner")
    database.close()
    told = found()
    assert [each["grade"] for each in told] == ["notice"], told
    assert "ix_customer_owner" in told[0]["text"] and "«customer»" in told[0]["text"], told
    with sqlite3.connect(served.file) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'ix_customer_owner'").fetchone() == (1,)
    database.close()
    assert found() == []


def test_a_flipped_byte_of_a_row_is_told_with_the_record(served):
    """A byte of an indexed value, in the table or in the index: verify names the record."""
    served.start()
    made = {}
    for number in range(300):
        phone = f"+861380013{number:04d}"
        made[phone] = served.post("/api/v1/customers", json={"name": f"客户 {number}", "phone": phone}).json()["id"]
    assert served.stop() == 0
    assert served.json("verify")["ok"]
    whole = served.file.read_bytes()
    phone = "+8613800130123"
    # In quotation marks it is a value of the audit log.
    places = [match.start() for match in re.finditer(rb'(?<!")' + re.escape(phone.encode()), whole)]
    # The leaves of the table of customers (13) and of the index over their phones (10).
    leaves = {whole[place // 4096 * 4096]: place for place in places}
    assert {10, 13} <= set(leaves), leaves
    for kind in (10, 13):
        damaged = bytearray(whole)
        damaged[leaves[kind] + len(phone) - 1] ^= 4
        served.file.write_bytes(damaged)
        verified = served.run("verify")
        assert verified.returncode == 1, verified.stdout
        assert f"customer {made[phone]}" in verified.stdout + verified.stderr, verified.stdout
    served.file.write_bytes(whole)
    assert served.json("verify")["ok"]
