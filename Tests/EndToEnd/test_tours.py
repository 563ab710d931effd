"""The tour that somebody new is offered."""

import itertools

import pytest
from playwright.sync_api import expect

from visit import Visit

numbers = itertools.count(1)


@pytest.mark.parametrize(
    "role, language, size",
    [("salesperson", "zh", "phone"), ("sales_manager", "en", "phone"), ("administrator", "en", "wide")],
)
def test_somebody_new_is_shown_around_once(browser, kehu, chiefs, role, language, size):
    name = f"new-{next(numbers)}"
    chiefs.add(name, role, "east", language)
    visit = Visit(browser, kehu.address, language, size)
    visit.log_in(name)
    page = visit.page
    bar = page.locator(".k-tour")
    visit.check("/")
    visit.check_access()
    bar.locator("a.k-btn-primary").click()
    seen = []
    while True:
        assert page.locator("main h1").first.is_visible(), page.url
        visit.check()
        seen.append(bar.locator("p").inner_text())
        onward = bar.locator("a.k-btn-primary")
        if onward.count() == 0:
            break
        onward.click()
    assert len(set(seen)) == len(seen) and 4 <= len(seen) <= 6, seen
    visit.check_access()
    # Nobody is led where they may not go, and who has seen it is not asked again.
    bar.locator("button").click()
    expect(page.locator(".k-flash")).to_be_visible()
    page.goto("/")
    expect(bar).to_have_count(0)
    visit.context.close()
    assert not visit.faults, "the browser complains: " + "; ".join(visit.faults)
