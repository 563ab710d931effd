"""Lists as a person uses them: views, filters as sentences, changes in place, many records at once."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from conftest import PASSWORD
from visit import Visit

numbers = itertools.count(1)


@pytest.fixture
def visit(browser, kehu, chiefs):
    visit = Visit(browser, kehu.address, "zh", "wide")
    visit.log_in()
    yield visit
    visit.context.close()
    assert not visit.faults, "the browser complains: " + "; ".join(visit.faults)


def make(chiefs, count, word):
    owner = chiefs["administrator"]
    return [owner.make("customers", name=f"{word}{index}", phone=f"1380000{index:04}") for index in range(count)]


def test_a_filter_is_built_from_sentences_and_kept_as_a_view(visit, chiefs):
    page, word = visit.page, f"视图样本{next(numbers)}"
    make(chiefs, 3, word)
    page.goto("/customers")
    page.click(".k-bar a:has-text('筛选')")
    page.click(".k-pick-group a:has-text('客户名称') >> nth=0")
    page.fill(".k-editor input[name=value]", word)
    page.click(".k-editor button.k-btn-primary")
    chip = page.locator(".k-chip", has_text=word)
    assert "客户名称 包含" in chip.inner_text()
    expect(page.locator("#k-results tbody tr")).to_have_count(3)
    visit.check_access()
    # An alternative makes a group of «or».
    page.click(".k-chip-add:has-text('并且')")
    page.click(".k-pick-group a:has-text('客户状态') >> nth=0")
    page.check(".k-editor input[value=lost]")
    page.click(".k-editor button.k-btn-primary")
    page.wait_for_selector("text=没有符合条件的记录")
    page.click(".k-join")
    page.wait_for_selector(".k-join:has-text('或')")
    expect(page.locator("#k-results tbody tr").nth(2)).to_be_visible()
    # It is kept under a name, then changed: a dot tells of it until it is saved.
    page.click(".k-views summary:has-text('存为视图')")
    page.fill(".k-views input[name=name]", word)
    page.click(".k-views button[value=new]")
    tab = page.locator(f".k-tabs a[aria-current]:has-text('{word}')")
    tab.wait_for()
    page.click(".k-chip-x[aria-label*='客户状态']")
    page.wait_for_selector(".k-tabs .k-dot")
    page.click("button:has-text('保存视图')")
    page.wait_for_selector(".k-tabs .k-dot", state="detached")
    expect(page.locator("#k-results tbody tr")).to_have_count(3)
    visit.check()


def test_a_cell_is_changed_with_the_keyboard(visit, chiefs):
    page, word = visit.page, f"表格修改{next(numbers)}"
    record = make(chiefs, 1, word)[0]
    page.goto("/customers?q=" + word)
    cell = page.locator("#k-results td[data-field=phone]")
    page.locator("#k-results .k-name a").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.field") == "phone"
    page.keyboard.press("Enter")
    box = cell.locator("input[name=phone]")
    box.wait_for()
    box.fill("13911112222")
    # Enter that confirms a candidate of an input method does not save.
    page.keyboard.press("Enter")
    page.wait_for_selector("#k-results td[data-field=phone]:not(.k-editing) >> text=139 1111 2222")
    stored = chiefs["administrator"].get(f"/api/v1/customers/{record['id']}").json()
    assert "13911112222" in stored["phone"]
    # Somebody else was quicker: both values are shown, and nothing is lost.
    page.wait_for_timeout(100)
    page.keyboard.press("Enter")
    box.wait_for()
    chiefs["administrator"].patch(f"/api/v1/customers/{record['id']}", json={"phone": "13700000000"})
    box.fill("13600000000")
    page.keyboard.press("Enter")
    page.wait_for_selector(".k-cell-form .k-note-warn")
    assert "137 0000 0000" in page.locator(".k-cell-form .k-note-warn").inner_text()
    assert box.input_value() == "13600000000"
    page.keyboard.press("Escape")
    visit.faults[:] = [fault for fault in visit.faults if "412" not in fault]


def test_many_records_are_changed_at_once_and_put_back(visit, chiefs):
    page, word = visit.page, f"批量{next(numbers)}组"
    records = make(chiefs, 60, word)
    owner = chiefs["administrator"]
    page.goto("/customers?q=" + word)
    page.locator(".k-pick").nth(0).click()
    page.locator(".k-pick").nth(3).click(modifiers=["Shift"])
    assert "已选 4 条" in page.locator(".k-bulk-count").inner_text()
    page.check(".k-bulk input[name=all]")
    page.click(".k-bulk button[value=edit]")
    assert "60 条" in page.locator("h1").inner_text()
    visit.check()
    visit.check_access()
    page.select_option("select[name=field]", "level")
    page.select_option("select[name=level]", "a")
    page.click("main form button.k-btn-primary")
    page.wait_for_selector(".k-flash >> text=已处理 60 条")
    found = {"filter": f'name contains "{word}" and level = "a"', "total": "true"}
    assert owner.get("/api/v1/customers", params=found).json()["total"] == 60
    owner.patch(f"/api/v1/customers/{records[0]['id']}", json={"level": "b"})
    page.click(".k-flash button")
    page.wait_for_selector(".k-flash >> text=已撤销 59 条")
    assert owner.get("/api/v1/customers", params=found).json()["total"] == 0
    assert owner.get(f"/api/v1/customers/{records[0]['id']}").json()["level"] == "b"


def test_the_peek_and_the_way_from_record_to_record(visit, chiefs):
    page, word = visit.page, f"预览{next(numbers)}"
    make(chiefs, 3, word)
    page.goto("/customers?q=" + word)
    page.keyboard.press("j")
    page.keyboard.press("Space")
    page.wait_for_selector("dialog[open] h2")
    visit.check_access()
    page.keyboard.press("Escape")
    page.locator("#k-results .k-name a").first.click()
    page.wait_for_url(re.compile(r"/customers/[0-9A-Z]{13}$"))
    first = page.url
    page.keyboard.press("]")
    page.wait_for_url(lambda url: url != first and re.search(r"/customers/[0-9A-Z]{13}$", url))
    assert word in page.locator("h1").inner_text()


def test_lists_work_without_scripts(browser, kehu, chiefs):
    word = f"无脚本列表{next(numbers)}"
    make(chiefs, 2, word)
    context = browser.new_context(base_url=kehu.address, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=email]", "chief-zh@end-to-end.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("form button.k-btn-primary")
    page.goto("/customers")
    page.click(".k-bar a:has-text('筛选')")
    page.click(".k-pick-group a:has-text('客户名称') >> nth=0")
    page.fill(".k-editor input[name=value]", word)
    page.click(".k-editor button.k-btn-primary")
    expect(page.locator("#k-results tbody tr")).to_have_count(2)
    page.locator(".k-pick").nth(0).check()
    page.click(".k-bulk button[value=delete]")
    expect(page.locator("#k-results tbody tr")).to_have_count(1)
    page.click(".k-flash button")
    expect(page.locator("#k-results tbody tr")).to_have_count(2)
    context.close()
