"""Duplicates over HTTP: what is told to whom, what is refused, and that a merge can be undone."""

import itertools
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
        {"id": None, "name": None, "owner": "an", "team": "end-to-end east", "blocks": False, "score": None,
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
