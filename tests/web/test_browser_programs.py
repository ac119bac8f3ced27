"""Pages of tokens, receivers and patterns in a real browser: accessible in both languages, phone and desk."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.store.session import transaction
from monitor.store.tables import Account, ApiToken, Unit, Webhook, WebhookDelivery
from monitor.web.app import create_app
from tests.browsing import Look, Visitor, flaws, flaws_of, looks, serving
from tests.web.cast import NOW
from tests.web.conftest import settings_for
from tests.web.test_patterns import PAGE, planted

__all__ = ["planted"]

pytestmark = pytest.mark.browser

PAGES = ("/quan-tri/ma-truy-cap", "/quan-tri/noi-nhan", "/mau-hinh")
TARGETS = "main .btn, main summary, main .form-control, main .form-select"
BODY = '{"type":"month.closed","data":{"unit":"vp","month":"2026-01","code":"c","seal":"s"}}'


@pytest.fixture
def served(planted: Engine, tmp_path: Path) -> Iterator[str]:
    """A server with two patterns on, a token of each state, and messages of each state."""
    with transaction(planted) as session:
        _tokens(session)
        _messages(session)
    with serving(create_app(planted, settings_for(tmp_path), lambda: NOW)) as address:
        yield address


def _tokens(session: Session) -> None:
    owner = session.scalars(select(col(Account.id)).where(col(Account.user_name) == "nhansu")).one()
    unit = _unit(session)
    for name, days, revoked in (("Lương", 30, ""), ("Cũ", -1, ""), ("Thôi dùng", 30, "admin")):
        session.add(
            ApiToken(
                name=name,
                role="hr",
                unit_id=unit,
                owner_id=owner or 0,
                token_sha256=name,
                made_by="admin",
                made_at=NOW,
                expires_at=NOW + timedelta(days=days),
                revoked_by=revoked,
                revoked_at=NOW if revoked else None,
            )
        )


def _messages(session: Session) -> None:
    url = "https://luong.example/cham-cong"
    webhook = Webhook(name="Lương", url=url, unit_id=_unit(session), secret="x", made_by="admin", made_at=NOW)  # noqa: S106
    session.add(webhook)
    session.flush()
    for state in ("queued", "sent", "given_up"):
        session.add(
            WebhookDelivery(
                webhook_id=webhook.id or 0,
                message_id=state,
                event="month.closed",
                body=BODY,
                state=state,
                attempts=3,
                queued_at=NOW,
                next_at=NOW,
                error="webhook_unknown_host" if state == "given_up" else "",
            )
        )


def _unit(session: Session) -> int:
    return session.scalars(select(col(Unit.id)).where(col(Unit.code) == "vp")).one() or 0


@looks("phone-vi", "phone-en-dark", "desktop-vi")
def test_every_page_is_accessible_and_never_scrolls_sideways(
    visitors: list[Visitor], browser: Browser, served: str, look: Look
) -> None:
    admin = look.visitor(visitors, browser, served).log_in("admin")
    assert flaws_of(admin, PAGES, TARGETS) == {}

    page = admin.open("/quan-tri/ma-truy-cap")
    page.locator("main summary").click()
    page.locator("#name").fill("Phần mềm lương")
    page.locator("#unit").select_option("vp")
    page.locator("#owner").select_option("nhansu")
    page.locator("form:has(#owner) button").click()
    expect(page.locator(".whole-secret").first).to_contain_text("chamcong_")
    assert flaws(page, TARGETS) == {}

    head = look.visitor(visitors, browser, served).log_in("huong")
    assert flaws_of(head, [PAGE], TARGETS) == {}
    expect(head.page.locator(".pattern-hits").first).to_be_visible()
