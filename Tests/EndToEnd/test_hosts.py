"""Many workspaces in one process, told apart by host name: none reaches into another, and few are open at once."""

import os
import pathlib
import threading
import time

import pytest
import requests

from program import POSTGRES, free_port
from served import EMAIL, PASSWORD, Served


class Hosted(Served):
    """Workspaces below crm.example, and `acme` under a name of its own as well."""

    def __init__(self, directory, names, **settings):
        self.extra = {"KEHU_HOSTS": "crm.acme.example=acme, *.crm.example", **settings}
        super().__init__(directory)
        self.keys = {"acme": self.key}
        for name in names:
            self.add(name)

    def settings(self, data=None):
        return {**super().settings(data), **self.extra}

    def add(self, name):
        made = self.run("workspace", "new", name, "--owner", EMAIL, "--password-stdin", stdin=PASSWORD + "\n")
        assert made.returncode == 0, made.stderr
        self.keys[name] = self.json("key", "new", "--user", EMAIL, "--name", "t", "--workspace", name)["token"]

    def ask(self, host, method, path, key=None, **options):
        headers = {"Host": host, "Accept-Language": "en", **options.pop("headers", {})}
        if key:
            headers["Authorization"] = "Bearer " + self.keys[key]
        options.setdefault("timeout", 60)
        return requests.request(method, self.address + path, headers=headers, **options)

    def of(self, name, method, path, **options):
        """A request to a workspace under its own name, with its own key."""
        return self.ask(f"{name}.crm.example", method, path, key=name, **options)

    def open_files(self):
        """The databases among the files that the process holds open."""
        held = [pathlib.Path(path).name for path in open_files(self.process.pid)]
        return {name.split(".db")[0] for name in held if ".db" in name}


@pytest.fixture
def two(tmp_path):
    served = Hosted(tmp_path, ["globex"])
    served.start()
    yield served
    served.close()


def open_files(pid):
    """What a process has open; what it closes meanwhile is left out."""
    found = []
    for path in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.append(os.readlink(path))
        except FileNotFoundError:
            pass
    return found


def test_nothing_of_one_workspace_is_reached_under_the_name_of_another(two):
    acme = two.of("acme", "POST", "/api/v1/customers", json={"name": "秘密客户", "phone": "13800001111"}).json()
    file = two.of(
        "acme", "POST", "/api/v1/files", files={"file": ("a.txt", b"secret of acme", "text/plain")},
        data={"object": "customers", "record": acme["id"]},
    ).json()
    assert two.of("acme", "GET", f"/api/v1/files/{file['id']}").content == b"secret of acme"
    globex = two.of("globex", "POST", "/api/v1/customers", json={"name": "另一客户"}).json()
    assert two.of("acme", "GET", f"/api/v1/customers/{acme['id']}").json()["name"] == "秘密客户"
    # Under each way to write the name the own workspace answers, and no header leads elsewhere.
    for host in ("globex.crm.example", "GLOBEX.CRM.EXAMPLE", "globex.crm.example.", "globex.crm.example:8080"):
        for header in ({}, {"X-Forwarded-Host": "acme.crm.example"}, {"Forwarded": "host=acme.crm.example"}):
            found = two.ask(host, "GET", f"/api/v1/customers/{acme['id']}", key="globex", headers=header)
            assert found.status_code == 404, found.text
            names = two.ask(host, "GET", "/api/v1/customers", key="globex", headers=header).json()["data"]
            assert [record["name"] for record in names] == ["另一客户"]
        for query in ("秘密", "13800001111", "mimi"):
            assert two.ask(host, "GET", f"/api/v1/search?q={query}", key="globex").json()["data"] == []
        # A key or cookie of the one opens nothing at the other, whatever the address.
        for path in ("/api/v1/customers", f"/api/v1/customers/{acme['id']}", "/api/v1/me", "/api/v1/audit", "/metrics"):
            assert two.ask(host, "GET", path, key="acme").status_code == 401, path
        assert two.ask(host, "POST", "/api/v1/customers", key="acme", json={"name": "x"}).status_code == 401
        fetched = two.ask(host, "GET", f"/api/v1/files/{file['id']}", key="globex")
        assert fetched.status_code == 404 and b"secret" not in fetched.content
    log_in = two.ask("acme.crm.example", "POST", "/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
    assert log_in.ok, log_in.text
    cookie = {"Cookie": log_in.headers["Set-Cookie"].split(";")[0]}
    assert "domain" not in log_in.headers["Set-Cookie"].lower()
    assert two.ask("crm.acme.example", "GET", "/customers", headers=cookie, allow_redirects=False).status_code == 200
    page = two.ask("globex.crm.example", "GET", "/customers", headers=cookie, allow_redirects=False)
    assert page.status_code == 303, page.text
    # What was made by the other is neither exported, nor in the log, nor among the jobs.
    assert "秘密" not in two.of("globex", "GET", "/api/v1/customers/export?format=jsonl").text
    assert acme["id"] not in two.of("globex", "GET", "/api/v1/audit?limit=200").text
    jobs = [{job["id"] for job in two.of(name, "GET", "/api/v1/jobs").json()["data"]} for name in ("acme", "globex")]
    assert not jobs[0] & jobs[1]
    # What one limits or forgets the other does not feel: a name may be there in both.
    assert two.of("globex", "POST", "/api/v1/customers", json={"name": "秘密客户"}).status_code == 201
    assert two.of("globex", "DELETE", f"/api/v1/customers/{acme['id']}").status_code == 404
    assert two.of("acme", "GET", f"/api/v1/customers/{globex['id']}").status_code == 404


def test_a_page_hears_of_its_own_workspace_only(two):
    records = {n: two.of(n, "POST", "/api/v1/customers", json={"name": "客户"}).json()["id"] for n in ("acme", "globex")}
    for name in records:
        mei = ("--role", "administrator", "--password-stdin", "--workspace", name)
        assert two.run("user", "add", "mei@example.com", *mei, stdin=PASSWORD + "\n").returncode == 0
        two.keys["mei " + name] = two.json("key", "new", "--user", "mei@example.com", "--name", "t", "--workspace", name)["token"]
    told = []
    stream = two.of("acme", "GET", "/live?object=customers", stream=True, timeout=(10, 60))
    assert stream.ok, stream.text

    def hear():
        try:
            told.extend(line for line in stream.iter_lines(chunk_size=1) if b"data" in line)
        except (requests.RequestException, AttributeError):
            pass

    def heard():
        return b"".join(told).decode()

    threading.Thread(target=hear, daemon=True).start()
    time.sleep(1.5)
    for name in ("globex", "acme"):
        change = two.ask(
            f"{name}.crm.example", "PATCH", f"/api/v1/customers/{records[name]}", key="mei " + name, json={"name": "改名"}
        )
        assert change.ok, change.text
    end = time.monotonic() + 10
    while records["acme"] not in heard() and time.monotonic() < end:
        time.sleep(0.1)
    stream.close()
    assert records["acme"] in heard() and records["globex"] not in heard()


def test_an_unknown_host_gets_a_clear_answer(two):
    for host in ("nobody.crm.example", "crm.example", "example.com", "127.0.0.1", "[::1]:80", "../acme.crm.example", "acme"):
        answer = two.ask(host, "GET", "/api/v1/customers", key="acme")
        assert answer.status_code == 404 and answer.json()["code"] == "unknown_host", (host, answer.text)
        page = two.ask(host, "GET", "/", headers={"Accept": "text/html", "Accept-Language": "zh"})
        assert page.status_code == 404 and "没有工作区" in page.text and "default-src" in page.headers["Content-Security-Policy"]
        assert two.ask(host, "POST", "/api/v1/session", json={"email": EMAIL, "password": PASSWORD}).status_code == 404
    # Whoever watches over the process asks by its address.
    assert two.ask("127.0.0.1", "GET", "/healthz").json() == {"status": "ok"}
    assert two.ask("crm.acme.example", "GET", "/readyz").ok


def test_workspaces_come_and_go_while_others_are_served(two):
    two.add("initech")
    assert two.of("initech", "POST", "/api/v1/customers", json={"name": "客户"}).status_code == 201
    assert two.of("acme", "GET", "/api/v1/customers").ok


def test_few_are_open_at_once_and_jobs_run_in_all(tmp_path):
    names = [f"firm{number}" for number in range(9)]
    served = Hosted(tmp_path, names, KEHU_OPEN_WORKSPACES="3", KEHU_IDLE_SECONDS="1")
    try:
        served.start()
        for turn in range(3):
            for name in names:
                made = served.of(name, "POST", "/api/v1/customers", json={"name": f"{name} {turn}"})
                assert made.status_code == 201, made.text
        for name in names:
            found = [record["name"] for record in served.of(name, "GET", "/api/v1/customers").json()["data"]]
            assert sorted(found) == [f"{name} {turn}" for turn in range(3)]

        def planned(name):
            answer = served.of(name, "GET", "/api/v1/jobs/plans")
            return answer.ok and len(answer.json()["data"]) > 3

        # All at once, more than may be open: each is answered.
        answers = []
        threads = [
            threading.Thread(target=lambda n=n: answers.append(served.of(n, "GET", "/api/v1/customers").status_code))
            for n in names * 3
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [200] * 27
        end = time.monotonic() + 60
        while not all(planned(name) for name in names):
            assert time.monotonic() < end
            time.sleep(0.5)
        # Those that nobody asks for are closed, and their files with them; in PostgreSQL they share connections.
        if POSTGRES:
            links = open_files(served.process.pid)
            assert len([link for link in links if "socket" in link]) < 30
        end = time.monotonic() + 60
        while len(served.open_files()) > 3:
            assert time.monotonic() < end, served.open_files()
            time.sleep(0.5)
        assert served.stop() == 0
    finally:
        served.close()


def test_figures_of_the_whole_process_name_no_workspace_and_outlive_their_closing(tmp_path):
    served = Hosted(tmp_path, ["globex"], KEHU_IDLE_SECONDS="1", KEHU_BACKUP_AT="off")
    address = f"127.0.0.1:{free_port()}"

    def get(path, **headers):
        return requests.get(f"http://{address}{path}", headers=headers, timeout=10)

    def figures():
        lines = [line for line in get("/metrics").text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def answered(found):
        return sum(value for name, value in found.items() if name.startswith("kehu_requests_total") and '/api/v1/' in name)

    try:
        served.start("--metrics", address)
        for name in ("acme", "globex"):
            assert served.of(name, "GET", "/api/v1/customers").ok
        assert answered(figures()) == 2
        end = time.monotonic() + 120
        while (found := figures())["kehu_workspaces_open"] > 0:
            assert time.monotonic() < end, found
            time.sleep(0.2)
        # Closed ones were opened at least once, and nothing that was counted is lost.
        assert found["kehu_workspaces"] == 2 and found["kehu_workspaces_opened_total"] >= 2, found
        assert answered(found) == 2 and found["kehu_workspaces_failed_total"] == 0, found
        assert ("kehu_pool_connections_opened_total" in found) == bool(POSTGRES), found
        # Whoever asks for figures opens none.
        opened = found["kehu_workspaces_opened_total"]
        for _ in range(5):
            found = figures()
        assert found["kehu_workspaces_open"] == 0 or found["kehu_workspaces_opened_total"] > opened, found
        assert get("/healthz").ok
        for path in ("/", "/readyz", "/api/v1/customers", "/openapi.json"):
            assert get(path).status_code == 404, path
        assert get("/metrics", **{"X-Forwarded-For": "203.0.113.9"}).status_code == 401
    finally:
        served.close()


def test_a_server_of_one_workspace_has_no_further_address_for_figures(tmp_path):
    served = Served(tmp_path)
    done = served.run("serve", "--port", "0", "--metrics", "0")
    assert done.returncode == 1 and "/metrics" in done.stderr, done.stderr
    assert served.run("serve", "--metrics", "127.0.0.1").returncode == 64
