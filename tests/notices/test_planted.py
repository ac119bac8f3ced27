"""The checks notice what they are there for: each plants one fault and sees what other tests would."""

import smtplib
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col

from monitor.access import Scope
from monitor.config import Settings
from monitor.notices import deliver_one, due, letter, outbox, preparing, queue_due, smtp
from monitor.notices import message as messages
from monitor.notices.digests import digest
from monitor.notices.sending import lease_of
from monitor.store.queries.reach import EVERYBODY, Term
from monitor.store.session import transaction
from monitor.store.tables import OutgoingMessage, Unit
from tests.notices.server import Box
from tests.notices.test_privacy import CANARY, HOSTILE, everything, mark_all
from tests.notices.world import at, look_and_send, rows, send_all, states, wants


def test_a_text_that_leaves_before_the_row_says_so(
    office: Engine, site: Settings, box: Box, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row says `handing` only after the server has answered: a crash in between sends twice."""
    seen: list[str] = []

    def backwards(server: smtplib.SMTP, envelope: smtp.Envelope, hand: object) -> smtp.Ended:
        server.mail(envelope.sender)
        server.rcpt(envelope.recipient)
        ended = smtp._text(server, envelope.content)
        assert callable(hand)
        hand()
        return ended

    queue_due(office, site, now)
    box.after_text = lambda: seen.append(states(office)[len(seen)])
    deliver_one(office, site, lambda: now)
    monkeypatch.setattr(smtp, "_dialogue", backwards)
    deliver_one(office, site, lambda: now)
    assert seen == ["handing", "sending"]


def test_a_doubt_that_is_sent_again(
    office: Engine, site: Settings, box: Box, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A silence after the text counts as a refusal."""
    monkeypatch.setattr(
        smtp, "_text", lambda server, content: smtp.Ended(state="retry") if _given(server, content) else None
    )
    box.drop_after_text = True
    look_and_send(office, site, now)
    send_all(office, site, now + timedelta(hours=1))
    assert len(box.taken) == 4


def _given(server: smtplib.SMTP, content: bytes) -> bool:
    try:
        server.data(content)
    except smtplib.SMTPException:
        return True
    return True


def test_a_claim_that_is_not_compared(
    office: Engine, site: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever once held a row may still hand it over."""

    def anybody(session: object, row: OutgoingMessage, states: object, values: dict[str, object]) -> bool:
        mine = update(OutgoingMessage).where(col(OutgoingMessage.id) == row.id).values(**values)
        return bool(session.connection().execute(mine).rowcount) and bool(states)  # type: ignore[attr-defined]  # a Session

    queue_due(office, site, now)
    with transaction(office) as session:
        row = outbox.claim(session, now, lease_of(site), ["mail"])
        outbox.recover(session, now + timedelta(hours=1))
        assert row is not None
        assert not outbox.hand(session, row)
        monkeypatch.setattr(outbox, "_step", anybody)
        assert outbox.hand(session, row)


def test_a_key_that_is_new_each_time(
    office: Engine, site: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digest is queued at each look."""
    monkeypatch.setattr(due, "_key", lambda turn, account: f"{turn.kind}:{account.id}:{len(rows(office))}")
    queue_due(office, site, now)
    queue_due(office, site, now)
    assert len(rows(office)) == 4


def test_a_morning_without_end(
    office: Engine, site: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The morning's hours last until the evening."""
    monkeypatch.setattr(due, "MORNING_ENDS", time(23))
    assert queue_due(office, site, now.replace(hour=15)) == 2


def test_a_scope_that_is_not_asked(
    engine: Engine, port: int, tmp_path: Path, box: Box, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A digest is read through a reach to everybody."""
    wants(engine, "hanh", morning=True)
    mark_all(engine, frozenset({"kt"}))
    with transaction(engine) as session:
        everywhere = Term(unit_ids=frozenset(one or 0 for one in session.scalars(select(col(Unit.id)))))
    monkeypatch.setattr(Scope, "reach", property(lambda _self: type(EVERYBODY)(terms=(everywhere,))))
    look_and_send(engine, at(port, tmp_path, detail="names"), now)
    assert CANARY in everything(box)


def test_names_that_leave_although_counts_were_asked_for(
    office: Engine, site: Settings, box: Box, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`detail` is not looked at."""
    monkeypatch.setattr(preparing, "digest", lambda *told, names: digest(*told, names=not names))
    mark_all(office, frozenset({"vp"}))
    look_and_send(office, site, now)
    assert CANARY in everything(box)


def test_a_name_that_begins_a_header(
    office: Engine, site: Settings, box: Box, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text goes into a header as it is."""
    for module in (letter, messages):
        monkeypatch.setattr(module, "one_line", lambda text: text)
    monkeypatch.setattr(messages, "_encoded", lambda text, _header: text)
    with transaction(office) as session:
        session.connection().execute(update(Unit).values(name=HOSTILE))
    look_and_send(office, site, now)
    assert "\r\nBcc: ke-xau@example.org" in box.taken[0][2].decode()


def test_a_text_that_is_not_escaped(
    office: Engine, port: int, tmp_path: Path, box: Box, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTML is put together from names as they are."""
    monkeypatch.setattr(messages, "escape", lambda text: text)
    with transaction(office) as session:
        session.connection().execute(update(Unit).values(name=HOSTILE))
    look_and_send(office, at(port, tmp_path), now)
    assert "<li>" in everything(box)
    assert "<h3>Phòng Bcc: ke-xau@example.org <script>" in everything(box)
