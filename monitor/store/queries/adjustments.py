"""Pending adjustments: what closed records would become is kept beside them, never written (rules 8)."""

import json
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session, col

from monitor.store.asking import Question
from monitor.store.queries.differences import Difference, Row, differences
from monitor.store.queries.periods import (
    ClosedPeriods,
    PersonDay,
    Rows,
    closed_between,
    person_days,
    sealed_rows,
    without,
)
from monitor.store.queries.stale import Span
from monitor.store.tables import PendingAdjustment

_ADJUSTED = Question(
    select(col(PendingAdjustment.person_id), col(PendingAdjustment.day))
    .where(col(PendingAdjustment.withdrawn_at).is_(None), col(PendingAdjustment.applied_at).is_(None))
    .where(col(PendingAdjustment.day) >= bindparam("first"))
    .distinct()
)
Said = tuple[int, int, int, int, str, str]
"""Period id, person id, day, seq, before, after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """Newly computed records of the person-days of some spans, ready to be stored."""

    spans: list[Span]
    sessions: Rows
    days: Rows
    overtime: Rows

    @property
    def every(self) -> Rows:
        """The rows of every kind."""
        return [*self.sessions, *self.days, *self.overtime]


def touch_closed(session: Session, spans: list[Span]) -> bool:
    """Whether a closed period touches the days of some spans: then `set_aside` is to be asked."""
    return bool(spans) and bool(_periods(session, spans))


def _periods(session: Session, spans: list[Span]) -> ClosedPeriods:
    return closed_between(session, min(span[1] for span in spans), max(span[2] for span in spans))


def set_aside(session: Session, fresh: Fresh, found_at: datetime) -> Fresh:
    """What may be written of newly computed records; the rest becomes pending adjustments.

    A person-day that a closed period holds stays whole as it is, even if its person has moved to
    an open unit; records that would come into a closed period are not added. So what is stored is
    the same whatever came first, and rebuilding gives the same rows.
    """
    if not fresh.spans:
        return fresh
    periods = _periods(session, fresh.spans)
    if not periods:
        return fresh
    sessions, days, overtime = sealed_rows(session, periods, fresh.spans)
    sealed = Fresh(spans=fresh.spans, sessions=sessions, days=days, overtime=overtime)
    held = _periods_of(fresh.every, periods) | _periods_of(sealed.every, periods)
    said = {
        one
        for old, new in (
            (sessions, fresh.sessions),
            (days, fresh.days),
            (overtime, fresh.overtime),
        )
        for one in _said(old, new, held)
    }
    _keep(session, fresh.spans, said, found_at)
    return Fresh(
        spans=without(fresh.spans, _whose(sealed.every)),
        sessions=_others(fresh.sessions, held),
        days=_others(fresh.days, held),
        overtime=_others(fresh.overtime, held),
    )


def _whose(rows: Rows) -> set[PersonDay]:
    return {(row["person_id"], row["day"]) for row in rows}


def _others(rows: Rows, held: Container[PersonDay]) -> Rows:
    return [row for row in rows if (row["person_id"], row["day"]) not in held]


def _periods_of(rows: Iterable[Row], periods: ClosedPeriods) -> dict[PersonDay, int]:
    """The closed period of each person-day that has rows in one."""
    found: dict[PersonDay, int] = {}
    for row in rows:
        period = periods.find(row["unit_id"], row["day"])
        if period is not None:
            found.setdefault((row["person_id"], row["day"]), period)
    return found


def _said(sealed: Rows, fresh: Rows, held: dict[PersonDay, int]) -> set[Said]:
    """What the newly computed rows of held person-days say differently."""
    new = [row for row in fresh if (row["person_id"], row["day"]) in held]
    return {(held[found.person_day], *as_said(found)) for found in differences(sealed, new)}


def as_said(found: Difference) -> tuple[int, int, int, str, str]:
    """A difference in the words of an adjustment: person id, day, seq, before, after."""
    before, after = (json.dumps(side, ensure_ascii=False) for side in found.sides())
    return *found.person_day, found.seq, before, after


def _keep(session: Session, spans: list[Span], said: set[Said], found_at: datetime) -> None:
    """Let exactly this be pending for the person-days of the spans."""
    waiting = pending(session, spans)
    over = [key for key, what in waiting.items() if what not in said]
    if over:
        ended = update(PendingAdjustment).where(col(PendingAdjustment.id).in_(over))
        session.connection().execute(ended.values(withdrawn_at=found_at))
    known = set(waiting.values())
    names = ("period_id", "person_id", "day", "seq", "before", "after")
    new = [{**dict(zip(names, what, strict=True)), "found_at": found_at} for what in sorted(said - known)]
    if new:
        session.connection().execute(insert(PendingAdjustment), new)


def adjusted_since(session: Session, first_day: int) -> list[PersonDay]:
    """Person-days from a day on for which something is pending."""
    return _ADJUSTED.rows(session, first=first_day)


def pending(session: Session, spans: list[Span]) -> dict[int, Said]:
    """What is pending for these person-days, by id."""
    wanted = person_days(spans)
    table = PendingAdjustment
    columns = (table.period_id, table.person_id, table.day, table.seq, table.before, table.after)
    rows = session.connection().execute(
        select(col(table.id), *(col(column) for column in columns)).where(
            col(table.withdrawn_at).is_(None),
            col(table.applied_at).is_(None),
            col(table.person_id).in_({person for person, _ in wanted}),
        )
    )
    return {row[0] or 0: tuple(row[1:]) for row in rows if (row.person_id, row.day) in wanted}
