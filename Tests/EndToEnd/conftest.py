"""What the tests share: the running program, HTTP clients, and a browser under the real policy."""

import shutil

import pytest
import requests
from playwright.sync_api import sync_playwright

from postgres import Server
from program import Failure, Program


class Client(requests.Session):
    """HTTP with addresses that start at the program's."""

    def __init__(self, address):
        super().__init__()
        self.address = address

    def request(self, method, url, **options):
        options.setdefault("timeout", 60)
        return super().request(method, self.address + url if url.startswith("/") else url, **options)


    def log_in(self, email, password):
        """Opens a session; what changes something then carries its token."""
        answer = self.post("/api/v1/session", json={"email": email, "password": password})
        assert answer.ok, answer.text
        self.headers["X-CSRF-Token"] = answer.json()["csrf_token"]

    def use_key(self, token):
        """From now on acts with an API key instead of a session."""
        self.cookies.clear()
        self.headers.pop("X-CSRF-Token", None)
        self.headers["Authorization"] = "Bearer " + token

    def make(self, plural, **data):
        """Makes a record and answers it."""
        answer = self.post(f"/api/v1/{plural}", json=data)
        assert answer.status_code == 201, answer.text
        return answer.json()


PASSWORD = "清晨 the heron waits"


class Staff(dict):
    """Clients by name, each with an API key: the administrator, 安 and 白 who sell in two teams, the manager of 安's
    team, a reader, and somebody who is not logged in. `users` and `teams` hold what the API says of them."""

    def __init__(self, kehu):
        self.address = kehu.address
        self.users, self.teams = {}, {}
        owner = self["administrator"] = Client(kehu.address)
        owner.log_in(kehu.email, kehu.password)
        owner.use_key(self._key(owner))
        self.users["administrator"] = owner.get("/api/v1/me").json()
        for team in ("east", "west"):
            answer = owner.post("/api/v1/teams", json={"name": f"end-to-end {team}"})
            assert answer.status_code == 201, answer.text
            self.teams[team] = answer.json()
        self.add("an", "salesperson", "east")
        self.add("bai", "salesperson", "west")
        self.add("manager", "sales_manager", "east")
        self.add("reader", "read_only", "west")
        self["anonymous"] = Client(kehu.address)

    def add(self, name, role, team, language="en"):
        owner = self["administrator"]
        email = f"{name}@end-to-end.example"
        answer = owner.post(
            "/api/v1/users",
            json={"email": email, "name": name, "roles": [role], "team": self.teams[team]["id"], "language": language},
        )
        assert answer.status_code == 201, answer.text
        self.users[name] = answer.json()
        link = owner.post(f"/api/v1/users/{self.users[name]['id']}/link", json={}).json()["token"]
        client = self[name] = Client(self.address)
        answer = client.post(f"/api/v1/links/{link}", json={"password": PASSWORD})
        assert answer.ok, answer.text
        client.log_in(email, PASSWORD)
        client.use_key(self._key(client))

    @staticmethod
    def _key(client):
        answer = client.post("/api/v1/api-keys", json={"name": "end to end"})
        assert answer.status_code == 201, answer.text
        return answer.json()["token"]


@pytest.fixture(scope="session")
def staff(kehu):
    """People of several roles with API keys."""
    staff = Staff(kehu)
    yield staff
    for client in staff.values():
        client.close()


@pytest.fixture(scope="session")
def chiefs(staff):
    """An administrator for each language."""
    for language in ("zh", "en"):
        staff.add(f"chief-{language}", "administrator", "east", language)
    return staff


@pytest.fixture(scope="session")
def kehu(tmp_path_factory):
    """The program, serving a small demo workspace that all tests of the run share."""
    try:
        program = Program(tmp_path_factory.mktemp("kehu"))
    except Failure as failure:
        pytest.exit(str(failure), returncode=1)
    yield program
    program.close()


@pytest.fixture
def anonymous(kehu):
    """An HTTP client that has not logged in."""
    with Client(kehu.address) as client:
        yield client


@pytest.fixture
def owner(kehu):
    """An HTTP client logged in as the demo workspace's owner."""
    with Client(kehu.address) as client:
        client.log_in(kehu.email, kehu.password)
        yield client


@pytest.fixture
def server():
    """A PostgreSQL that the test may kill."""
    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def browser():
    """Debian's headless Chromium."""
    path = shutil.which("chromium-headless-shell")
    assert path, "chromium-headless-shell is missing: run «scripts/setup --tests»"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, kehu):
    """A fresh browser page in Chinese; an error on its console fails the test."""
    context = browser.new_context(base_url=kehu.address, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.console_errors = errors
    yield page
    context.close()
    assert not errors, "the browser's console shows errors: " + "; ".join(errors)
