"""Erased people stay erased: after a restore, after a crash, and while an import still holds them."""

import sqlite3
import threading
import time

import pytest
import requests

from served import Served

NAME, MOBILE, MAIL = "欧阳验收", "13866667777", "ouyang@erase.example"


@pytest.fixture
def served(tmp_path):
    served = Served(tmp_path)
    yield served
    served.close()


def person(served, **more):
    made = served.post("/api/v1/contacts", json={"name": NAME, "mobile": MOBILE, "email": MAIL, **more})
    assert made.status_code == 201, made.text
    return made.json()["id"]


def everything(served):
    """Every byte of the workspace; the server must be stopped."""
    return {
        path: path.read_bytes()
        for path in served.data.rglob("*")
        if path.is_file() and "backups" not in path.parts and not path.name.endswith(".kehu")
    }


def traces(served, *texts):
    return [
        (path.name, text) for path, data in everything(served).items() for text in texts
        if text.encode() in data or text.encode("utf-16-le") in data or text.encode("gb18030") in data
    ]


def night(served):
    """What the night does: the words of erased people leave the search index."""
    assert served.run("jobs", "again", "privacy.retention").returncode == 0
    end = time.monotonic() + 60
    while time.monotonic() < end:
        plans = served.get("/api/v1/jobs/plans").json()["data"]
        plan = next(each for each in plans if each["name"] == "privacy.retention")
        if plan.get("last_at"):
            break
        time.sleep(0.1)
    assert plan["last_at"] and plan["last_error"] is None, plan


def test_an_older_archive_brings_nobody_back(served, tmp_path):
    served.start()
    who = person(served)
    other = served.post("/api/v1/contacts", json={"name": "某某留下", "mobile": "13899990000"}).json()["id"]
    assert served.stop() == 0
    old = tmp_path / "old.kehu"
    served.json("backup", old)
    served.start()
    erased = served.post(f"/api/v1/contacts/{who}/erase", json={"confirm": NAME})
    assert erased.status_code == 200, erased.text
    token = erased.json()["name"]
    assert served.stop() == 0
    ledger = served.data / "acme.erasures"
    assert who in ledger.read_text() and NAME not in ledger.read_text() and MOBILE not in ledger.read_text()

    # In the place of what is there.
    restored = served.json("restore", old, "--replace")
    assert restored["erased_again"] == 1
    served.start()
    assert served.get(f"/api/v1/contacts/{who}").json()["name"] == token
    assert served.get(f"/api/v1/contacts/{other}").json()["name"] == "某某留下"
    assert served.get("/api/v1/contacts", params={"q": MOBILE}).json()["data"] == []
    assert served.stop() == 0
    assert served.json("verify")["ok"]

    # On another machine: from the ledger that lies beside the archives, from one that was saved, from a newer archive.
    new = tmp_path / "new.kehu"
    served.json("backup", new)
    for number, setting in enumerate(("beside", "given", "newer")):
        data = tmp_path / f"machine{number}"
        archive = tmp_path / f"copy{number}" / "old.kehu"
        archive.parent.mkdir()
        archive.write_bytes((new if setting == "newer" else old).read_bytes())
        arguments = []
        if setting == "beside":
            (archive.parent / "acme.erasures").write_bytes(ledger.read_bytes())
        if setting == "given":
            arguments = ["--erasures", ledger]
        restored = served.json("restore", archive, *arguments, data=data)
        assert restored["erased_again"] == (0 if setting == "newer" else 1), setting
        with sqlite3.connect(data / "acme.db") as database:
            names = [row[0] for row in database.execute("SELECT name FROM contact ORDER BY id")]
        database.close()
        assert names == [token, "某某留下"], setting
        # The ledger goes on from here.
        assert who in (data / "acme.erasures").read_text()


def test_somebody_with_much_history_is_erased_in_steps_that_a_crash_may_interrupt(served):
    served.start()
    who = person(served, description="喜欢在验收时喝龙井茶")
    for start in range(0, 1500, 500):
        done = served.post(
            "/api/v1/activities/batch",
            json={"atomic": True, "operations": [
                {"op": "create", "data": {"kind": "note", "subject": f"记{NAME}之{number}", "contact": who}}
                for number in range(start, start + 500)
            ]},
        )
        assert done.ok, done.text
    def erase():
        try:
            served.post(f"/api/v1/contacts/{who}/erase", json={"confirm": NAME})
        except requests.RequestException:
            pass

    thread = threading.Thread(target=erase)
    thread.start()
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with sqlite3.connect(f"file:{served.file}?mode=ro", uri=True) as database:
            done = database.execute("SELECT count(*) FROM activity WHERE subject LIKE '〔已抹除%'").fetchone()[0]
        database.close()
        if done >= 200:
            break
        time.sleep(0.01)
    served.kill()
    thread.join()
    with sqlite3.connect(served.file) as database:
        names = database.execute("SELECT name FROM contact").fetchall()
        left = database.execute("SELECT count(*) FROM activity WHERE subject LIKE '记%'").fetchone()[0]
    database.close()
    assert names == [(NAME,)] and left > 0, f"it was over before it was killed: {left} left"
    # The next start ends it.
    served.start()
    assert served.get(f"/api/v1/contacts/{who}").json()["name"].startswith("〔已抹除")
    found = served.get("/api/v1/activities", params={"filter": f'subject contains "{NAME}"', "total": "true"}).json()
    assert found["total"] == 0
    night(served)
    assert served.stop() == 0
    assert served.json("verify")["ok"]
    assert traces(served, NAME, MOBILE, MAIL, "喝龙井茶") == []


def test_an_import_that_runs_meanwhile_writes_nobody_again(served, tmp_path):
    rows = 20_000
    lines = ["name,mobile,email,description"]
    for number in range(rows):
        lines.append(f"客户{number},,,\"多行\n备注{number}\"")
    lines[-5] = f"{NAME},138-6666 7777,{MAIL},\"最后的\n秘密备注\""
    lines[-3] = f"{NAME},13511112222,,同名的另一个人"
    file = tmp_path / "people.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    served.start()
    who = person(served)
    with open(file, "rb") as opened:
        begun = served.post("/api/v1/imports", files={"file": ("people.csv", opened)}, data={"object": "contacts"})
    assert begun.status_code == 202, begun.text
    place = f"/api/v1/imports/{begun.json()['id']}"
    erased = served.post(f"/api/v1/contacts/{who}/erase", json={"confirm": NAME})
    assert erased.status_code == 200, erased.text
    assert served.get(place).json()["state"] in ("waiting", "running"), "the import was over too early"
    # A crash changes nothing of it.
    served.kill()
    served.start()
    end = time.monotonic() + 300
    while (status := served.get(place).json())["state"] in ("waiting", "running") and time.monotonic() < end:
        time.sleep(0.2)
    assert status["state"] == "done" and status["failed"] == 0, status
    assert status["created"] == rows - 1 and status["skipped"] == 1, status
    same = served.get("/api/v1/contacts", params={"filter": f'name = "{NAME}"'}).json()["data"]
    assert [each["description"] for each in same] == ["同名的另一个人"]
    night(served)
    assert served.stop() == 0
    assert traces(served, MOBILE, "138-6666 7777", MAIL, "秘密备注") == []
    assert served.json("verify")["ok"]


def test_lines_of_kept_import_files_go_however_they_are_written(served, tmp_path):
    served.start()
    who = person(served, description="住在望江楼三号院")
    folder = served.data / "acme.files" / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "A.csv": f'name,mobile,remark\n李四,13900000001,"甲\n乙"\n某某,138 6666-7777,"一行\n二行 {NAME} 三行"\n王五,1,丙\n',
        "B.jsonl": '{"name":"\\u6b27\\u9633\\u9a8c\\u6536"}\n{"name":"李四"}\n',
        "C.vcf": "BEGIN:VCARD\r\nFN:李四\r\nEND:VCARD\r\n"
                 f"BEGIN:VCARD\r\nFN:某\r\nNOTE:住在望江楼三号院\r\nTEL:+86 138 6666 7777\r\nEND:VCARD\r\n",
        "D.vcf": "BEGIN:VCARD\r\nN;ENCODING=QUOTED-PRINTABLE:"
                 + "".join(f"={byte:02X}" for byte in NAME.encode()) + "\r\nTITLE:总监\r\nEND:VCARD\r\n",
    }
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    erased = served.post(f"/api/v1/contacts/{who}/erase", json={"confirm": NAME})
    assert erased.status_code == 200 and erased.json()["import_lines"] == 4, erased.text
    left = {name: (folder / name).read_bytes().decode() for name in files}
    assert all(len(left[name].encode()) == len(files[name].encode()) for name in files)
    assert "李四,13900000001" in left["A.csv"] and "王五,1,丙" in left["A.csv"] and "乙" in left["A.csv"]
    for gone in ("某某", "6666", "三行", "一行"):
        assert gone not in left["A.csv"]
    assert "6b27" not in left["B.jsonl"] and "李四" in left["B.jsonl"]
    assert "望江楼" not in left["C.vcf"] and "TEL" not in left["C.vcf"] and "FN:李四" in left["C.vcf"]
    assert "=E6" not in left["D.vcf"] and "总监" not in left["D.vcf"]


def test_a_kept_file_is_blanked_by_the_quotation_marks_that_it_was_read_with(served):
    served.start()
    who = person(served)
    rows = f"name,description\n'李四','一'\n'某','甲 {NAME}\n第二行'\n'王五','丙'\n".encode()
    job = served.post(
        "/api/v1/imports", files={"file": ("a.csv", rows)},
        data={"object": "contacts", "quote": "single", "dry_run": "true"},
    ).json()
    for _ in range(300):
        if served.get(f"/api/v1/imports/{job['id']}").json()["state"] == "done":
            break
        time.sleep(0.1)
    erased = served.post(f"/api/v1/contacts/{who}/erase", json={"confirm": NAME})
    assert erased.status_code == 200 and erased.json()["import_lines"] == 1, erased.text
    kept = next(served.data.rglob(f"imports/{job['id']}.csv")).read_bytes()
    assert len(kept) == len(rows)
    left = kept.decode()
    assert NAME not in left and "第二行" not in left and "'李四','一'" in left and "'王五','丙'" in left
    assert left.count("'") == rows.decode().count("'")


def test_the_words_of_erased_people_leave_the_search_index(served):
    served.start()
    who = person(served)
    for number in range(300):
        assert served.post("/api/v1/contacts", json={"name": f"填充 {number}"}).ok
    assert served.post(f"/api/v1/contacts/{who}/erase", json={"confirm": NAME}).ok
    night(served)
    assert served.stop() == 0
    # As the index has them: pairs of characters, pinyin, the ends of the number.
    assert traces(served, "欧阳", "阳验", "ouyang", "66667777", "8666677") == []


def test_a_user_who_has_left_is_erased_and_what_they_did_stays(served):
    served.start()
    made = served.post(
        "/api/v1/users", json={"email": "leaver@erase.example", "name": "司徒离职", "roles": ["salesperson"]}
    )
    assert made.status_code == 201, made.text
    user = made.json()
    link = served.post(f"/api/v1/users/{user['id']}/link", json={}).json()["token"]
    with requests.Session() as session:
        opened = session.post(served.address + f"/api/v1/links/{link}", json={"password": "a heron waits 清晨"})
        assert opened.ok, opened.text
        login = session.post(
            served.address + "/api/v1/session",
            json={"email": "leaver@erase.example", "password": "a heron waits 清晨"},
        )
        session.headers["X-CSRF-Token"] = login.json()["csrf_token"]
        customer = session.post(served.address + "/api/v1/customers", json={"name": "留下的客户"})
        assert customer.status_code == 201, customer.text
    place = f"/api/v1/users/{user['id']}"
    refused = served.post(place + "/erase", json={"confirm": "leaver@erase.example"})
    assert refused.status_code == 422 and refused.json()["code"] == "invalid", refused.text
    assert served.post(place + "/disable", json={}).ok
    assert served.post(place + "/erase", json={"confirm": "somebody"}).status_code == 422
    erased = served.post(place + "/erase", json={"confirm": "leaver@erase.example", "reason": "离职"})
    assert erased.status_code == 200, erased.text
    token = erased.json()["name"]
    assert served.get(place).json()["name"] == token
    record = served.get(f"/api/v1/customers/{customer.json()['id']}").json()
    assert record["owner"]["name"] == token
    assert served.post(place + "/enable", json={}).status_code in (200, 409, 422)
    assert served.post(place + "/erase", json={"confirm": "leaver@erase.example"}).status_code == 404
    assert served.stop() == 0
    assert traces(served, "司徒离职", "leaver@erase.example") == []
    assert served.json("verify")["ok"]
