"""Rows as the API pages through them: within a reach, in an order that no two rows share, after a key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, true, tuple_
from sqlmodel import Session, col

from monitor.store.queries.reach import Reach
from monitor.store.queries.seats import counting
from monitor.store.tables import (
    Badge,
    OvertimeRecord,
    Person,
    Posting,
    SessionRecord,
    Terminal,
    Unit,
)

Rows = Sequence[Any]
Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Rows of these units as far as they are in reach: at most so many, those after a key (None: all)."""

    units: Collection[int]
    reach: Reach
    most: int
    after: Key | None = None


def session_rows(session: Session, wanted: Wanted, first: int, last: int) -> Rows:
    """Session records by (day, person's code, seq), at most so many after a key."""
    record = SessionRecord
    columns = (record.seq, record.name, record.starts, record.ends, record.time_in, record.time_out)
    values = (record.status, record.late_seconds, record.early_seconds, record.worked_seconds)
    about = (record.symbol, record.cong, record.reasons, record.rule_version)
    query = _records(record, (*columns, *values, *about), wanted, first, last)
    return _after(session, query, (col(record.day), col(Person.code), col(record.seq)), wanted)


def overtime_rows(session: Session, wanted: Wanted, first: int, last: int) -> Rows:
    """Overtime records by (day, person's code, seq), at most so many after a key."""
    record = OvertimeRecord
    columns = (record.seq, record.kind, record.starts, record.ends, record.present_from, record.present_to)
    query = _records(record, (*columns, record.seconds, record.night_seconds), wanted, first, last)
    return _after(session, query, (col(record.day), col(Person.code), col(record.seq)), wanted)


def people_on(session: Session, wanted: Wanted, day: int, code: str | None = None) -> Rows:
    """People (id, code, name) whose unit on a day (rules 2.1) is one of these, by code; or just that one."""
    query: Select[*tuple[Any, ...]] = (
        select(col(Person.id), col(Person.code), col(Person.name))
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(counting(day), col(Posting.unit_id).in_(wanted.units))
        .where(wanted.reach.allows(col(Person.id), col(Posting.unit_id), day))  # type: ignore[arg-type]  # a key is an int
        .where(true() if code is None else col(Person.code) == code)
    )
    return _after(session, query, (col(Person.code),), wanted)


def postings_of(session: Session, people: Collection[int], units: Collection[int]) -> Rows:
    """Postings of people to the units, whenever they hold, the earliest first."""
    columns = (Posting.person_id, Posting.position, Posting.role, Posting.valid_from, Posting.valid_to)
    wanted = (
        select(*map(col, columns), col(Unit.code).label("unit"))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(col(Posting.person_id).in_(people), col(Posting.unit_id).in_(units))
        .order_by(col(Posting.person_id), col(Posting.valid_from), col(Unit.code))
    )
    return session.connection().execute(wanted).all()


def badges_of(session: Session, people: Collection[int]) -> Rows:
    """Badges of people, with the terminal's code and unit (NULL: of any terminal)."""
    columns = (Badge.person_id, Badge.terminal_id, Badge.device_user_id, Badge.valid_from, Badge.valid_to)
    wanted = (
        select(*map(col, columns), col(Terminal.code).label("terminal"), col(Terminal.unit_id))
        .outerjoin(Terminal, col(Terminal.id) == col(Badge.terminal_id))
        .where(col(Badge.person_id).in_(people))
        .order_by(col(Badge.person_id), col(Badge.device_user_id), col(Badge.id))
    )
    return session.connection().execute(wanted).all()


def _records(
    record: type[SessionRecord | OvertimeRecord],
    columns: Sequence[Any],
    wanted: Wanted,
    first: int,
    last: int,
) -> Select[*tuple[Any, ...]]:
    named: tuple[Any, ...] = (col(Person.code).label("person"), col(Unit.code).label("unit"), col(record.day))
    return (
        select(*named, *map(col, columns))
        .join(Person, col(Person.id) == col(record.person_id))
        .join(Unit, col(Unit.id) == col(record.unit_id))
        .where(col(record.day).between(first, last), col(record.unit_id).in_(wanted.units))
        .where(wanted.reach.allows(col(record.person_id), col(record.unit_id), col(record.day)))
    )


def _after(session: Session, query: Select[*tuple[Any, ...]], order: tuple[Any, ...], wanted: Wanted) -> Rows:
    if wanted.after is not None:
        query = query.where(tuple_(*order) > tuple_(*wanted.after))
    return session.connection().execute(query.order_by(*order).limit(wanted.most)).all()
