"""Who belonged to which unit from when to when: postings turned into spans in which one unit counts."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session, col

from monitor.rules.columns import Int32, Postings
from monitor.rules.places import unit_on
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.arrays import Positions, columns_of, valid_days
from monitor.store.queries.reach import Reach
from monitor.store.queries.tree import Tree
from monitor.store.tables import Person, Posting

LEADING = ("head", "deputy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Days, both ends inclusive, on which a unit counts for a person (rules 2.1)."""

    person_id: int
    unit_id: int
    first_day: int
    last_day: int

    def cut(self, first_day: int, last_day: int) -> "Stay | None":
        """The part of it between two days; None where there is none."""
        first, last = max(self.first_day, first_day), min(self.last_day, last_day)
        return replace(self, first_day=first, last_day=last) if first <= last else None


def stays_of(session: Session, units: Tree, people: Collection[int], days: range) -> list[Stay]:
    """The stays of people within the days, by person and day; one query whatever their number."""
    places = Positions.of((unit.id, unit.code) for unit in units.units.values())
    persons = Positions.of((one, f"{one:012}") for one in set(people))
    columns = (col(Posting.person_id), col(Posting.unit_id), col(Posting.valid_from), col(Posting.valid_to))
    wanted = select(*columns).where(col(Posting.person_id).in_(list(people)), *_touching(days))
    person, unit, start, end = columns_of(session, wanted)
    first_days, last_days = valid_days(start, end)
    postings = Postings(
        person=persons.find(person), unit=places.find(unit), first_day=first_days, last_day=last_days
    )
    who, day = _turning_points(postings, days)
    at = unit_on(postings, places.labels, who, day)
    return _joined(persons, places, (who, day, at), days)


def _touching(days: range) -> tuple[ColumnElement[bool], ...]:
    still = or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= date_of(days[0]))
    return col(Posting.valid_from) <= date_of(days[-1]), still


def _turning_points(postings: Postings, days: range) -> tuple[Int32, Int32]:
    """The days on which a person's unit may change: where a posting begins, and the day after one ends."""
    begins = np.maximum(postings.first_day, days[0])
    over = postings.last_day < days[-1]
    person = np.concatenate([postings.person, postings.person[over]])
    day = np.concatenate([begins, postings.last_day[over] + 1]).astype(np.int32)
    pairs = np.unique(np.stack([person, day], axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _joined(
    persons: Positions, places: Positions, found: tuple[Int32, Int32, Int32], days: range
) -> list[Stay]:
    """Spans between turning points; neighbours in the same unit are one."""
    stays: list[Stay] = []
    rows = list(zip(*(column.tolist() for column in found), strict=True))
    for place, (who, day, at) in enumerate(rows):
        following = rows[place + 1] if place + 1 < len(rows) and rows[place + 1][0] == who else None
        last = days[-1] if following is None else following[1] - 1
        if at < 0:
            continue
        stay = Stay(
            person_id=int(persons.ids[who]), unit_id=int(places.ids[at]), first_day=day, last_day=last
        )
        before = stays[-1] if stays else None
        if before is not None and (before.person_id, before.unit_id, before.last_day) == (
            stay.person_id,
            stay.unit_id,
            day - 1,
        ):
            stays[-1] = replace(before, last_day=last)
        else:
            stays.append(stay)
    return stays


def within_reach(stays: Collection[Stay], reach: Reach) -> list[Stay]:
    """What of the stays may be seen: in units of the reach, on the days that it bounds; one's own wholly."""
    if reach.terms is None:
        return list(stays)
    seen: set[Stay] = {stay for stay in stays if stay.person_id == reach.person_id}
    for term in reach.terms:
        first = -(10**8) if term.first_day is None else term.first_day
        last = 10**8 if term.last_day is None else term.last_day
        found = (stay.cut(first, last) for stay in stays if stay.unit_id in term.unit_ids)
        seen |= {stay for stay in found if stay is not None}
    return sorted(seen, key=lambda stay: (stay.person_id, stay.first_day, stay.last_day))


def members_between(session: Session, unit_ids: Collection[int], days: range) -> frozenset[int]:
    """Everybody with a posting in the units on one of the days."""
    wanted = select(col(Posting.person_id)).where(col(Posting.unit_id).in_(list(unit_ids)), *_touching(days))
    return frozenset(session.scalars(wanted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person, and position and role there; '' and `staff` without a posting."""

    person_id: int
    code: str
    name: str
    sort_key: str
    position: str
    role: str


def named(
    session: Session, people: Collection[int], unit_ids: Collection[int], days: range
) -> dict[int, Named]:
    """The people by id, each with what they last were in one of the units by the end of the days."""
    joined = (
        (col(Posting.person_id) == col(Person.id))
        & (col(Posting.valid_from) <= date_of(days[-1]))
        & col(Posting.unit_id).in_(list(unit_ids))
    )
    rows = session.connection().execute(
        select(
            *(col(Person.id), col(Person.code), col(Person.name), col(Person.sort_key)),
            *(col(Posting.position), col(Posting.role)),
        )
        .outerjoin(Posting, joined)
        .where(col(Person.id).in_(list(people)))
        .order_by(col(Posting.valid_from))
    )
    return {
        row[0] or 0: Named(
            person_id=row[0] or 0,
            code=row[1],
            name=row[2],
            sort_key=row[3],
            position=row[4] or "",
            role=row[5] or "staff",
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A leading posting, cut to the days asked."""

    person_id: int
    code: str
    name: str
    unit_id: int
    role: str
    position: str
    first_day: int
    last_day: int


def appointments(
    session: Session, days: range, *, unit_ids: Collection[int] = (), people: Collection[int] = ()
) -> list[Appointment]:
    """Heads and deputies of units, or the leading postings of people, by the day they began."""
    posting = Posting
    wanted = (
        select(Posting, col(Person.code), col(Person.name))
        .join(Person, col(Person.id) == col(posting.person_id))
        .where(col(posting.role).in_(LEADING), *_touching(days))
        .where(or_(col(posting.unit_id).in_(list(unit_ids)), col(posting.person_id).in_(list(people))))
        .order_by(col(posting.valid_from), col(Person.sort_key), col(Person.code))
    )
    return [
        Appointment(
            person_id=row.person_id,
            code=code,
            name=name,
            unit_id=row.unit_id,
            role=row.role,
            position=row.position,
            first_day=max(day_of(row.valid_from), days[0]),
            last_day=min(_last(row.valid_to, days), days[-1]),
        )
        for row, code, name in session.execute(wanted)
    ]


def _last(valid_to: date | None, days: range) -> int:
    return days[-1] if valid_to is None else day_of(valid_to)
