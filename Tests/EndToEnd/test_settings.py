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
