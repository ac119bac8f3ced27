"""Who was shown whose data: one entry for each viewing, one row for each person it showed."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Engine, insert, select
from sqlmodel import Session, col

from monitor.audit.chain import record
from monitor.store.session import reading, transaction
from monitor.store.tables import AuditEntry, Shown

STANDS_FOR = timedelta(hours=1)
"""A page that refreshes itself each minute is one viewing in an hour, not sixty."""

CHUNK = 500

ShownRow = tuple[int, int, int]
"""Person id, first and last day (days since 1970) of what was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """What an account is about to be shown: these people, each over these days (since 1970, inclusive).

    `action` names the page, e.g. `view_board`, `subject` what it is about, as in `record`.
    """

    at: datetime
    actor: str
    action: str
    subject: str
    people: frozenset[int]
    first_day: int
    last_day: int
    detail: dict[str, object] = field(default_factory=dict)


def tell_viewing(engine: Engine, viewing: Viewing) -> int | None:
    """Record a viewing before it is shown; gives the entry's id, None when nothing had to be written.

    Who was shown on the same page within the hour is not recorded again. Raises what the database raises:
    then the page must not be shown.
    """
    with reading(engine) as session:
        fresh = viewing.people - _standing(session, viewing)
    if not fresh:
        return None
    with transaction(engine) as session:
        rows = [(person, viewing.first_day, viewing.last_day) for person in fresh]
        return record_shown(
            session,
            rows,
            at=viewing.at,
            actor=viewing.actor,
            action=viewing.action,
            subject=viewing.subject,
            detail=viewing.detail,
        )


def record_shown(  # noqa: PLR0913 - what `record` takes, and who was shown
    session: Session,
    rows: Collection[ShownRow],
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: dict[str, object],
) -> int:
    """Add an entry and the people that it showed, in the caller's transaction; gives the entry's id."""
    told = {**detail, "people": len(rows)}
    if rows:
        told["people_sha256"] = people_sha256(rows)
    entry = record(session, at=at, actor=actor, action=action, subject=subject, detail=told)
    values = [
        {"person_id": person, "entry_id": entry, "first_day": first, "last_day": last}
        for person, first, last in sorted(rows)
    ]
    if values:
        session.connection().execute(insert(Shown), values)
    return entry


def people_sha256(rows: Iterable[ShownRow]) -> str:
    """A digest of whom an entry showed, whatever their order."""
    lines = (f"{person}:{first}:{last}" for person, first, last in sorted(rows))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _standing(session: Session, viewing: Viewing) -> frozenset[int]:
    """Those of the people whom the same page showed the same account within the hour."""
    entries = _entries(session, viewing)
    if not entries:
        return frozenset()
    found: set[int] = set()
    wanted = sorted(viewing.people)
    days = col(Shown.first_day) == viewing.first_day, col(Shown.last_day) == viewing.last_day
    for start in range(0, len(wanted), CHUNK):
        mine = col(Shown.person_id).in_(wanted[start : start + CHUNK]), col(Shown.entry_id).in_(entries)
        found |= set(session.connection().execute(select(col(Shown.person_id)).where(*mine, *days)).scalars())
    return frozenset(found)


def _entries(session: Session, viewing: Viewing) -> list[int]:
    same = (
        col(AuditEntry.actor) == viewing.actor,
        col(AuditEntry.at) > viewing.at - STANDS_FOR,
        col(AuditEntry.action) == viewing.action,
        col(AuditEntry.subject) == viewing.subject,
    )
    return [
        one or 0 for one in session.connection().execute(select(col(AuditEntry.id)).where(*same)).scalars()
    ]
