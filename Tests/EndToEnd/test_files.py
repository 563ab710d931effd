"""Files over a real connection: what does not come whole leaves nothing, and what is stored is checked."""

import json
import pathlib
import socket
import struct
import time
import zlib
from urllib.parse import urlsplit

from program import run

FILES = pathlib.Path("data")


def folder(kehu):
    found = list((kehu.directory / FILES).glob("*.files"))
    assert len(found) == 1, found
    return found[0]


def left(kehu):
    uploads = folder(kehu) / "uploads"
    return [each for each in uploads.iterdir() if each.is_file()] if uploads.exists() else []


def begin(kehu, client, length, kind="application/octet-stream"):
    """A connection that has announced so many bytes and sent some."""
    target = urlsplit(kehu.address)
    connection = socket.create_connection((target.hostname, target.port), timeout=60)
    head = (
        "POST /api/v1/files?name=half.txt HTTP/1.1\r\n"
        f"Host: {target.netloc}\r\nAuthorization: {client.headers['Authorization']}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    )
    connection.sendall(head.encode() + b"x" * 300_000)
    return connection


def until(condition, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return condition()


def test_an_upload_that_is_cut_or_stands_still_leaves_nothing(kehu, staff):
    client = staff["administrator"]
    contents = len(list((folder(kehu) / "files").rglob("*")))
    cut = begin(kehu, client, 5_000_000)
    assert until(lambda: left(kehu), 10)
    cut.close()
    assert until(lambda: not left(kehu), 20), left(kehu)
    still = begin(kehu, client, 5_000_000)
    assert until(lambda: left(kehu), 10)
    assert until(lambda: not left(kehu), 90), left(kehu)
    still.close()
    assert len(list((folder(kehu) / "files").rglob("*"))) == contents
    answer = client.post("/api/v1/files?name=a.txt", data=b"x" * 30_000_000)
    assert answer.status_code == 413, answer.text
    assert not left(kehu)


def test_the_limit_that_is_told_is_the_one_that_holds(kehu, staff):
    client = staff["administrator"]
    most = b"x" * 25_000_000
    assert client.post("/api/v1/files?name=a.txt", data=most).status_code == 201
    for answer in (
        client.post("/api/v1/files?name=a.txt", data=most + b"x"),
        client.post("/api/v1/files?name=a.txt", data=most + b"x" * 5_000_000),
        client.post("/api/v1/files", files={"file": ("a.txt", most + b"x")}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large"), answer.text
        assert "25 MB" in answer.json()["detail"], answer.text
    # A form may hold 20 files; its limit is told by theirs.
    with begin(kehu, client, 600_000_000, "multipart/form-data; boundary=x") as whole:
        received = b""
        while b"25 MB" not in received and (part := whole.recv(8192)):
            received += part
        assert b" 413 " in received.split(b"\r\n")[0], received
        assert b"files_too_large" in received and b"25 MB" in received, received
    assert not left(kehu)


def test_a_stored_file_comes_back_and_a_damaged_one_is_found(kehu, staff):
    client = staff["administrator"]
    customer = client.make("customers", name="文件公司")
    form = {"file": ("合同 终稿.txt", "正文 𠮷".encode())}
    made = client.post("/api/v1/files", files=form, data={"object": "customers", "record": customer["id"]})
    assert made.status_code == 201, made.text
    file = made.json()
    assert file["name"] == "合同 终稿.txt"
    assert client.get(f"/api/v1/files/{file['id']}").content == "正文 𠮷".encode()
    assert staff["anonymous"].get(f"/api/v1/files/{file['id']}").status_code == 401
    place = folder(kehu) / "files" / file["hash"][:2] / file["hash"][2:]
    whole = place.read_bytes()
    place.write_bytes(b"altered")
    try:
        found = run("verify", "--json", directory=kehu.directory)
        assert found.returncode == 1
        assert any(file["hash"][2:] in fault for fault in json.loads(found.stdout)["faults"]), found.stdout
    finally:
        place.write_bytes(whole)
    assert run("verify", directory=kehu.directory).returncode == 0


def png(width, height, rows=b""):
    """A PNG that claims a size."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def gif(width, height):
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0" \
        + struct.pack("<HH", width, height) + b"\0\x02\x02D\x01\0;"


def test_only_who_may_read_the_record_gets_its_files(staff):
    """Every role, every address of a file."""
    an = staff["an"]
    customer = an.make("customers", name="安的附件客户")
    made = an.post("/api/v1/files", files={"file": ("图.png", png(8, 8, b"\0" * 25 * 8))},
                   data={"object": "customers", "record": customer["id"]})
    assert made.status_code == 201, made.text
    file = made.json()["id"]
    sees = {name: client.get(f"/api/v1/customers/{customer['id']}").status_code for name, client in staff.items()}
    assert sees["an"] == 200 and sees["anonymous"] == 401 and 404 in sees.values(), sees
    addresses = [f"/api/v1/files/{file}", f"/api/v1/files/{file}/info", f"/api/v1/files/{file}/thumbnail",
                 f"/api/v1/customers/{customer['id']}/files", f"/files/{file}"]
    for name, client in staff.items():
        for address in addresses[:4]:
            assert client.get(address).status_code == sees[name], (name, address)
            assert client.head(address).status_code == sees[name], (name, address)
        page = client.get(addresses[4], allow_redirects=False).status_code
        assert page == sees[name] or (page in (303, 404) and sees[name] != 200), (name, page)
        if sees[name] != 200:
            assert client.delete(f"/api/v1/files/{file}").status_code == sees[name], name
            assert client.post(f"/api/v1/files/{file}/restore", json={}).status_code == sees[name], name
    # A reader sees and may not delete.
    for name, client in staff.items():
        if sees[name] == 200 and client.patch(f"/api/v1/customers/{customer['id']}", json={}).status_code == 403:
            assert client.delete(f"/api/v1/files/{file}").status_code == 403, name
    # Another record's rights do not open it, though its content is the same.
    bai = staff["bai"]
    theirs = bai.make("customers", name="白的附件客户")
    copy = bai.post("/api/v1/files", files={"file": ("同图.png", png(8, 8, b"\0" * 25 * 8))},
                    data={"object": "customers", "record": theirs["id"]}).json()
    assert copy["hash"] == made.json()["hash"]
    assert bai.get(f"/api/v1/files/{file}").status_code == sees["bai"] == 404
    assert an.get(f"/api/v1/files/{copy['id']}").status_code == 404
    stolen = bai.post(f"/api/v1/customers/{theirs['id']}/files", json={"file": file})
    assert stolen.status_code in (404, 422), stolen.text
    # The content stays until the last of them is gone.
    assert an.delete(f"/api/v1/files/{file}").status_code in (200, 204)
    assert bai.get(f"/api/v1/files/{copy['id']}").content == png(8, 8, b"\0" * 25 * 8)
    assert an.get(f"/api/v1/files/{file}").status_code == 404


def test_what_a_browser_would_run_is_only_ever_downloaded(kehu, owner, page):
    """Also where the administrator allows pages and scripts: opened in a browser, nothing of it runs."""
    assert owner.patch("/api/v1/settings", json={"file_allowed": "page,script"}).ok
    try:
        customer = owner.make("customers", name="浏览器客户")
        script = "<script>document.title='RUN';fetch('/api/v1/me').then(a=>a.text()).then(t=>window.stolen=t)</script>"
        shapes = {
            "a.html": "<!doctype html><title>x</title>" + script,
            "b.svg": '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="RUN"</script></svg>',
            "c.png": "<html>" + script, "d.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml">' + script + "</html>",
            "e.xml": '<?xml version="1.0"?><a><b xmlns="http://www.w3.org/1999/xhtml">' + script + "</b></a>",
            "f.txt": script, "g.pdf": "%PDF-1.4\n" + script, "h": "GIF89a/*" + script,
            "i.mhtml": "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + script,
        }
        ids = {}
        for name, text in shapes.items():
            made = owner.post("/api/v1/files", files={"file": (name, text.encode(), "text/html")},
                              data={"object": "customers", "record": customer["id"]})
            assert made.status_code in (201, 415, 422), (name, made.text)
            if made.status_code == 201:
                ids[name] = made.json()["id"]
        assert len(ids) >= 6, ids
        page.goto("/login")
        page.fill("input[name=email]", kehu.email)
        page.fill("input[name=password]", kehu.password)
        page.click("main button")
        page.wait_for_url(lambda url: "/login" not in url)
        for name, file in ids.items():
            for query in ("", "?inline=true", "?inline=1"):
                answer = owner.get(f"/api/v1/files/{file}{query}", headers={"Accept": "text/html"})
                if answer.status_code != 200:
                    continue
                assert answer.headers["X-Content-Type-Options"] == "nosniff", name
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"], name
                assert answer.headers["Content-Type"].split(";")[0] not in (
                    "text/html", "image/svg+xml", "application/xhtml+xml", "application/xml", "text/xml"), name
                if answer.headers["Content-Type"].split(";")[0] not in ("image/gif",):
                    assert answer.headers["Content-Disposition"].startswith("attachment"), name
            for address in (f"/api/v1/files/{file}", f"/files/{file}", f"/api/v1/files/{file}/thumbnail"):
                try:
                    page.goto(address)
                except Exception as error:  # A download is no page: the browser says so.
                    assert "Download is starting" in str(error) or "ERR_ABORTED" in str(error), error
                assert page.title() != "RUN" and page.evaluate("window.stolen") is None, name
        # What has no thumbnail is not found, which the browser notes as an error.
        page.console_errors[:] = [each for each in page.console_errors if "404" not in each]
    finally:
        assert owner.patch("/api/v1/settings", json={"file_allowed": ""}).ok


def test_names_cannot_reach_heads_folders_or_the_eye(kehu, staff):
    client = staff["administrator"]
    before = {path for path in kehu.directory.rglob("*") if path.is_file()}
    for name in ("../../../etc/cron.d/x.txt", "..\\..\\x.txt", "a\r\nSet-Cookie: kehu=1\r\n.txt", "a\0b.txt", "x\u202Etxt.b",
                 "a\"; filename=\"b.exe", "/etc/passwd", "C:\\x.txt", ".", "..", " ", "a" * 5000 + ".txt", "\u2028.txt",
                 "名字\t\x7f\x1b[31m.txt"):
        made = client.post("/api/v1/files", params={"name": name}, data=b"inhalt")
        assert made.status_code in (201, 422, 400, 415), (name, made.text)
        if made.status_code != 201:
            continue
        stored = made.json()["name"]
        assert stored and len(stored) <= 255 and stored not in (".", ".."), (name, stored)
        assert not any(sign in stored for sign in "/\\\r\n\0\u202E\x7f\x1b\t\u2028"), (name, stored)
        answer = client.get(f"/api/v1/files/{made.json()['id']}")
        assert answer.content == b"inhalt" and "Set-Cookie" not in answer.headers
        assert answer.headers["Content-Disposition"].count("filename=") == 1, answer.headers
    new = {path for path in kehu.directory.rglob("*") if path.is_file()} - before
    allowed = (folder(kehu) / "files", folder(kehu) / "thumbnails")
    strange = [path for path in new if not any(place in path.parents for place in allowed)
               and path.suffix not in (".db-wal", ".db-shm", ".kehu", ".log")]
    assert strange == [], strange
    for target in ("/api/v1/files/..%2f..%2facme.key", "/files/%2e%2e/%2e%2e/kehu.db", "/assets/..%2f..%2fetc%2fpasswd",
                   "/assets/../../etc/passwd"):
        assert client.get(target).status_code in (400, 404), target


def test_pictures_that_claim_to_be_huge_cost_no_memory(kehu, staff):
    client = staff["administrator"]

    def memory():
        status = pathlib.Path(f"/proc/{kehu.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1])

    highest = memory()
    # A row of zeros compresses a thousand times: 60,000 by 60,000 pixels would be 10 GB.
    bombs = {"a.png": png(60_000, 60_000, b"\0" * 3_000_000), "b.png": png(2**31 - 1, 2**31 - 1), "c.gif": gif(65535, 65535),
             "d.png": png(12_000, 12_000, b"\0" * 12_000 * 3), "e.gif": gif(20_000, 7_000), "f.png": png(0, 0)}
    for name, content in bombs.items():
        made = client.post("/api/v1/files", params={"name": name}, data=content)
        assert made.status_code in (201, 422, 413, 415), (name, made.text)
        if made.status_code == 201:
            small = client.get(f"/api/v1/files/{made.json()['id']}/thumbnail")
            assert small.status_code in (200, 404, 422), (name, small.text)
    assert memory() - highest < 250_000, f"{memory() - highest} kB for pictures"
    assert client.get("/readyz").ok
