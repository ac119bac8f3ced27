"""The terminals' pages in a real browser: accessible, by keyboard alone, alive while one waits."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.intake import import_punches
from monitor.intake.push import Caller, park
from monitor.store.session import transaction
from monitor.store.tables import PullRequest, Punch, QuarantinedRecord
from monitor.web.app import create_app
from tests.browsing import DESKTOP, PHONE, Look, Visitor, flaws_of, looks, refresh, serving, visit
from tests.office import rows
from tests.web.cast import NOW, at
from tests.web.conftest import settings_for
from tests.web.test_terminals import alarm
from tests.web.test_terminals_many import furnish

pytestmark = pytest.mark.browser

PAGES = (
    "/may",
    "/may/TM1",
    "/may/TM2?xong=1",
    "/may/TM1/tep/1",
    "/may/TM1/ma-la?ma=CB003&can-bo=CB002",
    "/may-cho-duyet",
)
TARGETS = "main .btn, main summary, main .form-control, main .option"


@pytest.fixture
def served(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """A server with something of everything: alarms, records, ids, an import, a terminal that waits."""
    path = tmp_path / "cham_cong_thang_2_cua_phuong.dat"
    path.write_text("CB003\t2026-02-23 07:25:00\t1\t0\t1\t0\n")
    import_punches(engine, path, "TM1", now=NOW, actor="cli:test", covers="")
    park(engine, Caller(serial="SERI-MOI-1", address="10.9.9.9", allowed_networks=()), NOW)
    with transaction(engine) as session:
        session.add(alarm("server_clock", content='{"minutes": -13, "agreeing": 4, "seen": 5}'))
        session.add(alarm("terminal_silent", "TM2", 2, '{"terminal": "TM2", "minutes": 34}'))
        for number, reason in ((1, "clock_reset"), (2, "before_installation")):
            record = QuarantinedRecord(
                id=number,
                terminal_id=1,
                reason=reason,
                raw=reason.encode(),
                device_user_id=f"00{number}",
                device_time="2000-01-01 00:30:00",
                verify=1,
                state=0,
                work_code=0,
                source="pull",
                received_at=at("10:00"),
            )
            session.add(record)
    app: Flask = create_app(engine, settings_for(tmp_path), lambda: NOW)
    with serving(app) as address:
        yield address


@looks("phone-vi", "phone-en-dark", "desktop-vi-dark")
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    visitor = look.visitor(visitors, browser, served).log_in("admin")
    assert flaws_of(visitor, PAGES, TARGETS) == {}


@looks("phone-vi", "desktop-vi-dark")
def test_so_is_the_page_of_many_and_a_terminal_is_found_by_typing(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine, look: Look
) -> None:
    furnish(engine)
    visitor = look.visitor(visitors, browser, served).log_in("kythuat")
    assert flaws_of(visitor, ("/may?sau=24", "/may?loc=good&tim=zz"), TARGETS) == {}
    page = visitor.open("/may")

    page.get_by_role("searchbox").fill("cua dong")
    page.keyboard.press("Enter")

    expect(page.locator("li.terminal h2")).to_have_text(["Cửa Đông"])
    page.get_by_role("link", name="Tất cả 63").click()
    expect(page.get_by_role("searchbox")).to_have_value("cua dong")


def test_a_record_is_repaired_by_keyboard_alone(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("kythuat").open("/may/TM1")

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                return
        pytest.fail(f"{selector} is not reached")

    tab_to("input[name=id][value='2']")
    page.keyboard.press("Space")
    tab_to("input[name=viec]")
    page.keyboard.press("ArrowUp")  # from the first choice round to the last
    expect(page.locator("input[name=viec][value=bo]")).to_be_checked()
    tab_to("#ly-do")
    page.keyboard.type("khong co that")
    page.keyboard.press("Enter")

    expect(page.locator(".notice-done")).to_contain_text("Đã xử lý 1 bản ghi.")
    assert rows(engine, "SELECT record_id, decision FROM quarantine_decision") == [(2, "dismissed")]


def test_a_reading_is_followed_without_a_click(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("kythuat").open("/may")
    page.locator("#may-TM1 button[type=submit]").click()
    expect(page.locator("#may-TM1 progress")).to_be_visible()
    with transaction(engine) as session:
        session.scalars(select(PullRequest)).one().pull_id = 1
    expect(page.locator("#may-TM1 progress")).to_have_count(0)
    expect(page.locator("#may-TM1 button[type=submit]")).to_be_enabled()


def test_a_refresh_leaves_what_one_has_opened_or_begun(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine
) -> None:
    page = visit(visitors, browser, served, viewport=DESKTOP).log_in("kythuat").open("/may")
    page.locator("#bang-1 > summary").click()
    refresh(page)
    expect(page.locator("#bang-1")).to_have_attribute("open", "")

    with transaction(engine) as session:
        session.add(PullRequest(terminal_id=1, asked_at=NOW - timedelta(seconds=5), asked_by="kythuat"))
    page.goto(served + "/may/TM1")
    page.fill("#ly-do", "đang viết dở")
    page.wait_for_timeout(4_000)  # longer than until the next look
    expect(page.locator("#ly-do")).to_have_value("đang viết dở")


def test_everything_works_without_scripts(
    visitors: list[Visitor], browser: Browser, served: str, engine: Engine
) -> None:
    with transaction(engine) as session:
        session.scalars(select(Punch).where(col(Punch.device_user_id) == "CB003")).one()
    visitor = visit(visitors, browser, served, viewport=PHONE, java_script_enabled=False).log_in("admin")
    page = visitor.open("/may")
    page.locator("#may-TM1 button[type=submit]").click()
    page.locator("#may-TM1 .progress-line a").click()
    expect(page.locator("#may-TM1 progress")).to_be_visible()
    page.locator("#may-TM1 .to-do a[href$='ma-la']").click()
    page.locator("a[href*='ma-la?ma=CB003']").click()
    page.locator("input[name=can-bo][type=radio]").check()
    page.locator("form[method=post] button.btn-main").click()
    expect(page.locator(".notice-done")).to_contain_text("từ nay là của CB003")
