"""Settings as an administrator changes them: pipelines, everybody's keys."""

import pytest
from playwright.sync_api import expect

from visit import Visit


@pytest.fixture(params=[("zh", "wide"), ("en", "phone")], ids="-".join)
def visit(request, browser, kehu, chiefs):
    visit = Visit(browser, kehu.address, *request.param)
    visit.log_in()
    yield visit
    visit.context.close()
    assert not visit.faults, "the browser complains: " + "; ".join(visit.faults)


def stages(owner):
    fields = owner.get("/api/v1/schema").json()["objects"]
    deal = next(each for each in fields if each["key"] == "opportunity")
    return next(each for each in deal["fields"] if each["key"] == "stage")["choices"]


def test_a_pipeline_is_made_and_its_stages_are_put_in_order(visit, chiefs):
    page, owner, word = visit.page, chiefs["administrator"], f"Renewal {visit.language}"
    visit.check("/settings/pipelines")
    form = page.locator("form[action='/settings/pipelines']")
    form.locator("input[name=zh]").fill(f"续费{visit.language}")
    form.locator("input[name=en]").fill(word)
    form.locator("button").click()
    expect(page.locator(".k-flash")).to_be_visible()
    key = page.locator("form[action^='/settings/pipelines/']").last.get_attribute("action").rsplit("/", 1)[1]
    mine = page.locator(f"form[action='/settings/pipelines/{key}']")
    mine.locator("input[name=zh]").fill("试用")
    mine.locator("input[name=en]").fill("Trial")
    mine.locator("button[value=add]").click()
    expect(mine.locator("input[value=Trial]")).to_be_visible()
    visit.check()
    visit.check_access()
    trial = next(each for each in stages(owner) if each.get("group") == key and each["label"]["en"] == "Trial")
    # It stands before the ends, goes up, and has the probability that was typed.
    mine.locator(f"input[name='probability-{trial['key']}']").fill("25")
    mine.locator(f"button[value='up:{trial['key']}']").click()
    expect(mine.locator(f"input[name='probability-{trial['key']}']")).to_have_value("25")
    own = [each for each in stages(owner) if each.get("group") == key]
    assert [each["label"]["en"] for each in own] == ["Potential", "Interested", "Trial", "Negotiating", "Won", "Lost"]
    assert own[2]["probability"] == 25
    # What would leave a deal without a way out is refused, and nothing is changed.
    won = own[4]["key"]
    mine.locator(f"select[name='outcome-{won}']").select_option("open")
    mine.locator("button[value=save]").click()
    expect(page.locator(".k-flash-bad")).to_be_visible()
    assert [each for each in stages(owner) if each.get("group") == key] == own
    customer = owner.make("customers", name=f"流程客户{visit.language}")["id"]
    deal = owner.make("opportunities", name="续费商机", customer=customer, pipeline=key, next_step="打电话")
    assert deal["stage"] == own[0]["key"]
    visit.faults[:] = [fault for fault in visit.faults if "422" not in fault]


def test_the_fields_of_a_page_are_put_in_order_by_dragging_and_by_keys(visit, chiefs):
    page = visit.page

    def order():
        page.goto("/settings/objects/product/layout")
        return page.locator(".k-place").evaluate_all("all => all.map(each => each.name)")

    before = order()
    visit.check("/settings/objects/product/layout")
    visit.check_access()
    grips = page.locator(".k-grip")
    expect(grips.first).to_be_visible()
    expect(page.locator(".k-place").first).to_be_hidden()
    # With the keys the second field goes up, and a screen reader hears where it is.
    grips.nth(1).focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-order-voice]")).to_contain_text("1")
    # With the mouse the last of four goes to the third place.
    start, goal = grips.nth(3).bounding_box(), grips.nth(2).bounding_box()
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 8, start["y"], steps=4)
    page.mouse.move(goal["x"] + 8, goal["y"] + 4, steps=12)
    page.wait_for_timeout(200)
    page.mouse.up()
    page.locator("main .k-btn-primary").click()
    expect(page.locator(".k-flash")).to_be_visible()
    assert order() == [before[1], before[0], before[3], before[2], *before[4:]]


def test_the_keys_of_everybody_are_seen_and_revoked(visit, chiefs, kehu):
    page, owner = visit.page, chiefs["administrator"]
    name = f"key-{visit.language}"
    chiefs.add(name, "salesperson", "east", visit.language)
    visit.check("/settings/keys")
    row = page.locator("tbody tr", has_text=name)
    expect(row).to_have_count(1)
    assert chiefs[name].get("/api/v1/me").status_code == 200
    page.once("dialog", lambda dialog: dialog.accept())
    row.locator("form button").click()
    expect(page.locator(".k-flash")).to_be_visible()
    assert chiefs[name].get("/api/v1/me").status_code == 401
    assert chiefs["an"].get("/settings/keys").status_code in (401, 403)
