"""The board, the palette and the start page, as a person uses them."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from visit import Visit

numbers = itertools.count(1)


@pytest.fixture
def visit(browser, kehu, chiefs):
    visit = Visit(browser, kehu.address, "zh", "wide")
    visit.log_in()
    yield visit
    visit.context.close()
    assert not visit.faults, "the browser complains: " + "; ".join(visit.faults)


def deal(chiefs, name):
    owner = chiefs["administrator"]
    customer = owner.make("customers", name=name + "公司")["id"]
    return owner.make("opportunities", name=name, customer=customer, amount="1200", next_step="打电话")


def stage(chiefs, record):
    return chiefs["administrator"].get(f"/api/v1/opportunities/{record['id']}").json()["stage"]


def test_a_card_is_moved_with_the_mouse_the_keys_and_the_menu(visit, chiefs):
    page, name = visit.page, f"看板{next(numbers)}"
    record = deal(chiefs, name)
    page.goto("/opportunities/board?q=" + name)
    lanes = page.locator("[data-lane]").evaluate_all("all => all.map(each => each.dataset.lane)")
    first, second = lanes[0], lanes[1]
    card = page.locator(f"#k-card-{record['id']}")
    visit.check()
    visit.check_access()
    start = card.bounding_box()
    goal = page.locator(f"[data-lane={second}]").bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 60)
    page.mouse.down()
    page.mouse.move(start["x"] + 60, start["y"] + 70, steps=5)
    page.mouse.move(goal["x"] + 60, goal["y"] + 30, steps=20)
    page.wait_for_timeout(150)
    page.mouse.up()
    expect(page.locator(f"[data-lane={second}] #k-card-{record['id']}")).to_be_visible()
    expect(page.locator("#k-board-said")).to_contain_text(name)
    assert stage(chiefs, record) == second
    # With the keys.
    card.locator("a").focus()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator(f"[data-lane={first}] #k-card-{record['id']}")).to_be_visible()
    page.wait_for_timeout(300)
    assert stage(chiefs, record) == first
    # With the menu; a stage that needs a reason says so and nothing is moved.
    card.locator("a").focus()
    page.keyboard.press("m")
    lost = next(lane for lane in lanes if "lost" in lane)
    page.locator(f"#k-card-{record['id']} button[value={lost}]").click()
    expect(page.locator(".k-toast")).to_be_visible()
    expect(page.locator(f"[data-lane={first}] #k-card-{record['id']}")).to_be_visible()
    assert stage(chiefs, record) == first
    visit.faults[:] = [fault for fault in visit.faults if "422" not in fault]


def test_the_palette_finds_by_pinyin_and_jumps(visit, chiefs):
    page, number = visit.page, next(numbers)
    chiefs["administrator"].make("customers", name=f"蓝鲸仪表{number}")
    keyboard = visit.context.new_cdp_session(page)
    page.goto("/")
    page.keyboard.press("Control+k")
    box = page.locator(".k-palette input")
    expect(box).to_be_focused()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/palette" in request.url else None)
    page.wait_for_timeout(300)
    asked.clear()
    keyboard.send("Input.imeSetComposition", {"text": "lan'jing", "selectionStart": 8, "selectionEnd": 8})
    page.wait_for_timeout(300)
    assert asked == [], "the palette asked while composing"
    keyboard.send("Input.insertText", {"text": ""})
    box.fill("ljyb")
    option = page.locator("#k-palette-list [role=option]", has_text=f"蓝鲸仪表{number}")
    expect(option).to_be_visible()
    visit.check_access()
    box.fill("xjsj")
    expect(page.locator("#k-palette-list [aria-selected=true]")).to_contain_text("新建商机")
    page.keyboard.press("Enter")
    page.wait_for_url("**/opportunities/new")
    # Single letters act only where nobody writes, and can be switched off.
    page.goto("/")
    page.keyboard.press("?")
    expect(page.locator("dialog #k-keys h1")).to_be_visible()
    visit.check_access()
    page.click("dialog button[name=keys][value=off]")
    page.wait_for_url("**/keys")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_timeout(200)
    assert page.url.endswith("/keys")


def test_the_start_page_names_what_is_due(visit, chiefs):
    page, name = visit.page, f"回访{next(numbers)}号"
    chief = chiefs["chief-zh"]
    me = chiefs.users["chief-zh"]["id"]
    customer = chief.make("customers", name=name + "客户")["id"]
    task = chief.make("activities", kind="task", subject=name, assignee=me, due_on="2020-01-01", customer=customer)
    page.goto("/?who=me")
    visit.check()
    visit.check_access()
    row = page.locator(".k-todo li", has_text=name).first
    expect(row.locator(".k-mark-bad")).to_have_text("2020-01-01")
    row.locator("button").click()
    page.wait_for_selector(".k-flash")
    assert chief.get(f"/api/v1/activities/{task['id']}").json()["done"] is True
    page.goto("/?who=team")
    visit.check()
    visit.check_access()
    assert re.search("团队|全员", page.locator(".k-tabs [aria-current]").inner_text())
