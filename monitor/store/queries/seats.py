"""Who belongs to a set of units on a day, each person once, with what the day came to."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, exists, or_, select, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from monitor.rules.wallclock import date_of
from monitor.store.queries.reach import Reach
from monitor.store.tables import DayRecord, Person, Posting, Unit


@dataclass(frozen=True, slots=True)  # by position, in the order of `_columns`: a board makes thousands
class Seat:
    """A person on a day in the unit that counts (rules 2.1); `status` None: no sessions that day."""

    person_id: int
    code: str
    name: str
    sort_key: str
    search_key: str
    unit_id: int
    position: str
    role: str
    status: int | None
    late_seconds: int
    early_seconds: int
    worked_seconds: int
    cong: float
    reasons: int


@lru_cache(maxsize=64)
def counting(day: int) -> ColumnElement[bool]:
    """The condition that a posting (joined with its unit) is the one that counts on a day.

    Of two postings valid on one date the one that began last counts, then the smaller unit code
    (rules 2.1).
    """
    other, other_unit = aliased(Posting), aliased(Unit)
    began_later = col(other.valid_from) > col(Posting.valid_from)
    same_start = col(other.valid_from) == col(Posting.valid_from)
    goes_before = or_(began_later, and_(same_start, col(other_unit.code) < col(Unit.code)))
    better = (
        exists()
        .where(col(other.person_id) == col(Posting.person_id))
        .where(col(other_unit.id) == col(other.unit_id))
        .where(_valid_on(other, day), goes_before)
    )
    return and_(_valid_on(Posting, day), ~better)


def _valid_on(posting: type[Posting], day: int) -> ColumnElement[bool]:
    on = date_of(day)
    still = or_(col(posting.valid_to).is_(None), col(posting.valid_to) >= on)
    return and_(col(posting.valid_from) <= on, still)


def seats(session: Session, reach: Reach, unit_ids: frozenset[int], day: int) -> list[Seat]:
    """The people of the units on a day, by Vietnamese given name."""
    rows = session.connection().execute(_seats_of(reach, unit_ids, day))
    return [_seat(row) for row in rows.all()]


@lru_cache(maxsize=256)
def _seats_of(reach: Reach, unit_ids: frozenset[int], day: int) -> Select[Any]:
    """The query; putting it together takes longer than a small unit's rows."""
    return (
        _seated(reach, day)
        .where(col(Posting.unit_id).in_(unit_ids))
        .order_by(col(Person.sort_key), col(Person.code))
    )


def seat_of(session: Session, reach: Reach, code: str, day: int) -> Seat | None:
    """One person's seat on a day by staff code; None without a posting that day or out of reach."""
    row = session.connection().execute(_seat_query(reach, day), {"code": code}).first()
    return None if row is None else _seat(row)


@lru_cache(maxsize=256)
def _seat_query(reach: Reach, day: int) -> Select[Any]:
    return _seated(reach, day).where(col(Person.code) == bindparam("code"))


def _seated(reach: Reach, day: int) -> Select[Any]:
    recorded = and_(col(DayRecord.person_id) == col(Person.id), col(DayRecord.day) == day)
    return (
        select(*_columns())
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .outerjoin(DayRecord, recorded)
        .where(counting(day), reach.allows(col(Posting.person_id), col(Posting.unit_id), day))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person without regard to a day."""

    person_id: int
    code: str
    name: str


def person_anyway(session: Session, reach: Reach, code: str) -> Named | None:
    """A person by staff code whom the reach allows whatever the unit: oneself, or with a reach to all."""
    own = true() if reach.terms is None else col(Person.id) == reach.person_id
    columns = select(col(Person.id), col(Person.code), col(Person.name))
    row = session.connection().execute(columns.where(col(Person.code) == code, own)).first()
    return None if row is None else Named(person_id=row[0] or 0, code=row[1], name=row[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWord:
    """What a stored day came to, in short."""

    day: int
    status: int
    reasons: int
    late_seconds: int


def days_between(session: Session, reach: Reach, person_id: int, first: int, last: int) -> dict[int, DayWord]:
    """The stored days of a person in reach, by day; days spent in a unit out of reach are left out."""
    columns = (col(DayRecord.day), col(DayRecord.status), col(DayRecord.reasons), col(DayRecord.late_seconds))
    rows = session.connection().execute(
        select(*columns)
        .where(col(DayRecord.person_id) == person_id, col(DayRecord.day).between(first, last))
        .where(reach.allows(col(DayRecord.person_id), col(DayRecord.unit_id), col(DayRecord.day)))
    )
    return {row[0]: DayWord(day=row[0], status=row[1], reasons=row[2], late_seconds=row[3]) for row in rows}


FIGURES_FROM = 9
"""The place in `_columns` from which on there are figures of the day."""


def _columns() -> list[Any]:
    return [
        col(Person.id).label("person_id"),
        col(Person.code),
        col(Person.name),
        col(Person.sort_key),
        col(Person.search_key),
        col(Posting.unit_id),
        col(Posting.position),
        col(Posting.role),
        col(DayRecord.status),
        col(DayRecord.late_seconds),
        col(DayRecord.early_seconds),
        col(DayRecord.worked_seconds),
        col(DayRecord.cong),
        col(DayRecord.reasons),
    ]


def _seat(row: Row[Any]) -> Seat:
    """A row of `_columns`; a day that was not recorded has no figures."""
    values: tuple[Any, ...] = tuple(row)
    return Seat(*values[:FIGURES_FROM], *(figure or 0 for figure in values[FIGURES_FROM:]))
