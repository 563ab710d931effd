"""A first day, as a person spends it: both languages, on a phone and on a wide screen."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from visit import Visit

numbers = itertools.count(1)
RECORD = re.compile(r"/[a-z_]+/[0-9A-Z]{13}$")


@pytest.fixture(params=[("zh", "wide"), ("zh", "phone"), ("en", "wide"), ("en", "phone")], ids="-".join)
def visit(request, browser, kehu, chiefs):
    visit = Visit(browser, kehu.address, *request.param)
    visit.log_in()
    yield visit
    visit.context.close()
    assert not visit.faults, "the browser complains: " + "; ".join(visit.faults)


def import_customers(visit, folder, word):
    """A file from a spreadsheet becomes customers: chosen, looked at, run."""
    page = visit.page
    file = folder / "客户名单.csv"
    names = [f"{word}张伟{index}" for index in range(3)]
    file.write_bytes(("客户名称,电话\r\n" + "".join(f"{name},1390000{index:04}\r\n" for index, name in enumerate(names))).encode("gb18030"))
    visit.check("/imports/new?object=customers")
    page.set_input_files("input[type=file]", file)
    page.click("main form button.k-btn-primary")
    page.click("button[name=_action][value=run]")
    page.wait_for_url(re.compile(r"/imports/[0-9A-Z]{13}"))
    expect(page.locator("main form[action$=undo] button")).to_be_visible(timeout=30_000)
    expect(page.locator("main dd").first).to_have_text("3")
    return names


def find_by_initials(visit, initials, name):
    """Somebody is found by the first letters of how the name is said."""
    page = visit.page
    page.goto("/")
    opener = page.locator("[data-palette-open]")
    if opener.is_visible():
        opener.click()
        page.fill(".k-palette input", initials)
        page.locator("#k-palette-list [role=option]", has_text=name).click()
    else:
        page.fill("#k-search", initials)
        page.press("#k-search", "Enter")
        page.locator("main a", has_text=name).first.click()
    page.wait_for_url(RECORD)
    assert name in page.locator("h1").inner_text()
    visit.check()
    return page.url.rsplit("/", 1)[1]


def log_a_call(visit):
    """Three taps: what it was, the field that is written into, done."""
    page = visit.page
    page.locator(".k-kinds label", has=page.locator("input[value=call]")).click()
    page.locator("#k-composer-body").click()
    page.keyboard.insert_text("谈了报价，周五回复")
    page.click(".k-composer button.k-btn-primary")
    expect(page.locator("#timeline .k-timeline")).to_contain_text("谈了报价")
    visit.check()


def move_a_deal(visit, chief, customer):
    """A deal goes on to its next stage; a click on the board's menu is enough."""
    page = visit.page
    deal = chief.make("opportunities", name=f"合同{next(numbers)}", customer=customer, amount="88000", next_step="打电话")
    page.goto(f"/opportunities/board?q={deal['name']}")
    lanes = page.locator("[data-lane]").evaluate_all("all => all.map(each => each.dataset.lane)")
    goal = lanes[lanes.index(deal["stage"]) + 1]
    card = page.locator(f"#k-card-{deal['id']}")
    card.locator("summary").click()
    card.locator(f"button[value={goal}]").click()
    expect(page.locator(f"[data-lane={goal}] #k-card-{deal['id']}")).to_be_attached()
    expect(page.locator("#k-board-said")).to_contain_text(deal["name"])
    assert chief.get(f"/api/v1/opportunities/{deal['id']}").json()["stage"] == goal
    visit.check()


def build_a_view(visit, word):
    """A filter is put together and kept under a name."""
    page = visit.page
    page.goto("/customers")
    page.click(".k-bar a[href*='edit=']:visible >> nth=0")
    page.click(".k-pick-group a[href*='field=name'] >> nth=0")
    page.fill(".k-editor input[name=value]", word)
    page.click(".k-editor button.k-btn-primary")
    expect(page.locator(".k-chip", has_text=word)).to_be_visible()
    page.click(".k-views summary")
    page.fill(".k-views input[name=name]", word)
    page.click(".k-views button[value=new]")
    expect(page.locator(f".k-tabs a[aria-current]:has-text('{word}')")).to_be_visible()
    expect(page.locator("#k-results tbody tr")).to_have_count(3)
    visit.check()


def change_many_and_undo(visit, chief, word):
    """All of the view get a level at once, and it is taken back."""
    page = visit.page
    page.locator("#k-results .k-pick").first.check()
    page.locator("#k-results .k-pick").nth(2).check()
    page.click(".k-bulk button[value=edit]")
    page.select_option("select[name=field]", "level")
    page.select_option("select[name=level]", "a")
    page.click("main form button.k-btn-primary")
    expect(page.locator(".k-flash")).to_contain_text("2")
    found = {"filter": f'name contains "{word}" and level = "a"', "total": "true"}
    assert chief.get("/api/v1/customers", params=found).json()["total"] == 2
    page.click(".k-flash button")
    expect(page.locator(".k-flash")).to_contain_text("2")
    assert chief.get("/api/v1/customers", params=found).json()["total"] == 0


def build_a_report(visit, word):
    """What a manager asks first, on a dashboard of one's own."""
    page = visit.page
    visit.check("/reports/new?object=opportunities")
    for name, value in (("what", "sum.amount"), ("by", "stage"), ("as", "bar")):
        page.select_option(f"select[name={name}]", value)
        page.click(".k-report-form button.k-btn-primary")
        expect(page.locator(".k-report")).to_be_visible()
    page.click(".k-head details:nth-of-type(2) summary")
    page.fill(".k-head details input[name=name]", word)
    page.click(".k-head button[name=_action][value=new]")
    page.wait_for_url(re.compile(r"/reports(\?|/)"))
    expect(page.locator("main")).to_contain_text(word)
    visit.check()


def add_a_field(visit, number):
    """An administrator needs one more field; it is in the form at once."""
    page = visit.page
    visit.check("/settings/objects/customer")
    form = page.locator("form[action='/settings/objects/customer/fields']")
    form.locator("input[name=zh]").fill(f"开店数{number}")
    form.locator("input[name=en]").fill(f"Stores {number}")
    form.locator("select[name=kind]").select_option("number")
    form.locator("input[name=key]").fill(f"stores_{number}")
    form.locator("button.k-btn-primary").click()
    page.click("main form button.k-btn-primary")
    page.wait_for_selector(f"table >> text=x_stores_{number}")
    visit.check("/customers/new")
    expect(page.locator(f"[name=x_stores_{number}]")).to_be_visible()


def hand_over_a_leaver(visit, chiefs, number):
    """Somebody leaves: a colleague gets all, and the account is closed."""
    page, name = visit.page, f"leaver-{visit.language}-{number}"
    chiefs.add(name, "salesperson", "east", visit.language)
    customer = chiefs[name].make("customers", name=f"交接客户{number}")
    visit.check(f"/settings/users/{chiefs.users[name]['id']}")
    form = page.locator("form[action$=handover]")
    form.locator("select").first.select_option(chiefs.users["an"]["id"])
    form.locator("button").click()
    expect(page.locator(".k-flash")).to_contain_text("1")
    assert chiefs["administrator"].get(f"/api/v1/customers/{customer['id']}").json()["owner"]["id"] == chiefs.users["an"]["id"]
    visit.check()


def test_a_first_day(visit, chiefs, tmp_path):
    number = next(numbers)
    # A word of its own that is said with other letters in each run.
    word = ("蓝鲸", "红松", "白鹭", "青石")[number % 4] + f"{number}号"
    chief = chiefs[f"chief-{visit.language}"]
    names = import_customers(visit, tmp_path, word)
    key = find_by_initials(visit, "zw", names[0])
    log_a_call(visit)
    move_a_deal(visit, chief, key)
    build_a_view(visit, word)
    change_many_and_undo(visit, chief, word)
    build_a_report(visit, word)
    add_a_field(visit, number)
    hand_over_a_leaver(visit, chiefs, number)
