"""One message from the outbox to its end: claimed, prepared, handed over, written down."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, update
from sqlmodel import Session, col

from monitor.config import Settings
from monitor.notices import channels, outbox, smtp
from monitor.notices.due import channel_name
from monitor.notices.message import message_of, plain
from monitor.notices.preparing import Not, Ready, prepare, trace
from monitor.notices.smtp import Ended, Envelope, NotOurs
from monitor.store.session import transaction
from monitor.store.tables import NoticeAddress, OutgoingMessage

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def lease_of(settings: Settings) -> timedelta:
    """How long a sender may hold a message: more than the longest conversation."""
    return timedelta(seconds=2 * settings.mail.timeout_seconds + 60)


def deliver_one(engine: Engine, settings: Settings, clock: Clock) -> Ended | None:
    """Send the message that is due next; how it ended, None when none is due.

    `retry` leaves it queued with a growing pause. Two senders never hold one message.
    """
    now = clock()
    with transaction(engine) as session:
        outbox.recover(session, now)
        row = outbox.claim(session, now, lease_of(settings), _channels(settings))
    if row is None:
        return None
    with transaction(engine) as session:
        found = prepare(session, row, settings, now)
        if isinstance(found, Not):
            return _not_sent(session, row, found, now)
    try:
        ended = _send(engine, settings, clock, row, found)
    except NotOurs:
        return Ended(state="retry", error="mail_interrupted")
    with transaction(engine) as session:
        _write_down(session, row, ended, clock())
    _tell(row, ended)
    return ended


def _channels(settings: Settings) -> list[str]:
    """The ways that are configured; without one of them its messages wait, and are given up in the end."""
    ways = {"mail": settings.mail.host, "other": settings.mail.other_channels_file}
    return [name for name, way in ways.items() if way]


def try_server(settings: Settings) -> Ended:
    """Connect to the mail server, protect, log in, and send nothing."""
    return smtp.greet(settings.mail, settings.folder)


def _not_sent(session: Session, row: OutgoingMessage, found: Not, now: datetime) -> Ended:
    if found.later is not None:
        outbox.put_back(session, row, found.later, error=found.why, attempts=row.attempts - 1)
        return Ended(state="later", error=found.why)
    outbox.finish(session, row, "dropped", now, error=found.why)
    return Ended(state="dropped", error=found.why)


def _send(engine: Engine, settings: Settings, clock: Clock, row: OutgoingMessage, ready: Ready) -> Ended:
    def hand() -> None:
        with transaction(engine) as session:
            if not outbox.hand(session, row):
                raise NotOurs
            trace(session, row, ready, clock())

    if row.channel == "other":
        return _send_elsewhere(settings, row, ready, hand)
    content = message_of(ready.letter, row, ready.recipient, settings, clock())
    envelope = Envelope(sender=settings.mail.sender, recipient=ready.recipient, content=content)
    return smtp.send(settings.mail, settings.folder, envelope, hand)


def _send_elsewhere(
    settings: Settings, row: OutgoingMessage, ready: Ready, hand: Callable[[], None]
) -> Ended:
    """Another channel; its service does not tell refusals from silence, so a No is `unknown`."""
    name = row.about.partition(" ")[0]
    line = next((one for one in channels.channel_lines(settings) if channel_name(one) == name), None)
    if line is None:
        return Ended(state="failed", error="notice_channel_gone")
    if not channels.installed():
        return Ended(state="retry", error="notice_no_apprise")
    hand()
    taken = channels.tell(line, ready.letter.subject, plain(ready.letter))
    return Ended(state="sent") if taken else Ended(state="unknown", error="notice_channel_no")


def _write_down(session: Session, row: OutgoingMessage, ended: Ended, now: datetime) -> None:
    told = {"error": ended.error, "reply": ended.reply}
    if ended.state == "retry":
        outbox.put_back(session, row, now + outbox.pause(row.attempts), **told)
        return
    state = "failed" if ended.state == "bounced" else ended.state
    if outbox.finish(session, row, state, now, **told) and ended.state == "bounced":
        _bounced(session, row, ended, now)


def _bounced(session: Session, row: OutgoingMessage, ended: Ended, now: datetime) -> None:
    """A server will never take this address: nothing more is sent there until it is confirmed anew."""
    found = update(NoticeAddress).where(col(NoticeAddress.account_id) == row.account_id)
    session.connection().execute(found.values(bounced_at=now, bounce=ended.reply))


def _tell(row: OutgoingMessage, ended: Ended) -> None:
    """The log names the row and never the reader, the address or a word of the text."""
    about = {
        "event": "notice",
        "notice": row.id,
        "kind": row.kind,
        "state": ended.state,
        "error": ended.error,
    }
    level = logging.INFO if ended.state == "sent" else logging.WARNING
    log.log(level, "notice %s: %s %s", row.id, ended.state, ended.error, extra=about)
