"""Every address, as every role, with what no sane client sends: a documented answer that helps, never a 500, and
nothing half-written."""

import collections
import concurrent.futures
import json
import re
import threading
import time

import pytest
import requests

ROLES = ["administrator", "manager", "an", "reader", "anonymous"]
FOREIGN = "0000000000007"
HUGE = b'{"name":"' + b"\xe5\xae\xa2" * 3_495_250 + b'"}'
DEEP = b'{"name":' * 10_000 + b"1" + b"}" * 10_000
DEEP_LIST = b"[" * 10_000 + b"]" * 10_000
PARTS = 10_000
SECONDS = 170
# Used up or ended by a lucky request, these would stop the test itself.
SPARED = re.compile(r"^/api/v1/(session$|sessions/sign-out-everywhere|me/second-factor)")
CJK = re.compile(r"[一-鿿]")


def bodies(plural):
    """Bodies of a request, by name; each is bytes."""
    name = "subject" if plural == "activities" else "name"

    def text(value):
        return json.dumps(value, ensure_ascii=False).encode()

    return {
        "nothing": b"",
        "no JSON": b"name=x",
        "half of it": b'{"name": "x"',
        "a list": b"[]",
        "a number": b"17",
        "null": b"null",
        "empty": b"{}",
        "an unknown field": text({"no_such_field": 1, name: "x"}),
        "a very long key": text({"k" * 100_000: 1}),
        "wrong types": text(
            {name: {"a": []}, "owner": [1], "customer": 3.5, "amount": {"value": []}, "email": True, "roles": 5,
             "operations": {}, "ids": "x", "label": 7, "data": [], "key": None, "filter": {}, "to": {}, "tags": 9}
        ),
        "a fraction of an id": text({"owner": "0", "customer": "zz", "user": "-1", "team": "", "to": "1"}),
        "foreign ids": text(
            {name: "x", "customer": FOREIGN, "owner": FOREIGN, "user": FOREIGN, "to": FOREIGN, "team": FOREIGN,
             "ids": [FOREIGN], "operations": [{"op": "delete", "id": FOREIGN}]}
        ),
        "a stale version": text({name: "x", "version": 0}),
        "huge numbers": b'{"version":1e999,"amount":' + b"9" * 5000 + b',"name":"x","limit":1e400}',
        "duplicate keys": f'{{"{name}":"x","{name}":"y"}}'.encode(),
        "invalid UTF-8": b'{"name":"\xff\xfe\xed\xa0\x80"}',
        "half a surrogate": b'{"name":"\\ud800","subject":"\\udc00\\ud800"}',
        "NUL": text({name: "a\0b", "email": "a\0@example.com", "key": "\0", "password": "\0" * 20}),
        "deep": DEEP,
        "a deep list": DEEP_LIST,
        "a long expression": text(
            {"filter": " or ".join(["version = 1"] * PARTS), "data": {"description": "x"}, "key": "f", "kind": "formula",
             "label": {"en": "F", "zh": "式"}, "expression": "+".join(["version"] * PARTS), "result": "number"}
        ),
        "parentheses": text({"filter": "(" * PARTS + "version = 1" + ")" * PARTS, "data": {}}),
        "a script": text({name: "<script>alert(1)</script>'; DROP TABLE customer; --", "version": "1'--"}),
        "a far date": text({name: "x", "close_on": "9999-99-99", "happened_at": "0000-00-00T00:00:00Z"}),
    }


QUERIES = {
    "an unknown parameter": "nonsense=1",
    "a bad limit": "limit=-1",
    "no number": "limit=ten",
    "a huge number": "limit=99999999999999999999999",
    "a bad cursor": "cursor=%F0%9F%92%A9",
    "bad encoding": "filter=%ZZ",
    "invalid UTF-8": "filter=%FF%FE&q=%C3%28",
    "NUL": "q=%00&sort=%00&fields=%00",
    "no expression": "filter=%28%28%28",
    "an unknown field": "filter=nothing+%3D+1&sort=nothing&fields=nothing",
    "a long expression": "filter=" + "%20or%20".join(["version=1"] * 600),
    "injection": "filter=name+%3D+%22%27%3B+DROP+TABLE+customer%3B+--%22&sort=name;drop",
    "a function": "filter=len%28len%28len%28name%29%29%29+%3E+1",
    "the bin": "deleted=perhaps&total=maybe",
}


class Fuzz:
    """Sends requests on several threads and keeps what was wrong."""

    def __init__(self, staff):
        self.staff = staff
        self.document = staff["administrator"].get("/openapi.json").json()
        self.local = threading.local()
        self.wrong, self.sent, self.statuses = [], 0, collections.Counter()
        self.end = time.monotonic() + SECONDS
        self.lock = threading.Lock()

    def session(self):
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
            self.local.session.trust_env = False
        return self.local.session

    def operations(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                if not SPARED.match(path):
                    yield path, method.upper(), operation

    def cases(self, path, method, operation):
        """Name, address and body of the requests to one address."""
        plural = path.split("/")[3] if path.count("/") > 2 else ""
        found = [FOREIGN, "x", "%00", "%FF%FE", "..%2f..", "0" * 5000] if "{" in path else [FOREIGN]
        for value in found:
            yield f"id {value[:8]}", re.sub(r"\{[^}]+\}", value, path), b"{}"
        url = re.sub(r"\{[^}]+\}", FOREIGN, path)
        if "{id}" in path and plural in self.own:
            url = path.replace("{id}", self.own[plural])
            url = re.sub(r"\{[^}]+\}", FOREIGN, url)
        if method == "GET":
            for name, query in QUERIES.items():
                yield name, f"{url}?{query}", None
        elif method in ("POST", "PATCH", "PUT"):
            for name, body in bodies(plural).items():
                yield name, url, body

    def run(self):
        admin = self.staff["administrator"]
        self.own = {
            plural: admin.make(plural, **({"subject": "模糊", "kind": "note"} if plural == "activities" else {"name": "模糊"}))["id"]
            for plural in ("customers", "contacts", "leads", "opportunities", "activities", "products")
        }
        work = []
        for path, method, operation in self.operations():
            for number, (name, url, body) in enumerate(self.cases(path, method, operation)):
                for index, role in enumerate(ROLES):
                    # The same code answers all roles once the right is asked: most cases go out as two of them.
                    if role != "administrator" and (number + index) % 4:
                        continue
                    work.append((role, method, url, body, name, operation))
        # The large ones are few: what they meet is the same at each address.
        large = [
            (role, method, re.sub(r"\{[^}]+\}", FOREIGN, path), HUGE, "10 MB", operation)
            for number, (path, method, operation) in enumerate(self.operations())
            for role in (ROLES if path in ("/api/v1/customers", "/api/v1/session") else ROLES[number % 5 : number % 5 + 1])
            if method in ("POST", "PATCH")
        ]
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            for _ in pool.map(self.one, work):
                pass
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for _ in pool.map(self.one, large):
                pass

    def one(self, case):
        role, method, url, body, name, operation = case
        if time.monotonic() > self.end:
            return
        language = "zh-CN" if len(url) % 2 else "en"
        headers = {"Accept-Language": language}
        if "Authorization" in self.staff[role].headers:
            headers["Authorization"] = self.staff[role].headers["Authorization"]
        if body is not None:
            headers["Content-Type"] = "application/json"
        if name == "a stale version":
            headers["If-Match"] = '"0"'
        try:
            answer = self.session().request(
                method, self.staff.address + url, data=body, headers=headers, timeout=60, allow_redirects=False
            )
            complaint = self.complaint(answer, language, operation)
        except requests.RequestException as error:
            # A server may stop reading what is too large and close.
            large = body is HUGE and isinstance(error, requests.ConnectionError)
            complaint = None if large else f"no answer: {type(error).__name__} {error}"
            answer = None
        with self.lock:
            self.sent += 1
            self.statuses[answer.status_code if answer is not None else 0] += 1
            if complaint:
                self.wrong.append(f"{role} {method} {url[:90]} with {name}: {complaint}")

    @staticmethod
    def complaint(answer, language, operation):
        status = answer.status_code
        if status >= 500 and status != 503:
            return f"{status} {answer.text[:200]}"
        if status == 503:
            return f"503 {answer.text[:200]}"
        if str(status) not in operation["responses"]:
            return f"{status} is not documented"
        if status < 400:
            return None
        if answer.headers.get("Content-Type") != "application/problem+json":
            return f"{status} as {answer.headers.get('Content-Type')}"
        problem = answer.json()
        if problem["status"] != status or not problem["code"] or not problem["detail"]:
            return f"{status} without code or detail: {answer.text[:200]}"
        for message in [problem["detail"], *(error["message"] for error in problem["errors"])]:
            # Names that the administrator gave may stand in a message of the other language.
            if language == "zh-CN" and not CJK.search(message):
                return f"{status} not in Chinese: {message[:120]}"
            if language == "en" and CJK.search(re.sub(r"«[^»]*»", "", message)):
                return f"{status} not in English: {message[:120]}"
        if len(answer.content) > 100_000:
            return f"{status} with {len(answer.content)} bytes"
        return None


def counts(staff):
    """How many records there are of each object that nobody makes while the fuzzing runs."""
    admin = staff["administrator"]
    objects = admin.get("/api/v1/schema").json()["objects"]
    return {
        (each["plural"], binned): admin.get(
            f"/api/v1/{each['plural']}", params={"total": "true", "limit": 1, "deleted": binned}
        ).json().get("total")
        for each in objects for binned in ("false", "true")
    }


@pytest.fixture(scope="module")
def fuzz(staff):
    fuzz = Fuzz(staff)
    fuzz.before = counts(staff)
    fuzz.changes = staff["administrator"].get("/api/v1/audit", params={"limit": 1}).json()["data"][0]
    fuzz.run()
    return fuzz


def test_every_address_answers_rubbish_with_a_problem_that_helps(fuzz):
    assert fuzz.sent > 2000
    shown = collections.OrderedDict()
    for line in fuzz.wrong:
        shown.setdefault(line.split(" with ", 1)[-1].split(": ", 1)[-1][:60], line)
    assert not fuzz.wrong, f"{len(fuzz.wrong)} of {fuzz.sent} {dict(fuzz.statuses)}:\n" + "\n".join(list(shown.values())[:60])


def test_the_time_sufficed(fuzz):
    assert time.monotonic() < fuzz.end + 30


def test_nothing_was_half_written(staff, fuzz, kehu):
    """Every record that is there now is told of in the audit log, and all of them can be read."""
    after = counts(staff)
    assert all(total is not None for total in after.values()), after
    for (plural, binned), total in after.items():
        seen, cursor = 0, None
        while True:
            params = {"limit": 200, "deleted": binned, **({"cursor": cursor} if cursor else {})}
            page = staff["administrator"].get(f"/api/v1/{plural}", params=params).json()
            seen += len(page["data"])
            cursor = page["next"]
            if not cursor or seen > 2000:
                break
        assert seen == total or seen > 2000, f"{plural}: {seen} of {total}"
        made = total - fuzz.before.get((plural, binned), 0)
        assert -50 < made < 400, f"{plural} ({binned}): {made} more than before"


def test_the_server_still_works(staff, fuzz):
    record = staff["an"].make("customers", name="事后新客户")
    assert staff["an"].get("/api/v1/customers", params={"q": "事后新客户"}).json()["data"][0]["id"] == record["id"]
    assert staff["anonymous"].get("/readyz").status_code == 200
