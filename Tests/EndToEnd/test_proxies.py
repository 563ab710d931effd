"""The examples for nginx and Caddy, run as they are documented: what a browser sees through them, and what arrives."""

import re
import shutil
import socket
import ssl
import subprocess
import time
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from program import free_port
from proxied import KINDS, Front
from served import EMAIL, PASSWORD, Served
from test_files import until
from test_tls import certificate

# Where the browser of these tests is; the proxies reach the program from 127.0.0.1.
BROWSER = "127.0.0.2"
FORGED = "203.0.113.9"
COLLEAGUE = "mei@end-to-end.example"


class FromHere(HTTPAdapter):
    """Connects from the address that the browser of these tests has."""

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, **options, source_address=(BROWSER, 0))


class Guest(requests.Session):
    """A browser in front of a proxy: it says where its forms come from, and follows where it is sent."""

    def __init__(self, front, chain):
        super().__init__()
        self.front, self.trust_env, self.verify = front, False, str(chain)
        self.mount("https://", FromHere())
        self.mount("http://", FromHere())
        self.headers["Accept-Language"] = "en"

    def request(self, method, url, **options):
        options.setdefault("timeout", 30)
        if method.upper() not in ("GET", "HEAD"):
            own = {"Origin": self.front.address, "Sec-Fetch-Site": "same-origin"}
            options["headers"] = {**own, **(options.get("headers") or {})}
        return super().request(method, self.front.address + url if url.startswith("/") else url, **options)

    def log_in(self, **headers):
        """By the form, as people do."""
        answer = self.post("/login", data={"email": COLLEAGUE, "password": PASSWORD}, headers=headers)
        assert answer.ok and urlsplit(answer.url).path != "/login", (answer.url, answer.text[:500])
        return answer

    def token(self):
        """What a form of a page carries."""
        return self.get("/api/v1/session").json()["csrf_token"]


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    """The program behind both proxies, with somebody to log in."""
    served = Served(tmp_path_factory.mktemp("behind"))
    added = served.run("user", "add", COLLEAGUE, "--role", "administrator", "--password-stdin", stdin=PASSWORD + "\n")
    assert added.returncode == 0, added.stderr
    served.start("--behind-proxy")
    yield served
    served.close()
    # Nobody wants so much kept of each run.
    shutil.rmtree(served.data)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A certificate for localhost that is its own authority, and its key."""
    return certificate(tmp_path_factory.mktemp("tls"), "front", "DNS:localhost")


@pytest.fixture(scope="module", params=KINDS)
def front(request, behind, files, tmp_path_factory):
    front = Front(request.param, tmp_path_factory.mktemp(request.param), f"127.0.0.1:{behind.port}", *files)
    yield front
    front.close()


@pytest.fixture
def guest(front, files):
    with Guest(front, files[0]) as guest:
        yield guest


def test_a_browser_logs_in_and_stays_with_tls_and_the_outer_host(front, guest):
    plain = guest.get(f"{front.plain}/customers?q=a%20b", allow_redirects=False)
    assert plain.status_code in (301, 308), plain.status_code
    target = urlsplit(plain.headers["Location"])
    assert (target.scheme, target.hostname, target.path, target.query) == ("https", "localhost", "/customers", "q=a%20b")
    first = guest.get("/customers")
    inside = guest.log_in()
    for answer in [*first.history, first, *inside.history, inside]:
        assert answer.url.startswith(front.address + "/"), answer.url
        goal = answer.headers.get("Location", "/")
        assert re.match(r"/(?!/)", goal) or goal.startswith(front.address + "/"), goal
        assert "max-age" in answer.headers["Strict-Transport-Security"], answer.url
    cookies = [each.headers.get("Set-Cookie", "") for each in inside.history]
    cookies = [each for each in cookies if "kehu_session=" in each]
    assert cookies and all("; Secure" in each and "; HttpOnly" in each for each in cookies), cookies
    # A form of a page that was opened through the proxy is taken, one of another site is not.
    csrf = guest.token()
    assert guest.post("/api/v1/customers", json={"name": "江南纸业"}, headers={"X-CSRF-Token": csrf}).status_code == 201
    foreign = guest.post(
        "/api/v1/customers", json={"name": "x"}, headers={"X-CSRF-Token": csrf, "Origin": "https://elsewhere.example"}
    )
    assert (foreign.status_code, foreign.json()["code"]) == (403, "foreign_origin")
    # An address to give to others carries the outer host and port.
    page = guest.get("/calendar").text
    form = re.search(r'name="_csrf" value="([^"]+)"', page)
    made = guest.post("/calendar/feed", data={"_csrf": form.group(1)})
    assert made.ok and f"{front.address}/calendar/" in made.text, made.text[:2000]


def test_what_the_program_leaves_uncompressed_stays_so(front, guest):
    """A page that holds secrets is not compressed, lest its length betrays them."""
    guest.log_in()
    heads = {path: guest.get(path, headers={"Accept-Encoding": "gzip"}).headers for path in ("/customers", "/account")}
    assert heads["/customers"].get("Content-Encoding") == "gzip", heads
    assert "Content-Encoding" not in heads["/account"], heads


def curl(front, files, *arguments):
    """What curl prints, which speaks HTTP/2 and trusts the certificate."""
    command = ["curl", "-sS", "--noproxy", "*", "--cacert", files[0], "--max-time", "30", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=40)
    assert done.returncode == 0, (done.stderr, front.words())
    return done.stdout


def test_the_form_is_taken_over_http_2_too(front, files):
    told = curl(
        front, files, "-o", "/dev/null", "-w", "%{http_version} %{http_code} %{redirect_url}", "--http2",
        "-H", f"Origin: {front.address}", "--data-urlencode", f"email={COLLEAGUE}",
        "--data-urlencode", f"password={PASSWORD}", front.address + "/login",
    )
    version, status, goal = told.split(" ", 2)
    assert (version, status) == ("2", "303"), told
    assert goal.startswith(front.address + "/") and "/login" not in goal, goal


def test_the_clients_address_arrives_and_a_forged_one_does_not(behind, front, guest):
    forged = {
        "X-Forwarded-For": FORGED, "X-Real-IP": FORGED, "X-Forwarded-Proto": "http",
        "Forwarded": f"for={FORGED};proto=http", "X-Forwarded-Host": "elsewhere.example",
    }
    answer = guest.log_in(**forged)
    assert "; Secure" in answer.history[0].headers["Set-Cookie"], "a client cannot say that it came without TLS"
    assert answer.history[0].headers["Location"].startswith("/"), answer.history[0].headers
    own = [each for each in guest.get("/api/v1/sessions", headers=forged).json()["data"] if each["current"]]
    assert [each["address"] for each in own] == [BROWSER]
    made = guest.post("/api/v1/customers", json={"name": "江北纸业"}, headers={**forged, "X-CSRF-Token": guest.token()})
    assert made.status_code == 201, made.text
    entries = behind.get("/api/v1/audit?limit=200").json()["data"]
    assert {each["address"] for each in entries if each.get("record") == made.json()["id"]} == {BROWSER}
    log_ins = behind.get("/api/v1/log-ins?limit=200").text
    assert FORGED not in log_ins and FORGED not in behind.get("/api/v1/audit?limit=200").text
    # The figures are given to this machine alone: who comes through the proxy is not of this machine.
    assert behind.get("/metrics", headers={"Authorization": None}).status_code == 200
    guest.cookies.clear()
    for headers in ({}, forged, {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-For": ""}):
        assert guest.get("/metrics", headers=headers).status_code == 401, headers


def test_large_files_pass_both_ways_and_too_large_ones_are_refused_in_words(behind, front, guest, files, tmp_path):
    guest.log_in()
    token = {"X-CSRF-Token": guest.token()}
    assert behind.patch("/api/v1/settings", json={"file_limit_mb": "31"}).ok
    customer = behind.post("/api/v1/customers", json={"name": "大文件公司"}).json()["id"]
    content = b"\0\xff" + front.kind.encode() * 6_000_000
    made = guest.post(
        "/api/v1/files", files={"file": ("大.bin", content)}, data={"object": "customers", "record": customer},
        headers=token,
    )
    assert made.status_code == 201, made.text
    assert guest.get(f"/api/v1/files/{made.json()['id']}").content == content
    rows = b"name,description\n" + b"".join(b"%d,%s\n" % (number, b"x" * 9_980) for number in range(3_000))
    sheet = guest.post(
        "/api/v1/imports?preview=true", files={"file": ("a.csv", rows)}, data={"object": "customers"}, headers=token
    )
    assert sheet.ok and "description" in sheet.text, sheet.text[:500]
    # Over HTTP/1.1 Caddy closes on who still sends, and the answer may be lost; browsers speak HTTP/2 with it.
    large = tmp_path / "large"
    large.write_bytes(b"x" * 40_000_000)
    for protocol in ["--http2"] + ["--http1.1"] * (front.kind == "nginx"):
        refused = curl(
            front, files, protocol, "-H", f"Authorization: Bearer {behind.key}", "--data-binary", f"@{large}",
            "-w", " %{http_code}", front.address + "/api/v1/files?name=a.bin",
        )
        assert refused.endswith(" 413") and '"code":"file_too_large"' in refused, (protocol, refused)
        assert "31 MB" in refused, refused
    large.unlink()


def test_an_upload_is_handed_on_as_it_comes_and_one_that_breaks_off_leaves_nothing(behind, front, guest, files):
    def kept():
        return [each for each in behind.data.glob("*.files/uploads/*") if each.is_file()]

    guest.log_in()
    head = (
        "POST /api/v1/files?name=half.txt HTTP/1.1\r\n"
        f"Host: localhost:{front.port}\r\nAuthorization: Bearer {behind.key}\r\n"
        "Content-Type: application/octet-stream\r\nContent-Length: 5000000\r\n\r\n"
    )
    assert not kept()
    connection = connect(front, files)
    connection.sendall(head.encode() + b"x" * 300_000)
    assert until(kept, 10), "the proxy keeps an upload until it is whole"
    connection.close()
    assert until(lambda: not kept(), 20), kept()


def connect(front, files):
    context = ssl.create_default_context(cafile=files[0])
    plain = socket.create_connection(("127.0.0.1", front.port), timeout=30, source_address=(BROWSER, 0))
    return context.wrap_socket(plain, server_hostname="localhost")


class Listener:
    """A page that listens to what others change."""

    def __init__(self, front, guest, files):
        self.connection, self.told = connect(front, files), b""
        cookie = "; ".join(f"{each.name}={each.value}" for each in guest.cookies)
        head = f"GET /live?object=customers HTTP/1.1\r\nHost: localhost:{front.port}\r\nCookie: {cookie}\r\n\r\n"
        self.connection.sendall(head.encode())

    def hears(self, word, seconds):
        end = time.monotonic() + seconds
        while word not in self.told and time.monotonic() < end:
            self.connection.settimeout(max(0.01, end - time.monotonic()))
            try:
                part = self.connection.recv(65536)
            except TimeoutError:
                break
            if not part:
                break
            self.told += part
        return word in self.told

    def close(self):
        self.connection.close()


def test_a_live_page_hears_at_once(behind, front, guest, files):
    guest.log_in()
    record = behind.post("/api/v1/customers", json={"name": "实时公司"}).json()["id"]
    listener = Listener(front, guest, files)
    try:
        # The head and the first line come before anything has happened.
        assert listener.hears(b"retry: 5000", 10), listener.told
        assert b"text/event-stream" in listener.told and b"content-encoding" not in listener.told.lower()
        # What the server finds when it first looks is not news to the page: it is told of one of the next changes.
        assert any(
            behind.patch(f"/api/v1/customers/{record}", json={"phone": f"1380000{number:04}"}).ok
            and listener.hears(record.encode(), 1)
            for number in range(10)
        ), listener.told
    finally:
        listener.close()


def test_odd_requests_get_a_clear_answer(front, guest):
    odd = guest.request("PROPFIND", "/api/v1/customers", headers={"Depth": "1"})
    assert odd.status_code == 405 and "GET" in odd.headers["Allow"], odd.text
    assert odd.json()["code"], odd.text
    for size in (100_000, 3_000_000):
        answer = guest.get("/login", headers={"Cookie": "a=" + "x" * size})
        assert answer.status_code in (400, 431), (size, answer.status_code, answer.text[:300])
    missing = guest.get("/no/such/page")
    assert missing.status_code == 404
    # The next request on the same connections is answered as if nothing had been.
    assert guest.get("/login").ok


def test_a_proxy_says_that_the_program_is_away_and_ends_though_a_page_listens(behind, guest, files, tmp_path, front):
    away = Front(front.kind, tmp_path / "away", f"127.0.0.1:{free_port()}", *files)
    try:
        with Guest(away, files[0]) as other:
            assert other.get("/login", timeout=10).status_code == 502
    finally:
        away.close()
    guest.log_in()
    ending = Front(front.kind, tmp_path / "ending", f"127.0.0.1:{behind.port}", *files)
    try:
        listener = Listener(ending, guest, files)
        assert listener.hears(b"retry: 5000", 10), listener.told
        ending.process.terminate()
        assert ending.process.wait(8) is not None, ending.words()
        listener.close()
    finally:
        ending.close()


def test_without_a_proxy_nobody_is_believed_where_they_come_from(tmp_path):
    served = Served(tmp_path)
    try:
        served.start()
        with requests.Session() as session:
            session.trust_env = False
            session.headers.update({"X-Forwarded-For": FORGED, "X-Forwarded-Proto": "https"})
            credentials = {"email": EMAIL, "password": PASSWORD}
            answer = session.post(served.address + "/api/v1/session", json=credentials, timeout=30)
            assert answer.ok and "Secure" not in answer.headers["Set-Cookie"], answer.headers
            own = session.get(served.address + "/api/v1/sessions", timeout=30).json()["data"]
            assert [each["address"] for each in own] == ["127.0.0.1"]
    finally:
        served.close()
