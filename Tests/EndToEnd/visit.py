"""A person who looks at pages in a real browser under the real policy."""

import contextlib
import time

from axe_playwright_python.sync_playwright import Axe

SIZES = {"phone": {"width": 360, "height": 740}, "wide": {"width": 1440, "height": 900}}


class Visit:
    """A browser page of one person; errors on its console, policy violations and strange hosts are kept."""

    def __init__(self, browser, address, language, size):
        self.browser, self.address, self.language, self.size = browser, address, language, size
        self.context = browser.new_context(
            base_url=address, viewport=SIZES[size], locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai", is_mobile=size == "phone", has_touch=size == "phone",
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.faults = []
        self.page.on("console", self._told)
        self.page.on("pageerror", self._failed)
        self.page.on("request", self._local)
        self.page.on("response", self._fine)

    def _told(self, message):
        # A form that comes back with what is wrong is a 422, which Chromium tells of as an error.
        if message.type == "error" and "status of 422" not in message.text:
            self.faults.append(message.text)

    def _failed(self, error):
        # A slow page shows without the transition from the one before, which Chromium tells of as an error.
        if "Transition was aborted" not in str(error):
            self.faults.append(str(error))

    def _local(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append("asks another host: " + request.url)

    def _fine(self, response):
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")

    def log_in(self, name=None, password="清晨 the heron waits"):
        self.page.goto("/login")
        self.page.fill("input[name=email]", f"{name or 'chief-' + self.language}@end-to-end.example")
        self.page.fill("input[name=password]", password)
        self.page.click("form button.k-btn-primary")
        self.page.wait_for_url(lambda url: "/login" not in url)

    @contextlib.contextmanager
    def exchanged(self, part):
        """What is done within exchanges that part of the page, even if its address stays: waits for the new one."""
        self.page.eval_on_selector(part, "part => { part.dataset.seen = '' }")
        yield
        self.page.wait_for_selector(f"{part}:not([data-seen])", state="attached")

    def check(self, path=None):
        """The page is shown, in its language, and nothing sticks out at the side."""
        if path:
            answer = self.page.goto(path)
            assert answer.status == 200, f"{path}: {answer.status}"
            # A page that looks again by itself while something runs is looked at when that is done.
            end = time.monotonic() + 60
            while answer.headers.get("refresh") and time.monotonic() < end:
                time.sleep(0.5)
                answer = self.page.goto(path)
        assert self.page.locator("html").get_attribute("lang").startswith(self.language)
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 1, f"{self.page.url} is {over} px too wide"

    def check_access(self):
        """Nothing that axe objects to."""
        found = Axe().run(self.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).response
        told = [
            f"{each['id']} ({each['impact']}): {each['help']} — {each['nodes'][0]['html'][:160]}"
            for each in found["violations"]
        ]
        assert not told, f"{self.page.url}:\n" + "\n".join(told)
