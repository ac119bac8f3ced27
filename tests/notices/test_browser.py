"""The pages of messages in a real browser: on a phone, in the dark, in both languages, accessible."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from monitor.store.session import transaction
from monitor.store.tables import NoticeAddress, OutgoingMessage
from monitor.store.tables.notices import STATES
from monitor.web.app import create_app
from tests.browsing import Look, Visitor, flaws, looks, serving
from tests.notices.test_pages import settings_with
from tests.notices.world import MORNING, account_of, at, wants

pytestmark = pytest.mark.browser

PAGES = {"hanh": "/tai-khoan/thong-bao", "huong": "/tai-khoan/thong-bao", "admin": "/quan-tri/thong-bao"}
ERRORS = {
    "failed": "mail_bounced",
    "unknown": "mail_unknown",
    "dropped": "notice_over",
    "queued": "mail_later",
}


@pytest.fixture
def served(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """A running server with messages in every state, an address that waits and one that was refused."""
    furnish(engine)
    app = create_app(engine, settings_with(at(25, tmp_path)), lambda: MORNING)
    with serving(app) as address:
        yield address


def furnish(engine: Engine) -> None:
    """Messages in every state."""
    wants(engine, "huong", morning=True, quiet_from=21 * 60, quiet_to=6 * 60)
    hanh, huong = (account_of(engine, name).id or 0 for name in ("hanh", "huong"))
    with transaction(engine) as session:
        session.get_one(NoticeAddress, huong).bounced_at = MORNING
        session.get_one(NoticeAddress, huong).bounce = "550 5.1.1"
        long = "nguyen.thi.hanh.van.phong.hoi-dong-nhan-dan@phuong-tra-ba.xa.example"
        session.add(NoticeAddress(account_id=hanh, candidate=long))
        session.add_all(
            OutgoingMessage(
                key=f"morning:{huong}:{state}",
                account_id=huong,
                kind="morning",
                about="2026-02-24",
                language="vi",
                token=f"{place:016x}",
                state=state,
                attempts=place,
                queued_at=MORNING,
                next_at=MORNING + timedelta(minutes=4),
                expires_at=MORNING + timedelta(hours=3),
                finished_at=MORNING,
                error=ERRORS.get(state, ""),
                reply="550 5.1.1" if state == "failed" else "",
            )
            for place, state in enumerate(STATES)
        )


@looks("phone-vi", "desktop-en-dark")
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    found = {}
    for name, address in PAGES.items():
        visitor = look.visitor(visitors, browser, served).log_in(name)
        found[name] = flaws(visitor.open(address))
    assert {name: flaw for name, flaw in found.items() if flaw} == {}
