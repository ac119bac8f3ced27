"""A unit gets a new head, in a real browser on a phone: from the first administrator to the day it happens.

Nobody touches an account on the day itself: the postings say who leads the unit (rules 2.1), and what was
one head's at 23:40 is the other's at 00:05, in log-ins that were open all the while.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select, update
from sqlmodel import Session, col

from monitor.cli.setting_up import first_administrator
from monitor.store.session import transaction
from monitor.store.tables import Account, Person, Posting, Unit
from monitor.web.app import create_app
from tests.accounts.cast import ANOTHER, PASSWORD, Clock
from tests.browsing import PHONE, Visitor, serving
from tests.web.cast import ZONE
from tests.web.conftest import engine, furnished, settings_for
from tests.web.test_login_steps import shown_key

__all__ = ["engine", "furnished"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OLD, NEW = "hanh", "binh"
PEOPLE = {OLD: ("Nguyễn Thị Hạnh", "CB001"), NEW: ("Đặng Hoà Bình", "CB006")}
EVE, DAY = date(2026, 2, 24), date(2026, 2, 25)
BEFORE, AFTER = datetime(2026, 2, 24, 23, 40, tzinfo=ZONE), datetime(2026, 2, 25, 0, 5, tzinfo=ZONE)
BOARD = f"/don-vi/vp/ngay/{DAY}"
ADMINISTRATORS = "mười hai con giáp chạy"


@pytest.fixture
def clock() -> Clock:
    """Shortly before midnight."""
    return Clock(BEFORE)


@pytest.fixture
def token(engine: Engine, tmp_path: Path, clock: Clock) -> str:
    """What `monitor init` prints: nobody has an account yet, and the postings know of the new head."""
    with transaction(engine) as session:
        # Those of the other tests; what has been granted to one cannot be taken out of the table.
        gone = {"user_name": "tests." + col(Account.user_name), "disabled": True}
        session.connection().execute(update(Account).values(gone))
        hand_over(session)
    return first_administrator(engine, settings_for(tmp_path), clock(), "cli:may")


def hand_over(session: Session) -> None:
    """Hạnh leads the office until the eve; Bình works elsewhere until then and leads it from the day on."""
    codes = {code: session.scalars(select(Person).where(col(Person.code) == code)).one().id for code in
             (person for _name, person in PEOPLE.values())}  # fmt: skip
    session.connection().execute(
        update(Posting).where(col(Posting.person_id).in_(codes.values())).values(valid_to=EVE)
    )
    unit = session.scalars(select(Unit).where(col(Unit.code) == "vp")).one()
    new = codes[PEOPLE[NEW][1]] or 0
    session.add(Posting(person_id=new, unit_id=unit.id or 0, role="head", valid_from=DAY))


@pytest.fixture
def served(engine: Engine, tmp_path: Path, clock: Clock, token: str) -> Iterator[str]:
    """The address of the running server; there is no log-in but the real one."""
    app = create_app(engine, settings_for(tmp_path, development_login=False), clock)
    with serving(app) as address:
        yield address


@pytest.fixture
def phones(browser: Browser, served: str) -> Iterator[Callable[[], Visitor]]:
    """Gives one more person with a phone; none of them may have met an error of the page's own."""
    opened: list[Visitor] = []

    def one_more() -> Visitor:
        opened.append(Visitor(browser, served, viewport=PHONE))
        return opened[-1]

    yield one_more
    for visitor in opened:
        visitor.context.close()
        assert visitor.complaints == []


def use_slip(visitor: Visitor, user_name: str, slip: str, password: str) -> Page:
    """Set a password with a one-time slip."""
    page = visitor.open("/phieu")
    fields = {"user_name": user_name, "token": slip, "password": password, "again": password}
    for field, value in fields.items():
        page.fill(f"#{field}", value)
    page.get_by_role("button", name="Đặt mật khẩu").click()
    return page


def begin_as_administrator(visitor: Visitor, token: str, clock: Clock) -> pyotp.TOTP:
    """The first administrator sets a password and a second factor; gives the phone's codes."""
    page = use_slip(visitor, "admin", token, ADMINISTRATORS)
    expect(page.locator(".key code")).to_be_visible()
    codes = shown_key(page.content())
    page.fill("#code", codes.at(clock()))
    page.get_by_role("button", name="Bật xác thực hai lớp").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="Tôi đã cất các mã").click()
    expect(page.locator("h1")).to_have_text("UBND phường Trà Bá")
    return codes


def add_head(visitor: Visitor, user_name: str) -> str:
    """An account for a head who is a person of the office; gives the slip's code."""
    page = visitor.open("/quan-tri/tai-khoan")
    page.get_by_text("Thêm tài khoản", exact=True).click()
    name, person = PEOPLE[user_name]
    for field, value in {"user_name": user_name, "display_name": name, "person": person}.items():
        page.fill(f"#{field}", value)
    page.select_option("#role", "head")
    page.get_by_role("button", name="Thêm và cấp phiếu").click()
    expect(page.locator("h1")).to_have_text("Phiếu dùng một lần")
    return page.locator("dl code").nth(1).inner_text()


def status(visitor: Visitor, address: str) -> int:
    """How a page answers."""
    answer = visitor.page.goto(visitor.served + address)
    assert answer is not None
    wide = visitor.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"], address
    return answer.status


def role_shown(visitor: Visitor) -> str:
    """What the menu says one is."""
    visitor.open("/tai-khoan").locator("details.account summary").click()
    return visitor.page.locator(".account-panel .muted").inner_text()


def disable(visitor: Visitor, user_name: str, code: str) -> None:
    """Close an account; the administrator has to prove it is still they."""
    page = visitor.open("/quan-tri/tai-khoan")
    for asked_again in (True, False):
        panel = page.locator("li.panel", has=page.locator("h2", has_text=re.compile(rf"^{user_name}\b")))
        panel.locator("summary").click()
        panel.get_by_role("button", name="Khoá tài khoản").click()
        if asked_again:
            page.fill("#code", code)
            page.get_by_role("button", name="Xác nhận").click()
    expect(panel.get_by_text("Đã khoá", exact=True)).to_be_visible()


def test_a_unit_changes_hands_at_midnight_with_the_accounts_that_were_there(
    phones: Callable[[], Visitor], token: str, clock: Clock
) -> None:
    administrator, old, new = phones(), phones(), phones()
    codes = begin_as_administrator(administrator, token, clock)
    use_slip(old, OLD, add_head(administrator, OLD), PASSWORD)
    use_slip(new, NEW, add_head(administrator, NEW), ANOTHER)

    assert (status(old, BOARD), status(new, BOARD)) == (200, 404)
    assert (role_shown(old), role_shown(new)) == ("Lãnh đạo đơn vị", "Cán bộ, công chức")

    clock.now = AFTER
    assert (status(old, BOARD), status(new, BOARD)) == (404, 200)
    expect(new.page.locator("h1")).to_have_text("Văn phòng HĐND và UBND")
    assert (role_shown(old), role_shown(new)) == ("Cán bộ, công chức", "Lãnh đạo đơn vị")
    assert status(old, "/ca-nhan") == 200

    disable(administrator, OLD, codes.at(AFTER))
    old.open("/ca-nhan")
    expect(old.page.locator("h1")).to_have_text("Đăng nhập")

    new.open("/tai-khoan").locator("details.account summary").click()
    new.page.get_by_role("button", name="Đăng xuất").click()
    new.open(BOARD)
    expect(new.page.locator("h1")).to_have_text("Đăng nhập")
    page = new.page
    page.fill("#user_name", NEW)
    page.fill("#password", ANOTHER)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator("h1")).to_have_text("Văn phòng HĐND và UBND")
