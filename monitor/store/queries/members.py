"""Who belonged to units on a day, without what the day came to; and their names."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.store.queries.reach import Reach
from monitor.store.queries.seats import counting
from monitor.store.tables import Person, Posting, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A person in the unit that counts on a day (rules 2.1)."""

    person_id: int
    unit_id: int
    role: str


def posted_on(session: Session, reach: Reach, unit_ids: frozenset[int], day: int) -> list[Posted]:
    """The people of the units on a day, as far as the reach allows."""
    rows = session.connection().execute(
        select(col(Posting.person_id), col(Posting.unit_id), col(Posting.role))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(counting(day), reach.allows(col(Posting.person_id), col(Posting.unit_id), day))
        .where(col(Posting.unit_id).in_(unit_ids))
    )
    return [Posted(person_id=row[0], unit_id=row[1], role=row[2]) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A person's name."""

    person_id: int
    code: str
    name: str


def called(session: Session, person_ids: Iterable[int], most: int) -> list[Called]:
    """The first of the people by Vietnamese given name."""
    rows = session.connection().execute(
        select(col(Person.id), col(Person.code), col(Person.name))
        .where(col(Person.id).in_(list(person_ids)))
        .order_by(col(Person.sort_key), col(Person.code))
        .limit(most)
    )
    return [Called(person_id=row[0] or 0, code=row[1], name=row[2]) for row in rows]
