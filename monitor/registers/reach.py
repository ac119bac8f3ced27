"""Whose days an account may register something for: everybody's days in the units of its scope, no others."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import Session, col

from monitor.registers.days import postings_between
from monitor.rules.wallclock import date_of
from monitor.store.queries.reach import Reach
from monitor.store.tables import Person, Posting

Stay = tuple[int, int, int]
"""Unit id, first and last day of a posting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A person of a unit, as forms offer them."""

    person_id: int
    code: str
    name: str
    unit_id: int


def in_units(reach: Reach, unit_id: int, first: int, last: int) -> bool:
    """Whether a unit's days from `first` to `last` are in reach; one's own person does not count here."""
    if reach.terms is None:
        return True
    return any(unit_id in term.unit_ids and term.holds(first) and term.holds(last) for term in reach.terms)


def holds(session: Session, reach: Reach, person_id: int, first: int, last: int) -> bool:
    """Whether a person has postings in the days, and every one of them there is in reach."""
    return within(reach, postings_between(session, person_id, first, last), first, last)


def within(reach: Reach, postings: Iterable[Stay], first: int, last: int) -> bool:
    """What `holds` asks, of postings that were read before: (unit id, first day, last day)."""
    there = [(unit, max(first, since), min(last, until)) for unit, since, until in postings]
    cut = [stay for stay in there if stay[1] <= stay[2]]
    return bool(cut) and all(in_units(reach, *stay) for stay in cut)


def people_of(session: Session, unit_ids: Iterable[int], first: int, last: int) -> list[Listed]:
    """Everybody with a posting in some units on one of the days, by Vietnamese given name."""
    begin, end = date_of(first), date_of(last)
    rows = session.connection().execute(
        select(col(Person.id), col(Person.code), col(Person.name), col(Posting.unit_id))
        .join(Posting, col(Posting.person_id) == col(Person.id))
        .where(
            col(Posting.unit_id).in_(sorted(unit_ids)),
            col(Posting.valid_from) <= end,
            or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= begin),
        )
        .order_by(col(Person.sort_key), col(Person.code), col(Posting.valid_from))
    )
    found = {row[0]: Listed(person_id=row[0] or 0, code=row[1], name=row[2], unit_id=row[3]) for row in rows}
    return list(found.values())
