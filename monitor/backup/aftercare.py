"""What a restored database must forget: whatever it would claim about the time since the backup.

What a terminal delivered by itself and we acknowledged after the backup is gone here and may be gone
there. So no log counts as complete over that time: it becomes a gap, in which nobody is absent (rules 7).
Terminals that are read fill it by themselves, since their next reading brings the whole log.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from monitor import audit
from monitor.rules.wallclock import DAY_SECONDS, seconds_of
from monitor.store.queries import stale
from monitor.store.queries.clocks import TRUSTED_WITHIN_SECONDS
from monitor.store.queries.lease import database_now, next_token
from monitor.store.tables import (
    RESTORED,
    Account,
    ClockSighting,
    CoverageInterval,
    Fact,
    LoginSession,
    PushContact,
    SchedulerLease,
    Terminal,
)

SAID = ("file", "declared")
"""Coverage that is somebody's word, about files that may have been imported after the backup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftercare:
    """What was done: terminals that deliver by themselves and were given a gap, words that were cut."""

    pushing: tuple[str, ...]
    cut: int


def care(session: Session, *, made_at: datetime, now: datetime, actor: str) -> Aftercare:
    """Adjust a restored database, in one transaction, before anybody works on it."""
    pushing = _break_pushes(session, now)
    cut = _cut_words(session, made_at)
    _end_log_ins(session)
    _raise_token(session)
    told = {"made_at": made_at.isoformat(), "restored_at": now.isoformat()}
    session.merge(Fact(key=RESTORED, value=json.dumps(told)))
    detail = {**told, "pushing": list(pushing), "coverage_cut": cut}
    audit.record(session, at=now, actor=actor, action="restore", subject="installation", detail=detail)
    return Aftercare(pushing=pushing, cut=cut)


def _break_pushes(session: Session, now: datetime) -> tuple[str, ...]:
    """Let what is delivered from now on say nothing about the time before, and ask for the whole log.

    The terminal's clock may be ahead of ours: what it calls `now` came later by as much.
    """
    ahead = {row.terminal_id: max(row.offset_seconds, 0) for row in session.scalars(select(ClockSighting))}
    found = select(PushContact, Terminal).join(Terminal, col(Terminal.id) == col(PushContact.terminal_id))
    codes = []
    for contact, terminal in session.execute(found.order_by(col(Terminal.code))):
        here = seconds_of(now.astimezone(ZoneInfo(terminal.timezone)).replace(tzinfo=None))
        since = here + ahead.get(contact.terminal_id, 0) + TRUSTED_WITHIN_SECONDS
        contact.broken_at = max(since, contact.broken_at or since)
        contact.acknowledged_at, contact.stamp, contact.operations_stamp = None, "", ""
        codes.append(terminal.code)
    session.flush()
    return tuple(codes)


def _cut_words(session: Session, made_at: datetime) -> int:
    """End at the backup what people said of files and hours: the files since are not here."""
    words = select(CoverageInterval, Terminal).join(
        Terminal, col(Terminal.id) == col(CoverageInterval.terminal_id)
    )
    cut = 0
    for interval, terminal in session.execute(words.where(col(CoverageInterval.source).in_(SAID))).all():
        until = seconds_of(made_at.astimezone(ZoneInfo(terminal.timezone)).replace(tzinfo=None))
        if interval.ends <= until:
            continue
        cut += 1
        days = max(interval.starts, until) // DAY_SECONDS, interval.ends // DAY_SECONDS
        stale.mark_badge_holders(session, interval.terminal_id, *days)
        if interval.starts > until:
            session.delete(interval)
        else:
            interval.ends = until
    session.flush()
    return cut


def _end_log_ins(session: Session) -> None:
    """What was ended or used since the backup must not work again."""
    session.connection().execute(delete(LoginSession))
    unused = {"token_sha256": None, "token_expires_at": None}
    session.connection().execute(update(Account).values(unused))


def _raise_token(session: Session) -> None:
    """A scheduler from before must not be taken for the one that is to come."""
    known = session.connection().execute(select(func.max(col(SchedulerLease.token)))).scalar()
    if known is not None:
        raised = next_token(known, database_now(session))
        session.connection().execute(update(SchedulerLease).values(token=raised))
