"""Pictures of the pages of a demo workspace: both languages, both themes, phone and wide.

    gallery.py [--only WORD] [--quick] [FOLDER]

writes PNG files and an index.html that shows them side by side; `--quick` takes Chinese light wide and English dark
phone only.
"""

import argparse
import html
import itertools
import pathlib
import shutil
import sys
import tempfile
from urllib.parse import quote

from playwright.sync_api import sync_playwright

from program import ROOT, Program

SIZES = {"phone": {"width": 360, "height": 740}, "wide": {"width": 1440, "height": 900}}


def pages(first):
    """Name and address of each page; `first` answers the id of a record of an object."""
    customer, deal, lead = first("customers"), first("opportunities"), first("leads")
    return {
        "today": "/",
        "customers": "/customers",
        "customers-filtered": "/customers?filter=status%20%3D%20%22customer%22%20and%20owner%20%3D%20me",
        "customers-nested": "/customers?filter=" + quote('status in ("customer", "following") and (level = "a" or created_at >= today - 30d) and not (phone is empty)') + "&sums=1",
        "customers-editor": "/customers?edit=new&field=status",
        "customers-fields": "/customers?edit=new",
        "customers-none": "/customers?q=zzzzzz",
        "customer": f"/customers/{customer}",
        "customer-edit": f"/customers/{customer}/edit",
        "customer-new": "/customers/new",
        "customer-history": f"/customers/{customer}/history",
        "leads": "/leads",
        "lead": f"/leads/{lead}",
        "opportunities": "/opportunities",
        "board": "/opportunities/board",
        "opportunity": f"/opportunities/{deal}",
        "activities": "/activities",
        "calendar": "/calendar",
        "reports": "/reports",
        "reports-pipeline": "/reports?board=pipeline",
        "reports-activity": "/reports?board=activity",
        "reports-team": "/reports?board=team",
        "report": "/reports/new?object=opportunities&by=close_on.month&then=stage&what=sum.amount&as=stacked",
        "search": "/search?q=%E4%B8%8A%E6%B5%B7",
        "imports": "/imports",
        "bin": "/bin",
        "account": "/account",
        "settings": "/settings",
        "settings-users": "/settings/users",
        "settings-roles": "/settings/roles",
        "settings-objects": "/settings/objects",
        "settings-object": "/settings/objects/customer",
        "settings-workspace": "/settings/workspace",
        "settings-audit": "/settings/audit",
        "settings-pipelines": "/settings/pipelines",
        "settings-keys": "/settings/keys",
        "settings-days": "/settings/days",
        "settings-jobs": "/settings/jobs",
        "settings-webhooks": "/settings/webhooks",
        "settings-backup": "/settings/backup",
        "settings-layout": "/settings/objects/customer/layout",
        "notices": "/notices",
        "keys": "/keys",
        "calendar-week": "/calendar?view=week",
        "setup": "/setup",
    }


def costing(first):
    """Name and address of each page of what customers cost; a test of its own looks at what they need."""
    customer = first("customers")
    return {
        "costing": "/costing",
        "costing-customer": f"/customers/{customer}/profit",
        "costing-channels": "/costing/channels",
        "costing-groups": "/costing/groups?by=channel",
        "costing-whale": "/costing/whale",
        "costing-drivers": "/costing/drivers",
        "costing-pools": "/costing/pools",
        "costing-warnings": "/costing/warnings",
        "costing-predictions": "/costing/predictions",
        "costing-budgets": "/costing/budgets",
        "costing-ownership": "/costing/ownership",
        "costing-months": "/costing/months",
        "costing-fees": "/costing/fees",
    }


def log_in(page, program):
    page.goto("/login")
    page.fill("input[name=email]", program.email)
    page.fill("input[name=password]", program.password)
    page.click("form button.k-btn-primary")
    page.wait_for_url(lambda url: "/login" not in url)


def first_of(context):
    def first(plural):
        return context.request.get(f"/api/v1/{plural}?limit=1&fields=id").json()["data"][0]["id"]

    return first


def shoot(browser, program, folder, only, combinations):
    state, faults, taken = None, [], []
    for language, theme, size in combinations:
        context = browser.new_context(
            base_url=program.address, viewport=SIZES[size], locale="zh-CN" if language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai", is_mobile=size == "phone", has_touch=size == "phone", storage_state=state,
        )
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        if state is None:
            log_in(page, program)
            state = context.storage_state()
        context.add_cookies([
            {"name": "kehu_theme", "value": theme, "url": program.address},
            {"name": "kehu_language", "value": language, "url": program.address},
        ])
        page.goto("/account")
        page.evaluate(
            """language => fetch('/preferences', {method: 'POST', redirect: 'manual', body: new URLSearchParams({
                _csrf: document.querySelector('input[name=_csrf]').value, language, _back: '/'})})""", language,
        )
        for name, address in {**pages(first_of(context)), **costing(first_of(context))}.items():
            if only and only not in name:
                continue
            answer = page.goto(address)
            if answer.status == 404:
                continue
            page.wait_for_timeout(150)
            file = f"{name}-{language}-{theme}-{size}.png"
            page.screenshot(path=folder / file, full_page=name.startswith(("settings", "costing")))
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if over > 1:
                faults.append(f"{file}: {over} px too wide")
            taken.append(file)
        context.close()
    return taken, faults


def index(folder, taken):
    figures = "".join(
        f'<figure><img loading="lazy" src="{html.escape(file)}" alt=""><figcaption>{html.escape(file)}</figcaption></figure>'
        for file in sorted(taken)
    )
    style = "body{display:flex;flex-wrap:wrap;gap:16px;font:14px sans-serif}figure{margin:0}img{max-width:460px;border:1px solid #ccc}"
    (folder / "index.html").write_text(f'<!doctype html><meta charset="utf-8"><style>{style}</style>{figures}')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("folder", nargs="?", default=ROOT / ".build" / "screenshots", type=pathlib.Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    combinations = list(itertools.product(("zh", "en"), ("light", "dark"), ("wide", "phone")))
    if options.quick:
        combinations = [("zh", "light", "wide"), ("en", "dark", "phone")]
    path = shutil.which("chromium-headless-shell")
    assert path, "chromium-headless-shell is missing: run «scripts/setup --tests»"
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        program = Program(directory)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            taken, faults = shoot(browser, program, options.folder, options.only, combinations)
        finally:
            browser.close()
            program.close()
    index(options.folder, taken)
    print(f"{len(taken)} pictures in {options.folder}")
    for fault in faults:
        print("fault:", fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
