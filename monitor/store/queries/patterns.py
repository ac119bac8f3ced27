"""What patterns are looked for in: how office days began and ended, and the punches behind their marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, case, func, select, union_all
from sqlmodel import Session, col

from monitor.rules.codes import Reason, SessionKind, Status
from monitor.rules.columns import DAY_SECONDS, NO_TIME, Int64
from monitor.rules.patterns import DayEnds, Passes
from monitor.store.queries.arrays import columns_of, int64s, times
from monitor.store.queries.reach import Reach
from monitor.store.tables import PatternSwitch, Person, Punch, RegulationVersion, SessionRecord, Terminal

CLOSED = (Status.ON_TIME, Status.LATE, Status.EARLY, Status.LATE_EARLY, Status.MISSING_IN)
"""Verdicts on a session that has an OUT."""
MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Which records are looked at: people of units, on days since 1970, both inclusive."""

    unit_ids: frozenset[int]
    first_day: int
    last_day: int

    def where(self, reach: Reach) -> tuple[ColumnElement[bool], ...]:
        """The condition on session records: of the office, in the units, in reach."""
        record = SessionRecord
        return (
            col(record.day).between(self.first_day, self.last_day),
            col(record.unit_id).in_(self.unit_ids),
            col(record.kind) == int(SessionKind.OFFICE),
            reach.allows(col(record.person_id), col(record.unit_id), col(record.day)),
        )


def day_ends(session: Session, reach: Reach, looked: Looked) -> DayEnds:
    """The first and last office session of every person and day."""
    record = SessionRecord
    grace = func.coalesce(col(RegulationVersion.grace_late_minutes), 0) * MINUTE
    columns: list[Any] = [
        *(col(record.person_id), col(record.day), col(record.seq), col(record.status), col(record.reasons)),
        *(col(record.due_from), col(record.time_in), col(record.time_out), col(record.early_seconds)),
        *(case((col(record.uncovered) == "", 1), else_=0), grace),
    ]
    wanted = (
        select(*columns)
        .outerjoin(RegulationVersion, col(RegulationVersion.id) == col(record.regulation_id))
        .where(*looked.where(reach))
        .order_by(col(record.person_id), col(record.day), col(record.seq))
    )
    return _ends(columns_of(session, wanted))


def _ends(columns: Sequence[Sequence[Any]]) -> DayEnds:
    """Columns in the order of `day_ends`, sorted by person, day and session."""
    person, day = int64s(columns[0]), int64s(columns[1])
    status, reasons, due = (int64s(columns[n]) for n in (3, 4, 5))
    time_in, time_out, early = times(columns[6]), times(columns[7]), int64s(columns[8])
    covered = int64s(columns[9]) == 1
    changes = (person[1:] != person[:-1]) | (day[1:] != day[:-1])
    first = np.flatnonzero(np.concatenate([[True], changes])[: len(person)])
    last = np.flatnonzero(np.concatenate([changes, [True]])[: len(person)])
    usual_start = (reasons & int(Reason.ALLOWANCE_USED | Reason.EXCUSED_START | Reason.MANUAL)) == 0
    known_in = (time_in != NO_TIME) & usual_start
    explained = (reasons & int(Reason.EXPLAINED | Reason.EXCUSED_END)) != 0
    has_in = np.maximum.reduceat(time_in, first) != NO_TIME if len(first) else np.zeros(0, np.bool_)
    judged = covered[last] & ~explained[last]
    left = np.isin(status[last], CLOSED) & (time_out[last] != NO_TIME)
    # Left so early that it is an absence, or came and did not return for the last session.
    gone = (status[last] == Status.ABSENT) & has_in
    return DayEnds(
        person=person[first],
        day=day[first],
        arrived=np.where(known_in[first], time_in[first] - np.where(known_in, due, 0)[first], NO_TIME),
        grace=int64s(columns[10])[first],
        closed=judged & (left | gone),
        early=gone | (early[last] > 0),
        open=judged & (status[last] == Status.MISSING_OUT) & has_in,
    )


def passes(session: Session, reach: Reach, looked: Looked) -> Passes:
    """The punches behind the marks of these days; manual ones have no terminal and are none."""
    record, parts = SessionRecord, []
    taken = _taken_between(session, reach, looked)
    for time, punch in ((record.time_in, record.punch_in), (record.time_out, record.punch_out)):
        columns: list[Any] = [col(record.person_id), col(record.day), col(Punch.terminal_id)]
        columns += [col(time).label("time"), col(punch).label("punch")]
        joined = select(*columns).join(Punch, col(Punch.id) == col(punch))
        parts.append(joined.where(*looked.where(reach), taken))
    wanted: Any = union_all(*parts)
    found = columns_of(session, wanted)
    person, day, terminal, moment, punch_id = (int64s(column) for column in found)
    once = _once(punch_id)
    return Passes(person=person, day=day, terminal=terminal, time=moment, punch=punch_id).take(once)


def _taken_between(session: Session, reach: Reach, looked: Looked) -> ColumnElement[bool]:
    """A condition that all of their punches meet: their ids alone would be looked for in every month."""
    earliest, latest = func.min(col(SessionRecord.time_in)), func.max(col(SessionRecord.time_in))
    ends = func.min(col(SessionRecord.time_out)), func.max(col(SessionRecord.time_out))
    row = session.connection().execute(select(earliest, latest, *ends).where(*looked.where(reach))).one()
    times = [time for time in row if time is not None] or [0]
    # The terminal's own clock may show another zone.
    return col(Punch.device_time).between(min(times) - 2 * DAY_SECONDS, max(times) + 2 * DAY_SECONDS)


def _once(ids: Int64) -> Int64:
    """Positions of the first of each id: one punch may end a session and begin the next."""
    return np.asarray(np.unique(ids, return_index=True)[1], np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person as a list names them."""

    person_id: int
    code: str
    name: str
    sort_key: str


def named(session: Session, people: Iterable[int]) -> dict[int, Named]:
    """People by id."""
    columns = col(Person.id), col(Person.code), col(Person.name), col(Person.sort_key)
    rows = session.connection().execute(select(*columns).where(col(Person.id).in_(list(people))))
    return {
        row[0] or 0: Named(person_id=row[0] or 0, code=row[1], name=row[2], sort_key=row[3]) for row in rows
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A punch as evidence: whose, when by the installation's wall clock, at which terminal."""

    punch: int
    person_id: int
    day: int
    time: int
    terminal: str


def shown_punches(session: Session, reach: Reach, looked: Looked, punches: Iterable[int]) -> list[Shown]:
    """The evidence of what was found, by time; only what is in reach."""
    wanted = frozenset(punches)
    every = passes(session, reach, looked) if wanted else None
    if every is None:
        return []
    rows = session.connection().execute(select(col(Terminal.id), col(Terminal.name)))
    names = {row[0] or 0: row[1] for row in rows}
    kept = every.only(np.isin(every.punch, list(wanted)))
    columns = (kept.punch, kept.person, kept.day, kept.time, kept.terminal)
    kept_rows = zip(*(column.tolist() for column in columns), strict=True)
    found = [
        Shown(punch=punch, person_id=person, day=day, time=time, terminal=names.get(terminal, ""))
        for punch, person, day, time, terminal in kept_rows
    ]
    return sorted(found, key=lambda one: (one.time, one.punch))


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What was last decided about a pattern."""

    switched_on: bool
    reason: str
    switched_by: str
    switched_at: datetime


def switches(session: Session) -> dict[str, Switch]:
    """The newest decision about each pattern that was ever switched."""
    newest = select(func.max(col(PatternSwitch.id))).group_by(col(PatternSwitch.pattern))
    rows = session.scalars(select(PatternSwitch).where(col(PatternSwitch.id).in_(newest)))
    return {
        row.pattern: Switch(
            switched_on=row.switched_on,
            reason=row.reason,
            switched_by=row.switched_by,
            switched_at=row.switched_at,
        )
        for row in rows
    }
