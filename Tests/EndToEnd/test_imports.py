"""Files that come in and go out over HTTP: workbooks, cards, taking back, and uploads that misbehave."""

import html
import io
import json
import pathlib
import re
import socket
import time
import zipfile

import pytest


@pytest.fixture
def chief(staff):
    return staff["administrator"]


def finished(client, key, taken_back=False):
    """Waits until an import, or its taking back, has ended."""
    for _ in range(300):
        status = client.get(f"/api/v1/imports/{key}").json()
        state = status["undo"]["state"] if taken_back else status["state"]
        if state not in ("waiting", "running"):
            return status
        time.sleep(0.1)
    raise AssertionError(status)


def send(client, name, content, **fields):
    return client.post("/api/v1/imports", files={"file": (name, content)}, data={"object": "customers", **fields})


def test_an_export_is_imported_again_and_taken_back(chief):
    made = chief.make("customers", name="=往返公司 𠮷", type="company", employees=7)
    name = 'name = "=往返公司 𠮷"'
    for form in ("xlsx", "xlsx-raw"):
        answer = chief.get("/api/v1/customers/export", params={"format": form, "filter": name})
        assert answer.ok, answer.text
        assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
        seen = chief.post(
            "/api/v1/imports", params={"preview": "true"}, files={"file": ("a.xlsx", answer.content)},
            data={"object": "customers"},
        ).json()
        assert seen["format"] == "xlsx" and len(seen["sheets"]) == 1 and len(seen["rows"]) == 1
    chief.patch(f"/api/v1/customers/{made['id']}", json={"employees": 8})
    job = send(chief, "a.xlsx", answer.content, mode="upsert", match="id").json()
    status = finished(chief, job["id"])
    assert (status["updated"], status["failed"]) == (1, 0), status
    assert chief.get(f"/api/v1/customers/{made['id']}").json()["employees"] == 7
    assert chief.post(f"/api/v1/imports/{job['id']}/undo").status_code == 202
    undo = finished(chief, job["id"], taken_back=True)["undo"]
    assert (undo["restored"], undo["spared"]) == (1, 0)
    assert chief.get(f"/api/v1/customers/{made['id']}").json()["employees"] == 8
    assert chief.get(f"/api/v1/imports/{job['id']}/spared").json()["data"] == []
    assert chief.post(f"/api/v1/imports/{job['id']}/undo").status_code == 409


def test_bombs_and_broken_files_are_refused_in_words(chief):
    def packed(**entries):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
        return target.getvalue()

    bombs = {
        "zeros.xlsx": packed(xl__workbook_xml=b"\0" * 60_000_000),
        "laughs.xlsx": packed(xl__workbook_xml='<!DOCTYPE a [<!ENTITY b "bbbb">]><workbook>&b;</workbook>'),
        "empty.xlsx": packed(a_xml="x"),
        "wide.csv": ",".join(f"h{index}" for index in range(10_000)) + "\n",
        "cell.csv": 'a\n"' + "x" * 12_000_000,
        "old.xls": b"\xd0\xcf\x11\xe0" + b"\0" * 5000,
        "half.xlsx": packed(a_xml="x" * 5000)[:60],
    }
    for name, content in bombs.items():
        answer = send(chief, name, content)
        assert 400 <= answer.status_code < 500, (name, answer.text)
        assert answer.json()["detail"], name


def test_half_an_upload_leaves_nothing_and_stops_nobody(kehu, chief):
    host, port = kehu.address.removeprefix("http://").split(":")
    key = chief.headers["Authorization"]
    head = (
        f"POST /api/v1/imports HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: {key}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n--x\r\n"
    )
    with socket.create_connection((host, int(port))) as half:
        half.sendall(head.replace("{length}", "1000000").encode())
    with socket.create_connection((host, int(port))) as large:
        large.sendall(head.replace("{length}", "3000000000").encode())
        large.settimeout(30)
        assert b" 413 " in large.recv(4096).split(b"\r\n")[0]
    assert chief.get("/api/v1/imports").ok
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        files = [path for path in pathlib.Path(kehu.directory, "data").rglob("uploads/*") if path.is_file()]
        left = [path.name for path in files]
        if not left:
            break
        time.sleep(0.2)
    assert not left


def test_the_form_of_an_export_is_chosen_on_a_page(visit_owner, chief):
    page = visit_owner.get("/contacts/export")
    assert page.ok
    for form in ("csv", "csv-raw", "xlsx", "xlsx-raw", "jsonl", "vcf", "vcf-4"):
        assert f'value="{form}"' in page.text
    cards = visit_owner.get("/contacts/export", params={"format": "vcf"})
    assert cards.headers["Content-Type"].startswith("text/vcard") and cards.text.startswith("BEGIN:VCARD")
    newer = visit_owner.get("/contacts/export", params={"format": "vcf-4"})
    assert newer.headers["Content-Type"].startswith("text/vcard") and newer.text.startswith("BEGIN:VCARD\r\nVERSION:4.0")
    assert ".vcf" in newer.headers["Content-Disposition"]


@pytest.fixture
def visit_owner(owner):
    return owner


def test_rows_like_a_record_are_skipped_changed_or_listed(chief):
    known = chief.make("customers", name="北京岚山仪表有限公司", phone="01060007777")
    rows = "name,phone,employees\n岚山仪表,010-6000 7777,12\n南京别处贸易有限公司,,5\n".encode()

    def run(**fields):
        job = send(chief, "a.csv", rows, mode="create", **fields).json()
        status = finished(chief, job["id"])
        return status, chief.get(f"/api/v1/imports/{job['id']}/duplicates").json()["data"]

    status, likely = run(duplicates="skip", dry_run="true")
    assert (status["created"], status["skipped"]) == (1, 1), status
    assert [(each["row"], each["outcome"], each["like"]) for each in likely] == [(2, "skipped", known["id"])]
    assert likely[0]["score"] >= 50 and likely[0]["reasons"]
    status, likely = run(duplicates="update")
    assert (status["created"], status["updated"]) == (1, 1), status
    assert likely[0]["outcome"] == "updated" and likely[0]["record"] == known["id"]
    assert chief.get(f"/api/v1/customers/{known['id']}").json()["employees"] == 12
    status, likely = run(duplicates="flag")
    assert status["created"] == 2 and [each["outcome"] for each in likely] == ["created", "created"], status
    assert all(each["record"] for each in likely)
    assert send(chief, "a.csv", rows, duplicates="perhaps").status_code == 422


def test_a_proposed_mapping_lists_values_and_asks_what_the_file_does_not_tell(chief):
    rows = "客户名称,客户状态,成立日期\n岭南一号,成交,5/9/2022\n岭南二号,已关店,6/9/2022\n".encode("gb18030")
    seen = chief.post(
        "/api/v1/imports", params={"preview": "true"}, files={"file": ("old.csv", rows)}, data={"object": "customers"}
    ).json()
    assert [(each["header"], each["ask"], each["choices"]) for each in seen["questions"]] == [
        ("成立日期", "dates", ["dmy", "mdy"])
    ]
    values = {each["value"]: each["target"] for each in seen["values"]["客户状态"]}
    assert values == {"成交": "customer", "已关店": None}
    refused = send(chief, "old.csv", rows)
    assert refused.status_code == 422 and refused.json()["errors"][0]["field"] == "成立日期", refused.text
    mapping = seen["mapping"]
    mapping["columns"] = [{k: v for k, v in each.items() if k != "note"} for each in mapping["columns"]]
    mapping["columns"][1]["values"] = {"成交": "customer", "已关店": "lost"}
    mapping["columns"][2]["dates"] = "dmy"
    job = send(chief, "old.csv", rows, map=json.dumps(mapping)).json()
    assert finished(chief, job["id"])["created"] == 2
    found = chief.get("/api/v1/customers", params={"filter": 'name = "岭南二号"'}).json()["data"][0]
    assert (found["status"], found["founded_on"]) == ("lost", "2022-09-06")
    again = chief.post(
        "/api/v1/imports", params={"preview": "true"}, files={"file": ("new.csv", rows)}, data={"object": "customers"}
    ).json()
    assert again["origin"] == "earlier" and again["questions"] == []


def test_encoding_separator_and_quotation_marks_can_be_said(chief):
    rows = "name;description\n'读法一号;甲';某\n".encode("gb18030")

    def look(**fields):
        answer = chief.post(
            "/api/v1/imports", params={"preview": "true"}, files={"file": ("a.csv", rows)},
            data={"object": "customers", **fields},
        )
        assert answer.ok, answer.text
        return answer.json()

    def manner(answer):
        return answer["encoding"], answer["separator"], answer["quote"]

    seen = look()
    assert manner(seen) == ("GB18030", "semicolon", "double") and seen["headers"] == ["name", "description"]
    assert seen["rows"] == [["'读法一号", "甲'", "某"]]
    said = look(quote="single")
    assert manner(said) == ("GB18030", "semicolon", "single") and said["rows"] == [["读法一号;甲", "某"]]
    assert look(separator=",", quote="none")["headers"] == ["name;description"]
    assert look(encoding="UTF-8")["problems"]
    job = send(chief, "a.csv", rows, encoding="gbk", separator=";", quote="'").json()
    status = finished(chief, job["id"])
    assert status["created"] == 1 and manner(status) == ("GB18030", "semicolon", "single"), status
    found = chief.get("/api/v1/customers", params={"filter": 'name = "读法一号;甲"'}).json()["data"]
    assert [each["description"] for each in found] == ["某"]
    refused = send(chief, "a.csv", rows, encoding="EBCDIC", separator="#", quote="many")
    assert refused.status_code == 422, refused.text
    assert [each["field"] for each in refused.json()["errors"]] == ["encoding", "separator", "quote"]


def test_how_a_file_is_read_is_set_on_its_page(visit_owner, chief):
    def token(page):
        return re.search(r'name="_csrf" value="([^"]+)"', page.text).group(1)

    def chosen(page, name):
        select = re.search(rf'<select[^>]* name="{name}">(.*?)</select>', page.text, re.S).group(1)
        found = re.search(r'<option value="([^"]*)" selected', select)
        return found.group(1) if found else None

    def fold(page):
        """Whether the choices stand open, and what their one line says."""
        found = re.search(r'<details class="k-panel" id="reading"( open)?><summary>.*?<span class="k-count">(.*?)</span>', page.text, re.S)
        return found.group(1) is not None, html.unescape(found.group(2))

    rows = "客户名称;电话\n'读法二号;乙';\n".encode()
    page = visit_owner.get("/imports/new", params={"object": "customers"})
    action = html.unescape(re.search(r'method="post" action="(/imports[^"]+)"', page.text).group(1))
    page = visit_owner.post(action, data={"object": "customers"}, files={"file": ("a.csv", rows)})
    assert page.ok and "/imports/drafts/" in page.url, page.text
    assert [chosen(page, name) for name in ("encoding", "separator", "quote")] == ["", "", ""]
    assert fold(page) in ((False, "UTF-8 · 分号 · 双引号"), (False, "UTF-8 · semicolon · double quotes"))
    assert "读法二号;乙" not in page.text
    draft = page.url.split("?")[0]
    wrong = visit_owner.get(draft, params={"heading": "1", "encoding": "EBCDIC"})
    assert wrong.ok and "k-flash-bad" in wrong.text and chosen(wrong, "encoding") == ""
    assert fold(wrong)[0]
    page = visit_owner.get(draft, params={"heading": "1", "encoding": "", "separator": "semicolon", "quote": "single"})
    assert [chosen(page, name) for name in ("encoding", "separator", "quote")] == ["", "semicolon", "single"]
    assert fold(page) in ((True, "UTF-8 · 分号 · 单引号"), (True, "UTF-8 · semicolon · single quotes"))
    assert "读法二号;乙" in page.text
    form = {
        "_csrf": token(page), "heading": "1", "encoding": "", "separator": "semicolon", "quote": "single",
        "mode": "create", "match": "", "duplicates": "",
    }
    # A trial keeps how the file is read, on the way back to the columns and in earnest.
    tried = visit_owner.post(draft, data={**form, "_action": "try"})
    assert tried.ok and re.search(r"/imports/[0-9A-Za-z]{13}", tried.url), tried.text
    key = re.search(r"/imports/([0-9A-Za-z]{13})", tried.url).group(1)
    assert finished(chief, key)["created"] == 1
    back = visit_owner.get(draft, params={"import": key})
    assert [chosen(back, name) for name in ("separator", "quote")] == ["semicolon", "single"]
    run = f"/imports/{key}/run"
    done = visit_owner.post(run, params={"draft": draft.rsplit("/", 1)[1]}, data={"_csrf": token(tried)})
    assert done.ok, done.text
    key = re.search(r"/imports/([0-9A-Za-z]{13})", done.url).group(1)
    assert finished(chief, key)["created"] == 1
    found = chief.get("/api/v1/customers", params={"filter": 'name = "读法二号;乙"'}).json()["data"]
    assert len(found) == 1
