"""Duplicates over HTTP: what is told to whom, what is refused, and that a merge can be undone."""

import itertools
import re
import time

numbers = itertools.count(1)


def pair(client):
    """Two customers that are the same."""
    name = f"霜叶第{next(numbers)}仪器"
    first = client.make("customers", name=f"北京{name}有限公司", phone=f"0106000{next(numbers):04}")
    second = client.make("customers", name=name, email=f"info{next(numbers)}@shuangye.example")
    return first, second


def test_a_warning_shows_what_the_reader_may_see_and_no_more(staff):
    first = staff["an"].make("customers", name="杭州鸣谦精密有限公司", phone="13700007777")
    asked = {"name": "鸣谦精密", "phone": "137 0000 7777"}
    mine = staff["an"].post("/api/v1/customers/duplicates", json=asked).json()
    assert mine["data"][0]["id"] == first["id"] and mine["data"][0]["score"] >= 90 and mine["data"][0]["reasons"]
    theirs = staff["bai"].post("/api/v1/customers/duplicates", json=asked).json()["data"]
    assert theirs == [
        {"id": None, "object": "customer", "name": None, "owner": "an", "team": "end-to-end east", "blocks": False, "score": None,
         "reasons": []}
    ]
    refused = staff["bai"].post("/api/v1/customers", params={"duplicates": "refuse"}, json=asked)
    assert refused.status_code == 409 and refused.json()["code"] == "duplicate"
    assert first["id"] not in refused.text and first["name"] not in refused.text
    assert staff["bai"].post("/api/v1/customers", json=asked).status_code == 201


def test_a_merged_address_leads_on_and_a_merge_can_be_undone(staff):
    owner = staff["administrator"]
    first, second = pair(owner)
    contact = owner.make("contacts", name="江一苇", customer=second["id"])
    body = {"others": [second["id"]], "choices": {"name": second["id"]}}
    dry = owner.post(f"/api/v1/customers/{first['id']}/merge", json={**body, "dry_run": True}).json()
    assert dry["fields"]["name"]["value"] == second["name"]
    assert owner.get(f"/api/v1/customers/{second['id']}").json()["id"] == second["id"]
    merged = owner.post(f"/api/v1/customers/{first['id']}/merge", json=body)
    assert merged.status_code == 200, merged.text
    assert merged.json()["moved"]["contact"] == 1
    followed = owner.get(f"/api/v1/customers/{second['id']}")
    assert followed.history[0].status_code == 307 and followed.json()["id"] == first["id"]
    assert followed.json()["email"] == second["email"]
    assert staff["bai"].get(f"/api/v1/customers/{second['id']}").status_code == 404
    assert owner.get(f"/api/v1/contacts/{contact['id']}").json()["customer"]["id"] == first["id"]
    undone = owner.post(f"/api/v1/customers/{first['id']}/unmerge", json={})
    assert undone.status_code == 200 and undone.json()["restored"] == [second["id"]] and undone.json()["kept"] == []
    assert owner.get(f"/api/v1/customers/{first['id']}").json()["name"] == first["name"]
    assert owner.get(f"/api/v1/contacts/{contact['id']}").json()["customer"]["id"] == second["id"]
    again = owner.post(f"/api/v1/customers/{first['id']}/unmerge", json={})
    assert again.status_code == 409 and again.json()["code"] == "not_merged"


def test_a_search_over_everything_runs_as_a_job_and_decides_in_bulk(staff):
    owner = staff["administrator"]
    wanted = [sorted(each["id"] for each in pair(owner)) for _ in range(2)]
    assert staff["an"].post("/api/v1/customers/duplicates/runs", json={}).status_code == 403
    run = owner.post("/api/v1/customers/duplicates/runs", json={})
    assert run.status_code == 202, run.text
    for _ in range(300):
        state = owner.get("/api/v1/customers/duplicates/runs").json()["data"][0]
        if state["state"] == "done":
            break
        time.sleep(0.1)
    assert state["state"] == "done" and state["pairs"] >= 2
    groups, cursor = [], None
    while True:
        page = owner.get("/api/v1/customers/duplicates", params={"limit": 200, "cursor": cursor}).json()
        groups += [sorted(each["id"] for each in group["records"]) for group in page["data"]]
        cursor = page["next"]
        if not cursor:
            break
    for each in wanted:
        assert groups.count(each) == 1
    decided = owner.post(
        "/api/v1/customers/duplicates/decide", json={"groups": [wanted[0], ["0000000000007", wanted[1][0]]],
                                                     "decision": "merge"}
    ).json()["data"]
    assert [each["done"] for each in decided] == [True, False]
    said = owner.post("/api/v1/customers/duplicates/decide", json={"groups": [wanted[1]], "decision": "different"})
    assert said.json()["data"][0]["done"]
    like = owner.get(f"/api/v1/customers/{wanted[1][0]}/duplicates").json()["data"]
    assert wanted[1][1] not in [each["id"] for each in like]


def test_a_lead_is_converted_into_the_customer_that_is_there(staff, owner):
    visitor, owner = owner, staff["administrator"]
    name = f"青禾第{next(numbers)}农机"
    customer = owner.make("customers", name=f"北京{name}有限公司")
    lead = owner.make("leads", name="顾一", company=name)
    like = owner.get(f"/api/v1/leads/{lead['id']}/duplicates").json()["data"]
    assert [(each["object"], each["id"]) for each in like] == [("customer", customer["id"])]
    page = visitor.get(f"/leads/{lead['id']}/convert")
    assert f'value="customer:{customer["id"]}"' in page.text
    token = re.search(r'name="_csrf" value="([^"]+)"', page.text).group(1)
    form = {"_csrf": token, "_into": f"customer:{customer['id']}", "contact": "true"}
    answer = visitor.post(f"/leads/{lead['id']}/convert", data=form)
    assert answer.ok, answer.text
    assert owner.get(f"/api/v1/leads/{lead['id']}").json()["converted_customer"]["id"] == customer["id"]
    found = owner.get("/api/v1/customers", params={"q": name}).json()["data"]
    assert [each["id"] for each in found] == [customer["id"]]


def test_an_earlier_merge_is_taken_back_while_a_later_one_stays(staff):
    owner = staff["administrator"]
    first, second = pair(owner)
    third = owner.make("customers", name=f"{second['name']}分部", website="https://fenbu.example")
    merges = [
        owner.post(f"/api/v1/customers/{first['id']}/merge", json={"others": [each["id"]]}).json()["merge"]
        for each in (second, third)
    ]
    undone = owner.post(f"/api/v1/customers/{first['id']}/unmerge", json={"merge": merges[0]})
    assert undone.status_code == 200 and undone.json()["restored"] == [second["id"]], undone.text
    record = owner.get(f"/api/v1/customers/{first['id']}").json()
    assert record["email"] is None and record["website"] == "https://fenbu.example"
