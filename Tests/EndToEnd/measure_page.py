"""How long a real browser takes until the list of customers stands there, with an empty cache and with a full one.

    measure_page.py http://127.0.0.1:8080 KEY [rounds]

prints JSON: milliseconds until all rows are in the document and until the page is complete (the middle of all rounds),
requests, and bytes over the wire; for a phone (360 px, a processor four times slower, 1.6 Mbit/s with 150 ms) the
largest contentful paint and the cumulative layout shift. The key stands for a log-in; `kehu bench` measures the page with a session.
"""

import json
import shutil
import statistics
import sys

from playwright.sync_api import sync_playwright

TIMES = """() => {
  const page = performance.getEntriesByType('navigation')[0];
  const files = performance.getEntriesByType('resource');
  return {
    first_byte_ms: page.responseStart - page.requestStart,
    rows_ms: page.domInteractive,
    complete_ms: page.loadEventEnd,
    requests: 1 + files.filter(file => file.transferSize > 0).length,
    bytes: page.transferSize + files.reduce((sum, file) => sum + file.transferSize, 0),
    rows: document.querySelectorAll('main tbody tr').length,
  };
}"""


PAINT = """() => new Promise(done => {
  let paint = 0, shift = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) paint = Math.max(paint, e.startTime); })
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) shift += e.value; })
    .observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done({largest_paint_ms: paint, layout_shift: shift}), 500);
})"""


def on_a_phone(browser, address, key):
    context = browser.new_context(
        base_url=address, locale="zh-CN", viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True,
        extra_http_headers={"Authorization": f"Bearer {key}"},
    )
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000,
    })
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto("/customers", wait_until="load")
    found = page.evaluate(PAINT)
    context.close()
    return found


def load(page):
    page.goto("/customers", wait_until="load")
    page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    return page.evaluate(TIMES)


def main():
    address, key = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    loads = {"cold": [], "warm": [], "phone": []}
    path = shutil.which("chromium-headless-shell")
    assert path, "chromium-headless-shell is missing: run «scripts/setup --tests»"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for _ in range(rounds):
            # A new context has an empty cache.
            context = browser.new_context(
                base_url=address, locale="zh-CN", extra_http_headers={"Authorization": f"Bearer {key}"}
            )
            page = context.new_page()
            loads["cold"].append(load(page))
            loads["warm"].append(load(page))
            context.close()
            loads["phone"].append(on_a_phone(browser, address, key))
        browser.close()
    print(json.dumps({
        kind: {name: round(statistics.median(each[name] for each in all_of), 3) for name in all_of[0]}
        for kind, all_of in loads.items()
    }, indent=1))


if __name__ == "__main__":
    main()
