"""The pages of a year in a real browser: accessible, narrow and wide, and reached from the menu."""

from datetime import date

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from tests.browsing import DESKTOP, Look, Visitor, flaws_of, looks, visit
from tests.web.test_overtime_caps import overtime
from tests.web.year_office import furnished, remind

__all__ = ["furnished"]

pytestmark = pytest.mark.browser

PAGES = (
    "/don-vi/ubnd/nam/2026",
    "/nguoi/CB002/nam/2026",
    "/don-vi/vp/lam-them/2026-02",
    "/dang-ky/bieu-duong",
)


@pytest.fixture(autouse=True)
def content(engine: Engine) -> None:
    """A reminder that follows another, and overtime near the cap."""
    remind(engine, "CB002", "01/TB", date(2025, 12, 2))
    remind(engine, "CB002", "02/TB", date(2026, 2, 3))
    for number in range(8):
        overtime(engine, 3, date(2026, 2, 2 + number), 4)


@looks("phone-vi", "desktop-en-dark")
def test_the_pages_are_accessible_and_fit(
    look: Look, visitors: list[Visitor], browser: Browser, served: str
) -> None:
    visitor = look.visitor(visitors, browser, served).log_in("nhansu")

    assert flaws_of(visitor, PAGES) == {}


def test_the_menu_leads_to_a_person_s_reminders(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open("/")

    page.locator("details.more > summary").click()
    page.get_by_role("link", name="Minh chứng năm").click()
    page.get_by_role("link", name="Trần Văn Đức").click()

    expect(page.get_by_text("Lặp lại trong 12 tháng, sau văn bản 01/TB ngày 02/12/2025.")).to_be_visible()
