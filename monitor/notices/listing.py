"""What was queued, sent and failed, without a word of it; sending again; forgetting what is old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlmodel import Session, col

from monitor import audit
from monitor.notices.errors import NoticeRefused
from monitor.store.tables import Account, NoticeAddress, OutgoingMessage

OPEN_STATES = ("queued", "sending", "handing")
AGAIN = ("failed", "given_up", "unknown")
"""Messages in these states may be sent again, by a person who takes the blame for a second copy."""
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A message as an administrator sees it; `user_name` '' for another channel."""

    id: int
    user_name: str
    kind: str
    about: str
    state: str
    attempts: int
    queued_at: datetime
    next_at: datetime
    finished_at: datetime | None
    error: str
    reply: str
    may_again: bool


def listed(
    session: Session,
    now: datetime,
    states: Sequence[str] = (),
    most: int = MOST,
    account_id: int | None = None,
) -> list[Listed]:
    """The newest messages, of some states or all."""
    message = OutgoingMessage
    wanted = (
        select(message, col(Account.user_name))
        .select_from(message)
        .outerjoin(Account, col(Account.id) == col(message.account_id))
    )
    if states:
        wanted = wanted.where(col(message.state).in_(states))
    if account_id is not None:
        wanted = wanted.where(col(message.account_id) == account_id)
    rows = session.execute(wanted.order_by(col(message.id).desc()).limit(most))
    return [_listed(row, name or "", now) for row, name in rows]


def _listed(row: OutgoingMessage, user_name: str, now: datetime) -> Listed:
    return Listed(
        id=row.id or 0,
        user_name=user_name,
        kind=row.kind,
        about=row.about,
        state=row.state,
        attempts=row.attempts,
        queued_at=row.queued_at,
        next_at=row.next_at,
        finished_at=row.finished_at,
        error=row.error,
        reply=row.reply,
        may_again=_may_again(row, now),
    )


def _may_again(row: OutgoingMessage, now: datetime) -> bool:
    return row.state in AGAIN and row.expires_at > now


def counts(session: Session) -> dict[str, int]:
    """How many messages are in each state."""
    wanted = select(col(OutgoingMessage.state), func.count()).group_by(col(OutgoingMessage.state))
    return {row[0]: row[1] for row in session.connection().execute(wanted)}


def bounced(session: Session) -> list[tuple[str, datetime, str]]:
    """Accounts whose address a server refused for good: name, when, the server's code."""
    columns = (col(Account.user_name), col(NoticeAddress.bounced_at), col(NoticeAddress.bounce))
    wanted = select(*columns).join(Account, col(Account.id) == col(NoticeAddress.account_id))
    refused = wanted.where(col(NoticeAddress.bounced_at).is_not(None)).order_by(col(Account.user_name))
    return [(row[0], row[1], row[2]) for row in session.connection().execute(refused) if row[1] is not None]


def resend(session: Session, number: int, now: datetime, actor: str) -> None:
    """Queue a message again that failed or may have been lost; it keeps its Message-ID.

    Raises NoticeRefused `notice_none`, `notice_not_again` or `notice_too_late`: what a digest told is no
    longer so.
    """
    wanted = select(OutgoingMessage).where(col(OutgoingMessage.id) == number).with_for_update()
    row = session.scalars(wanted).first()
    if row is None:
        raise NoticeRefused("notice_none", number=number)
    if row.state not in AGAIN:
        raise NoticeRefused("notice_not_again", number=number)
    if row.expires_at <= now:
        raise NoticeRefused("notice_too_late", number=number)
    detail: dict[str, object] = {"state_before": row.state, "kind": row.kind, "about": row.about}
    row.state, row.next_at, row.finished_at = "queued", now, None
    session.flush()
    audit.record(
        session, at=now, actor=actor, action="notice_resend", subject=f"notice:{number}", detail=detail
    )


def erase_old(session: Session, kept_days: int, now: datetime) -> int:
    """Forget messages that ended so many days ago, and codes that were never used; gives how many."""
    message = OutgoingMessage
    old = col(message.finished_at) < now - timedelta(days=kept_days)
    ended = delete(message).where(old, col(message.state).not_in(OPEN_STATES))
    stale = or_(
        col(NoticeAddress.code_until) < now - timedelta(days=1), col(NoticeAddress.code_until).is_(None)
    )
    never = delete(NoticeAddress).where(col(NoticeAddress.confirmed_at).is_(None), stale, ~_asked(now))
    gone = session.connection().execute(ended).rowcount
    session.connection().execute(never)
    return gone


def _asked(now: datetime) -> ColumnElement[bool]:
    """Whether a code is still on its way to the address."""
    message = OutgoingMessage
    on_way = col(message.kind) == "confirm", col(message.queued_at) > now - timedelta(days=1)
    return col(NoticeAddress.account_id).in_(select(col(message.account_id)).where(*on_way))
