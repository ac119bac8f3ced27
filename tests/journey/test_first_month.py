"""From an empty installation to a closed month: three files, a form, three signatures, in a real browser.

February 2026 with its Tết break from the calendar that comes with the product.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select

from monitor.cli.setting_up import first_administrator
from monitor.intake import import_punches
from monitor.periods import verify_periods
from monitor.periods.codes import code_of
from monitor.records import refresh
from monitor.setup import import_file
from monitor.setup.calendar import shipped_calendar
from monitor.store.session import open_database, reading
from monitor.store.tables import PeriodSeal
from monitor.web.app import create_app
from tests.browsing import DESKTOP, Visitor, serving
from tests.web.cast import ZONE
from tests.web.conftest import settings_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOW = datetime(2026, 3, 3, 9, 0, tzinfo=ZONE)
MONTH = "/bang-cong/XA/2026-02"
UNITS = "code,name\nXA,UBND xã Tân Phú\n"
PEOPLE = (
    "code,name,unit,position,role,valid_from\n"
    "CB001,Nguyễn Thị Hạnh,XA,Chủ tịch,head,2025-07-01\n"
    "CB002,Phạm Minh Đức,XA,Chuyên viên,staff,2025-07-01\n"
)
TERMINALS = "code,kind,unit\nCONG,file,XA\n"
BADGES = "person,terminal,device_user_id\nCB001,*,1\nCB002,*,2\n"
BREAK = {date(2026, 2, 14) + timedelta(days=day) for day in range(9)}
TIMES = ("07:21:00", "11:33:00", "13:24:00", "17:32:00")


def punch_file(path: Path) -> Path:
    """Both people at their desks on every working day of the month."""
    days = [date(2026, 2, 1) + timedelta(days=day) for day in range(28)]
    lines = [
        f"{person}\t{day} {time}\t1\t0\t0\t0\n"
        for day in days
        if day.isoweekday() < 6 and day not in BREAK
        for time in TIMES
        for person in (1, 2)
    ]
    path.write_text("".join(lines))
    return path


@pytest.fixture
def engine(migrated_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """What `monitor init` makes: the tables, the calendar, the first administrator."""
    path = tmp_path / "office.db"
    path.write_bytes(migrated_file.read_bytes())
    engine = open_database(f"sqlite:///{path}")
    import_file(engine, "calendar", shipped_calendar(), now=NOW, zone=str(ZONE), actor="cli:may")
    first_administrator(engine, settings_for(tmp_path), NOW, "cli:may")
    yield engine
    engine.dispose()


@pytest.fixture
def served(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """The address of the running server."""
    app = create_app(engine, settings_for(tmp_path), lambda: NOW)
    with serving(app) as address:
        yield address


def bring(visitor: Visitor, folder: Path, kind: str, content: str) -> None:
    """Upload a file, look at the preview, apply."""
    path = folder / f"{kind}.csv"
    path.write_text(content, encoding="utf-8")
    page = visitor.open(f"/thiet-lap/tep/{kind}")
    page.set_input_files("#tep", path)
    page.get_by_role("button", name="Kiểm tra và xem trước").click()
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.locator("h1")).to_have_text("Thiết lập")


def add_account(visitor: Visitor, user_name: str, role: str, person: str = "") -> None:
    """An account for the commune."""
    page = visitor.open("/quan-tri/tai-khoan")
    page.get_by_text("Thêm tài khoản", exact=True).click()
    for field, value in {"user_name": user_name, "display_name": user_name, "person": person}.items():
        page.fill(f"#{field}", value)
    page.select_option("#role", role)
    page.select_option("#unit", "XA")
    page.get_by_role("button", name="Thêm và cấp phiếu").click()
    expect(page.locator("h1")).to_have_text("Phiếu dùng một lần")


def regulate(visitor: Visitor) -> None:
    """The regulation by form, from a template."""
    page = visitor.open("/thiet-lap/quy-che/moi?mau=phu-yen")
    page.get_by_label("Tên", exact=True).fill("Giờ hành chính")
    page.get_by_label("Số, ngày văn bản").fill("QĐ 12/QĐ-UBND")
    page.get_by_label("Áp dụng từ ngày").fill("2026-02-01")
    page.get_by_label("UBND xã Tân Phú").check()
    page.get_by_role("button", name="Kiểm tra và xem trước").click()
    expect(page.get_by_text("Áp dụng từ ngày 01/02/2026")).to_be_visible()
    page.get_by_role("button", name="Ghi", exact=True).click()
    expect(page.locator("h1")).to_have_text("Thiết lập")


def sign(visitor: Visitor, button: str) -> Page:
    """Take the step that is due."""
    page = visitor.open(f"{MONTH}/ky")
    page.locator(".is-next button").click()
    expect(page.locator(".notice-done"), button).to_be_visible()
    return page


def test_an_empty_installation_comes_to_a_closed_month(
    browser: Browser, served: str, engine: Engine, tmp_path: Path
) -> None:
    def visit(user_name: str) -> Visitor:
        return Visitor(browser, served, viewport=DESKTOP, accept_downloads=True).log_in(user_name)

    admin = visit("admin")
    bring(admin, tmp_path, "units", UNITS)
    bring(admin, tmp_path, "terminals", TERMINALS)
    add_account(admin, "nhansu", "hr")
    clerk = visit("nhansu")
    bring(clerk, tmp_path, "people", PEOPLE)
    bring(clerk, tmp_path, "badges", BADGES)
    regulate(clerk)
    expect(clerk.open("/thiet-lap").locator(".setup-step:not(.is-done)")).to_have_count(0)
    add_account(admin, "hanh", "head", "CB001")
    add_account(admin, "chutich", "head")

    file = punch_file(tmp_path / "attlog.dat")
    covers = "2026-02-01 00:00:00/2026-03-01 23:59:59"
    import_punches(engine, file, "CONG", now=NOW, actor="cli:may", covers=covers)
    refresh(engine, now=NOW, settings=settings_for(tmp_path))

    sign(clerk, "submit")
    sign(visit("hanh"), "confirm")
    sign(visit("chutich"), "approve")
    page = sign(clerk, "close")
    with page.expect_download() as download:
        page.evaluate(f"location.href = '{MONTH}/tep?loai=xlsx'")
    target = tmp_path / "bang-cong.xlsx"
    download.value.save_as(target)
    cells = [
        [cell for cell in row if cell is not None]
        for row in openpyxl.load_workbook(target).worksheets[0].iter_rows(values_only=True)
    ]
    mine = next(row for row in cells if "Phạm Minh Đức" in row)
    assert (mine.count("+"), mine.count("L")) == (15, 5)  # Tết: Monday 16 to Friday 20

    with reading(engine) as session:
        code = code_of(session.scalars(select(PeriodSeal)).one().seal)
        assert verify_periods(session) is None
    page = clerk.open(f"/kiem-tra-ma?ma={code}&don-vi=XA&thang=2026-02")
    expect(page.get_by_text("Mã đúng")).to_be_visible()
    for one in (admin, clerk):
        assert one.complaints == []
