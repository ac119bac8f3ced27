"""One morning in a real browser: a late arrival is asked about, explained, accepted and reported.

The punches go in by the terminal's door; everything else is done by the people, on the pages they have.
"""

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.records import refresh
from monitor.web.app import create_app
from tests.accounts.cast import Clock
from tests.browsing import DESKTOP, PHONE, Visitor, serving, visit
from tests.cases.cast import ZONE
from tests.cases.conftest import furnished_office, office
from tests.cases.files import PDF
from tests.office import cover, full_day, punch
from tests.web.conftest import settings_for

__all__ = ["furnished_office", "office"]

pytestmark = pytest.mark.browser

DAY = "2026-02-27"
MORNING = datetime(2026, 2, 27, 8, 5, tzinfo=ZONE)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
WORDS = "Xe buýt hỏng giữa đường, có giấy của bến xe"
ASKED = "Anh cho biết vì sao đến muộn"
ACCEPT = "input[name=quyet-dinh][value=accept]"
BINH = f"/nguoi/BINH/ngay/{DAY}"


@pytest.fixture
def clock() -> Clock:
    """Five past eight on Friday."""
    return Clock(MORNING)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


@pytest.fixture
def served(office: Engine, settings: Settings, clock: Clock) -> Iterator[str]:
    """The pages of the office: Bình punched at 07:52 this morning, An and Đức were on time."""
    cover(office, "2026-02-27 00:00:00", "2026-02-27 08:05:00")
    punch(office, ("1", f"{DAY} 07:21"), ("2", f"{DAY} 07:52"), ("3", f"{DAY} 07:25"), ("4", f"{DAY} 07:20"))
    refresh(office, now=clock(), settings=settings)
    with serving(create_app(office, settings, clock)) as address:
        yield address


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def fits(page: Page) -> None:
    """Nothing sticks out sideways on the phone."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url


def ask(hanh: Visitor) -> None:
    """The head sees who is late and asks why."""
    page = hanh.open("/")
    late = page.locator("#nhom-late li.person")
    expect(late).to_have_count(1)
    expect(late.locator(".badge-state")).to_contain_text("22 phút")
    fits(page)
    late.locator("a.act").click()
    page.get_by_label("Yêu cầu giải trình").check()
    page.fill("#ly-do-qd", ASKED)
    fits(page)
    press(page, "Lưu quyết định")
    expect(page.get_by_text("1 dòng đã lưu")).to_be_visible()


def explain(binh: Visitor) -> None:
    """The person finds the request and answers with a paper."""
    page = binh.open("/")
    page.locator(".main-nav a[href='/viec-can-lam']").click()
    page.get_by_role("link", name="Giải trình 27/02/2026").click()
    page.fill("#loi-giai-trinh", WORDS)
    page.set_input_files("#tep", {"name": "bến xe.pdf", "mimeType": "application/pdf", "buffer": PDF})
    fits(page)
    press(page, "Gửi giải trình")
    expect(page.locator("#giai-trinh")).to_contain_text(ASKED)
    expect(page.locator("#giai-trinh")).to_contain_text(WORDS)
    fits(page)


def accept(hanh: Visitor) -> bytes:
    """The head finds it under what is to be done, reads the paper and accepts; gives the paper."""
    page = hanh.open("/viec-can-lam")
    page.get_by_role("link", name="Quyết định Trần Thị Bình").click()
    with page.expect_download() as paper:
        page.get_by_role("link", name="bến xe.pdf").click()
    page.locator(ACCEPT).check()
    press(page, "Lưu quyết định")
    expect(page.get_by_text("1 dòng đã lưu")).to_be_visible()
    return paper.value.path().read_bytes()


def end_of_month(office: Engine, settings: Settings, clock: Clock) -> None:
    """The rest of the day arrives; it is Monday, and February is over."""
    clock.now = MONDAY
    cover(office, "2026-02-27 08:05:00", "2026-03-02 09:00:00")
    punch(office, *full_day("2", DAY)[1:])
    refresh(office, now=clock(), settings=settings)


def sheet_cell(hanh: Visitor) -> str:
    """What the official form, as it is handed over, says of Bình on the 27th."""
    page = hanh.open("/bang-cong/XA-VP/2026-02")
    with page.expect_download() as file:
        page.locator("form[action$='/tep'] button").first.click()
    sheet = openpyxl.load_workbook(io.BytesIO(file.value.path().read_bytes())).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    days = next(row for row in rows if 27 in row or "27" in row)
    place = next(number for number, cell in enumerate(days) if str(cell) == "27")
    return str(next(row for row in rows if "Trần Thị Bình" in row)[place])


def told(hr: Visitor, what: str) -> list[str]:
    """The entries of the trail about Bình, or of an account, the newest first."""
    page = hr.open(f"/nhat-ky?{what}")
    return [line.partition(" · ")[0] for line in page.locator(".entry-what").all_inner_texts()]


def test_a_late_arrival_from_the_board_to_the_sheet_and_the_trail(
    browser: Browser, served: str, visitors: list[Visitor], office: Engine, settings: Settings, clock: Clock
) -> None:
    hanh = visit(visitors, browser, served, viewport=PHONE).log_in("hanh")
    binh = visit(visitors, browser, served, viewport=PHONE).log_in("binh")
    ask(hanh)
    explain(binh)
    assert accept(hanh) == PDF
    end_of_month(office, settings, clock)

    for visitor, name in ((hanh, "hanh"), (binh, "binh")):
        visitor.log_in(name)  # nobody stays logged in over a weekend
    late = hanh.open(f"/don-vi/XA-VP/ngay/{DAY}").locator("#nhom-late li.person")
    expect(late).to_contain_text("Trần Thị Bình")
    expect(late).to_contain_text("22 phút")
    why = hanh.open(BINH)
    expect(why.locator("main")).to_contain_text("Giải trình của ngày này đã được chấp nhận")
    expect(why.locator("#giai-trinh")).to_contain_text("Chấp nhận giải trình")
    own = binh.open("/ca-nhan/bang-cong/2026-02")
    expect(own.locator("tr", has_text="27/02/2026")).to_contain_text("+")
    assert sheet_cell(hanh) == "+"

    hr = visit(visitors, browser, served, viewport=DESKTOP).log_in("nhansu")
    steps = told(hr, "nguoi=BINH&tu=2026-02-27")
    in_order = ["Yêu cầu giải trình", "Gửi giải trình", "Xem giấy tờ kèm theo", "Quyết định về ngày làm việc"]
    assert [one for one in reversed(steps) if one in in_order] == in_order
    assert "Xem ngày làm việc" in steps
    seen = binh.open("/ca-nhan/ai-da-xem")
    expect(seen.locator("main")).to_contain_text("hanh")


def test_a_decision_is_taken_by_keyboard_alone(
    browser: Browser, served: str, visitors: list[Visitor]
) -> None:
    explain_unasked = visit(visitors, browser, served, viewport=PHONE).log_in("binh")
    page = explain_unasked.open(f"{BINH}/giai-trinh")
    page.fill("#loi-giai-trinh", WORDS)
    press(page, "Gửi giải trình")

    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("hanh").open("/")
    keys = page.keyboard
    keys.press("j")
    expect(page.locator("#n-BINH .name")).to_be_focused()
    keys.press("e")
    page.wait_for_url("**/quyet-dinh?chon=BINH*")
    choice = page.locator(ACCEPT)
    _tab_to(page, "input[name=quyet-dinh]")
    for _step in range(10):
        keys.press("Space") if choice.evaluate("(one) => one === document.activeElement") else None
        if choice.is_checked():
            break
        keys.press("ArrowDown")
    _tab_to(page, "#ly-do-qd")
    keys.type("Đã gọi hỏi bến xe")
    _tab_to(page, "form.case-form button[type=submit]")
    keys.press("Enter")

    expect(page.get_by_text("1 dòng đã lưu")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Kết quả quyết định")


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until something is focused."""
    for _step in range(40):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab never comes to {selector}")
