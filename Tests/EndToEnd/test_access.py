"""Two people who sell: what belongs to one does not exist for the other, whatever the address."""

import pytest


@pytest.fixture(scope="module")
def foreign(staff):
    """Records of 白's that 安 must not notice."""
    bai = staff["bai"]
    records = {}
    customers = [bai.make("customers", name=f"锦绣河山{index:02}", phone=f"137{index:08}") for index in range(10)]
    first = customers[0]["id"]
    records["customers"] = customers
    records["contacts"] = [bai.make("contacts", name=f"锦绣联系{index}", customer=first) for index in range(3)]
    records["opportunities"] = [
        bai.make("opportunities", name=f"锦绣商机{index}", customer=first, amount="424242") for index in range(3)
    ]
    records["leads"] = [bai.make("leads", name=f"锦绣线索{index}") for index in range(2)]
    records["activities"] = [bai.make("activities", kind="call", subject="锦绣来电", customer=first)]
    return records


def addresses(foreign):
    """Every address under each foreign record."""
    for plural, records in foreign.items():
        for record in records:
            base = f"/api/v1/{plural}/{record['id']}"
            for way in ("", "/history", "/access", "/shares", "/timeline"):
                yield "GET", base + way, None
            yield "PATCH", base, {"description" if plural != "activities" else "body": "x"}
            yield "DELETE", base, None
            yield "DELETE", base + "?forever=true", None
            yield "POST", base + "/restore", {}
            yield "POST", base + "/shares", {"user": None, "can_edit": True}
        verb = {"leads": "convert", "opportunities": "win"}.get(plural)
        if verb:
            yield "POST", f"/api/v1/{plural}/{records[0]['id']}/{verb}", {}


def test_all_addresses_of_a_foreign_record_are_not_found(staff, foreign):
    tried = list(addresses(foreign))
    assert len(tried) >= 50
    wrong = []
    for method, url, body in tried:
        answer = staff["an"].request(method, url, json=body)
        text = answer.text
        nothing = staff["an"].request(method, url.replace(url.split("/")[4][:13], "0000000000007"), json=body)
        same = answer.status_code == nothing.status_code == 404 and answer.json()["detail"] == nothing.json()["detail"]
        if not same or "锦绣" in text:
            wrong.append(f"{method} {url}: {answer.status_code}, of no record {nothing.status_code}")
    assert not wrong, "\n".join(wrong)
    for plural, records in foreign.items():
        for record in records:
            assert staff["bai"].get(f"/api/v1/{plural}/{record['id']}").status_code == 200


def test_its_owner_is_not_locked_out(staff, foreign):
    first = foreign["customers"][0]
    for way in ("", "/history", "/access", "/shares"):
        answer = staff["bai"].get(f"/api/v1/customers/{first['id']}{way}")
        assert answer.status_code == 200, f"{way}: {answer.text}"
    found = staff["bai"].get("/api/v1/customers", params={"q": "锦绣", "total": "true", "limit": 5}).json()
    assert found["total"] == 10 and len(found["data"]) == 5


@pytest.mark.parametrize("plural", ["customers", "contacts", "opportunities", "leads", "activities"])
def test_lists_totals_and_search_do_not_hint(staff, foreign, plural):
    an = staff["an"]
    name = "subject" if plural == "activities" else "name"
    for params in (
        {"limit": 200}, {"q": "锦绣"}, {"q": "jinxiu"}, {"q": "jx"}, {"filter": f'{name} contains "锦绣"'},
        {"deleted": "true"}, {"sort": f"-{name}"}, {"filter": f'id = "{foreign[plural][0]["id"]}"'},
    ):
        answer = an.get(f"/api/v1/{plural}", params={**params, "total": "true"})
        assert answer.status_code == 200, answer.text
        assert "锦绣" not in answer.text and answer.json()["total"] == len(answer.json()["data"]), params
    assert an.get("/api/v1/search", params={"q": "锦绣"}).json()["data"] == []
    assert an.get("/api/v1/search", params={"q": "13700000001"}).json()["data"] == []


def test_a_link_to_a_foreign_record_is_refused_and_filters_over_links_stay_silent(staff, foreign):
    an, customer = staff["an"], foreign["customers"][0]["id"]
    for plural, data in (
        ("contacts", {"name": "甲", "customer": customer}),
        ("activities", {"kind": "note", "subject": "乙", "customer": customer}),
        ("activities", {"kind": "note", "subject": "乙", "about": {"id": customer, "object": "customer"}}),
        ("opportunities", {"name": "丙", "customer": customer}),
    ):
        answer = an.post(f"/api/v1/{plural}", json=data)
        assert answer.status_code == 422 and answer.json()["errors"][0]["code"] == "unknown_link", answer.text
    own = an.make("contacts", name="本人联系")
    moved = an.patch(f"/api/v1/contacts/{own['id']}", json={"customer": customer})
    assert moved.status_code == 422, moved.text
    for expression in ('customer.name contains "锦绣"', f'customer = "{customer}"'):
        answer = an.get("/api/v1/contacts", params={"filter": expression})
        assert answer.status_code == 200 and answer.json()["data"] == [], answer.text


def test_many_at_once_and_batches_do_not_touch_foreign_records(staff, foreign):
    an, ids = staff["an"], [record["id"] for record in foreign["customers"]]
    before = [staff["bai"].get(f"/api/v1/customers/{id}").json() for id in ids]
    for way, more in (("update-all", {"data": {"level": "c"}}), ("delete-all", {})):
        answer = an.post(f"/api/v1/customers/{way}", json={"ids": ids, **more})
        assert answer.status_code == 200, answer.text
        assert answer.json()["matched"] == 0 and answer.json()["changed"] == 0, answer.text
    operations = [
        {"op": "update", "id": ids[0], "data": {"level": "c"}}, {"op": "delete", "id": ids[1]},
    ]
    answer = an.post("/api/v1/customers/batch", json={"atomic": False, "operations": operations})
    assert "锦绣" not in answer.text
    assert before == [staff["bai"].get(f"/api/v1/customers/{id}").json() for id in ids]


def test_export_needs_the_right_and_holds_only_what_may_be_seen(staff, foreign):
    refused = staff["an"].get("/api/v1/customers/export", params={"format": "csv"})
    assert refused.status_code == 403, refused.text[:300]
    answer = staff["manager"].get("/api/v1/customers/export", params={"format": "csv"})
    assert answer.status_code == 200 and "锦绣" not in answer.text
    answer = staff["administrator"].get("/api/v1/customers/export", params={"format": "jsonl"})
    assert answer.status_code == 200 and "锦绣河山03" in answer.text


def test_reports_count_only_what_may_be_seen(staff, foreign):
    def total(who):
        lines = staff[who].get("/api/v1/reports/pipeline").json()
        lines = lines.get("data", lines) if isinstance(lines, dict) else lines
        return sum(line["count"] for line in lines)

    assert total("an") == staff["an"].get("/api/v1/opportunities", params={"total": "true"}).json()["total"]
    assert total("bai") == staff["bai"].get("/api/v1/opportunities", params={"total": "true"}).json()["total"]
    assert total("bai") >= 3


def test_people_do_not_read_what_is_for_administrators(staff):
    other = staff.users["bai"]["id"]
    for url in (
        "/api/v1/audit", "/api/v1/log-ins", f"/api/v1/log-ins?user={other}", f"/api/v1/sessions?user={other}",
        f"/api/v1/api-keys?user={other}", "/api/v1/schema/removed",
    ):
        answer = staff["an"].get(url)
        assert answer.status_code in (403, 404), f"{url}: {answer.status_code} {answer.text[:200]}"
    for method, url, body in (
        ("POST", "/api/v1/users", {"email": "x@example.com", "roles": ["administrator"]}),
        ("PATCH", f"/api/v1/users/{staff.users['an']['id']}", {"roles": ["administrator"]}),
        ("POST", f"/api/v1/users/{other}/link", {}),
        ("POST", f"/api/v1/users/{other}/disable", {}),
        ("POST", f"/api/v1/users/{other}/hand-over", {"to": staff.users["an"]["id"]}),
        ("POST", "/api/v1/roles", {"key": "x", "label": {"en": "X", "zh": "某"}}),
        ("POST", "/api/v1/schema/objects", {"key": "y", "label": {"en": "Y", "zh": "某"}}),
        ("PATCH", "/api/v1/settings", {"time_zone": "Asia/Tokyo"}),
        ("POST", "/api/v1/api-keys", {"name": "x", "user": other}),
        # What is wrong in it is not told to whom may not send it.
        ("POST", "/api/v1/rates", {"currency": "nothing"}),
    ):
        answer = staff["an"].request(method, url, json=body)
        assert answer.status_code in (403, 404), f"{method} {url}: {answer.status_code} {answer.text[:200]}"
