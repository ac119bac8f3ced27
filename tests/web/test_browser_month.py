"""The month in a real browser: accessible, by keyboard alone, a week at a time on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from tests.browsing import DESKTOP, PHONE, Look, Visitor, flaws, flaws_of, looks, serving, visit
from tests.web.month_office import HALL, Months, furnish_months

pytestmark = pytest.mark.browser

PAGES = (HALL, f"{HALL}?loc=can-xu-ly", f"{HALL}/ky", "/kiem-tra-ma?ma=1111-2222-3333-4444")


@pytest.fixture
def served(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """A server after the month."""
    furnish_months(engine)
    months = Months(engine=engine, folder=tmp_path)
    months.change("UPDATE session_record SET status = 1 WHERE person_id = 3 AND seq = 0 AND day = 20508")
    app = months.app()
    app.config.update(WTF_CSRF_ENABLED=True)
    with serving(app) as address:
        yield address


@looks("phone-vi-dark", "desktop-vi")
def test_the_pages_of_a_month_are_accessible_and_never_scroll_sideways(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    visitor = look.visitor(visitors, browser, served).log_in("nhansu")
    assert flaws_of(visitor, PAGES) == {}


def _where(page: Page) -> tuple[str, int]:
    """Staff code and column of the focused cell."""
    at = page.evaluate(
        "(() => { const c = document.activeElement.closest('td');"
        " return c ? [c.parentElement.dataset.c, c.cellIndex] : ['', 0] })()"
    )
    return at[0], at[1]


def test_the_grid_is_walked_by_keyboard_alone(visitors: list[Visitor], browser: Browser, served: str) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("hanh").open(HALL)
    assert page.locator("#luoi").get_attribute("role") == "grid"
    assert page.locator("#luoi td[tabindex='0']").count() == 1
    page.locator("#luoi td[tabindex='0']").focus()
    first = _where(page)
    assert first[1] == 1

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert _where(page)[1] == 2
    assert _where(page)[0] != first[0]
    page.keyboard.press("End")
    assert _where(page)[1] == 31
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    assert _where(page) == first
    assert page.locator("#luoi td[tabindex='0']").count() == 1


def test_enter_opens_the_day_and_escape_comes_back_to_the_cell(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("hanh").open(HALL)
    page.locator("tr[data-c='CB002'] td").nth(23).click()
    dialog = page.locator("#ngay-cong")

    expect(dialog).to_be_visible()
    expect(dialog.locator("h2").first).to_have_text("Trần Văn Đức · 24/02/2026")
    expect(dialog.locator(".day-why")).to_contain_text("12 phút 10 giây > ân hạn 5 phút")
    assert flaws(page) == {}
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert _where(page) == ("CB002", 24)
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()


def test_a_phone_shows_a_week_at_a_time_even_without_scripts(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    visitor = visit(visitors, browser, served, viewport=PHONE, java_script_enabled=False).log_in("hanh")
    page = visitor.open(HALL)
    heads = page.locator("#luoi thead th:visible b")

    expect(heads).to_have_text([str(day) for day in range(1, 8)])
    page.locator("label[for=t4]").click()
    expect(heads).to_have_text([str(day) for day in range(22, 29)])
    page.locator("label[for=t6]").click()
    expect(page.locator("#luoi thead th:visible abbr")).to_have_text(["32", "33", "34"])


def test_a_month_is_sent_from_its_page(visitors: list[Visitor], browser: Browser, served: str) -> None:
    page = visit(visitors, browser, served, viewport=PHONE).log_in("nhansu").open(f"{HALL}/ky")

    page.fill("textarea[name=ghi-chu]", "Thiếu lượt đã có biên bản")
    page.get_by_role("button", name="Gửi bảng công").click()
    expect(page.locator("[role=status]")).to_have_text("Đã gửi bảng công.")
    expect(page.locator(".step-item.is-done")).to_contain_text("Thiếu lượt đã có biên bản")
