"""What a new user does, in a real browser under the real policy: both languages, on a phone and on a wide screen."""

import itertools
import os
import re
import time

import pytest
from conftest import PASSWORD
from visit import Visit

numbers = itertools.count(1)


@pytest.fixture(params=["zh", "en"])
def language(request):
    return request.param


@pytest.fixture(params=["phone", "wide"])
def size(request):
    return request.param


@pytest.fixture
def visit(browser, kehu, chiefs, language, size):
    visit = Visit(browser, kehu.address, language, size)
    yield visit
    visit.context.close()
    assert not visit.faults, "the browser complains: " + "; ".join(visit.faults)


def test_a_new_user_makes_a_customer_and_logs_a_call(visit):
    visit.log_in()
    page, name = visit.page, f"晨光仪器{next(numbers)}厂"
    visit.check("/customers")
    visit.check("/customers/new")
    page.click("main form button.k-btn-primary")
    page.wait_for_selector(".k-summary, [aria-invalid=true]")
    visit.check()
    page.fill("main input[name=name]", name)
    page.fill("main input[name=phone]", "021 5888 1234")
    page.click("main form button.k-btn-primary")
    page.wait_for_url(re.compile(r"/customers/[0-9A-Z]{13}$"))
    assert name in page.locator("h1").inner_text()
    visit.check()
    page.locator(".k-kinds label", has=page.locator("input[value=call]")).click()
    page.fill("#k-composer-body", "谈了报价，周五回复")
    page.click(".k-composer button.k-btn-primary")
    page.wait_for_selector("#timeline .k-timeline >> text=谈了报价")
    visit.check()
    page.goto("/customers?q=" + name)
    assert name in page.locator("table, .k-table, main").first.inner_text()
    visit.check()


def test_an_administrator_adds_a_field_and_it_is_in_the_form(visit, chiefs):
    visit.log_in()
    page, number = visit.page, next(numbers)
    visit.check("/settings/objects/customer")
    form = page.locator("form[action='/settings/objects/customer/fields']")
    form.locator("input[name=zh]").fill(f"门店数{number}")
    form.locator("input[name=en]").fill(f"Shops {number}")
    form.locator("select[name=kind]").select_option("number")
    form.locator("input[name=key]").fill(f"shops_{number}")
    form.locator("button.k-btn-primary").click()
    # What will be done is shown first.
    page.wait_for_selector(f"text=x_shops_{number}")
    visit.check()
    page.click("main form button.k-btn-primary")
    page.wait_for_selector(f"table >> text=x_shops_{number}")
    visit.check("/customers/new")
    assert page.locator(f"[name=x_shops_{number}]").is_visible()
    page.fill("main input[name=name]", f"连锁{number}")
    page.fill(f"[name=x_shops_{number}]", "17")
    page.click("main form button.k-btn-primary")
    page.wait_for_url(re.compile(r"/customers/[0-9A-Z]{13}$"))
    key = page.url.rsplit("/", 1)[1]
    record = chiefs["administrator"].get(f"/api/v1/customers/{key}").json()
    assert record[f"x_shops_{number}"] == 17


def test_a_duplicate_is_told_while_somebody_types(visit, staff):
    """Before anything is saved: with reason and owner, and of a colleague's record only whose it is."""
    number = next(numbers)
    name = f"蓟北第{number}水文"
    mine = staff["an"].make("customers", name=f"北京{name}有限公司", phone=f"0108800{number:04}")
    visit.log_in()
    page = visit.page
    visit.check("/customers/new")
    page.locator("main input[name=name]").press_sequentially(name, delay=15)
    # The cursor is still in the field.
    page.wait_for_selector("#k-duplicates .k-summary")
    notice = page.locator("#k-duplicates")
    assert mine["name"] in notice.inner_text() and notice.locator(f"a[href$='{mine['id']}']").count() == 1
    assert "an" in notice.inner_text() and ("名称" in notice.inner_text() or "Name" in notice.inner_text())
    visit.check()
    visit.check_access()
    page.locator("main input[name=name]").fill("完全不同的一家")
    page.wait_for_selector("#k-duplicates .k-summary", state="detached")


def test_of_a_colleagues_record_the_form_tells_only_whose_it_is(visit, staff):
    number = next(numbers)
    name = f"燕南第{number}测绘"
    theirs = staff["an"].make("customers", name=f"北京{name}有限公司")
    visit.log_in("bai")
    page = visit.page
    page.goto("/customers/new")
    page.locator("main input[name=name]").press_sequentially(name, delay=15)
    page.wait_for_selector("#k-duplicates .k-summary")
    told = page.locator("#k-duplicates").inner_text()
    assert "end-to-end east" in told and theirs["name"] not in told and theirs["id"] not in page.content()


def test_words_and_dates_of_another_system_are_matched_on_the_page(visit, chiefs, tmp_path):
    visit.log_in()
    page, number = visit.page, next(numbers)
    file = tmp_path / "old.csv"
    names = [f"旧系统客户{number}号{index}" for index in range(3)]
    file.write_text(
        f"客户清单,,,,\n客户名称,客户状态,成立日期,负责人,客户级别,旧编号{number}\n"
        f"{names[0]},Closed Won 客户,5/9/2022,管理员,A\n{names[1]},潜在,6/9/2022,administrator,VIP\n"
        f"{names[2]},潜在,7/9/2022,,VIP\n",
        encoding="utf-8",
    )
    visit.check("/imports/new?object=customers")
    page.set_input_files("input[type=file]", file)
    page.click("main form button.k-btn-primary")
    page.wait_for_selector("button[name=_action][value=run]")
    visit.check()
    visit.check_access()
    assert page.locator("input[name=heading]").first.input_value() == "2"
    page.click("button[name=_action][value=run]")
    # Nothing is guessed: the order of the dates is asked for, beside its column.
    page.wait_for_selector("select[name='dates.2']")
    page.select_option("select[name='dates.2']", "dmy")
    for select in page.locator("select[name^='val.']").all():
        if not select.input_value():
            values = [each.get_attribute("value") for each in select.locator("option").all()]
            select.select_option("customer" if "customer" in values else "=empty")
    page.click("button[name=_action][value=run]")
    page.wait_for_url(re.compile(r"/imports/[0-9A-Z]{13}"))
    page.wait_for_selector(".k-stats")
    page.goto("/customers?q=" + names[0])
    found = chiefs["administrator"].get("/api/v1/customers", params={"filter": f'name = "{names[0]}"'}).json()["data"]
    for _ in range(50):
        if found:
            break
        time.sleep(0.1)
        found = chiefs["administrator"].get("/api/v1/customers", params={"filter": f'name = "{names[0]}"'}).json()["data"]
    assert found and found[0]["status"] == "customer", found
    assert found[0]["founded_on"] == "2022-09-05"


def test_a_file_is_imported_on_its_page(visit, chiefs, tmp_path):
    visit.log_in()
    page, number = visit.page, next(numbers)
    file = tmp_path / "客户.csv"
    rows = "".join(f"进口客户{number}号{index},1390000{number:02}{index:02}\r\n" for index in range(20))
    file.write_bytes(("客户名称,电话\r\n" + rows + "坏电话,abc\r\n").encode("gb18030"))
    visit.check("/imports/new?object=customers")
    page.set_input_files("input[type=file]", file)
    page.click("main form button.k-btn-primary")
    page.wait_for_selector("button[name=_action][value=run]")
    visit.check()
    assert "客户名称" in page.locator("main").inner_text()
    page.click("button[name=_action][value=run]")
    page.wait_for_url(re.compile(r"/imports/[0-9A-Z]{13}"))
    for _ in range(100):
        total = chiefs["administrator"].get(
            "/api/v1/customers", params={"filter": f'name contains "进口客户{number}号"', "total": "true"}
        ).json()["total"]
        if total == 20:
            break
        page.wait_for_timeout(100)
    assert total == 20
    page.reload()
    visit.check()
    assert "20" in page.locator("main").inner_text()


def test_main_pages_are_accessible_and_fit(visit, chiefs):
    visit.page.goto("/login")
    visit.check_access()
    visit.log_in()
    owner = chiefs["administrator"]
    customer = owner.make("customers", name=f"无障碍{next(numbers)}", phone="13800001234")
    other = owner.make("customers", name=customer["name"] + "有限公司", phone="13800001234")
    merge = f"/customers/{customer['id']}/merge"
    owner.make("activities", kind="call", subject="来电", body="内容", customer=customer["id"])
    for path in (
        "/", "/customers", "/customers/new", f"/customers/{customer['id']}", f"/customers/{customer['id']}/edit",
        "/opportunities", "/activities", "/search?q=13800001234", "/account", "/settings", "/settings/users",
        "/settings/roles", "/settings/objects", "/settings/audit", "/imports", "/customers/export", "/bin",
        "/customers/duplicates", merge, f"{merge}?with={other['id']}", "/settings/objects/customer/duplicates",
    ):
        visit.check(path)
        visit.check_access()


def test_pages_of_deals_prices_and_alerts_fit_with_everything_open(visit, chiefs):
    visit.log_in()
    owner, number = chiefs["administrator"], next(numbers)
    customer = owner.make("customers", name=f"远大{number}")["id"]
    contact = owner.make("contacts", name="孙工", customer=customer, title="设备部副经理")["id"]
    deal = owner.make("opportunities", name="年产三万吨装置阀门年度框架采购", customer=customer)["id"]
    product = owner.make("products", name=f"不锈钢三通球阀 DN50-{number}", price="1280.50")["id"]
    owner.make("opportunity_lines", opportunity=deal, product=product, quantity="12", discount="7.5")
    owner.make("opportunity_lines", opportunity=deal, product=product, quantity="1", price="9999999.99")
    book = owner.make("price_books", name=f"经销商价{number}")["id"]
    owner.make("price_book_entries", book=book, product=product, price="1100")
    owner.patch(f"/api/v1/opportunities/{deal}", json={"stage": "interested"})
    hook = {"address": "https://example.com/" + "x" * 90, "events": ["customer.*"], "active": False}
    hook = owner.post("/api/v1/webhooks", json=hook).json()["id"]
    owner.post(f"/api/v1/webhooks/{hook}/test", json={})
    delivery = owner.get(f"/api/v1/webhooks/{hook}/deliveries").json()["data"][0]["id"]
    owner.patch(f"/api/v1/customers/{customer}", json={"level": "a", "website": "https://example.com/" + "x" * 90})
    for path in (
        f"/customers/{customer}", f"/contacts/{contact}", f"/opportunities/{deal}", f"/opportunities/{deal}/edit",
        f"/price_books/{book}", f"/products/{product}", "/customers", "/settings", "/settings/workspace",
        "/settings/alerts?all=true", "/settings/webhooks", "/settings/webhooks/new", f"/settings/webhooks/{hook}",
        f"/settings/webhooks/{hook}/edit", f"/settings/webhooks/{hook}/deliveries/{delivery}",
    ):
        visit.check(path)
        visit.page.eval_on_selector_all("main details", "all => all.forEach(each => each.open = true)")
        visit.check()
        visit.check_access()
        if folder := os.environ.get("KEHU_SHOTS"):
            name = path.strip("/").split("?")[0].replace("/", "_")
            width = visit.page.viewport_size["width"]
            visit.page.screenshot(path=f"{folder}/{name}-{visit.language}-{width}.png", full_page=True)


def test_a_candidate_of_an_input_method_is_confirmed_without_sending(browser, kehu, chiefs):
    visit = Visit(browser, kehu.address, "zh", "wide")
    visit.log_in()
    page = visit.page
    keyboard = visit.context.new_cdp_session(page)
    page.goto("/customers/new")
    sent = []
    # A list also listens for what others change.
    page.on("request", lambda request: "/live?" in request.url or sent.append(f"{request.method} {request.url}"))
    page.focus("main input[name=name]")
    keyboard.send("Input.imeSetComposition", {"text": "ke'hu", "selectionStart": 5, "selectionEnd": 5})
    key = {"key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    page.keyboard.press("Enter")
    keyboard.send("Input.insertText", {"text": "客户"})
    page.wait_for_timeout(300)
    assert sent == [] and page.url.endswith("/customers/new")
    assert "客户" in page.input_value("main input[name=name]")
    page.goto("/customers")
    sent.clear()
    box = page.locator("main input[type=search]").first
    box.focus()
    keyboard.send("Input.imeSetComposition", {"text": "xue'bao", "selectionStart": 7, "selectionEnd": 7})
    page.wait_for_timeout(500)
    assert sent == [], "the list asked while composing"
    visit.context.close()
    assert not visit.faults, visit.faults


def test_pages_work_without_scripts(browser, kehu, chiefs):
    context = browser.new_context(base_url=kehu.address, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto("/login")
    page.fill("input[name=email]", "chief-zh@end-to-end.example")
    page.fill("input[name=password]", PASSWORD)
    page.click("form button.k-btn-primary")
    page.goto("/customers/new")
    page.fill("main input[name=name]", "无脚本客户")
    page.click("main form button.k-btn-primary")
    page.wait_for_url(re.compile(r"/customers/[0-9A-Z]{13}$"))
    page.goto("/customers?q=无脚本")
    assert "无脚本客户" in page.locator("main").inner_text()
    # A second one is warned of; saving again makes it all the same, and the two can be merged and parted.
    page.goto("/customers/new")
    page.fill("main input[name=name]", "无脚本客户有限公司")
    page.click("main form button.k-btn-primary")
    assert page.locator("#k-duplicates a").inner_text() == "无脚本客户"
    page.click("main form button.k-btn-primary")
    page.wait_for_url(re.compile(r"/customers/[0-9A-Z]{13}$"))
    second = page.url
    page.goto(second + "/merge")
    page.click("main .k-related a >> text=无脚本客户")
    page.click("main form button.k-btn-primary")
    page.wait_for_url(second)
    page.click("main .k-flash form button")
    page.wait_for_url(second)
    assert "已撤销合并" in page.locator("body").inner_text()
    context.close()
