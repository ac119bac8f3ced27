"""The board in a real browser: large boards, ticks, keys, menus, minute by minute, light and dark."""

from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select, update
from sqlmodel import col

from monitor.rules.codes import Status
from monitor.store.session import transaction
from monitor.store.tables import DayRecord, MinimumStaffing, Person, SessionRecord, Unit
from tests.browsing import DESKTOP, PHONE, Look, Visitor, flaws, looks, refresh, visit
from tests.web.cast import AT_WORK, DAY, GOOD_MORNING, Office

pytestmark = pytest.mark.browser

BOARD = "/don-vi/ubnd/ngay/2026-02-24"
LARGE = "/don-vi/lon/ngay/2026-02-24"
REFRESH = "document.dispatchEvent(new Event('trang:lam-moi'))"


@pytest.fixture
def large(engine: Engine) -> Engine:
    """A unit of 70 people at work, one of whom is late; too many for their rows to be sent at once."""
    with transaction(engine) as session:
        office = Office(session)
        office.units = {unit.code: unit for unit in session.scalars(select(Unit))}
        office.unit("lon", "Đơn vị lớn", "ubnd", public=True)
        for number in range(70):
            code = f"X{number:03}"
            office.person(code, f"Đỗ Văn Số {number:02}", "lon")
            late = {"late_seconds": 900} if number == 69 else {}
            office.day(code, {**GOOD_MORNING, **late}, {**AT_WORK, "time_in": "13:22:10"})
        unit_id = office.units["lon"].id or 0
        session.add(MinimumStaffing(unit_id=unit_id, people=99, valid_from=date(2026, 1, 1), document="QĐ 9"))
    return engine


def open_board(
    visitors: list[Visitor], browser: Browser, served: str, address: str = BOARD, user: str = "nhansu"
) -> Page:
    """A board on a wide screen."""
    return visit(visitors, browser, served, viewport=DESKTOP).log_in(user).open(address)


def names(page: Page) -> list[str]:
    """The people whose rows are seen."""
    return page.locator("li.person:visible .name").all_inner_texts()


def change_lateness(engine: Engine, seconds: int) -> None:
    """Somebody's lateness is judged anew."""
    with transaction(engine) as session:
        late = col(SessionRecord.day) == DAY, col(SessionRecord.late_seconds) > 0
        session.connection().execute(update(SessionRecord).where(*late).values(late_seconds=seconds))


@pytest.mark.usefixtures("large")
@looks("phone-vi-dark", "phone-en", "desktop-vi")
def test_large_boards_keys_and_open_menus_are_accessible(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    visitor = look.visitor(visitors, browser, served)
    found = {}

    for user, address in (("hanh", "/don-vi/vp/ngay/2026-02-24"), ("nhansu", LARGE), ("nhansu", "/phim-tat")):
        visitor.context.clear_cookies(name="monitor_session")
        page = visitor.log_in(user).open(address)
        assert page.locator("html").get_attribute("lang") == look.language
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
        page.wait_for_load_state("networkidle")  # the rows of an unfolded group
        found[address] = flaws(page)
        # An open menu covers what lies below it, as far as the font is wide: it is looked at by itself.
        page.evaluate("document.querySelector('main').innerHTML = '<h1>Menu</h1>'")
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        found[f"{address}, menus"] = flaws(page)

    assert {address: wrong for address, wrong in found.items() if wrong} == {}


def test_planted_words_in_the_colour_of_their_ground_are_noticed(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = open_board(visitors, browser, served)
    page.evaluate("document.querySelector('.account-panel a').style.color = 'rgb(255, 255, 255)'")

    assert flaws(page) == {"unseen": ["Tài khoản của tôi"]}


@pytest.mark.usefixtures("large")
def test_the_rows_of_a_folded_group_of_a_large_board_come_when_it_is_opened(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine
) -> None:
    page = open_board(visitors, browser, served, LARGE)
    assert names(page) == ["Đỗ Văn Số 69"]

    page.locator("#nhom-on_time > summary").click()
    expect(page.locator("#nhom-on_time li.person")).to_have_count(69)
    page.locator("#n-X005 .name").focus()
    change_lateness(engine, 1500)
    page.evaluate(REFRESH)

    expect(page.locator("#n-X069 .badge-state")).to_contain_text("25 phút")
    expect(page.locator("#nhom-on_time li.person")).to_have_count(69)
    expect(page.locator("#n-X005 .name")).to_be_focused()


@pytest.mark.usefixtures("large")
def test_without_scripts_a_link_leads_to_the_rows_of_a_folded_group(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    visitor = visit(visitors, browser, served, viewport=PHONE, java_script_enabled=False).log_in("nhansu")
    page = visitor.open(LARGE)

    page.locator("#nhom-on_time > summary").click()
    page.locator("#nhom-on_time .rows-later a").click()

    expect(page.locator("#nhom-on_time li.person")).to_have_count(69)
    expect(page.locator("#nhom-late li.person")).to_have_count(1)
    expect(page.locator(".desk")).to_contain_text("Thiếu người – Chiều: có 70, tối thiểu 99, thiếu 29")


@pytest.mark.usefixtures("large")
def test_a_large_board_is_searched_by_the_server_while_one_types(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine
) -> None:
    page = open_board(visitors, browser, served, LARGE)

    page.locator("#tim").press_sequentially("do van so 0")
    expect(page.locator("li.person")).to_have_count(10)
    expect(page.locator("#tim")).to_be_focused()
    change_lateness(engine, 1500)
    page.evaluate(REFRESH)
    expect(page.locator(".tile.g-late .tile-number")).to_have_text("1")
    expect(page.locator("#tim")).to_have_value("do van so 0")
    expect(page.locator("#tim")).to_be_focused()
    expect(page.locator("li.person")).to_have_count(10)
    page.fill("#tim", "")

    expect(page.locator("li.person")).to_have_count(1)


def test_who_is_ticked_stays_ticked_and_goes_to_the_deciding_page(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine
) -> None:
    page = open_board(visitors, browser, served, "/don-vi/vp/ngay/2026-02-24", "hanh")
    button = page.locator(".chosen button")
    expect(button).to_be_disabled()

    page.locator("#n-CB002 input[name=chon]").check()
    page.locator("#n-CB004 input[name=chon]").check()
    change_lateness(engine, 1500)
    page.evaluate(REFRESH)
    expect(page.locator("#n-CB002 .badge-state")).to_contain_text("25 phút")
    expect(page.locator("input[name=chon]:checked")).to_have_count(2)
    button.click()

    page.wait_for_url("**/quyet-dinh?*")
    assert page.url.endswith("chon=CB004%402026-02-24&chon=CB002%402026-02-24")
    expect(page.locator("h1")).to_be_visible()


def test_single_keys_lead_through_the_board(visitors: list[Visitor], browser: Browser, served: str) -> None:
    page = open_board(visitors, browser, served, "/don-vi/vp/ngay/2026-02-24", "hanh")

    page.keyboard.press("j")
    expect(page.locator("#n-CB003 .name")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("#n-CB004 .name")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("#n-CB003 .name")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#hop-thoai kbd").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.locator("#n-CB003 .name")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#tim")).to_be_focused()
    page.keyboard.type("jk?e/gt")
    expect(page.locator("#tim")).to_have_value("jk?e/gt")
    page.fill("#tim", "")
    page.locator("#n-CB003 .name").focus()
    page.keyboard.press("e")
    page.wait_for_url("**/quyet-dinh?chon=CB003*")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/don-vi/vp/ngay/2026-02-24")


def test_single_keys_can_be_switched_off_and_on_again(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    visitor = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu")
    page = visitor.open("/phim-tat")

    page.locator("#bang-phim-tat button").click()
    expect(page.locator("#bang-phim-tat button")).to_have_text("Bật phím tắt")
    visitor.open(BOARD)
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.locator("#hop-thoai")).to_be_hidden()
    assert page.evaluate("document.activeElement === document.body")
    visitor.open("/phim-tat")
    page.locator("#bang-phim-tat button").click()
    expect(page.locator("#bang-phim-tat button")).to_have_text("Tắt phím tắt")
    visitor.open(BOARD)
    page.keyboard.press("j")

    expect(page.locator("li.person .name").first).to_be_focused()


def test_a_refresh_waits_while_a_dialog_is_open_or_something_is_being_filled_in(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = open_board(visitors, browser, served)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "x-refresh" in request.headers else None)

    page.locator("#n-CB002 a.why").click()
    expect(page.locator("#hop-thoai")).to_be_visible()
    page.evaluate(REFRESH)
    page.wait_for_timeout(200)
    assert asked == []
    page.keyboard.press("Escape")
    expect(page.locator("#hop-thoai")).to_be_hidden()
    refresh(page)


def test_only_the_totals_that_changed_are_announced(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine
) -> None:
    page = open_board(visitors, browser, served)
    with transaction(engine) as session:
        person = session.scalars(select(col(Person.id)).where(col(Person.code) == "CB004")).one()
        mine = col(DayRecord.day) == DAY, col(DayRecord.person_id) == person
        session.connection().execute(update(DayRecord).where(*mine).values(status=int(Status.EXCUSED)))

    page.evaluate(REFRESH)

    expect(page.locator("#bao")).to_have_text("Vắng 0. Có lý do 2")


def test_what_has_not_changed_is_not_swapped(visitors: list[Visitor], browser: Browser, served: str) -> None:
    page = open_board(visitors, browser, served)
    for status in (200, 304):
        assert refresh(page) == status
        page.evaluate("document.querySelector('h1').dataset.mine = 'kept'")

    expect(page.locator("h1")).to_have_attribute("data-mine", "kept")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_phone_s_bar_has_four_places_and_the_rest_under_more(
    visitors: list[Visitor], browser: Browser, served: str, *, scripts: bool
) -> None:
    visitor = visit(visitors, browser, served, viewport=PHONE, java_script_enabled=scripts).log_in("nhansu")
    page = visitor.open(BOARD)
    more = page.locator("details.more")

    assert page.locator(".main-nav > :visible").count() <= 4
    more.locator("summary").click()
    expect(more.locator("a[href='/may']")).to_be_visible()
    box = more.locator("a[href='/may']").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    if scripts:
        page.keyboard.press("Escape")
        expect(more).not_to_have_attribute("open", "")
        expect(more.locator("summary")).to_be_focused()
    else:
        more.locator("a[href='/may']").click()
        expect(page.locator("h1")).to_have_text("Máy chấm công")
