"""What a unit's timesheet of a month is made of: its people, its sessions, its calendar.

`days` is everywhere the range of the month's days since 1970.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from monitor.rules.columns import Float64, Int8, Int32, Int64, Postings, Text
from monitor.rules.regulation import OfficeSession
from monitor.rules.wallclock import date_of
from monitor.store.queries.arrays import Positions, columns_of, int8s, int32s, int64s, texts, valid_days
from monitor.store.queries.regulations import load_regulations
from monitor.store.queries.tree import Tree
from monitor.store.tables import CalendarDay, OvertimeRecord, Person, Posting, SessionRecord, StaleSpan

PART = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person as a sheet names one: position and role are those of the posting that began last."""

    person_id: int
    code: str
    name: str
    sort_key: str
    position: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSessions:
    """Session records of a unit's month, sorted by person, day, start; as many rows in every column.

    `regulation_id` 0 stands for none; the others as in `rules.columns.SessionRecords`.
    """

    person_id: Int64
    day: Int32
    symbol: Text
    cong: Float64
    kind: Int8
    name: Text
    starts: Int64
    regulation_id: Int64
    status: Int8
    late_seconds: Int32
    early_seconds: Int32
    reasons: Int64


def _mine(unit_id: int, days: range) -> tuple[ColumnElement[bool], ...]:
    # Day by day, because the index begins with the day: a range would read every unit's rows.
    return col(SessionRecord.day).in_(list(days)), col(SessionRecord.unit_id) == unit_id


def _people_of(unit_id: int, days: range) -> ColumnElement[bool]:
    """Who has any record there, from the index alone: a person's records lie together, a day's do not."""
    record = aliased(SessionRecord)
    there = col(record.day).in_(list(days)), col(record.unit_id) == unit_id
    return col(SessionRecord.person_id).in_(select(col(record.person_id)).where(*there))


def unit_sessions(session: Session, unit_id: int, days: range, person_id: int | None = None) -> UnitSessions:
    """The records that lie in a unit, whatever the people's units on other days; of one person, or all."""
    record = SessionRecord
    columns = (
        *(col(record.person_id), col(record.day), col(record.symbol), col(record.cong)),
        *(col(record.kind), col(record.name), col(record.starts), col(record.regulation_id)),
        *(col(record.status), col(record.late_seconds), col(record.early_seconds), col(record.reasons)),
    )
    order = (col(record.person_id), col(record.day), col(record.seq))
    whose = _people_of(unit_id, days) if person_id is None else col(record.person_id) == person_id
    mine = col(record.day).between(days[0], days[-1]), col(record.unit_id) == unit_id
    rows = session.connection().execute(select(*columns).where(whose, *mine).order_by(*order))
    found: list[list[Any]] = [[] for _ in columns]
    for part in rows.partitions(PART):  # few rows alive at a time: the collector of garbage walks over all
        for column, values in zip(found, zip(*part, strict=True), strict=True):
            column.extend(values)
    return UnitSessions(
        person_id=int64s(found[0]),
        day=int32s(found[1]),
        symbol=texts(found[2]),
        cong=np.array(found[3], np.float64),
        kind=int8s(found[4]),
        name=texts(found[5]),
        starts=int64s(found[6]),
        regulation_id=int64s([regulation or 0 for regulation in found[7]]),
        status=int8s(found[8]),
        late_seconds=int32s(found[9]),
        early_seconds=int32s(found[10]),
        reasons=int64s(found[11]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusualSession:
    """A record for a list beside the sheet; `person` is the staff code."""

    person: str
    name: str
    day: int
    session: str
    kind: int
    status: int
    late_seconds: int
    early_seconds: int
    reasons: int


def unusual_sessions(
    session: Session, unit_id: int, days: range, statuses: Iterable[int], most: int | None = None
) -> list[UnusualSession]:
    """Records of some statuses, by Vietnamese given name, day, start; the first `most` or all."""
    record = SessionRecord
    wanted: Select[*tuple[Any, ...]] = (
        select(
            *(col(Person.code).label("person"), col(Person.name), col(record.day)),
            *(col(record.name).label("session"), col(record.kind), col(record.status)),
            *(col(record.late_seconds), col(record.early_seconds), col(record.reasons)),
        )
        .join(Person, col(Person.id) == col(record.person_id))
        .where(*_mine(unit_id, days), _is_one_of(statuses))
        .order_by(col(Person.sort_key), col(Person.code), col(record.day), col(record.seq))
        .limit(most)
    )
    return [UnusualSession(**row) for row in session.connection().execute(wanted).mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeRow:
    """An overtime record with time in it; `kind` is an `OvertimeClass`."""

    person_id: int
    day: int
    kind: int
    seconds: int
    night_seconds: int


def unit_overtime(session: Session, unit_id: int, days: range) -> list[OvertimeRow]:
    """The overtime records of a unit's month in which anybody was present, by person, day, start."""
    record = OvertimeRecord
    columns = (col(record.person_id), col(record.day), col(record.kind))
    wanted = select(*columns, col(record.seconds), col(record.night_seconds)).where(
        *_overtime(days), col(record.unit_id) == unit_id
    )
    order = (col(record.person_id), col(record.day), col(record.seq))
    return [OvertimeRow(**row) for row in session.connection().execute(wanted.order_by(*order)).mappings()]


def units_with_overtime(session: Session, unit_ids: Iterable[int], days: range) -> set[int]:
    """Those of the units in which somebody worked overtime in the month."""
    wanted = select(col(OvertimeRecord.unit_id)).where(*_overtime(days)).distinct()
    return set(session.scalars(wanted)) & set(unit_ids)


def _overtime(days: range) -> tuple[ColumnElement[bool], ...]:
    return col(OvertimeRecord.day).in_(list(days)), col(OvertimeRecord.seconds) > 0


def count_sessions(session: Session, unit_id: int, days: range, statuses: Iterable[int]) -> int:
    """How many records have one of the statuses."""
    count = select(func.count()).select_from(SessionRecord)
    return session.connection().execute(count.where(*_mine(unit_id, days), _is_one_of(statuses))).scalar_one()


def _is_one_of(statuses: Iterable[int]) -> ColumnElement[bool]:
    return col(SessionRecord.status).in_([int(status) for status in statuses])


def peopled_units(session: Session, unit_ids: Iterable[int], days: range) -> set[int]:
    """Those of the units that somebody was posted to, or has records of, in the month."""
    posted = set(session.scalars(select(col(Posting.unit_id)).where(*_within(days)).distinct()))
    return {unit for unit in unit_ids if unit in posted or _has_records(session, unit, days)}


def _within(days: range) -> tuple[ColumnElement[bool], ...]:
    still = or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= date_of(days[0]))
    return col(Posting.valid_from) <= date_of(days[-1]), still


def _has_records(session: Session, unit_id: int, days: range) -> bool:
    one = select(col(SessionRecord.seq)).where(*_mine(unit_id, days)).limit(1)
    return session.connection().execute(one).first() is not None


def stale_among(session: Session, person_ids: Iterable[int], days: range) -> bool:
    """Whether days of these people in the month wait to be recomputed."""
    touching = col(StaleSpan.first_day) <= days[-1], col(StaleSpan.last_day) >= days[0]
    waiting = session.connection().execute(select(col(StaleSpan.person_id)).where(*touching).distinct())
    return not set(waiting.scalars()).isdisjoint(person_ids)


def members_of(session: Session, person_ids: Iterable[int], unit_id: int) -> list[Member]:
    """People as the unit's sheet names them: heads, deputies, staff, each by Vietnamese given name."""
    wanted = (
        select(
            *(col(Person.id), col(Person.code), col(Person.name), col(Person.sort_key)),
            *(col(Posting.position), col(Posting.role)),
        )
        .outerjoin(Posting, (col(Posting.person_id) == col(Person.id)) & (col(Posting.unit_id) == unit_id))
        .where(col(Person.id).in_(list(person_ids)))
        .order_by(col(Posting.valid_from))
    )
    newest = {
        row[0]: Member(
            person_id=row[0] or 0,
            code=row[1],
            name=row[2],
            sort_key=row[3],
            position=row[4] or "",
            role=row[5] or "staff",
        )
        for row in session.connection().execute(wanted)
    }
    rank = {"head": 0, "deputy": 1}
    return sorted(newest.values(), key=lambda m: (rank.get(m.role, 2), m.sort_key, m.code))


def postings_of_month(
    session: Session, units: Positions, unit_id: int, days: range
) -> tuple[Positions, Postings]:
    """All postings in the month of those who have one in the unit, for `rules.places.unit_on`."""
    here = select(col(Posting.person_id)).where(col(Posting.unit_id) == unit_id, *_within(days))
    wanted = select(
        col(Posting.person_id), col(Posting.unit_id), col(Posting.valid_from), col(Posting.valid_to)
    ).where(col(Posting.person_id).in_(here), *_within(days))
    person, unit, start, end = columns_of(session, wanted)
    people = Positions.of((found, found) for found in set(person))
    first_days, last_days = valid_days(start, end)
    return people, Postings(
        person=people.find(person), unit=units.find(unit), first_day=first_days, last_day=last_days
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """What the calendar says of a day to one unit; `swapped`: another day is worked for it."""

    kind: str
    name: str
    for_date: date | None
    swapped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCalendar:
    """The confirmed calendar of a month for all units: rows by scope and date, days swapped away."""

    rows: Mapping[tuple[int | None, date], tuple[str, str, date | None]]
    swapped: frozenset[tuple[int | None, date]]

    def entry(self, units: Tree, unit_id: int, on: date) -> CalendarEntry | None:
        """The unit's own row, else an ancestor's, else the national one (rules 2.3)."""
        for scope in [*units.path(unit_id), None]:
            if row := self.rows.get((scope, on)):
                swapped = (scope, on) in self.swapped
                return CalendarEntry(kind=row[0], name=row[1], for_date=row[2], swapped=swapped)
        return None


def month_calendar(session: Session, days: range) -> MonthCalendar:
    """Every confirmed calendar row of the month."""
    first, last = date_of(days[0]), date_of(days[-1])
    day = CalendarDay
    wanted = (col(day.unit_id), col(day.on_date), col(day.kind), col(day.name), col(day.for_date))
    confirmed = col(day.status) != "P"
    rows = session.connection().execute(
        select(*wanted).where(confirmed, col(day.on_date).between(first, last))
    )
    away = session.connection().execute(
        select(col(day.unit_id), col(day.for_date)).where(
            confirmed, col(day.kind) == "makeup", col(day.for_date).between(first, last)
        )
    )
    return MonthCalendar(
        rows={(row[0], row[1]): (row[2], row[3], row[4]) for row in rows},
        swapped=frozenset((row[0], row[1]) for row in away if row[1]),
    )


def regulation_sessions(session: Session) -> dict[int, tuple[OfficeSession, ...]]:
    """The sessions of every regulation version, by its id."""
    nobody = Positions.of(())
    ids, regulations = load_regulations(session, nobody, nobody)
    return {found: regulation.sessions for found, regulation in zip(ids, regulations, strict=True)}
