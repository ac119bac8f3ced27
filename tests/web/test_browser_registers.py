"""The registers in a real browser: accessible, narrow enough for a phone, entered by keyboard."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine, text

from monitor.store.session import transaction
from monitor.store.tables import AccessGrant, Meeting, MeetingArrival, MeetingInvitation, RosterEntry
from monitor.web.app import create_app
from tests.browsing import PHONE, Look, Visitor, flaws_of, looks, serving, visit
from tests.web.cast import NOW, at
from tests.web.conftest import settings_for

pytestmark = pytest.mark.browser

PAGES = (
    "/dang-ky?thang=2026-02",
    "/dang-ky/moi?ma=CB006",
    "/dang-ky/1",
    "/dang-ky/tep",
    "/dang-ky/lich-truc",
    "/dang-ky/lich-truc/1",
    "/dang-ky/hop",
    "/dang-ky/hop/moi",
    "/dang-ky/hop/1",
    "/dang-ky/uy-quyen",
)
TARGETS = "main .btn, main summary, main .form-control, main .option"


@pytest.fixture
def served(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """A server with a duty, a meeting that two people came to, and a delegation that runs."""
    with transaction(engine) as session:
        session.connection().execute(
            text("INSERT INTO regulation_target (regulation_id, valid_from) VALUES (1, '2026-01-01')")
        )
        starts, ends = at("08:00"), at("10:00")
        session.add(
            RosterEntry(person_id=6, kind="duty", starts=at("19:00"), ends=at("22:00"), place="Trụ sở")
        )
        session.add(
            Meeting(
                id=1,
                unit_id=3,
                title="Giao ban",
                starts=starts,
                ends=ends,
                created_by="huong",
                created_at=NOW,
            )
        )
        session.flush()
        for person, role in ((6, "chair"), (7, "member"), (8, "guest")):
            session.add(MeetingInvitation(meeting_id=1, person_id=person, role=role))
        for person, clock in ((6, "07:55"), (7, "08:09")):
            session.add(
                MeetingArrival(
                    meeting_id=1, person_id=person, arrived=at(clock), recorded_by="huong", recorded_at=NOW
                )
            )
        session.add(
            AccessGrant(
                account_id=8,
                unit_id=3,
                role="head",
                valid_from=date(2026, 2, 24),
                valid_to=date(2026, 2, 27),
                reason="Đi công tác",
                granted_by="nhansu",
                granted_at=NOW,
            )
        )
    app: Flask = create_app(engine, settings_for(tmp_path), lambda: NOW)
    with serving(app) as address:
        yield address


@looks("phone-vi", "desktop-en-dark")
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    visitor = look.visitor(visitors, browser, served).log_in("nhansu")
    assert flaws_of(visitor, PAGES, TARGETS) == {}


def test_leave_is_entered_without_a_mouse_after_its_preview_was_seen(
    visitors: list[Visitor], browser: Browser, served: str
) -> None:
    page = visit(visitors, browser, served, viewport=PHONE).log_in("huong").open("/dang-ky/moi")
    page.locator('input[value="CB006"]').press("Space")
    page.get_by_label("Từ ngày").fill("2026-02-24")
    page.get_by_role("button", name="Xem trước").press("Enter")
    expect(page.get_by_role("heading", name="Sẽ thay đổi")).to_be_visible()
    expect(page.locator("tbody tr")).not_to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Lưu").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Đã ghi lý do cho 1 người")
    expect(page.locator("main")).to_contain_text("Đặng Hoà Bình")
