"""Months of people and units in a real browser: accessible, narrow and wide, both languages, on paper."""

from datetime import date

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from tests.browsing import DESKTOP, Look, Visitor, flaws_of, looks, visit
from tests.web.months import fill

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


@looks("phone-vi", "phone-en-dark", "desktop-vi")
def test_the_pages_are_accessible_and_fit(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    visitor = look.visitor(visitors, browser, served).log_in("nhansu")

    assert flaws_of(visitor, PAGES.values()) == {}
    assert {name: visitor.open(address).evaluate(MOST_SHAPES) < 400 for name, address in PAGES.items()} == (
        dict.fromkeys(PAGES, True)
    )


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
