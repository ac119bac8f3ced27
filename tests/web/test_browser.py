"""In a real browser: readable on a phone, accessible, on its own, alive without and with scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.store.session import transaction
from monitor.store.tables import DayRecord, Person, SessionRecord
from tests.browsing import AXE, DESKTOP, PHONE, Look, Visitor, flaws_of, looks, refresh, visit

pytestmark = pytest.mark.browser

BOARD = "/don-vi/ubnd/ngay/2026-02-24"
PAGES = {
    "board": BOARD,
    "filtered": BOARD + "?nhom=no_data",
    "person": "/nguoi/CB002/ngay/2026-02-24",
    "excused": "/nguoi/CB005/ngay/2026-02-24",
    "terminals": "/may",
    "terminal": "/may/TM2",
    "missing": "/khong-co",
}


@looks("phone-vi-dark", "phone-en", "desktop-vi", "desktop-en-dark")
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    visitor = look.visitor(visitors, browser, served)
    assert flaws_of(visitor, ["/dang-nhap"]) == {}
    visitor.log_in("nhansu")
    assert flaws_of(visitor, PAGES.values()) == {}
    assert visitor.page.locator("html").get_attribute("lang") == look.language


def test_targets_are_large_enough_for_a_thumb(visitors: list[Visitor], browser: Browser, served: str) -> None:
    visitor = visit(visitors, browser, served, viewport=PHONE, has_touch=True).log_in("nhansu")
    small = []

    for address in PAGES.values():
        page = visitor.open(address)
        for target in page.locator(
            ".tile, .why, .step, .btn, .form-control, .main-nav a, summary, .month-day"
        ).all():
            box = target.bounding_box() if target.is_visible() else None
            if box and (box["height"] < 43.5 or box["width"] < 34):
                small.append((address, target.inner_text(), box["width"], box["height"]))

    assert small == []


def test_everything_works_without_scripts(visitors: list[Visitor], browser: Browser, served: str) -> None:
    visitor = visit(visitors, browser, served, viewport=PHONE, java_script_enabled=False).log_in("nhansu")
    page = visitor.page

    page.locator("a.tile.g-late").click()
    expect(page.locator("li.person")).to_have_count(1)
    page.locator("a.why").click()
    expect(page.locator("#vi-sao .deciding").first).to_contain_text("đi muộn 13 phút")
    visitor.open(BOARD)
    page.fill("#tim", "duc")
    page.locator(".search button").click()
    expect(page.locator("li.person .name")).to_have_text(["Trần Văn Đức"])
    page.select_option("#ma", "kt")
    page.locator(".switcher button").click()
    expect(page.locator("h1")).to_have_text("Phòng Kinh tế, Hạ tầng và Đô thị")


def test_the_search_filters_while_one_types(visitors: list[Visitor], browser: Browser, served: str) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(BOARD)

    page.locator("#tim").press_sequentially("thi hanh")
    expect(page.locator("li.person:visible .name")).to_have_text(["Nguyễn Thị Hạnh"])
    page.fill("#tim", "khong co ai")
    expect(page.locator("li.person:visible")).to_have_count(0)
    expect(page.locator("#khong-thay")).to_be_visible()
    page.fill("#tim", "")
    expect(page.locator("#nhom-on_time")).not_to_have_attribute("open", "")


def test_why_opens_in_a_dialog_and_gives_the_focus_back(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(BOARD)
    link = page.locator("#n-CB002 a.why")

    link.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#hop-thoai")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("12 phút 10 giây > ân hạn 5 phút")
    expect(dialog.locator("h2").first).to_have_text("Trần Văn Đức")
    assert Axe().run(page, options=AXE).response["violations"] == []
    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def _comes_in(engine: Engine, code: str) -> None:
    """The person who was not in yet comes in."""
    with transaction(engine) as session:
        person = session.scalars(select(Person).where(col(Person.code) == code)).one()
        mine = col(SessionRecord.person_id) == person.id
        record = session.scalars(select(SessionRecord).where(mine, col(SessionRecord.seq) == 1)).one()
        record.status, record.reasons = 9, 0
        day = session.scalars(select(DayRecord).where(col(DayRecord.person_id) == person.id)).one()
        day.status, day.reasons = 9, 0


def test_a_refresh_brings_news_and_keeps_what_the_reader_was_doing(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(BOARD)
    page.locator("#nhom-exempt > summary").click()
    page.locator("#n-CB002 a.why").focus()
    page.evaluate("scrollTo(0, 150)")
    _comes_in(engine, "CB003")

    page.evaluate("document.dispatchEvent(new Event('trang:lam-moi'))")

    expect(page.locator(".tile.g-not_in .tile-number")).to_have_text("0")
    expect(page.locator("#nhom-exempt")).to_have_attribute("open", "")
    expect(page.locator("#n-CB002 a.why")).to_be_focused()
    assert page.evaluate("scrollY") == 150
    expect(page.locator("#bao")).to_contain_text("Chưa đến 0")


def test_a_refresh_without_news_announces_nothing(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(BOARD)

    refresh(page)

    expect(page.locator("#bao")).to_have_text("")


def test_a_page_refreshes_itself_each_minute(visitors: list[Visitor], browser: Browser, served: str) -> None:
    visitor = visit(visitors, browser, served, viewport=DESKTOP)
    visitor.page.clock.install()
    page = visitor.log_in("nhansu").open(BOARD)

    for _ in range(2):
        refresh(page, lambda: page.clock.run_for(61_000))


def test_a_lost_server_leaves_the_page_and_says_since_when(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    visitor = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu")
    page = visitor.open(BOARD)
    page.route("**/*", lambda route: route.abort())

    page.evaluate("document.dispatchEvent(new Event('trang:lam-moi'))")

    expect(page.locator("#trang-thai")).to_contain_text("Mất kết nối từ")
    expect(page.locator("li.person").first).to_be_visible()
    page.unroute("**/*")
    page.evaluate("document.dispatchEvent(new Event('trang:lam-moi'))")
    expect(page.locator("#trang-thai")).to_have_count(0)
    visitor.complaints.clear()  # the browser reports the request that we cut ourselves


def test_an_ended_session_asks_for_a_new_log_in(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    visitor = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu")
    page = visitor.open(BOARD)
    visitor.context.clear_cookies()

    page.evaluate("document.dispatchEvent(new Event('trang:lam-moi'))")

    expect(page.locator("#trang-thai a")).to_have_text("Phiên đã hết – đăng nhập lại")


def test_a_journey_by_keyboard_alone(visitors: list[Visitor], browser: Browser, served: str) -> None:
    page = (
        visit(visitors, browser, served, viewport=DESKTOP).log_in("hanh").open("/don-vi/vp/ngay/2026-02-24")
    )

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#noi-dung")).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.tile.g-late') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("li.person .name")).to_have_text(["Trần Văn Đức"])


def test_paper_carries_states_without_the_navigation(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu").open(BOARD)

    page.emulate_media(media="print")

    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".print-foot")).to_contain_text("14:20 24/02/2026")
    expect(page.locator("#n-CB002 .badge-state")).to_contain_text("Đi muộn 13 phút")
    assert page.pdf(format="A4").startswith(b"%PDF")
