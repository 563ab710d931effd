"""Files over a real connection: what does not come whole leaves nothing, and what is stored is checked."""

import json
import pathlib
import socket
import time
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


def begin(kehu, client, length):
    """A connection that has announced so many bytes and sent some."""
    target = urlsplit(kehu.address)
    connection = socket.create_connection((target.hostname, target.port), timeout=60)
    head = (
        "POST /api/v1/files?name=half.txt HTTP/1.1\r\n"
        f"Host: {target.netloc}\r\nAuthorization: {client.headers['Authorization']}\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n\r\n"
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
