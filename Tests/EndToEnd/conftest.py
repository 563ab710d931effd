"""What the tests share: the running program, HTTP clients, and a browser under the real policy."""

import shutil

import pytest
import requests
from playwright.sync_api import sync_playwright

from program import Failure, Program


class Client(requests.Session):
    """HTTP with addresses that start at the program's."""

    def __init__(self, address):
        super().__init__()
        self.address = address

    def request(self, method, url, **options):
        options.setdefault("timeout", 60)
        return super().request(method, self.address + url if url.startswith("/") else url, **options)


@pytest.fixture(scope="session")
def kehu(tmp_path_factory):
    """The program, serving a small demo workspace that all tests of the run share."""
    try:
        program = Program(tmp_path_factory.mktemp("kehu"))
    except Failure as failure:
        pytest.exit(str(failure), returncode=1)
    yield program
    program.close()


@pytest.fixture
def anonymous(kehu):
    """An HTTP client that has not logged in."""
    with Client(kehu.address) as client:
        yield client


@pytest.fixture
def owner(kehu):
    """An HTTP client logged in as the demo workspace's owner."""
    with Client(kehu.address) as client:
        answer = client.post("/api/v1/session", json={"email": kehu.email, "password": kehu.password})
        assert answer.ok, answer.text
        yield client


@pytest.fixture(scope="session")
def browser():
    """Debian's headless Chromium."""
    path = shutil.which("chromium-headless-shell")
    assert path, "chromium-headless-shell is missing: run «scripts/setup --tests»"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, kehu):
    """A fresh browser page in Chinese; an error on its console fails the test."""
    context = browser.new_context(base_url=kehu.address, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.console_errors = errors
    yield page
    context.close()
    assert not errors, "the browser's console shows errors: " + "; ".join(errors)
