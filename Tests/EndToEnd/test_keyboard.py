"""A morning without a mouse."""

import re

from playwright.sync_api import expect

from conftest import PASSWORD
from visit import Visit

RECORD = re.compile(r"/[a-z_]+/[0-9A-Z]{13}(#\w+)?$")
# The parts of a date mark themselves.
FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  return {tag: e.tagName, name: e.getAttribute('name') ?? '', text: (e.innerText ?? '').trim().slice(0, 40),
    shown: r.width > 0 && r.height > 0, ring: s.outlineStyle !== 'none' || s.boxShadow !== 'none' || e.type === 'date'};
}"""


def tab_to(page, found, most=80):
    """Moves on with Tab until `found` says of the focus that it is there; each stop can be seen."""
    for number in range(most):
        # Where a page puts the focus by itself is a stop as well.
        if number:
            page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["tag"] == "BODY":
            continue
        assert focus["shown"], f"the focus is on something that is not shown: {focus} on {page.url}"
        assert focus["ring"], f"nobody sees where the focus is: {focus} on {page.url}"
        if found(focus):
            return focus
    raise AssertionError(f"no way with Tab on {page.url}")


def test_a_customer_is_made_called_and_moved_with_keys_alone(browser, kehu, chiefs):
    visit = Visit(browser, kehu.address, "en", "wide")
    page, keys = visit.page, visit.page.keyboard
    page.goto("/login")
    tab_to(page, lambda focus: focus["name"] == "email")
    keys.type("chief-en@end-to-end.example")
    tab_to(page, lambda focus: focus["name"] == "password")
    keys.insert_text(PASSWORD)
    keys.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    # The first stop leads past the navigation.
    keys.press("Tab")
    expect(page.locator(".k-skip")).to_be_focused()
    loaded = []
    page.on("request", lambda request: loaded.append(request.url) if request.is_navigation_request() else None)
    keys.press("Enter")
    page.wait_for_url("**#main")
    keys.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    page.wait_for_timeout(300)
    assert not loaded, "a link within the page loads it anew"
    # To the customers, and a new one.
    keys.press("g")
    keys.press("c")
    page.wait_for_url("**/customers")
    keys.press("c")
    page.wait_for_url("**/customers/new")
    tab_to(page, lambda focus: focus["name"] == "name")
    keys.type("Keyboard Works")
    keys.press("Enter")
    page.wait_for_url(RECORD)
    record = page.url.rsplit("/", 1)[1]
    # What was said, on its page.
    tab_to(page, lambda focus: focus["tag"] == "TEXTAREA")
    keys.type("Called, offer on Friday")
    keys.press("Control+Enter")
    expect(page.locator("#timeline .k-timeline")).to_contain_text("offer on Friday")
    # A menu opens and closes, and the focus is where it was.
    tab_to(page, lambda focus: focus["tag"] == "SUMMARY")
    opener = page.evaluate("document.activeElement.innerText")
    keys.press("Enter")
    keys.press("Escape")
    assert page.evaluate("document.activeElement.innerText") == opener
    assert page.locator("details[data-menu][open]").count() == 0
    # A deal goes on along its stages, and is found with the palette.
    owner = chiefs["administrator"]
    deal = owner.make("opportunities", name="Keyboard deal", customer=record.split("#")[0], amount="10", next_step="call")
    keys.press("Control+k")
    expect(page.locator(".k-palette input")).to_be_focused()
    keys.type("Keyboard deal")
    expect(page.locator("#k-palette-list [aria-selected=true]")).to_contain_text("Keyboard deal")
    keys.press("Enter")
    page.wait_for_url(f"**/opportunities/{deal['id']}")
    page.goto("/opportunities/board?q=Keyboard deal")
    lanes = page.locator("[data-lane]").evaluate_all("all => all.map(each => each.dataset.lane)")
    tab_to(page, lambda focus: focus["text"] == "Keyboard deal")
    keys.press("Alt+ArrowRight")
    goal = lanes[lanes.index(deal["stage"]) + 1]
    expect(page.locator(f"[data-lane={goal}] #k-card-{deal['id']}")).to_be_visible()
    # In a list the rows are walked through, looked at beside it, and opened.
    page.goto("/customers?q=Keyboard")
    keys.press("j")
    keys.press("Space")
    expect(page.locator("#k-peek-title")).to_be_visible()
    keys.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    keys.press("Enter")
    page.wait_for_url(RECORD)
    visit.context.close()
    assert not visit.faults, "the browser complains: " + "; ".join(visit.faults)
