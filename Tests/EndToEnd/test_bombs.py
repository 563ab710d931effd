"""Files and bodies made to fill memory or to never end: refused early, in words, with memory bounded."""

import io
import json
import pathlib
import socket
import threading
import time
import zipfile

import pytest

from served import Served

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    served = Served(tmp_path_factory.mktemp("bombs"))
    served.start()
    served.patch("/api/v1/settings", json={"file_limit_mb": "200"})
    yield served
    served.close()


def highest(served):
    """The most memory that the server has had, in MB."""
    status = pathlib.Path(f"/proc/{served.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def left(served):
    return [path for path in served.data.rglob("uploads/*") if path.is_file()]


def connect(served, method, path, *heads):
    connection = socket.create_connection(("127.0.0.1", served.port), timeout=60)
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {served.key}", *heads]
    connection.sendall(("\r\n".join(head) + "\r\n\r\n").encode())
    return connection


def chunk(content):
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


def answer(connection):
    """Status and body of an answer, read to its end or until the server closes."""
    received = b""
    try:
        while part := connection.recv(65_536):
            received += part
            if b"\r\n\r\n" in received and received.rstrip().endswith(b"}"):
                break
    except OSError:
        pass
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else 0, body.decode("utf-8", "replace")


def test_a_cell_of_two_gigabytes_is_refused_with_little_memory(served, tmp_path):
    for name, beginning in (("quoted.csv", b'name,phone\n"'), ("plain.csv", b"name,phone\n")):
        path = tmp_path / name
        with path.open("wb") as file:
            file.write(beginning)
            # A hole takes no room on the disk; read, it is two gigabytes of one cell.
            file.truncate(2_000_000_000)
        begun = time.monotonic()
        refused = served.run("import", "customer", path, preexec_fn=bounded)
        assert refused.returncode == 1 and len(refused.stderr.strip().splitlines()) == 1, refused.stderr
        assert time.monotonic() - begun < 90
        path.unlink()


def bounded():
    """A gigabyte of addresses is all that the command may take."""
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (600 * MEGABYTE, 600 * MEGABYTE))


def test_what_is_too_large_is_refused_before_it_has_come(served):
    before = highest(served)
    for path in ("/api/v1/files?name=a.bin", "/api/v1/customers", "/api/v1/imports"):
        heads = ["Content-Type: " + ("multipart/form-data; boundary=x" if "imports" in path else "application/json")]
        length = 220_000_000 if "imports" not in path else 2_200_000_000
        announced = connect(served, "POST", path, *heads, f"Content-Length: {length}")
        announced.sendall(b"x" * 100_000)
        if "customers" in path:
            announced.shutdown(socket.SHUT_WR)
        status, body = answer(announced)
        assert status in (413, 400), (path, status, body)
        announced.close()
    # Without a length it is refused where it goes beyond, and the connection ends soon.
    def endless(path, ends):
        connection = connect(served, "POST", path, "Content-Type: application/json", "Transfer-Encoding: chunked")
        begun = time.monotonic()
        part = chunk(b"x" * MEGABYTE)
        received = b""
        try:
            while time.monotonic() - begun < 60:
                connection.sendall(part)
                connection.settimeout(0.05)
                try:
                    received += connection.recv(65_536)
                except TimeoutError:
                    pass
                connection.settimeout(30)
        except OSError:
            pass
        ends[path] = (time.monotonic() - begun, received)

    ends = {}
    paths = ("/api/v1/files?name=a.bin", "/api/v1/customers", "/api/v1/nothing")
    threads = [threading.Thread(target=endless, args=(path, ends)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for path, (seconds, received) in ends.items():
        assert seconds < 55, (path, seconds)
        assert received.split()[1] in (b"413", b"404"), (path, received[:100])
    assert not left(served)
    assert highest(served) - before < 120, f"{highest(served) - before:.0f} MB more"
    assert served.get("/readyz").ok


def test_uploads_and_bodies_that_drip_are_given_up_and_hold_nobody_up(served):
    """The slow ones side by side: heads, bodies and files of which a byte comes now and then."""
    before = highest(served)
    ends = {}

    def drip(name, connection, part):
        begun = time.monotonic()
        connection.settimeout(0.01)
        try:
            while time.monotonic() - begun < 100:
                connection.sendall(part)
                try:
                    if received := connection.recv(65_536):
                        ends[name] = (time.monotonic() - begun, received)
                        break
                    ends[name] = (time.monotonic() - begun, b"")
                    break
                except TimeoutError:
                    time.sleep(0.5)
        except OSError:
            ends[name] = (time.monotonic() - begun, b"")
        connection.close()

    upload = connect(served, "POST", "/api/v1/files?name=a.txt", "Transfer-Encoding: chunked")
    table = connect(served, "POST", "/api/v1/imports", "Content-Type: multipart/form-data; boundary=x", "Transfer-Encoding: chunked")
    body = connect(served, "POST", "/api/v1/customers", "Content-Type: application/json", "Transfer-Encoding: chunked")
    threads = [
        threading.Thread(target=drip, args=("upload", upload, chunk(b"x"))),
        threading.Thread(target=drip, args=("table", table, chunk(b"x"))),
        threading.Thread(target=drip, args=("body", body, chunk(b" "))),
    ]
    many = [socket.create_connection(("127.0.0.1", served.port), timeout=60) for _ in range(300)]
    for thread in threads:
        thread.start()
    for round in range(6):
        for each in many:
            try:
                each.sendall(b"GET / HTTP/1.1\r\n" if round == 0 else b"X-A: b\r\n")
            except OSError:
                pass
        begun = time.monotonic()
        assert served.get("/api/v1/customers").ok
        assert time.monotonic() - begun < 5, "slow connections hold others up"
        time.sleep(0.5)
    for thread in threads:
        thread.join(110)
    for each in many:
        each.close()
    assert set(ends) == {"upload", "table", "body"}, ends
    assert not left(served)
    assert highest(served) - before < 60


def test_packed_files_and_wide_tables_are_refused_with_little_memory(served):
    def packed(**entries):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
        return target.getvalue()

    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    entities = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">{laughs}]><workbook>&l9;</workbook>'
    sheet = "<worksheet><sheetData><row><c t='inlineStr'><is><t>" + "x" * 150_000_000
    bombs = {
        "zeros.xlsx": packed(xl__workbook_xml=b"\0" * 200_000_000),
        "laughs.xlsx": packed(xl__workbook_xml=entities),
        "cell.xlsx": packed(xl__workbook_xml="<workbook><sheets><sheet name='a'/></sheets></workbook>",
                            xl__worksheets__sheet1_xml=sheet),
        "nested.zip": packed(a_xml=packed(a_xml=b"\0" * 50_000_000)),
        "wide.csv": ",".join(f"h{index}" for index in range(10_000)).encode() + b"\n" + b"," * 9_999 + b"\n",
        "deep.jsonl": b'{"name":' * 100_000 + b"1",
        "card.vcf": b"BEGIN:VCARD\nVERSION:3.0\nFN:" + b"x" * 30_000_000,
    }
    sheet = entities = None
    before = highest(served)
    for name, content in bombs.items():
        begun = time.monotonic()
        refused = served.post("/api/v1/imports", files={"file": (name, content)}, data={"object": "customers"})
        assert 400 <= refused.status_code < 500, (name, refused.status_code, refused.text[:300])
        problem = json.loads(refused.text)
        assert problem["detail"] and problem["code"], name
        assert time.monotonic() - begun < 30, name
    assert highest(served) - before < 150, f"{highest(served) - before:.0f} MB more"
    assert not left(served)
    assert served.get("/readyz").ok
