"""What a day came to for the people of a board: sessions, excuses, the calendar's word on the day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of
from monitor.store.queries.seats import Seat
from monitor.store.queries.spans import Span
from monitor.store.queries.tree import Tree
from monitor.store.tables import CalendarDay, Excuse, SessionRecord


@dataclass(frozen=True, slots=True)  # by position: a board makes thousands, in the order of the columns
class SessionRow:
    """The part of a session record that a board shows; times are wall-clock seconds."""

    name: str
    kind: int
    starts: int
    ends: int
    window_from: int | None
    window_to: int | None
    time_in: int | None
    time_out: int | None
    status: int
    late_seconds: int
    early_seconds: int
    symbol: str
    reasons: int
    extras: int
    uncovered: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarWord:
    """A calendar row that applies to a unit on a day."""

    kind: str
    name: str
    document: str
    for_date: date | None


def sessions_of(session: Session, found: Sequence[Seat], day: int) -> dict[int, list[SessionRow]]:
    """The sessions of the people on a day, by person, in order of their start."""
    record = SessionRecord
    rows = session.connection().execute(
        select(
            col(record.person_id),
            col(record.name),
            col(record.kind),
            col(record.starts),
            col(record.ends),
            col(record.window_from),
            col(record.window_to),
            col(record.time_in),
            col(record.time_out),
            col(record.status),
            col(record.late_seconds),
            col(record.early_seconds),
            col(record.symbol),
            col(record.reasons),
            col(record.extras),
            col(record.uncovered),
        )
        .where(col(record.day) == day, col(record.person_id).in_([seat.person_id for seat in found]))
        .order_by(col(record.person_id), col(record.seq))
    )
    by_person: defaultdict[int, list[SessionRow]] = defaultdict(list)
    found_rows: Sequence[Any] = rows.all()
    for person, *values, extras, uncovered in found_rows:
        terminals = tuple(map(int, uncovered.split())) if uncovered else ()
        by_person[person].append(SessionRow(*(*values, len(extras.split()), terminals)))
    return by_person


def excused_spans(session: Session, found: Sequence[Seat], day: int) -> dict[int, list[Span]]:
    """The approved excuses of the people that touch a day, by person."""
    start, end = day * DAY_SECONDS, (day + 1) * DAY_SECONDS
    rows = session.connection().execute(
        select(col(Excuse.person_id), col(Excuse.starts), col(Excuse.ends))
        .where(col(Excuse.status) == "approved", col(Excuse.starts) < end, col(Excuse.ends) >= start)
        .where(col(Excuse.person_id).in_([seat.person_id for seat in found]))
    )
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    for person, starts, ends in rows:
        spans[person].append((starts, ends))
    return spans


def calendar_word(session: Session, units: Tree, unit_id: int, day: int) -> CalendarWord | None:
    """What the calendar says of a day for a unit: its own row, else an ancestor's, else the national one.

    Proposed rows (status P) do not apply (rules 2.3).
    """
    rows = session.connection().execute(
        select(
            col(CalendarDay.unit_id),
            col(CalendarDay.kind),
            col(CalendarDay.name),
            col(CalendarDay.document),
            col(CalendarDay.for_date),
        ).where(col(CalendarDay.on_date) == date_of(day), col(CalendarDay.status) != "P")
    )
    by_scope = {row[0]: row for row in rows}
    row = next((by_scope[unit] for unit in [*units.path(unit_id), None] if unit in by_scope), None)
    return row and CalendarWord(kind=row[1], name=row[2], document=row[3], for_date=row[4])
