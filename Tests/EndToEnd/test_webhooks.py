"""Webhooks as a receiver sees them: real HTTP on loopback, signatures checked by the specification's own library."""

import base64
import http.server
import json
import re
import threading
import time

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from program import free_port
from served import EMAIL, Served


class Receiver:
    """Takes events on a port, notes them with their headers, and answers `status`."""

    def __init__(self, port=0):
        receiver = self
        self.status, self.delay, self.events, self.raw = 200, 0, [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.raw.append((dict(self.headers.items()), body))
                receiver.events.append(json.loads(body))
                time.sleep(receiver.delay)
                self.send_response(receiver.status)
                self.end_headers()
                self.wfile.write("收到".encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        self.address = f"http://127.0.0.1:{self.port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def wait(self, count, seconds=20):
        """The first `count` events."""
        end = time.monotonic() + seconds
        while len(self.events) < count and time.monotonic() < end:
            time.sleep(0.05)
        assert len(self.events) >= count, f"{len(self.events)} of {count} arrived"
        return self.events[:count]


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def world(tmp_path):
    served = Served(tmp_path)
    served.start()
    assert served.patch("/api/v1/settings", json={"webhook_private_addresses": "true"}).ok
    yield served
    served.kill()


def subscribe(served, address, events=("customer.*",), **more):
    answer = served.post("/api/v1/webhooks", json={"address": address, "events": list(events), **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def make(served, name):
    answer = served.post("/api/v1/customers", json={"name": name})
    assert answer.status_code == 201, answer.text
    return answer.json()


def until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def states(served, hook):
    return [entry["state"] for entry in served.get(f"/api/v1/webhooks/{hook['id']}/deliveries").json()["data"]]


def settle(served, receiver, hook, name="最后的客户"):
    """Nothing more can come of what was before: an event behind all others has arrived, and no delivery is under way."""
    last = make(served, name)["id"]
    until(lambda: any(event["data"].get("id") == last for event in receiver.events))
    until(lambda: set(states(served, hook)) == {"done"})
    return name


def test_events_arrive_signed_and_a_test_event_too(world, receiver):
    hook = subscribe(world, receiver.address, name="仓库")
    assert "secret" not in world.get(f"/api/v1/webhooks/{hook['id']}").json()
    customer = make(world, "江南纸业")
    assert world.post(f"/api/v1/webhooks/{hook['id']}/test", json={}).status_code == 202
    events = receiver.wait(2)
    assert sorted(event["type"] for event in events) == ["customer.created", "webhook.test"]
    created = next(event for event in events if event["type"] == "customer.created")
    assert created["data"]["record"] == world.get(f"/api/v1/customers/{customer['id']}").json()
    for headers, body in receiver.raw:
        assert Webhook(hook["secret"]).verify(body, {k.lower(): v for k, v in headers.items()})["type"]
        with pytest.raises(WebhookVerificationError):
            Webhook("whsec_" + "A" * 32).verify(body, {k.lower(): v for k, v in headers.items()})
    # A new secret: both sign, so a receiver may know either.
    rotated = world.post(f"/api/v1/webhooks/{hook['id']}/rotate", json={"overlap_hours": 1}).json()
    make(world, "江北纸业")
    receiver.wait(3)
    headers, body = receiver.raw[-1]
    for secret in (hook["secret"], rotated["secret"]):
        Webhook(secret).verify(body, {k.lower(): v for k, v in headers.items()})
    log = world.get(f"/api/v1/webhooks/{hook['id']}/deliveries").json()["data"]
    assert [entry["state"] for entry in log] == ["done"] * 3
    one = world.get(f"/api/v1/webhooks/{hook['id']}/deliveries/{log[0]['id']}").json()
    assert one["log"][0]["answer"] == "收到" and one["log"][0]["status"] == 200
    assert json.loads(one["payload"]) == receiver.events[-1]
    # What was changed about it stands in the audit log, without a secret.
    audit = world.get("/api/v1/audit?limit=200").text
    assert '"sys_webhook"' in audit and "whsec_" not in audit
    secret = hook["secret"].removeprefix("whsec_")
    assert world.keeps("江南纸业") and not any(world.keeps(each) for each in ("whsec_", secret, base64.b64decode(secret)))


def test_nothing_is_lost_when_the_program_is_killed_while_the_receiver_is_away(world, receiver):
    port = receiver.port
    hook = subscribe(world, receiver.address)
    receiver.close()
    names = [f"客户 {number}" for number in range(12)]
    for index, name in enumerate(names):
        make(world, name)
        if index in (3, 7):
            time.sleep(1.2)
            world.kill()
            world.start()
    world.kill()
    again = Receiver(port)
    try:
        world.start()
        again.wait(12, seconds=60)
        names.append(settle(world, again, hook))
        assert sorted(event["data"]["record"]["name"] for event in again.events) == sorted(names)
        assert len({headers["webhook-id"] for headers, _ in again.raw}) == 13
    finally:
        again.close()


def test_a_delivery_is_replayed_by_api_and_command(world, receiver):
    receiver.status = 410
    hook = subscribe(world, receiver.address)
    make(world, "江南纸业")
    receiver.wait(1)
    end = time.monotonic() + 10
    while world.get(f"/api/v1/webhooks/{hook['id']}").json()["state"] != "off" and time.monotonic() < end:
        time.sleep(0.1)
    stopped = world.get(f"/api/v1/webhooks/{hook['id']}").json()
    assert (stopped["state"], stopped["reason"]) == ("off", "gone")
    alerts = world.get("/api/v1/alerts").json()["data"]
    assert [alert["kind"] for alert in alerts] == ["webhook_off"]
    receiver.status = 200
    assert world.patch(f"/api/v1/webhooks/{hook['id']}", json={"active": True}).ok
    delivery = world.json("webhook", "deliveries", hook["id"], "--failed")[0]
    address = f"/api/v1/webhooks/{hook['id']}/deliveries/{delivery['id']}/replay"
    assert world.post(address, json={}).status_code == 202
    receiver.wait(2)
    assert receiver.events[0] == receiver.events[1]
    assert receiver.raw[0][0]["webhook-id"] == receiver.raw[1][0]["webhook-id"]
    world.json("webhook", "replay", hook["id"], "--delivery", delivery["id"])
    receiver.wait(3)
    assert world.run("webhook", "replay", hook["id"]).returncode == 64
    assert world.json("webhook", "replay", hook["id"], "--since", "2020-01-01T00:00:00Z") == {"count": 0}
    missing = world.run("webhook", "rotate", "0000000000007")
    assert missing.returncode == 1 and len(missing.stderr.strip().splitlines()) == 1


def test_the_command_line_makes_and_rotates_webhooks(world, receiver):
    made = world.json("webhook", "new", receiver.address, "--user", EMAIL, "--events", "lead.*,customer.created")
    assert made["events"] == ["lead.*", "customer.created"] and made["secret"].startswith("whsec_")
    assert [hook["id"] for hook in world.json("webhook", "list")] == [made["id"]]
    rotated = world.json("webhook", "rotate", made["id"], "--overlap-hours", "0")
    make(world, "江南纸业")
    receiver.wait(1)
    headers, body = receiver.raw[0]
    headers = {key.lower(): value for key, value in headers.items()}
    assert len(headers["webhook-signature"].split()) == 1
    Webhook(rotated["secret"]).verify(body, headers)
    refused = world.run("webhook", "new", "https://169.254.169.254/", "--user", EMAIL, "--events", "*")
    assert refused.returncode == 1 and len(refused.stderr.strip().splitlines()) == 1


def test_who_may_not_change_settings_has_no_webhooks(kehu, staff):
    hook = staff["administrator"].post(
        "/api/v1/webhooks", json={"address": "https://example.com/", "events": ["customer.created"], "active": False}
    ).json()
    paths = ["", f"/{hook['id']}", f"/{hook['id']}/deliveries", f"/{hook['id']}/deliveries/{hook['id']}"]
    for name in ("an", "bai", "manager", "reader"):
        for path in paths:
            assert staff[name].get("/api/v1/webhooks" + path).status_code == 403
        for verb in ("test", "rotate", "replay"):
            answer = staff[name].post(f"/api/v1/webhooks/{hook['id']}/{verb}", json={"since": "2020-01-01T00:00:00Z"}
                                      if verb == "replay" else {})
            assert answer.status_code == 403
        assert staff[name].post("/api/v1/webhooks", json={"address": "https://a.example", "events": ["*"]}).status_code == 403
        assert staff[name].delete(f"/api/v1/webhooks/{hook['id']}").status_code == 403
    assert staff["administrator"].delete(f"/api/v1/webhooks/{hook['id']}").status_code == 204
    assert staff["administrator"].get(f"/api/v1/webhooks/{hook['id']}").status_code == 404


def test_settings_alone_reach_nothing_that_the_person_may_not_see(kehu, staff):
    """Somebody who may change settings but sees only their own records cannot listen with an administrator's ears."""
    owner = staff["administrator"]
    rights = {"objects": {"customer": {"read": "own", "create": True}}, "capabilities": ["settings"]}
    role = owner.post(
        "/api/v1/roles", json={"key": "keeper", "label": {"en": "Keeper", "zh": "维护"}, "rights": rights}
    )
    assert role.status_code == 201, role.text
    staff.add("keeper", "keeper", "west")
    mine = owner.post(
        "/api/v1/webhooks", json={"address": "https://example.com/", "events": ["*"], "active": False}
    ).json()
    keeper = staff["keeper"]
    assert keeper.get("/api/v1/webhooks").json()["data"] == []
    assert keeper.get(f"/api/v1/webhooks/{mine['id']}").status_code == 404
    stolen = {"address": "https://example.com/", "events": ["*"], "user": staff.users["administrator"]["id"]}
    assert keeper.post("/api/v1/webhooks", json=stolen).status_code == 403
    key = keeper.headers["Authorization"]
    del keeper.headers["Authorization"]
    keeper.log_in("keeper@end-to-end.example", "清晨 the heron waits")
    own = keeper.post("/api/v1/webhooks", json={"address": "https://example.com/", "events": ["customer.*"]})
    assert own.status_code == 201, own.text
    assert keeper.patch(f"/api/v1/webhooks/{own.json()['id']}", json={"user": stolen["user"]}).status_code == 403
    assert keeper.delete(f"/api/v1/webhooks/{own.json()['id']}").status_code == 204
    keeper.headers["Authorization"] = key
    assert owner.delete(f"/api/v1/webhooks/{mine['id']}").status_code == 204


@pytest.mark.parametrize("size", [(360, 740), (1440, 900)], ids=["phone", "wide"])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_an_administrator_adds_a_webhook_on_its_page(browser, world, receiver, language, size):
    context = browser.new_context(
        base_url=world.address, locale=language, viewport={"width": size[0], "height": size[1]}
    )
    page = context.new_page()
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto("/login")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", "清晨 the heron waits")
    page.click("main button.k-btn-primary, form button.k-btn-primary")
    page.goto("/settings/webhooks/new")
    page.fill("input[name=address]", "nonsense")
    page.click(".k-form-foot button")
    assert page.locator(".k-error").count() >= 1
    page.fill("input[name=address]", receiver.address)
    page.fill("input[name=name]", "仓库 <b>")
    page.locator("details", has=page.locator("input[value='customer.created']")).locator("summary").click()
    page.check("input[value='customer.created']")
    page.click(".k-form-foot button")
    assert re.match(r"whsec_[A-Za-z0-9+/=]{32}$", page.locator("#k-secret").inner_text())
    hook = page.url.rstrip("/")
    identity = world.get("/api/v1/webhooks").json()["data"][-1]["id"]
    page.goto(f"/settings/webhooks/{identity}")
    assert page.locator("#k-secret").count() == 0, "a secret is shown once"
    page.locator(f"form[action='/settings/webhooks/{identity}/test'] button").click()
    receiver.wait(1)
    until(lambda: states(world, {"id": identity}) == ["done"])
    page.goto(f"/settings/webhooks/{identity}")
    page.locator("td.k-name a", has_text="webhook.test").click()
    assert "webhook.test" in page.locator("textarea").input_value()
    assert "收到" in page.locator("table").inner_text()
    for path in ("", "/new", f"/{identity}", f"/{identity}/edit"):
        page.goto("/settings/webhooks" + path)
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{path} is {width} px too wide"
    context.close()
    assert hook and [error for error in errors if "422" not in error] == []


def test_a_new_warning_of_costs_is_told_to_who_may_read_them(world, receiver):
    def told():
        return [event for event in receiver.events if event["type"] == "customer.warned"]

    def looked():
        jobs = world.get("/api/v1/jobs?limit=200").json()["data"]
        return sum(job["kind"] == "costing.warnings" and job["state"] == "done" for job in jobs)

    hook = subscribe(world, receiver.address, events=("customer.warned", "customer.created"), name="预警")
    customer = make(world, "耗服务的客户")["id"]
    for address, data in (
        ("sale_lines", {"name": "XS-1", "customer": customer, "day": "2019-05-09", "amount": "1000", "goods": "400"}),
        ("direct_costs", {"name": "上门维修", "customer": customer, "day": "2019-05-10", "amount": "590", "nature": "warranty", "reference": "V-1"}),
    ):
        assert world.post(f"/api/v1/{address}", json=data).status_code == 201
    assert world.post("/api/v1/costing/runs", json={"month": "2019-05"}).ok
    assert world.post("/api/v1/costing/warnings", json={}).status_code == 202
    until(lambda: told() and looked() == 1)
    event = told()[0]
    assert event["data"]["id"] == customer
    assert event["data"]["reasons"] == ["dear"] and event["data"]["record"]["name"] == "耗服务的客户"
    # It goes on, and is not told again.
    assert world.post("/api/v1/costing/warnings", json={}).status_code == 202
    until(lambda: looked() == 2)
    settle(world, receiver, hook)
    assert len(told()) == 1
