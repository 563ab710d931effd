"""Reports and dashboards in a real browser: both languages, phone and wide."""

import pytest
from playwright.sync_api import expect

from visit import Visit


@pytest.fixture(params=[("zh", "wide"), ("zh", "phone"), ("en", "wide"), ("en", "phone")], ids="-".join)
def visit(request, browser, kehu, chiefs):
    language, size = request.param
    visit = Visit(browser, kehu.address, language, size)
    visit.log_in()
    yield visit
    visit.context.close()
    assert not visit.faults, "the browser complains: " + "; ".join(visit.faults)


@pytest.mark.parametrize("board", ["sales", "pipeline", "activity", "team"])
def test_standard_dashboards_are_readable(visit, board):
    visit.check(f"/reports?board={board}")
    expect(visit.page.locator(".k-report").first).to_be_visible()
    visit.check_access()


def test_a_report_is_built_and_its_marks_lead_to_records(visit):
    page = visit.page
    visit.check("/reports/new?object=opportunities")
    loaded = []
    page.on("request", lambda request: loaded.append(request.url) if request.is_navigation_request() else None)
    for name, value in (("what", "sum.amount"), ("as", "stacked"), ("then", "outcome")):
        page.focus(f"select[name={name}]")
        page.select_option(f"select[name={name}]", value)
        page.wait_for_url(f"**{name}={value}**")
        expect(page.locator(f"select[name={name}]")).to_be_focused()
    assert not loaded, "only the changed part of the page is fetched"
    visit.check()
    visit.check_access()
    # A condition is added as in a list.
    page.click(".k-chip-add")
    page.click(".k-pick-group a[href*='field=stage'] >> nth=0")
    page.check(".k-editor input[name=value] >> nth=0")
    page.click(".k-editor button.k-btn-primary")
    page.wait_for_selector(".k-chip")
    assert "as=stacked" in page.url, "the report stays as it is"
    visit.check()
    link = page.locator(".k-report figure svg a").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/opportunities?filter=**")
    expect(page.locator("#k-results tbody tr").first).to_be_visible()


def test_a_dashboard_is_put_together_by_hand(visit):
    page = visit.page
    page.goto("/reports/new?object=leads&by=status&as=donut")
    page.click(".k-head details:nth-of-type(1) summary")
    page.click("button[name=dashboard][value=new]")
    page.wait_for_url("**/reports?board=**")
    page.click("a[href*='arrange=1']")
    page.click("button[value=wide]")
    page.wait_for_selector(".k-report-wide")
    visit.check()
    visit.check_access()
    # A second report goes to the front with the mouse.
    page.goto("/reports/new?object=customers&by=status&as=bar")
    page.click(".k-head details:nth-of-type(1) summary")
    page.locator("button[name=dashboard]:not([value=new])").first.click()
    page.wait_for_url("**/reports?board=**")
    page.click("a[href*='arrange=1']")
    titles = page.locator("#k-dashboard .k-panel-head")
    expect(titles).to_have_count(2)
    first, second = titles.all_inner_texts()
    if visit.size == "wide":
        titles.nth(1).hover()
        page.mouse.down()
        goal = titles.nth(0).bounding_box()
        page.mouse.move(goal["x"] + 60, goal["y"] + 60, steps=20)
        page.mouse.move(goal["x"] + 40, goal["y"] + 8, steps=20)
        page.wait_for_timeout(150)
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.mouse.up()
    else:
        page.locator("button[value=forward]").nth(1).click()
    expect(titles).to_have_text([second, first])
    page.reload()
    expect(titles).to_have_text([second, first])
    page.click("button[value=delete]")
    page.wait_for_url("**/reports")


def test_the_calendar_shows_what_is_planned(visit, chiefs):
    page = visit.page
    owner = chiefs[f"chief-{visit.language}"]
    owner.make("activities", kind="meeting", subject="周会 planning", happened_at="2026-05-20T02:00:00Z", duration_minutes=30)
    owner.make("activities", kind="task", subject="报价 quote", due_on="2026-05-21")
    for view in ("month", "week", "day"):
        visit.check(f"/calendar?view={view}&day=2026-05-20&who=me")
        expect(page.locator(".k-cal-event", has_text="周会").first).to_be_visible()
        visit.check_access()
    if visit.size == "wide":
        check_hours(page, owner)
    page.goto("/calendar?who=me")
    page.click(".k-cal-feed summary")
    page.click(".k-cal-feed button[value=make]")
    address = page.locator("#k-feed").inner_text()
    assert "/calendar/kh_" in address and address.endswith(".ics")
    visit.check()
    visit.check_access()


def check_hours(page, owner):
    """What lasts longer is higher, what overlaps stands side by side, and a free hour makes a meeting."""
    owner.make("activities", kind="meeting", subject="评审 review", happened_at="2026-05-20T02:00:00Z", duration_minutes=120)
    owner.make("activities", kind="visit", subject="早班 early", happened_at="2026-05-19T21:30:00Z", duration_minutes=60)
    page.goto("/calendar?view=week&day=2026-05-20&who=me")
    short, long, early = (page.locator(".k-hours-grid .k-cal-event", has_text=text).first.bounding_box()
                          for text in ("周会", "评审", "早班"))
    assert 3.5 < long["height"] / short["height"] < 4.5
    assert abs(short["y"] - long["y"]) < 3 and (short["x"] + short["width"] <= long["x"] or long["x"] + long["width"] <= short["x"])
    # Half past five in the morning, four and a half hours of 48 pixels before.
    assert 200 < short["y"] - early["y"] < 232
    page.locator(".k-hours-day", has=page.locator("a[href*='2026-05-21']")).locator(".k-hours-slot").nth(9).click()
    page.wait_for_url("**/activities/new**")
    expect(page.locator("input[name=happened_at]")).to_have_value("2026-05-21T14:00")
