"""The outbox: a message is queued once and handed over once.

queued → sending → handing → sent. A server can only have accepted a message whose text it was given, so the
row says `handing` (committed) before the first byte of the text leaves. Hence:

* found in `sending` after a crash, or refused with a reply: it cannot have been accepted; queued again;
* found in `handing` after a crash, or the reply to the text never came: it may have been accepted; `unknown`,
  shown to an administrator and never sent again by itself. All tries of a row carry one Message-ID.

A sender holds a row by `claim` for a while; every step of it is refused once the claim is another's.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from monitor.store.tables import OutgoingMessage

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A message to be queued; `key` makes it one of its kind. `content` are inputs, never a text."""

    key: str
    kind: str
    about: str
    language: str
    expires_at: datetime
    account_id: int | None = None
    content: Sequence[str] = ()


def queue(session: Session, message: Queued, now: datetime) -> bool:
    """Queue a message unless one with its key was ever queued; whether it is new."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    row = {
        "key": message.key,
        "account_id": message.account_id,
        "channel": "other" if message.account_id is None else "mail",
        "kind": message.kind,
        "about": message.about,
        "content": json.dumps(list(message.content)),
        "language": message.language,
        "token": secrets.token_hex(8),
        "state": "queued",
        "attempts": 0,
        "queued_at": now,
        "next_at": now,
        "expires_at": message.expires_at,
        "claim": "",
        "error": "",
        "reply": "",
    }
    added = dialect.insert(OutgoingMessage).values(row).on_conflict_do_nothing()
    return bool(session.connection().execute(added).rowcount)


def recover(session: Session, now: datetime) -> None:
    """Take up what senders that died left behind, and give up what is too late."""
    message = OutgoingMessage
    lost = col(message.claimed_until) < now
    again = {"state": "queued", "claim": "", "next_at": now, "error": "mail_interrupted"}
    doubt = {"state": "unknown", "claim": "", "finished_at": now, "error": "mail_interrupted"}
    late = {"state": "given_up", "finished_at": now}
    for state, values in (("sending", again), ("handing", doubt)):
        found = update(message).where(col(message.state) == state, lost)
        session.connection().execute(found.values(**values))
    expired = update(message).where(col(message.state) == "queued", col(message.expires_at) <= now)
    session.connection().execute(expired.values(**late))


def claim(
    session: Session, now: datetime, lease: timedelta, channels: Sequence[str]
) -> OutgoingMessage | None:
    """The message to be sent next by one of the channels, held for the lease; None when nothing is due."""
    message = OutgoingMessage
    open_channel = col(message.channel).in_(channels)
    due = col(message.state) == "queued", col(message.next_at) <= now, open_channel
    wanted = select(col(message.id)).where(*due).order_by(col(message.next_at), col(message.id)).limit(1)
    found = session.scalars(wanted).first()
    if found is None:
        return None
    held = {"state": "sending", "claim": secrets.token_hex(8), "claimed_until": now + lease}
    mine = update(message).where(col(message.id) == found, col(message.state) == "queued")
    counted = mine.values(**held, attempts=col(message.attempts) + 1)
    if not session.connection().execute(counted).rowcount:
        return None
    row = session.get_one(message, found)
    session.expunge(row)
    return row


def hand(session: Session, row: OutgoingMessage) -> bool:
    """Say that the text is about to leave; False when the row is no longer ours."""
    return _step(session, row, ("sending",), {"state": "handing"})


def finish(session: Session, row: OutgoingMessage, state: str, now: datetime, **told: str) -> bool:
    """Write down how it ended; False when the row is no longer ours."""
    values = {"error": "", "reply": ""} | told
    end = {"state": state, "claim": "", "finished_at": now, **values}
    return _step(session, row, ("sending", "handing"), end)


def put_back(session: Session, row: OutgoingMessage, at: datetime, **told: object) -> bool:
    """Queue a message again for a later moment; False when the row is no longer ours."""
    again = {"state": "queued", "claim": "", "next_at": at, **told}
    return _step(session, row, ("sending", "handing"), again)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many tries: a minute, then twice as long each time, an hour at most."""
    return min(FIRST_PAUSE * (1 << min(max(attempts - 1, 0), 10)), LONGEST_PAUSE)


def _step(session: Session, row: OutgoingMessage, states: Sequence[str], values: dict[str, object]) -> bool:
    message = OutgoingMessage
    ours = col(message.id) == row.id, col(message.claim) == row.claim, col(message.state).in_(states)
    return bool(session.connection().execute(update(message).where(*ours).values(**values)).rowcount)


def queued_since(session: Session, account_id: int, kind: str, since: datetime) -> int:
    """How many messages of a kind were queued for an account since a moment."""
    message = OutgoingMessage
    mine = col(message.account_id) == account_id, col(message.kind) == kind
    wanted = select(func.count()).where(*mine, col(message.queued_at) > since)
    return int(session.connection().execute(wanted).scalar_one())


def message_id(row: OutgoingMessage, domain: str) -> str:
    """The same for every try of a row, so that a second copy is known for one."""
    return f"<{row.kind}.{row.id}.{row.token}@{domain}>"
