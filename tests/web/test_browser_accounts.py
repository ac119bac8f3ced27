"""The pages of accounts in a real browser: readable on a phone, accessible, whole without scripts."""

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from monitor.accounts import administration
from monitor.accounts.administration import By
from monitor.store.session import transaction
from tests.accounts.cast import ANOTHER, settings_of
from tests.browsing import PHONE, Look, Visitor, flaws, looks, visit
from tests.web.cast import NOW
from tests.web.test_login_steps import shown_key

pytestmark = pytest.mark.browser

PAGES = {
    "real log-in": "/dang-nhap?mat-khau=",
    "slip": "/phieu",
    "account": "/tai-khoan",
    "password": "/tai-khoan/mat-khau",
    "factor": "/tai-khoan/xac-thuc",
    "step-up": "/xac-nhan",
    "accounts": "/quan-tri/tai-khoan",
}


@looks("phone-vi", "phone-en-dark", "desktop-vi-dark")
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    visitor = look.visitor(visitors, browser, served)
    found = {}
    for name, address in PAGES.items():
        if name == "account":
            visitor.log_in("admin")
        found[name] = flaws(visitor.open(address))

    assert {name: flaw for name, flaw in found.items() if flaw} == {}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_slip_to_session_with_a_phone(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine, scripts: bool
) -> None:
    with transaction(engine) as session:
        by = By(actor="cli:may", settings=settings_of(), now=NOW)
        slip = administration.reset_password(session, "nhansu", by)
    visitor = visit(visitors, browser, served, viewport=PHONE, java_script_enabled=scripts)
    page = visitor.open("/phieu")
    for field, value in {
        "user_name": "nhansu",
        "token": slip.token,
        "password": ANOTHER,
        "again": ANOTHER,
    }.items():
        page.fill(f"#{field}", value)
    expect(page.locator("[data-show]").first).to_be_visible(visible=scripts)
    page.get_by_role("button", name="Đặt mật khẩu").click()
    expect(page.locator(".key code")).to_be_visible()
    page.fill("#code", shown_key(page.content()).at(NOW))
    page.get_by_role("button", name="Bật xác thực hai lớp").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="Tôi đã cất các mã").click()

    expect(page.locator("h1")).to_have_text("UBND phường Trà Bá")


def test_a_password_can_be_looked_at_and_pasted(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=PHONE).open("/dang-nhap?mat-khau=")

    page.fill("#password", ANOTHER)
    page.locator("[data-show='password']").click()

    expect(page.locator("#password")).to_have_attribute("type", "text")
    page.locator("[data-show='password']").click()
    expect(page.locator("#password")).to_have_attribute("type", "password")
    assert page.locator("#password").get_attribute("onpaste") is None
