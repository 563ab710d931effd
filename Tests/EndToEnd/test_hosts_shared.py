"""Workspaces that share a host name: people name theirs when they log in, and nobody learns which there are."""

import base64
import contextlib
import hmac
import re
import threading
import time

import pytest
import requests

from served import EMAIL, PASSWORD
from test_hosts import Hosted
from test_many_servers import until
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


def test_links_of_a_workspace_that_is_called_as_the_shared_host_name_it(tmp_path):
    """Below *.crm.example its own name would be start.crm.example, which belongs to all."""
    served = Hosted(tmp_path, ["start"], KEHU_LOGIN_HOST=LOGIN)
    try:
        made = served.json("user", "add", "mei@example.com", "--role", "salesperson", "--workspace", "start")
        assert f"//{LOGIN}:" in made["link"] and made["link"].endswith("?workspace=start"), made
        other = served.json("user", "add", "mei@example.com", "--role", "salesperson", "--workspace", "acme")
        assert "//crm.acme.example:" in other["link"] and "workspace=" not in other["link"], other
        served.start()
        # The host leads to none by itself.
        assert served.ask(LOGIN, "GET", "/api/v1/me", key="start").json()["code"] == "workspace_needed"
        browser = Browser(served)
        assert browser.get("/").headers["Location"] == "/login"
        path = "/" + made["link"].split(LOGIN, 1)[1].split("/", 1)[1]
        form = browser.get(path)
        assert form.status_code == 200 and "mei@example.com" in form.text
        assert browser.get(path.split("?")[0]).status_code == 404
        action = re.search(r'method="post" action="(/invite/[^"]+)"', form.text).group(1)
        done = browser.ask("POST", action, data={"password": PASSWORD, "again": PASSWORD})
        assert done.status_code == 303 and done.headers["Location"] == "/login?workspace=start", done.text
        assert browser.log_in("start", email="mei@example.com").status_code == 303
        page = browser.get("/calendar")
        feed = browser.ask("POST", "/calendar/feed", data={"_csrf": browser.token(page.text)})
        feed = re.search(r"http://[^\"<&]+/calendar/kh_[^\"<&]+\.ics\?workspace=start", feed.text).group(0)
        assert feed.startswith(f"http://{LOGIN}")
        assert served.ask(LOGIN, "GET", "/calendar/" + feed.split("/calendar/")[1]).text.startswith("BEGIN:VCALENDAR")
        owner = Browser(served)
        assert owner.log_in("start").status_code == 303
        added = owner.ask(
            "POST", "/settings/users",
            data={"_csrf": owner.token(owner.get("/settings/users").text), "name": "白", "email": "bai@example.com"},
        )
        link = re.search(r"http://[^\"<]+/invite/[^\"<]+", added.text).group(0)
        assert link.startswith(f"http://{LOGIN}") and link.endswith("?workspace=start"), link
    finally:
        served.close()


class Closed(Hosted):
    """Workspaces that nobody uses are closed soon, and the log says when one is opened. A proxy tells the addresses."""

    def __init__(self, directory):
        super().__init__(
            directory, ["globex"], KEHU_LOGIN_HOST=LOGIN, KEHU_IDLE_SECONDS="1", KEHU_LOG_LEVEL="debug",
            KEHU_BACKUP_AT="off", KEHU_BEHIND_PROXY="true",
        )

    def times(self, what, name):
        return len([line for line in self.words().splitlines() if f"a workspace was {what}" in line and name in line])

    def wait_until_closed(self, name):
        until(lambda: 0 < self.times("opened", name) == self.times("closed", name), 120)


@contextlib.contextmanager
def flood(served, address):
    """Somebody uses up all that an address may ask for, again and again."""
    ended = threading.Event()

    def ask():
        while not ended.is_set():
            served.ask(LOGIN, "GET", "/login", headers={"X-Forwarded-For": address})

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def test_who_has_asked_too_often_has_no_workspace_looked_for(tmp_path):
    served = Closed(tmp_path)
    try:
        served.start("--rate-limit", "1")

        def name(address):
            """Names acme with a session that is none."""
            cookie = "kehu_workspace=acme; kehu_session=" + "a" * 43
            return served.ask(
                LOGIN, "GET", "/customers", headers={"Cookie": cookie, "X-Forwarded-For": address}, allow_redirects=False
            )

        def spent():
            return served.ask(LOGIN, "GET", "/login", headers={"X-Forwarded-For": "203.0.113.1"}).status_code == 429

        with flood(served, "203.0.113.1"):
            until(spent, 60)
            # One request a second gets through.
            for _ in range(5):
                served.wait_until_closed("acme")
                before = served.times("opened", "acme")
                answer = name("203.0.113.1")
                if answer.status_code == 429:
                    break
            assert answer.status_code == 429 and int(answer.headers["Retry-After"]) >= 1, answer.text
            assert served.times("opened", "acme") == before
            # Another address has its own share, and with it the workspace is looked for.
            answer = name("203.0.113.2")
        assert answer.status_code == 303 and answer.headers["Location"] == "/login?next=%2Fcustomers"
        assert served.times("opened", "acme") == before + 1
    finally:
        served.close()


def test_who_must_wait_after_failed_log_ins_has_no_workspace_looked_for(tmp_path):
    served = Closed(tmp_path)
    try:
        served.start()

        def enter(number, workspace, email, password, way):
            headers = {"X-Forwarded-For": f"203.0.113.{number}"}
            if way == "page":
                data = {"workspace": workspace, "email": email, "password": password}
                return served.ask(LOGIN, "POST", "/login", headers=headers, data=data, allow_redirects=False)
            headers["Kehu-Workspace"] = workspace
            return served.ask(LOGIN, "POST", "/api/v1/session", headers=headers, json={"email": email, "password": password})

        for number in range(5):
            assert enter(number, f"nobody{number}", EMAIL, "not the password", "page").status_code == 401
        served.wait_until_closed("acme")
        before = served.times("opened", "acme")
        for way in ("page", "api"):
            answer = enter(9, "acme", EMAIL, PASSWORD, way)
            assert answer.status_code == 429 and int(answer.headers["Retry-After"]) <= 30, answer.text
        assert served.times("opened", "acme") == before
        # Somebody else need not wait, and for them it is looked for.
        assert enter(9, "acme", "x@example.com", "not the password", "page").status_code == 401
        assert served.times("opened", "acme") == before + 1
    finally:
        served.close()


def code(secret, seconds):
    """The code of an authenticator app (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.digest(key, int(seconds // 30).to_bytes(8, "big"), "sha1")
    place = mac[19] & 15
    return f"{(int.from_bytes(mac[place:place + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def second_factor(served, name):
    """Turns on the second factor of the owner of a workspace; the answer is recovery codes, each of which works once."""
    opened = served.ask(f"{name}.crm.example", "POST", "/api/v1/session", json={"email": EMAIL, "password": PASSWORD})
    headers = {"Cookie": opened.headers["Set-Cookie"].split(";")[0], "X-CSRF-Token": opened.json()["csrf_token"]}
    begun = served.ask(f"{name}.crm.example", "POST", "/api/v1/me/second-factor", headers=headers, json={})
    assert begun.ok, begun.text
    done = served.ask(
        f"{name}.crm.example", "POST", "/api/v1/me/second-factor/confirm", headers=headers,
        json={"code": code(begun.json()["secret"], time.time())},
    )
    assert done.ok, done.text
    return done.json()["recovery_codes"]


def test_the_second_step_of_a_log_in_belongs_to_its_workspace_while_the_browser_stays_in_another(shared):
    customers = {"acme": "秘密客户", "globex": "另一客户"}
    for name in customers:
        assert shared.of(name, "POST", "/api/v1/customers", json={"name": customers[name]}).status_code == 201
    codes = second_factor(shared, "acme")
    browser = Browser(shared)
    assert browser.log_in("globex").status_code == 303
    session = browser.cookie("kehu_session")

    first = browser.log_in("acme")
    assert first.status_code == 303 and first.headers["Location"] == "/login/code", first.text
    lines = [line for line in first.raw.headers.getlist("Set-Cookie")]
    for cookie in ("kehu_pending", "kehu_pending_workspace"):
        line = next(line for line in lines if line.startswith(cookie + "="))
        assert "HttpOnly" in line and "SameSite=Lax" in line and "Max-Age=600" in line and "domain" not in line.lower(), line
    assert not any(line.startswith(("kehu_session=", "kehu_workspace=")) for line in lines), lines
    assert browser.cookie("kehu_pending_workspace") == "acme"

    def is_in(name):
        other = customers["globex" if name == "acme" else "acme"]
        page = browser.get("/customers")
        return page.status_code == 200 and customers[name] in page.text and other not in page.text

    # Until the code is right the browser is where it was, and what waits opens nothing of the other workspace.
    assert browser.cookie("kehu_workspace") == "globex" and browser.cookie("kehu_session") == session and is_in("globex")
    assert browser.get("/login/code").status_code == 200
    wrong = browser.ask("POST", "/login/code", data={"code": "000000"})
    assert wrong.status_code == 401 and is_in("globex"), wrong.text
    pending = browser.cookie("kehu_pending")
    alone = {"kehu_pending": pending, "kehu_pending_workspace": "acme", "kehu_workspace": "acme"}
    for path, status in (("/customers", 303), ("/api/v1/customers", 401), ("/api/v1/me", 401)):
        assert ask_with(shared, "GET", path, alone).status_code == status, path

    # With another name, or none, what waits is worth nothing, and nobody learns which names there are.
    answers = []
    for name in ("globex", "nobody"):
        for cookies in (
            {"kehu_pending": pending, "kehu_pending_workspace": name},
            {"kehu_pending": pending, "kehu_workspace": name},
            {"kehu_pending": pending, "kehu_pending_workspace": name, "kehu_workspace": "acme"},
        ):
            for method in ("GET", "POST"):
                answer = ask_with(shared, method, "/login/code", cookies, data={"code": codes[0]} if method == "POST" else None)
                assert answer.status_code == 303 and answer.headers["Location"].startswith("/login"), (cookies, answer.text)
                assert "Set-Cookie" not in answer.headers
                answers.append((name, method, answer.status_code, answer.headers["Location"], answer.content))
    half = len(answers) // 2
    assert [answer[1:] for answer in answers[:half]] == [answer[1:] for answer in answers[half:]]

    done = browser.ask("POST", "/login/code", data={"code": codes[0]})
    assert done.status_code == 303 and done.headers["Location"] == "/", done.text
    assert browser.cookie("kehu_workspace") == "acme" and browser.cookie("kehu_session") != session and is_in("acme")
    assert browser.cookie("kehu_pending") is None and browser.cookie("kehu_pending_workspace") is None
    # What has waited works once.
    again = {"kehu_pending": pending, "kehu_pending_workspace": "acme"}
    answer = ask_with(shared, "POST", "/login/code", again, data={"code": codes[1]})
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/login") and "Set-Cookie" not in answer.headers


def ask_with(served, method, path, cookies, **options):
    """A request with these cookies and no others."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return served.ask(LOGIN, method, path, headers={"Cookie": cookie}, allow_redirects=False, **options)


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
