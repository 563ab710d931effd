"""Costs as a finance lead works with them: import, reckon, read, close; over the API and in a browser."""

import os
import re
import time

import pytest

from visit import Visit


@pytest.fixture(scope="module")
def books(chiefs):
    """A customer with a team, an expense and a sale in May 2019, long before the demo begins."""
    owner = chiefs["administrator"]
    customer = owner.make("customers", name="核算客户有限公司")["id"]
    pool = owner.make("cost_pools", name="核算测试部", people="5")["id"]
    owner.make("cost_lines", name="工资", pool=pool, day="2019-05-31", amount="49920")
    owner.make(
        "cost_activities", name="核算电话", pool=pool, category="service", condition='subject = "核算"', minutes="14",
    )
    for day in (6, 7, 8):
        owner.make(
            "activities", kind="call", subject="核算", customer=customer, happened_at=f"2019-05-0{day}T02:00:00Z"
        )
    owner.make("sale_lines", name="XS-1", customer=customer, day="2019-05-09", amount="1000", goods="400")
    owner.make("direct_costs", name="礼品", customer=customer, day="2019-05-10", amount="30", nature="gift", reference="V-1")
    owner.make("touches", customer=customer, channel="search", happened_at="2019-05-02T02:00:00Z")
    owner.make("channel_spends", name="推广", channel="search", day="2019-05-20", amount="240")
    answer = owner.post("/api/v1/costing/runs", json={"month": "2019-05"})
    assert answer.ok, answer.text
    return {"customer": customer, "pool": pool, "run": answer.json()}


SPAN = {"from": "2019-05", "to": "2019-05"}


def value(money):
    return money["value"]


def test_a_month_is_reckoned_and_every_figure_opens_what_it_is_made_of(chiefs, books):
    owner, base = chiefs["administrator"], f"/api/v1/costing/customers/{books['customer']}"
    month = owner.get(f"{base}/profit", params=SPAN).json()["data"][0]
    # 3 calls of 14 minutes at 1.20 a minute; the spend counts over 24 months.
    assert value(month["service"]) == "50.40" and value(month["maintenance"]) == "30.00"
    assert value(month["acquired"]) == "240.00" and value(month["acquisition"]) == "10.00"
    assert value(month["profit"]) == "509.60"
    for line in ("sales", "goods", "service", "maintenance", "acquisition", "profit"):
        page = owner.get(f"{base}/entries", params={"month": "2019-05", "line": line}).json()
        assert value(page["total"]) == value(month[line])
        assert all(entry["name"] for entry in page["data"])


def test_a_statement_is_exported_as_csv(chiefs, books):
    answer = chiefs["administrator"].get(
        f"/api/v1/costing/customers/{books['customer']}/profit", params={**SPAN, "format": "csv"}
    )
    assert answer.headers["content-type"].startswith("text/csv")
    assert "509.60" in answer.content.decode("utf-8-sig")


def test_profit_by_owner_channel_cohort_and_product_opens_its_customers(chiefs, books):
    owner = chiefs["administrator"]
    whole = owner.get("/api/v1/costing/profit", params=SPAN).json()["total"]
    for by in ("owner", "channel", "cohort", "product"):
        groups = owner.get("/api/v1/costing/groups", params={**SPAN, "by": by}).json()
        assert groups["total"] == whole, by
        for group in groups["data"]:
            base = f"/api/v1/costing/groups/{by}/{group['key']}"
            assert owner.get(base, params=SPAN).json()["total"]["profit"] == group["profit"]
            parts = owner.get(f"{base}/customers", params={**SPAN, "month": "2019-05", "line": "service"}).json()
            assert parts["total"] == group["service"]
            for address in (f"/costing/groups/{by}/{group['key']}", f"/costing/groups/{by}/{group['key']}/2019-05/profit"):
                assert owner.get(address, params=SPAN).status_code in (200, 302, 303), address
        table = owner.get("/api/v1/costing/groups", params={**SPAN, "by": by, "format": "csv"})
        assert table.headers["content-type"].startswith("text/csv") and "50.40" in table.text
    assert owner.get("/api/v1/costing/groups", params={"by": "weather"}).status_code == 400
    assert owner.get("/api/v1/costing/groups/weather/x").status_code == 404
    assert owner.get("/api/v1/costing/groups/owner/nobody").status_code == 404


def test_reckoning_again_gives_the_same_run(chiefs, books):
    again = chiefs["administrator"].post("/api/v1/costing/runs", json={"month": "2019-05"}).json()
    assert again["id"] == books["run"]["id"] and again["input_hash"] == books["run"]["input_hash"]


def test_costs_are_not_for_everybody(staff, books):
    for address in ("/api/v1/costing/profit", "/api/v1/costing/runs", "/api/v1/costing/whale"):
        assert staff["an"].get(address).status_code == 403, address
        assert staff["anonymous"].get(address).status_code == 401, address
    # Who reads everything does not read pay.
    assert staff["reader"].get("/api/v1/cost_lines").status_code == 404
    assert staff["reader"].get("/api/v1/cost_pools").status_code == 200
    profit = f"/api/v1/costing/customers/{books['customer']}/profit"
    assert staff["manager"].get(profit).status_code == 404


def test_a_run_goes_on_in_the_background_and_one_without_changes_is_the_one_before(browser, kehu, chiefs, books):
    owner = chiefs["administrator"]
    owner.make("direct_costs", name="茶点", customer=books["customer"], day="2019-04-10", amount="7", nature="gift", reference="V-7")
    visit = Visit(browser, kehu.address, "zh", "wide")
    visit.log_in()
    page = visit.page
    drafts = []
    for _ in range(2):
        page.goto("/costing/months")
        page.fill("main input[name=month]", "2019-04")
        page.click("button:has-text('核算草稿')")
        page.wait_for_url("**/costing/months/0*")
        # The page looks again by itself until the report is there.
        page.wait_for_selector("text=客户成本月结报告", timeout=60_000)
        drafts.append(page.url.split("?")[0])
    assert drafts[0] == drafts[1]
    visit.context.close()
    begun = owner.post("/api/v1/costing/runs", json={"month": "2019-03", "background": True})
    assert begun.status_code == 202 and begun.json()["state"] in ("running", "draft")
    for _ in range(100):
        run = owner.get(f"/api/v1/costing/runs/{begun.json()['id']}").json()
        if run["state"] != "running":
            break
        time.sleep(0.2)
    assert run["state"] == "draft" and run["month"] == "2019-03"


def test_a_restated_month_takes_later_closed_months_along(browser, kehu, chiefs, books):
    owner = chiefs["administrator"]
    customer = owner.make("customers", name="重述客户有限公司")["id"]
    owner.make("cost_lines", name="工资", pool=books["pool"], day="2016-03-31", amount="49920")
    owner.make(
        "cost_activities", name="核算初访", pool=books["pool"], category="acquisition", condition='subject = "核算初访"', minutes="60",
    )

    def visit(day):
        owner.make("activities", kind="visit", subject="核算初访", customer=customer, happened_at=f"2016-03-{day}T02:00:00Z")

    def reckon(month):
        answer = owner.post("/api/v1/costing/runs", json={"month": month})
        assert answer.ok, answer.text
        return answer.json()["id"]

    def close(run, **body):
        return owner.post(f"/api/v1/costing/runs/{run}/close", json=body)

    def april():
        span = {"from": "2016-04", "to": "2016-04"}
        return value(owner.get(f"/api/v1/costing/customers/{customer}/profit", params=span).json()["total"]["acquisition"])

    visit("05")
    for month in ("2016-03", "2016-04"):
        assert close(reckon(month)).ok
    # An hour at 1.20 a minute counts over 24 months.
    assert april() == "3.00"
    visit("06")
    march = reckon("2016-03")
    refused = close(march, reason="补记")
    assert refused.status_code == 409 and refused.json()["code"] == "later_months_closed"
    assert "2016-04" in refused.json()["detail"]
    seen = Visit(browser, kehu.address, "en", "wide")
    seen.log_in()
    seen.page.goto(f"/costing/months/{march}")
    assert "2016-04" in seen.page.inner_text("main form label:has(input[name=following])")
    seen.context.close()
    assert close(march, reason="补记", following=True).ok
    for _ in range(150):
        if not owner.get("/api/v1/costing/outdated").json()["data"]:
            break
        time.sleep(0.2)
    assert owner.get("/api/v1/costing/outdated").json() == {"data": []}
    assert april() == "6.00"
    runs = owner.get("/api/v1/costing/runs").json()["data"]
    assert [run["month"] for run in runs if run["replaces"] and run["month"] < "2017"] == ["2016-04", "2016-03"]
    assert owner.post("/api/v1/costing/outdated/restate", json={"reason": ""}).status_code == 422


def test_a_stretch_of_the_whale_curve_opens_as_a_list(browser, kehu, chiefs, books):
    visit = Visit(browser, kehu.address, "zh", "wide")
    visit.log_in()
    page = visit.page
    page.goto("/costing/whale?from=2019-05&to=2019-05")
    page.fill("input[name=first]", "1")
    page.fill("input[name=last]", "1")
    page.click("#k-brush-form button")
    # Drawn over the curve, by keys here, it says how many and what they earn, and the stretch follows.
    page.wait_for_selector("text=下达任务")
    plot = page.locator(".k-brush-wide .k-chart-plot")
    plot.focus()
    page.keyboard.press("End")
    page.keyboard.press("Shift+Home")
    assert "家客户" in page.inner_text(".k-brush-said")
    with visit.exchanged("#k-brush"):
        page.keyboard.press("Enter")
    page.wait_for_url("**first=1&last=1**")
    page.fill("input[name=tag]", "重点跟进")
    page.click("button:has-text('打标签成为客群')")
    page.wait_for_url("**/customers?filter=tags*")
    page.wait_for_selector("main :text('核算客户有限公司')")
    page.goto("/costing/whale?from=2019-05&to=2019-05&first=1&last=1")
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.1, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 60, steps=4)
    with visit.exchanged("#k-brush"):
        page.mouse.up()
    page.wait_for_url("**first=1&last=1**")
    page.click("a:has-text('在列表中打开')")
    page.wait_for_url("**/customers?filter=*")
    page.wait_for_selector("main :text('核算客户有限公司')")
    visit.context.close()


def test_strange_input_is_refused_in_words(chiefs):
    owner = chiefs["administrator"]
    assert owner.get("/api/v1/costing/profit", params={"from": "yesterday"}).status_code == 400
    assert owner.get("/api/v1/costing/profit", params={"from": "1000-01", "to": "2019-05"}).status_code == 400
    assert owner.get("/api/v1/costing/profit", params={"filter": "nothing = 1"}).status_code == 400
    assert owner.post("/api/v1/costing/runs", json={"month": "June"}).status_code == 422
    assert owner.post("/api/v1/costing/runs", json={}).status_code == 422
    assert owner.get("/api/v1/costing/runs/0000000000007").status_code == 404
    assert owner.get("/costing/months/0000000000007").status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", ["phone", "wide"])
def test_the_pages_of_costs_are_accessible_and_fit(browser, kehu, chiefs, books, language, size):
    visit = Visit(browser, kehu.address, language, size)
    visit.log_in()
    customer, run = books["customer"], books["run"]["id"]
    fees = "A_fee=6000&A_churn=3&A_spread=1&B_fee=2000&B_churn=2&C_fee=300&C_churn=30"
    for path in (
        "/costing", "/costing/groups?by=channel", "/costing/groups/channel/search?from=2019-05&to=2019-05",
        "/costing/groups/channel/search/2019-05/service", "/costing/whale", "/costing/channels?percent=50&shift_from=search&shift_to=referral",
        "/costing/channels?by=campaign", "/costing/worth", "/costing/segments", f"/customers/{customer}/acquisition",
        "/costing/drivers?by=product&category=service", "/costing/pools", "/costing/warnings", "/costing/predictions", "/costing/budgets", "/costing/ownership", "/costing/months", f"/costing/months/{run}",
        f"/costing/fees?{fees}", f"/customers/{customer}/profit?from=2019-05&to=2019-05",
        f"/customers/{customer}/profit/2019-05/service",
    ):
        visit.check(path)
        visit.page.eval_on_selector_all("main details", "all => all.forEach(each => each.open = true)")
        visit.check()
        visit.check_access()
        if folder := os.environ.get("KEHU_SHOTS"):
            name = path.strip("/").split("?")[0].replace("/", "_")
            visit.page.screenshot(path=f"{folder}/{name}-{language}-{size}.png", full_page=True)
    visit.context.close()
    assert not visit.faults, visit.faults


def test_a_finance_lead_closes_a_month_in_the_browser_and_late_invoices_are_refused(browser, kehu, chiefs, books):
    visit = Visit(browser, kehu.address, "zh", "wide")
    visit.log_in()
    page = visit.page
    page.goto(f"/customers/{books['customer']}")
    # Fees are no lines of a customer: nobody comes to its page to type them in.
    assert page.locator("main form[action='/charge_lines']").count() == 0
    page.click("a:has-text('成本与利润')")
    page.goto(f"/costing/months/{books['run']['id']}")
    page.click("button:has-text('结账 2019-05')")
    page.wait_for_selector("text=该月已结账")
    late = chiefs["administrator"].post(
        "/api/v1/direct_costs", json={"name": "迟到发票", "customer": books["customer"], "day": "2019-05-20", "amount": "9"}
    )
    assert late.status_code == 409 and late.json()["code"] == "month_closed"
    visit.context.close()


def test_the_lists_of_costing_are_folded_below_its_entry(owner, staff):
    page = owner.get("/customers").text
    groups = re.findall(r'<details class="k-nav-group">.*?</details>', page, re.S)
    assert groups and all('href="/costing"' in group and 'href="/cost_pools"' in group for group in groups)
    assert page.count('href="/cost_pools"') == len(groups), "it stands outside of the fold too"
    # It is open where the page is in it.
    assert '<details class="k-nav-group" open>' in owner.get("/cost_pools").text
    # Who may not read costs has no entry for them.
    assert 'href="/costing"' not in staff["an"].get("/customers").text


FINANCE = {
    ("cost_lines", "用友"): (
        "制单日期,凭证号,会计科目,摘要,部门,借方本币,贷方本币\n"
        "2015-03-31,记-0012,工资,三月工资,核算测试部,50000.00,\n2015-03-31,记-0012,五险一金,三月社保,核算测试部,12000.00,\n",
        {"制单日期": "day", "会计科目": "kind", "摘要": "name", "部门": "pool", "借方本币": "amount", "凭证号": None},
    ),
    ("direct_costs", "金蝶"): (
        "日期,凭证字号,科目代码,科目名称,摘要,客户,借方金额,贷方金额\n"
        "2015-03-09,付-7,6601,礼品招待,客户礼品,核算客户有限公司,300.00,\n2015-03-10,付-8,6602,运费,样品快递,核算客户有限公司,45.00,\n",
        {"日期": "day", "凭证字号": "reference", "科目名称": "nature", "摘要": "name", "客户": "customer", "借方金额": "amount"},
    ),
    ("channel_spends", "QuickBooks"): (
        "Date,Transaction Type,Num,Name,Memo/Description,Account,Amount\n"
        "2015-03-12,Expense,1041,Baidu,Search campaign,Advertising,8000.00\n2015-03-20,Bill,1042,Canton Fair,Stand,Exhibition,12000.00\n",
        {"Date": "day", "Num": "reference", "Memo/Description": "name", "Account": "nature", "Amount": "amount"},
    ),
}


@pytest.mark.parametrize(("objects", "program"), FINANCE)
def test_exports_of_bookkeeping_find_their_fields(chiefs, books, objects, program):
    owner, (rows, expected) = chiefs["administrator"], FINANCE[objects, program]
    form = {"files": {"file": ("ledger.csv", rows.encode())}, "data": {"object": objects}}
    seen = owner.post("/api/v1/imports", params={"preview": "true"}, **form).json()
    fields = {column["header"]: column.get("field") for column in seen["mapping"]["columns"]}
    assert {header: fields[header] for header in expected} == expected
    if objects == "channel_spends":
        return  # The channel is in no ledger: a person says it.
    begun = owner.post("/api/v1/imports", **form)
    assert begun.status_code in (200, 201, 202), begun.text
    for _ in range(100):
        job = owner.get(f"/api/v1/imports/{begun.json()['id']}").json()
        if job["state"] not in ("waiting", "running", "reading"):
            break
        time.sleep(0.1)
    assert (job["created"], job["failed"]) == (2, 0), job
    first = owner.get(f"/api/v1/{objects}", params={"filter": 'day >= "2015-03-01" and day <= "2015-03-31"', "sort": "day"}).json()
    assert [value(line["amount"]) for line in first["data"]] in (["50000.00", "12000.00"], ["300.00", "45.00"])


def test_pools_warnings_and_forecasts_go_out_as_csv(chiefs, books):
    owner = chiefs["administrator"]
    for address, cell in (
        (f"/api/v1/costing/runs/{books['run']['id']}/pools", "核算测试部"), ("/api/v1/costing/warnings", ","),
        ("/api/v1/costing/predictions", ","), ("/api/v1/costing/ownership", "P90"), ("/api/v1/costing/equations", "R²"),
        ("/api/v1/costing/fees/trial?A_fee=100&A_churn=5", ","),
        (f"/api/v1/costing/runs/{books['run']['id']}/changes", ","),
    ):
        answer = owner.get(address, params={"format": "csv"})
        assert answer.headers["content-type"].startswith("text/csv"), address
        assert cell in answer.content.decode("utf-8-sig")
    listed = owner.get("/api/v1/costing/warnings").json()["data"]
    assert all({"kind", "customer", "name", "amount"} <= set(each) for each in listed)


def test_any_product_is_compared_before_and_after_it_was_mended(browser, kehu, chiefs, books):
    owner = chiefs["administrator"]
    products = [owner.make("products", name=name)["id"] for name in ("整改甲", "整改乙")]
    for month, costs in (("2014-01", (900, 40)), ("2014-02", (900, 10))):
        for number, (product, amount) in enumerate(zip(products, costs)):
            owner.make(
                "direct_costs", name="换货", customer=books["customer"], product=product, day=f"{month}-10",
                amount=str(amount), nature="warranty", reference=f"W-{month}-{number}",
            )
            owner.make("sale_lines", name="X", customer=books["customer"], product=product, day=f"{month}-11", amount="1000")
        assert owner.post("/api/v1/costing/runs", json={"month": month}).ok
    span = {"from": "2014-01", "to": "2014-02", "by": "product", "since": "2014-02"}
    drivers = owner.get("/api/v1/costing/drivers", params=span).json()
    assert drivers["comparison"]["name"] == "整改甲"
    assert [value(drivers["comparison"][side]["amount"]) for side in ("before", "after")] == ["900.00", "900.00"]
    key = next(each["key"] for each in drivers["data"] if each["name"] == "整改乙")
    other = owner.get("/api/v1/costing/drivers", params={**span, "of": key}).json()["comparison"]
    assert [value(other[side]["amount"]) for side in ("before", "after")] == ["40.00", "10.00"]
    assert [value(other[side]["sales"]) for side in ("before", "after")] == ["1000.00", "1000.00"]
    page = owner.get("/costing/drivers", params={**span, "of": key}).text
    assert "整改乙" in page and "1.0%" in page


def test_worth_segments_winning_and_rules_are_in_the_api(chiefs, staff, books):
    owner, customer = chiefs["administrator"], books["customer"]
    base = "/api/v1/costing"
    rules = owner.get(f"{base}/rules").json()
    before = rules["contract_filter"]
    assert rules["model"] == "linear" and before == 'tags contains "运维合同"' and rules["warning_tasks"] is True
    assert owner.post(f"{base}/rules", json={"contract_filter": "nothing = 1"}).status_code == 422
    assert owner.post(f"{base}/rules", json={"custom_first": 0, "custom_last": 0}).status_code == 422
    changed = owner.post(f"{base}/rules", json={"contract_filter": 'name starts with "核算客户"', "contract_months": 12}).json()
    assert changed["contract_months"] == 12 and changed["model"] == "linear"
    assert owner.post(f"{base}/worth", json={}).json()["customers"] > 0
    worth = owner.get(f"{base}/worth").json()
    assert worth["data"] and worth["contracts"]["refusal"]
    one = owner.get(f"{base}/customers/{customer}/worth").json()["data"][0]
    assert one["method"] == "contract" and one["worth"] is None
    segments = owner.get(f"{base}/segments", params={**SPAN, "by": "industry"}).json()
    assert segments["rise_percent"] == 10 and sum(each["customers"] for each in segments["data"]) == 1
    assert value(segments["data"][0]["cost_to_serve"]) == "80.40"
    assert owner.get(f"{base}/segments", params={"by": "weather"}).status_code == 400
    won = owner.get(f"{base}/customers/{customer}/acquisition").json()
    assert value(won["full"]) == value(won["direct"]) and won["touches"][0]["channel"] == "search"
    assert sum(float(value(each["amount"])) for each in won["entries"]["data"]) == float(value(won["direct"]))
    lines = owner.get(f"{base}/customers/{customer}/variance", params=SPAN).json()["data"]
    for line in lines:
        parts = ("volume", "mix", "price", "rebates", "intensity", "rate", "expenses", "acquisition", "rest")
        total = sum(float(value(line[part])) for part in parts)
        assert round(float(value(line["before"])) + total, 2) == float(value(line["after"]))
    run = books["run"]["id"]
    assert all({"label", "figure", "fine"} <= set(each) for each in owner.get(f"{base}/runs/{run}/checks").json()["data"])
    assert owner.get(f"{base}/runs/{run}/changes", params={"with": run}).json() == {"data": []}
    for address in ("/worth", "/segments", f"/customers/{customer}/acquisition"):
        answer = owner.get(base + address, params={**SPAN, "format": "csv"})
        assert answer.headers["content-type"].startswith("text/csv"), address
        assert staff["an"].get(base + address).status_code == 403, address
    assert owner.post(f"{base}/rules", json={"contract_filter": before}).ok


def test_an_expense_is_submitted_and_approved_on_its_page(browser, kehu, chiefs, books):
    owner = chiefs["administrator"]
    cost = owner.make("direct_costs", name="待批午餐", customer=books["customer"], day="2013-04-10", amount="80", nature="gift")
    visit = Visit(browser, kehu.address, "zh", "phone")
    visit.log_in()
    page = visit.page
    page.goto(f"/direct_costs/{cost['id']}")
    page.click("main form[action$='/verbs/submit'] button")
    page.wait_for_selector("main form[action$='/verbs/approve'] button")
    visit.check()
    visit.check_access()
    page.click("main form[action$='/verbs/approve'] button")
    page.wait_for_selector("main form[action$='/verbs/reject'] button")
    assert page.locator("main form[action$='/verbs/submit']").count() == 0
    assert owner.get(f"/api/v1/direct_costs/{cost['id']}").json()["state"] == "approved"
    visit.context.close()
    assert not visit.faults, visit.faults
