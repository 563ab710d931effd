"""Every page of the gallery: nothing that axe objects to, nothing on the console, nothing too wide, nothing that jumps."""

import itertools

import pytest

from gallery import first_of, pages
from visit import Visit

# Contrast is measured in both themes.
COMBINATIONS = [("zh", "wide", "light"), ("en", "phone", "dark")]
SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 400);
})"""


@pytest.fixture(scope="module", params=COMBINATIONS, ids="-".join)
def visit(request, browser, kehu, chiefs):
    language, size, theme = request.param
    visit = Visit(browser, kehu.address, language, size)
    visit.log_in()
    visit.context.add_cookies([{"name": "kehu_theme", "value": theme, "url": kehu.address}])
    yield visit
    visit.context.close()


def test_every_page_can_be_used_by_everybody(visit):
    told = []
    for name, address in pages(first_of(visit.context)).items():
        visit.faults.clear()
        try:
            visit.check(address)
            visit.check_access()
        except AssertionError as error:
            told.append(f"{name}: {error}")
        told += [f"{name}: {fault}" for fault in visit.faults]
    assert not told, "\n".join(told)


def test_a_list_does_not_jump_while_it_loads(visit):
    visit.page.goto("/customers")
    assert visit.page.evaluate(SHIFTS) < 0.02


def test_an_input_method_composes_in_every_quick_field(visit, chiefs):
    if visit.language != "zh":
        pytest.skip("one size is enough")
    page = visit.page
    keyboard = page.context.new_cdp_session(page)
    record = chiefs["administrator"].make("customers", name="输入法样本", website="https://example.com")

    def compose(text, word):
        """Composes, confirms with Enter as the candidate's key, and inserts the word."""
        keyboard.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
        keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process", "code": "Enter"})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", "windowsVirtualKeyCode": 13, "key": "Enter", "code": "Enter"})
        keyboard.send("Input.insertText", {"text": word})

    # The cell editor of a list: confirming a candidate saves nothing.
    page.goto("/customers?q=输入法样本")
    page.locator("#k-results .k-name a").first.focus()
    cell = page.locator("#k-results td[data-field]").first
    field = cell.get_attribute("data-field")
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        if page.evaluate("document.activeElement.dataset.field") == "phone":
            break
    page.keyboard.press("Enter")
    box = page.locator(".k-cell-form input[name=phone]")
    box.wait_for()
    box.fill("")
    box.focus()
    compose("dian'hua", "电话")
    assert box.input_value() == "电话" and page.locator(".k-cell-form").count() == 1, field
    page.keyboard.press("Escape")
    # The quick entry of a record, and the search of a list and of all records.
    page.goto(f"/customers/{record['id']}")
    box = page.locator("main textarea").first
    box.focus()
    compose("gen'jin", "跟进")
    assert box.input_value() == "跟进" and page.url.endswith(record["id"])
    page.goto("/customers")
    box = page.locator("#k-q")
    box.focus()
    compose("shu'ru", "输入法样本")
    page.wait_for_url("**q=**")
    assert "输入法样本" in page.locator("#k-results").inner_text()
    page.goto("/customers")
    box = page.locator("#k-search")
    box.focus()
    compose("sou", "输入法样本")
    assert page.url.endswith("/customers"), "confirming a candidate does not search"
