"""The pages of accounts in a real browser: readable on a phone, accessible, whole without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from monitor.accounts import administration
from monitor.accounts.administration import By
from monitor.store.session import transaction
from tests.accounts.cast import ANOTHER, settings_of
from tests.web.cast import NOW
from tests.web.test_browser import AXE, DESKTOP, PHONE, Visitor, browser, served, visit, visitors
from tests.web.test_login_steps import shown_key

__all__ = ["browser", "served", "visitors"]

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


def faults_of(page: Page, width: int) -> tuple[int, object] | None:
    """How far a page scrolls sideways, and what axe finds; None when nothing is wrong."""
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
    wide = page.evaluate("document.documentElement.scrollWidth") - width
    violations = Axe().run(page, options=AXE).response["violations"]
    broken = [(rule["id"], [node["html"][:160] for node in rule["nodes"]][:3]) for rule in violations]
    return (wide, broken) if wide > 0 or broken else None


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"),
    [
        pytest.param(PHONE, "vi", "light", id="phone-vi"),
        pytest.param(PHONE, "en", "dark", id="phone-en-dark"),
        pytest.param(DESKTOP, "vi", "dark", id="desktop-vi-dark"),
    ],
)
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor],
    browser: Browser,
    served: str,
    viewport: dict[str, int],
    language: str,
    scheme: str,
) -> None:
    visitor = visit(visitors, browser, served, viewport=viewport, color_scheme=scheme)
    visitor.open(f"/healthz?lang={language}")
    found = {}
    for name, address in PAGES.items():
        if name == "account":
            visitor.log_in("admin")
        found[name] = faults_of(visitor.open(address), viewport["width"])

    assert {name: fault for name, fault in found.items() if fault} == {}


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
