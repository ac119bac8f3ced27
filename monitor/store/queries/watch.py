"""Every terminal with what its last contacts told, in a constant number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from monitor.store.tables import Pull, PushContact, Terminal

REMEMBERED = timedelta(days=7)
"""For how long a count of records that fell is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A terminal (without its secrets) and its last contacts.

    `failing_since` is when the first reading failed after the last good one; None while readings succeed.
    `peak_records` is the most that this serial number held of late.
    """

    id: int
    code: str
    name: str
    kind: str
    unit_id: int | None
    timezone: str
    serial: str | None
    switched_off: bool
    last: Pull | None
    good: Pull | None
    failing_since: datetime | None
    peak_records: int | None
    contact: PushContact | None

    @property
    def delivers_by_itself(self) -> bool:
        """Whether nobody calls it, so that only its own calls show that it lives."""
        return self.kind == "zk_push"


def watched(session: Session, now: datetime) -> list[Watched]:
    """Every terminal, in order of its code."""
    newest, good = _newest(session), _newest(session, col(Pull.error_code) == "")
    failing = _failing_since(session)
    peaks = _peaks(session, now)
    contacts = {row.terminal_id: row for row in session.scalars(select(PushContact))}
    columns = (
        col(Terminal.id),
        col(Terminal.code),
        col(Terminal.name),
        col(Terminal.kind),
        col(Terminal.unit_id),
        col(Terminal.timezone),
        col(Terminal.serial),
        col(Terminal.switched_off),
    )
    return [
        Watched(
            id=row[0] or 0,
            code=row[1],
            name=row[2],
            kind=row[3],
            unit_id=row[4],
            timezone=row[5],
            serial=row[6],
            switched_off=row[7],
            last=newest.get(row[0] or 0),
            good=good.get(row[0] or 0),
            failing_since=failing.get(row[0] or 0),
            peak_records=_peak(good.get(row[0] or 0), peaks),
            contact=contacts.get(row[0] or 0),
        )
        for row in session.connection().execute(select(*columns).order_by(col(Terminal.code)))
    ]


def _newest(session: Session, *conditions: ColumnElement[bool]) -> Mapping[int, Pull]:
    """The newest pull of each terminal that meets the conditions."""
    newest = select(func.max(col(Pull.id))).where(*conditions).group_by(col(Pull.terminal_id))
    return {pull.terminal_id: pull for pull in session.scalars(select(Pull).where(col(Pull.id).in_(newest)))}


def _failing_since(session: Session) -> dict[int, datetime]:
    """Terminal id -> start of the first pull that failed after the last good one."""
    good = (
        select(col(Pull.terminal_id).label("terminal_id"), func.max(col(Pull.id)).label("id"))
        .where(col(Pull.error_code) == "")
        .group_by(col(Pull.terminal_id))
        .subquery()
    )
    since = (
        select(col(Pull.terminal_id), func.min(col(Pull.started_at)))
        .outerjoin(good, good.c.terminal_id == col(Pull.terminal_id))
        .where(col(Pull.id) > func.coalesce(good.c.id, 0))
        .group_by(col(Pull.terminal_id))
    )
    return {row[0]: row[1] for row in session.connection().execute(since)}


def _peaks(session: Session, now: datetime) -> dict[tuple[int, str], int]:
    """(Terminal id, serial) -> the most records that a good pull of late counted."""
    wanted = (
        select(col(Pull.terminal_id), col(Pull.serial), func.max(col(Pull.count_after)))
        .where(col(Pull.error_code) == "", col(Pull.started_at) >= now - REMEMBERED)
        .group_by(col(Pull.terminal_id), col(Pull.serial))
    )
    rows = session.connection().execute(wanted)
    return {(row[0], row[1]): row[2] for row in rows if row[2] is not None}


def _peak(good: Pull | None, peaks: Mapping[tuple[int, str], int]) -> int | None:
    return None if good is None else peaks.get((good.terminal_id, good.serial))
