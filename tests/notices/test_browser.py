"""The pages of messages in a real browser: on a phone, in the dark, in both languages, accessible."""

import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine
from werkzeug.serving import make_server

from monitor.store.session import transaction
from monitor.store.tables import NoticeAddress, OutgoingMessage
from monitor.store.tables.notices import STATES
from monitor.web import create_app
from tests.notices.test_pages import settings_with
from tests.notices.world import MORNING, account_of, at, wants
from tests.web.test_browser import DESKTOP, PHONE, Visitor, browser, visit, visitors
from tests.web.test_browser_accounts import faults_of

__all__ = ["browser", "visitors"]

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
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


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


@pytest.mark.parametrize(
    ("viewport", "language", "scheme"),
    [
        pytest.param(PHONE, "vi", "light", id="phone-vi"),
        pytest.param(DESKTOP, "en", "dark", id="desktop-en-dark"),
    ],
)
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor],
    browser: Browser,
    served: str,
    viewport: dict[str, int],
    language: str,
    scheme: str,
) -> None:
    found = {}
    for name, address in PAGES.items():
        visitor = visit(visitors, browser, served, viewport=viewport, color_scheme=scheme)
        visitor.log_in(name)
        page = visitor.open(f"{address}?lang={language}")
        found[name] = faults_of(page, viewport["width"])
        if folder := os.environ.get("SHOTS"):
            page.screenshot(path=f"{folder}/{name}-{viewport['width']}-{language}.png", full_page=True)
    assert {name: fault for name, fault in found.items() if fault} == {}
