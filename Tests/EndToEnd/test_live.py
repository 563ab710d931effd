"""What others change while a page is open, and the program as an app."""

import pytest
from playwright.sync_api import expect

from visit import Visit


@pytest.fixture
def visit(browser, kehu, chiefs):
    visit = Visit(browser, kehu.address, "zh", "wide")
    visit.log_in()
    yield visit
    visit.context.close()
    assert not visit.faults, "the browser complains: " + "; ".join(visit.faults)


def test_a_list_and_a_record_follow_what_others_change(visit, chiefs):
    page, owner = visit.page, chiefs["administrator"]
    record = owner.make("customers", name="实时一号", phone="13800000001")
    page.goto("/customers?q=实时一号")
    expect(page.locator("#k-results tbody tr")).to_have_count(1)
    page.wait_for_timeout(1500)
    owner.patch(f"/api/v1/customers/{record['id']}", json={"phone": "13900000002"})
    page.wait_for_selector("#k-results >> text=139 0000 0002", timeout=15_000)
    page.goto(f"/customers/{record['id']}")
    page.wait_for_timeout(1500)
    owner.patch(f"/api/v1/customers/{record['id']}", json={"name": "实时改名"})
    page.wait_for_selector("h1 >> text=实时改名", timeout=15_000)
    # Who is just writing is told, and keeps what is written.
    page.fill("main textarea >> nth=0", "写到一半")
    owner.patch(f"/api/v1/customers/{record['id']}", json={"name": "又改了名"})
    page.wait_for_selector(".k-live", timeout=15_000)
    assert page.locator("main textarea").first.input_value() == "写到一半"
    visit.check_access()
    page.click(".k-live button")
    page.wait_for_selector("h1 >> text=又改了名")


def test_a_board_a_calendar_and_a_dashboard_follow_what_others_change(visit, chiefs):
    page, owner = visit.page, chiefs["administrator"]
    customer = owner.make("customers", name="实时看板客户")["id"]
    deal = owner.make("opportunities", name="实时看板", customer=customer, amount="100", next_step="打电话")
    page.goto("/opportunities/board?q=实时看板")
    lanes = page.locator("[data-lane]").evaluate_all("all => all.map(each => each.dataset.lane)")
    page.wait_for_timeout(1500)
    goal = lanes[lanes.index(deal["stage"]) + 1]
    owner.patch(f"/api/v1/opportunities/{deal['id']}", json={"stage": goal})
    expect(page.locator(f"[data-lane={goal}] #k-card-{deal['id']}")).to_be_attached(timeout=15_000)
    page.goto("/calendar?view=day&day=2026-06-20&who=team")
    page.wait_for_timeout(1500)
    owner.make("activities", kind="meeting", subject="实时会议", happened_at="2026-06-20T02:00:00Z", duration_minutes=30)
    expect(page.locator(".k-cal-event", has_text="实时会议")).to_be_visible(timeout=15_000)
    # What is reckoned from many records is looked at again after a rest.
    page.goto("/reports?board=pipeline")
    page.wait_for_timeout(1500)
    before = page.locator("#k-dashboard").inner_text()
    owner.patch(f"/api/v1/opportunities/{deal['id']}", json={"amount": "98765432"})
    expect(page.locator("#k-dashboard")).not_to_have_text(before, timeout=30_000, use_inner_text=True)
    visit.check()


def test_nobody_hears_of_what_they_may_not_see(kehu, staff):
    record = staff["an"].make("customers", name="安的客户")
    assert staff["bai"].get(f"/live?object=customers&id={record['id']}").status_code == 404
    assert staff["anonymous"].get("/live?object=customers", allow_redirects=False).status_code == 303
    with staff["bai"].get("/live?object=customers", stream=True, timeout=8) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        staff["an"].patch(f"/api/v1/customers/{record['id']}", json={"phone": "13800000003"})
        told = b""
        try:
            for chunk in stream.iter_content(chunk_size=None):
                told += chunk
                if b":\n\n" in told:
                    break
        except Exception:
            pass
    assert b"change" not in told


def test_without_a_connection_a_page_says_so(visit):
    page = visit.page
    page.goto("/customers")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(500)
    visit.context.set_offline(True)
    page.goto("/opportunities")
    assert "网络未连接" in page.locator("h1").inner_text()
    visit.context.set_offline(False)
    visit.faults[:] = [fault for fault in visit.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def test_whoever_opens_page_after_page_is_never_refused(owner):
    streams = [owner.get("/live?object=customers", stream=True, timeout=20) for _ in range(15)]
    try:
        assert [stream.status_code for stream in streams] == [200] * 15
        # The oldest ends properly.
        assert b"".join(streams[0].iter_content(chunk_size=None)).startswith(b"retry:")
    finally:
        for stream in streams:
            stream.close()
