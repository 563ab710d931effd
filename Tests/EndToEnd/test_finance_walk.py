"""The way of a finance lead: the year's pay and spend come from files, a month is closed, a customer's loss is explained
to a salesperson, and a fee policy is decided. In both languages, on a phone and on a wide screen.

With KEHU_SHOTS=FOLDER each step leaves a picture there.
"""

import os
import re

import pytest
from playwright.sync_api import expect

from visit import Visit

# Far enough apart that what winning cost in one counts in none of the others.
WALKS = [("zh", "wide", 2011), ("en", "wide", 2008), ("zh", "phone", 2005), ("en", "phone", 2002)]


@pytest.fixture(scope="module")
def finance(chiefs):
    """Two people of finance for each language: one who works, one who approves."""
    for language in ("zh", "en"):
        for name in ("finance", "controller"):
            chiefs.add(f"{name}-{language}", "finance", "east", language)
    return chiefs


class Walk:
    """One walk through a year of its own."""

    def __init__(self, browser, kehu, people, language, size, year):
        self.language, self.size, self.year, self.step = language, size, year, 0
        self.owner = people["administrator"]
        self.visit = Visit(browser, kehu.address, language, size)
        self.visit.log_in(f"finance-{language}")
        self.page = self.visit.page

    def say(self, english, chinese):
        return chinese if self.language == "zh" else english

    def shot(self, name, path=None):
        """The page is as it should be, and a picture of it is kept."""
        self.visit.check(path)
        self.visit.check_access()
        self.step += 1
        if folder := os.environ.get("KEHU_SHOTS"):
            self.page.screenshot(
                path=f"{folder}/walk-{self.step:02}-{name}-{self.language}-{self.size}.png", full_page=True
            )

    def team(self):
        """What a firm has before finance comes: a team, what it does, and customers of whom one is served too much."""
        make, year = self.owner.make, self.year
        self.name = f"走查支持部{year}"
        self.pool = make("cost_pools", name=self.name, people="5")["id"]
        make(
            "cost_activities", name=f"走查服务{year}", pool=self.pool, category="service",
            condition=f'subject = "走查{year}"', minutes="30", logged="duration_minutes",
        )
        self.customers = {}
        for name, calls, sales in (("好客户", 1, "30000"), ("亏损客户", 40, "1200")):
            customer = self.customers[name] = make("customers", name=f"{name}{year}")["id"]
            for number in range(calls):
                make(
                    "activities", kind="call", subject=f"走查{year}", customer=customer,
                    happened_at=f"{year}-06-{number % 28 + 1:02}T02:00:00Z",
                )
            make("sale_lines", name=f"XS{year}", customer=customer, day=f"{year}-06-09", amount=sales, goods="800")
            make("touches", customer=customer, channel="search", happened_at=f"{year}-06-02T02:00:00Z")

    def bring(self, objects, file, choose=None):
        """A file becomes records: chosen, looked at, run."""
        page = self.page
        self.visit.check(f"/imports/new?object={objects}")
        page.set_input_files("input[type=file]", file)
        page.click("main form button.k-btn-primary")
        page.wait_for_selector("button[name=_action][value=run]")
        if choose:
            choose(page)
        self.shot(f"import-{objects}")
        page.click("button[name=_action][value=run]")
        page.wait_for_url(re.compile(r"/imports/[0-9A-Z]{13}"))
        expect(page.locator("main form[action$=undo] button")).to_be_visible(timeout=60_000)
        expect(page.locator("main dd").first).to_have_text("12")
        self.shot(f"imported-{objects}")


@pytest.fixture(params=WALKS, ids=lambda walk: f"{walk[0]}-{walk[1]}")
def walk(request, browser, kehu, finance):
    walk = Walk(browser, kehu, finance, *request.param)
    walk.team()
    yield walk
    walk.visit.context.close()
    assert not walk.visit.faults, walk.visit.faults


def bring_the_year(walk, folder):
    months = range(1, 13)
    pay = folder / "工资.csv"
    pay.write_text(
        "制单日期,凭证号,会计科目,摘要,部门,借方本币,贷方本币\n"
        + "".join(f"{walk.year}-{month:02}-28,记-{month},工资,{month}月工资,{walk.name},60000.00,\n" for month in months),
        encoding="utf-8",
    )
    walk.bring("cost_lines", pay)
    spend = folder / "投放.csv"
    spend.write_text(
        "日期,凭证字号,科目名称,摘要,渠道,借方金额\n"
        + "".join(f"{walk.year}-{month:02}-20,付-{walk.year}-{month},广告费,搜索推广,搜索广告,2400.00\n" for month in months),
        encoding="utf-8",
    )
    walk.bring("channel_spends", spend)


def close_a_month(walk):
    page, month = walk.page, f"{walk.year}-06"
    # What the night found stands on the start page of who may read costs.
    walk.shot("start", "/?who=team")
    assert walk.say("Customers whose costs need a look", "成本预警客户") in page.locator("main").inner_text()
    walk.shot("months", "/costing/months")
    page.fill("main form[action='/costing/months'] input[name=month]", month)
    page.click("main form[action='/costing/months'] button.k-btn-primary")
    page.wait_for_url("**/costing/months/0*")
    page.wait_for_selector(walk.say("text=Look at this before closing", "text=结账前检查"), timeout=60_000)
    walk.shot("draft")
    text = page.locator("main").inner_text()
    # 41 calls of half an hour at 60,000 ÷ 41,600 minutes; the rest was not used and is shown.
    assert "1,774.04" in text and "58,225.96" in text
    page.click("main form[action$='/close'] button.k-btn-primary")
    page.wait_for_selector(walk.say("text=The month is closed", "text=该月已结账"))
    walk.shot("closed")


def explain_a_loss(walk):
    page, customer = walk.page, walk.customers["亏损客户"]
    span = f"from={walk.year}-06&to={walk.year}-06"
    walk.shot("customer", f"/customers/{customer}/profit?{span}")
    page.locator(f"a[href$='/profit/{walk.year}-06/service']").first.click()
    page.wait_for_url("**/service*")
    walk.shot("service")
    text = page.locator("main").inner_text()
    assert "1,730.77" in text and "40" in text
    # The second click opens the call itself.
    page.locator("main tbody a").first.click()
    page.wait_for_url(re.compile(r"/activities/[0-9A-Z]{13}"))
    assert f"走查{walk.year}" in page.locator("h1").inner_text()
    walk.shot("acquisition", f"/customers/{customer}/acquisition")
    assert "1,200.00" in page.locator("main").inner_text()
    walk.shot("whale", f"/costing/whale?{span}")


def decide_a_policy(walk, people):
    page, year = walk.page, walk.year
    span = f"from={year}-06&to={year}-06"
    tiers = "A_fee=6000&A_churn=3&A_spread=1&B_fee=2000&B_churn=2&C_fee=300&C_churn=30&C_switch=10&C_saving=500"
    walk.shot("trial", f"/costing/fees?{span}&{tiers}")
    page.goto("/fee_policies/new")
    page.fill("main input[name=name]", f"{year} 收费")
    page.locator("main form button.k-btn-primary").first.click()
    page.wait_for_url(re.compile(r"/fee_policies/[0-9A-Z]{13}"))
    policy = page.url.rsplit("/", 1)[1].split("?")[0]
    walk.owner.make("fee_rules", name="小时", policy=policy, base="hours", amount="60", allowance=60)
    page.reload()
    walk.shot("policy")
    # Who wrote it does not put it in force; somebody else does.
    activate = "main form[action$='/verbs/activate'] button"
    page.click(activate)
    page.wait_for_selector(".k-flash")
    assert page.locator(activate).count() == 1
    walk.shot("refused")
    walk.shot("tried", f"/costing/fees?{span}&policy={policy}")
    other = Visit(walk.visit.browser, walk.visit.address, walk.language, walk.size)
    other.log_in(f"controller-{walk.language}")
    other.page.goto(f"/fee_policies/{policy}")
    assert walk.owner.get(f"/api/v1/fee_policies/{policy}").json()["state"] == "draft"
    other.page.click(activate)
    other.page.wait_for_selector("main form[action$='/verbs/new-version'] button")
    other.context.close()
    assert not other.faults, other.faults
    page.goto(f"/costing/fees?{span}")
    page.fill("main form[action='/costing/fees/charge'] input[name=month]", f"{year}-06")
    page.click("main form[action='/costing/fees/charge'] button")
    page.wait_for_url("**/charge_lines*")
    walk.shot("fees")
    fees = walk.owner.get("/api/v1/charge_lines", params={"filter": f'policy = "{policy}"'}).json()["data"]
    # 40 calls of half an hour are 1,200 minutes, of which 60 are free.
    assert [(fee["customer"]["name"], fee["amount"]["value"]) for fee in fees] == [(f"亏损客户{year}", "1140.00")]
    page.goto(f"/charge_lines/{fees[0]['id']}")
    page.click("main form[action$='/verbs/approve'] button")
    page.wait_for_selector("main form[action$='/verbs/waive'] button")
    walk.shot("approved")


def test_a_finance_lead_brings_the_year_closes_a_month_explains_a_loss_and_decides_a_policy(walk, finance, tmp_path):
    bring_the_year(walk, tmp_path)
    close_a_month(walk)
    explain_a_loss(walk)
    decide_a_policy(walk, finance)
