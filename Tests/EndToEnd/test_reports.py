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
    page.goto("/calendar?who=me")
    page.click(".k-cal-feed summary")
    page.click(".k-cal-feed button[value=make]")
    address = page.locator("#k-feed").inner_text()
    assert "/calendar/kh_" in address and address.endswith(".ics")
    visit.check()
    visit.check_access()
