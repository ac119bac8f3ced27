"""Months of people and units in a real browser: accessible, narrow and wide, both languages, on paper."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from tests.web.months import fill
from tests.web.test_browser import (
    AXE,
    DESKTOP,
    PHONE,
    Visitor,
    browser,
    served,
    visit,
    visitors,
)

__all__ = ["browser", "served", "visitors"]

MOST_SHAPES = """
Math.max(0, ...[...document.querySelectorAll("main svg[role=img]")].map((one) => one.children.length))
"""
pytestmark = pytest.mark.browser

PERSON, UNIT = "/nguoi/CB002/thang/2026-02", "/don-vi/ubnd/thang/2026-02"
PAGES = {
    "person": f"{PERSON}?loai=late",
    "unit": f"{UNIT}?loai=late&xep=dung-gio&chieu=giam",
    "sisters": "/don-vi/vp/thang/2026-02?so=cung-cap",
    "empty": "/nguoi/CB002/thang/2027-01",
}


@pytest.fixture(autouse=True)
def filled(engine: Engine) -> None:
    """Months to look at."""
    fill(engine, [f"CB{number:03}" for number in range(1, 7)], first=date(2026, 2, 2))


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"),
    [
        pytest.param(PHONE, "vi", "light", id="phone-vi"),
        pytest.param(PHONE, "en", "dark", id="phone-en-dark"),
        pytest.param(DESKTOP, "vi", "light", id="desktop-vi"),
    ],
)
def test_the_pages_are_accessible_and_fit(
    visitors: list[Visitor],
    browser: Browser,
    served: str,
    viewport: dict[str, int],
    language: str,
    scheme: str,
) -> None:
    visitor = visit(visitors, browser, served, viewport=viewport, color_scheme=scheme).log_in("nhansu")
    visitor.open(f"/healthz?lang={language}")
    found = {}
    for name, address in PAGES.items():
        page = visitor.open(address)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
        wide = page.evaluate("document.documentElement.scrollWidth") - viewport["width"]
        violations = Axe().run(page, options=AXE).response["violations"]
        broken = [(rule["id"], [node["html"][:150] for node in rule["nodes"]][:3]) for rule in violations]
        shapes = page.evaluate(MOST_SHAPES)
        if wide > 0 or broken or shapes >= 400:
            found[name] = (wide, broken, shapes)

    assert found == {}


def test_numbers_lead_to_their_sessions_and_these_to_why(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(UNIT)

    page.locator("a.tile.g-late").click()
    expect(page.locator("#cac-buoi h2")).to_contain_text("Đi muộn")
    page.locator("#cac-buoi a.why").first.click()
    expect(page.locator("#hop-thoai")).to_be_visible()
    expect(page.locator("#hop-thoai .why-lines").first).to_be_visible()


def test_paper_carries_the_calendar_and_no_navigation(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(PERSON)

    page.emulate_media(media="print")

    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".heat-symbols").nth(5)).to_be_visible()
    expect(page.locator(".print-foot")).to_contain_text("14:20 24/02/2026")
