"""Workspaces that share a host name: people name theirs when they log in, and nobody learns which there are."""

import re
import time

import pytest
import requests

from served import EMAIL, PASSWORD
from test_hosts import Hosted
from visit import Visit

LOGIN = "start.crm.example"


class Browser:
    """A browser at the host name that all workspaces share; it keeps what it is told to keep."""

    def __init__(self, served, host=LOGIN):
        self.served, self.host = served, host
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update({"Host": host, "Accept-Language": "en", "Accept": "text/html"})

    def ask(self, method, path, **options):
        options.setdefault("timeout", 60)
        options.setdefault("allow_redirects", False)
        return self.session.request(method, self.served.address + path, **options)

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def log_in(self, workspace, password=PASSWORD, email=EMAIL):
        return self.ask("POST", "/login", data={"workspace": workspace, "email": email, "password": password})

    def cookie(self, name):
        return self.session.cookies.get(name)

    def token(self, page):
        return re.search(r'name="_csrf" value="([^"]+)"', page).group(1)


@pytest.fixture
def shared(tmp_path):
    served = Hosted(tmp_path, ["globex"], KEHU_LOGIN_HOST=LOGIN)
    served.start()
    yield served
    served.close()


def test_two_browsers_at_one_host_are_in_two_workspaces(shared):
    names = {"acme": "秘密客户", "globex": "另一客户"}
    for name in names:
        assert shared.of(name, "POST", "/api/v1/customers", json={"name": names[name]}).status_code == 201
    browsers = {name: Browser(shared) for name in names}
    for name, browser in browsers.items():
        entry = browser.log_in(name)
        assert entry.status_code == 303 and entry.headers["Location"] == "/", entry.text
        assert "HttpOnly" in entry.headers["Set-Cookie"] and "domain" not in entry.headers["Set-Cookie"].lower()
    for name, browser in browsers.items():
        other = names["globex" if name == "acme" else "acme"]
        page = browser.get("/customers")
        assert page.status_code == 200 and names[name] in page.text and other not in page.text
        listed = browser.get("/api/v1/customers", headers={"Accept": "application/json"}).json()["data"]
        assert [record["name"] for record in listed] == [names[name]]
    # Under its own name the workspace knows the session too, and its neighbour does not.
    cookie = {"Cookie": "kehu_session=" + browsers["acme"].cookie("kehu_session")}
    for host, status in (("acme.crm.example", 200), ("globex.crm.example", 303)):
        assert shared.ask(host, "GET", "/customers", headers=cookie, allow_redirects=False).status_code == status


def test_another_name_in_the_cookie_opens_nothing(shared):
    secret = shared.of("globex", "POST", "/api/v1/customers", json={"name": "另一客户"}).json()
    browser = Browser(shared)
    assert browser.log_in("acme").status_code == 303
    session = browser.cookie("kehu_session")
    paths = ("/", "/customers", f"/customers/{secret['id']}", "/login/code", "/nothing", "/settings", "/invite/x")
    answers = {}
    for name in ("globex", "nobody", "../globex", "GLOBEX", "a" * 60):
        found = []
        for path in (*paths, f"/api/v1/customers/{secret['id']}", "/api/v1/nothing", "/openapi.json"):
            answer = requests.get(
                shared.address + path, allow_redirects=False, timeout=60,
                headers={"Host": LOGIN, "Accept-Language": "en", "X-Request-Id": "one",
                         "Cookie": f"kehu_workspace={name}; kehu_session={session}; kehu_pending=x"},
            )
            assert answer.status_code in (303, 401, 404), (path, answer.status_code)
            assert answer.status_code != 303 or answer.headers["Location"].startswith("/login")
            assert "另一客户" not in answer.text and "globex" not in answer.text.lower()
            headers = {key: value for key, value in answer.headers.items() if key != "Date"}
            found.append((path, answer.status_code, headers, answer.content))
        answers[name] = found
    # Whether there is such a workspace cannot be told either.
    assert all(found == answers["globex"] for found in answers.values())
    assert browser.get("/customers").status_code == 200


def test_an_unknown_workspace_is_as_a_wrong_password(shared):
    def attempt(name, email, password):
        start = time.monotonic()
        answer = Browser(shared).log_in(name, password, email)
        return answer, time.monotonic() - start

    seen = []
    for name, email in (("acme", EMAIL), ("nobody", EMAIL), ("globex", "x@example.com"), ("nobody", "x@example.com")):
        answer, seconds = attempt(name, email, "not the password")
        assert answer.status_code == 401 and "Set-Cookie" not in answer.headers
        assert seconds > 0.2
        headers = {key for key in answer.headers}
        seen.append((answer.text.replace(f'value="{name}"', "").replace(f'value="{email}"', ""), headers))
    assert all(each == seen[0] for each in seen)
    for name in ("acme", "nobody"):
        answer = shared.ask(
            LOGIN, "POST", "/api/v1/session", json={"email": EMAIL, "password": "wrong one"},
            headers={"Kehu-Workspace": name},
        )
        assert answer.status_code == 401 and answer.json()["code"] == "wrong_credentials", answer.text


def test_guessing_is_slowed_down_over_all_workspaces(shared):
    for name in ("acme", "globex", "nobody", "acme", "globex"):
        assert Browser(shared).log_in(name, "not the password").status_code == 401
    for name in ("acme", "globex", "nobody"):
        answer = Browser(shared).log_in(name)
        assert answer.status_code == 429 and int(answer.headers["Retry-After"]) <= 30, answer.text
        assert "Too many failed attempts" in answer.text
    answer = shared.ask(
        LOGIN, "POST", "/api/v1/session", json={"email": EMAIL, "password": PASSWORD},
        headers={"Kehu-Workspace": "acme"},
    )
    assert answer.status_code == 429 and answer.json()["code"] == "too_many_attempts"


def test_programs_name_the_workspace_in_a_header(shared):
    for name in ("acme", "globex"):
        assert shared.ask(LOGIN, "GET", "/api/v1/me", key=name, headers={"Kehu-Workspace": name}).ok
        needed = shared.ask(LOGIN, "GET", "/api/v1/me", key=name)
        assert needed.status_code == 400 and needed.json()["code"] == "workspace_needed"
        assert "Kehu-Workspace" in needed.json()["detail"]
        for other in ("globex" if name == "acme" else "acme", "nobody", "../acme", ""):
            answer = shared.ask(LOGIN, "GET", "/api/v1/me", key=name, headers={"Kehu-Workspace": other})
            assert answer.status_code == 401 and answer.json()["code"] == "wrong_key", (other, answer.text)
    # A cookie does not decide where a key goes.
    cookie = {"Cookie": "kehu_workspace=acme"}
    assert shared.ask(LOGIN, "GET", "/api/v1/me", key="acme", headers=cookie).status_code == 400
    opened = shared.ask(
        LOGIN, "POST", "/api/v1/session", json={"email": EMAIL, "password": PASSWORD},
        headers={"Kehu-Workspace": "globex"},
    )
    assert opened.status_code == 201, opened.text
    # The header changes nothing where the host name belongs to a workspace.
    own = shared.ask("globex.crm.example", "GET", "/api/v1/me", key="globex", headers={"Kehu-Workspace": "acme"})
    assert own.ok
    for path in ("/healthz", "/readyz", "/worker.js", "/manifest.webmanifest", "/offline"):
        assert shared.ask(LOGIN, "GET", path).ok, path


def test_logging_out_leaves_the_workspace_and_its_name_is_proposed(shared):
    browser = Browser(shared)
    assert 'name="workspace"' in browser.get("/login").text
    assert browser.get("/?workspace=acme").headers["Location"] == "/login?workspace=acme"
    assert 'value="acme"' in browser.get("/login?workspace=acme").text
    assert browser.log_in("globex").status_code == 303
    assert browser.get("/login").headers["Location"] == "/"
    # Another site's page can neither log in nor out.
    foreign = browser.ask(
        "POST", "/login", data={"workspace": "acme", "email": EMAIL, "password": PASSWORD},
        headers={"Origin": "https://evil.example"},
    )
    assert foreign.status_code == 403 and browser.cookie("kehu_workspace") == "globex"
    assert browser.ask("POST", "/logout").status_code == 403
    out = browser.ask("POST", "/logout", data={"_csrf": browser.token(browser.get("/account").text)})
    assert out.status_code == 303 and out.headers["Location"] == "/login"
    assert browser.cookie("kehu_workspace") is None and browser.cookie("kehu_session") is None
    page = browser.get("/login")
    assert 'value="globex"' in page.text and "signed out" in page.text.lower()
    assert browser.get("/customers").headers["Location"] == "/login?next=%2Fcustomers"
    # The switches work before the log-in as well.
    switched = browser.ask("POST", "/preferences", data={"language": "zh", "_back": "/login"})
    assert switched.status_code == 303 and "工作区" in browser.get("/login").text


def test_links_that_are_sent_to_people_name_the_workspace(tmp_path):
    served = Hosted(tmp_path, [], KEHU_HOSTS="", KEHU_LOGIN_HOST=LOGIN)
    try:
        # With one workspace and no host name of its own, the command's link is complete too.
        made = served.json("user", "add", "mei@example.com", "--role", "salesperson", "--workspace", "acme")
        assert f"//{LOGIN}:" in made["link"] and made["link"].endswith("?workspace=acme")
        served.start()
        path = made["link"].split(LOGIN, 1)[1].split("/", 1)[1]
        browser = Browser(served)
        form = browser.get("/" + path)
        assert form.status_code == 200 and "mei@example.com" in form.text
        action = re.search(r'method="post" action="(/invite/[^"]+)"', form.text).group(1)
        assert action.endswith("?workspace=acme")
        for wrong in ("nobody", "globex"):
            gone = browser.get("/" + path.replace("workspace=acme", "workspace=" + wrong))
            assert gone.status_code == 404 and "too old" in gone.text
        done = browser.ask("POST", action, data={"password": PASSWORD, "again": PASSWORD})
        assert done.status_code == 303 and done.headers["Location"] == "/login?workspace=acme", done.text
        assert browser.log_in("acme", email="mei@example.com").status_code == 303
        page = browser.get("/calendar")
        made = browser.ask("POST", "/calendar/feed", data={"_csrf": browser.token(page.text)})
        feed = re.search(r"/calendar/kh_[^\"<&]+\.ics\?workspace=acme", made.text).group(0)
        assert served.ask(LOGIN, "GET", feed).text.startswith("BEGIN:VCALENDAR")
        assert served.ask(LOGIN, "GET", feed.replace("acme", "nobody")).status_code == 404
        owner = Browser(served)
        assert owner.log_in("acme").status_code == 303
        added = owner.ask(
            "POST", "/settings/users",
            data={"_csrf": owner.token(owner.get("/settings/users").text), "name": "白", "email": "bai@example.com"},
        )
        link = re.search(r"http://[^\"<]+/invite/[^\"<]+", added.text).group(0)
        assert link.startswith(f"http://{LOGIN}/") and link.endswith("?workspace=acme")
        assert "bai@example.com" in browser.get(link.split(LOGIN, 1)[1]).text
    finally:
        served.close()


@pytest.mark.parametrize("language, size", [("zh", "phone"), ("en", "phone"), ("en", "wide")])
def test_the_shared_log_in_in_a_browser(browser, tmp_path, language, size):
    served = Hosted(tmp_path, ["globex"], KEHU_LOGIN_HOST="127.0.0.1")
    try:
        served.start()
        visit = Visit(browser, served.address, language, size)
        visit.page.goto("/")
        visit.check()
        visit.check_access()
        label = "工作区" if language == "zh" else "Workspace"
        visit.page.get_by_label(label, exact=True).fill("globex")
        visit.page.fill("input[name=email]", EMAIL)
        visit.page.fill("input[name=password]", PASSWORD)
        visit.page.click("form button.k-btn-primary")
        visit.page.wait_for_url(lambda url: "/login" not in url)
        assert visit.page.goto("/customers").status == 200
        visit.page.goto("/login?workspace=acme")
        assert visit.page.get_by_label(label, exact=True).input_value() == "acme"
        visit.page.goto("/customers")
        assert "/login" not in visit.page.url
        assert visit.faults == []
        visit.context.close()
    finally:
        served.close()
