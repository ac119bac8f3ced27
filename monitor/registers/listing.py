"""What is registered for the people of some units in a range of days: excuses, roster entries, meetings."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from monitor.registers.days import day_bounds
from monitor.registers.reach import Stay, in_units
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.reach import Reach
from monitor.store.tables import Excuse, ExcuseEntry, ExcuseType, Meeting, Person, Posting, RosterEntry
from monitor.text.vietnamese import fold

DISTANT = 10**9
CHUNK = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries: units, days (inclusive), and what narrows them ('' for nothing)."""

    unit_ids: frozenset[int]
    first_day: int
    last_day: int
    type_code: str = ""
    search: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedExcuse:
    """An excuse with its person, the unit of its first day here, its type, and how it came and went."""

    excuse: Excuse
    person: Person
    kind: ExcuseType
    entry: ExcuseEntry | None
    unit_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """A roster entry with its person and the unit of its first day."""

    entry: RosterEntry
    person: Person
    unit_id: int


def excuses_listed(session: Session, reach: Reach, wanted: Wanted) -> list[ListedExcuse]:
    """Excuses that touch the days, by start, then by name; not those of people who were elsewhere."""
    conditions = _between(col(Excuse.starts), col(Excuse.ends), wanted), *_narrowed(wanted)
    rows = session.execute(
        select(Excuse, Person, ExcuseType, ExcuseEntry)
        .join(Person, col(Person.id) == col(Excuse.person_id))
        .join(ExcuseType, col(ExcuseType.code) == col(Excuse.type_code))
        .outerjoin(ExcuseEntry, col(ExcuseEntry.excuse_id) == col(Excuse.id))
        .where(col(Excuse.person_id).in_(_people(wanted)), *conditions)
        .order_by(col(Excuse.starts), col(Person.sort_key), col(Person.code), col(Excuse.id))
    ).all()
    stays = stays_of(session, {row[0].person_id for row in rows}, wanted.unit_ids)
    found = []
    for excuse, person, kind, entry in rows:
        unit = _unit(stays[excuse.person_id], day_bounds(excuse.starts, excuse.ends), reach, wanted)
        if unit is not None:
            found.append(ListedExcuse(excuse=excuse, person=person, kind=kind, entry=entry, unit_id=unit))
    return found


def roster_listed(session: Session, reach: Reach, wanted: Wanted) -> list[ListedEntry]:
    """Roster entries that touch the days, by start, then by name."""
    rows = session.execute(
        select(RosterEntry, Person)
        .join(Person, col(Person.id) == col(RosterEntry.person_id))
        .where(
            col(RosterEntry.person_id).in_(_people(wanted)),
            _between(col(RosterEntry.starts), col(RosterEntry.ends), wanted),
            *_searched(wanted),
        )
        .order_by(col(RosterEntry.starts), col(Person.sort_key), col(Person.code), col(RosterEntry.id))
    ).all()
    stays = stays_of(session, {entry.person_id for entry, _ in rows}, wanted.unit_ids)
    found = []
    for entry, person in rows:
        unit = _unit(stays[entry.person_id], day_bounds(entry.starts, entry.ends), reach, wanted)
        if unit is not None:
            found.append(ListedEntry(entry=entry, person=person, unit_id=unit))
    return found


def meetings_listed(session: Session, reach: Reach, wanted: Wanted) -> list[Meeting]:
    """Meetings of the units that touch the days, the latest first."""
    rows = session.scalars(
        select(Meeting)
        .where(
            col(Meeting.unit_id).in_(sorted(wanted.unit_ids)),
            _between(col(Meeting.starts), col(Meeting.ends), wanted),
        )
        .order_by(col(Meeting.starts).desc(), col(Meeting.id).desc())
    )
    return [row for row in rows if in_units(reach, row.unit_id, *day_bounds(row.starts, row.ends))]


def stays_of(
    session: Session, people: Collection[int], unit_ids: Collection[int] | None = None
) -> Mapping[int, list[Stay]]:
    """The postings of some people in some units (None: in any), by person."""
    columns = (col(Posting.person_id), col(Posting.unit_id), col(Posting.valid_from), col(Posting.valid_to))
    found: defaultdict[int, list[Stay]] = defaultdict(list)
    wanted = sorted(people)
    for start in range(0, len(wanted), CHUNK):
        mine = select(*columns).where(col(Posting.person_id).in_(wanted[start : start + CHUNK]))
        if unit_ids is not None:
            mine = mine.where(col(Posting.unit_id).in_(sorted(unit_ids)))
        for person, unit, since, until in session.connection().execute(
            mine.order_by(col(Posting.valid_from))
        ):
            found[person].append((unit, day_of(since), DISTANT if until is None else day_of(until)))
    return found


def _unit(stays: Iterable[Stay], days: tuple[int, int], reach: Reach, wanted: Wanted) -> int | None:
    """The first of the units in reach that the person belongs to on the entry's days."""
    first, last = max(days[0], wanted.first_day), min(days[1], wanted.last_day)
    for unit, since, until in stays:
        begin, end = max(first, since), min(last, until)
        if begin <= end and in_units(reach, unit, begin, end):
            return unit
    return None


def _people(wanted: Wanted) -> ColumnElement[int]:
    """A subquery: whoever is posted to one of the units on one of the days."""
    begin, end = date_of(wanted.first_day), date_of(wanted.last_day)
    return (
        select(col(Posting.person_id))
        .where(
            col(Posting.unit_id).in_(sorted(wanted.unit_ids)),
            col(Posting.valid_from) <= end,
            or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= begin),
        )
        .scalar_subquery()
    )


def _between(starts: Mapped[int], ends: Mapped[int], wanted: Wanted) -> ColumnElement[bool]:
    first, after = wanted.first_day * DAY_SECONDS, (wanted.last_day + 1) * DAY_SECONDS
    return and_(starts < after, ends >= first)


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = _searched(wanted)
    if wanted.type_code:
        found.append(col(Excuse.type_code) == wanted.type_code)
    if wanted.state:
        found.append(col(Excuse.status) == wanted.state)
    return found


def _searched(wanted: Wanted) -> list[ColumnElement[bool]]:
    words = fold(wanted.search).split()
    names = [col(Person.search_key).contains(word, autoescape=True) for word in words]
    code = col(Person.code) == wanted.search.strip()
    return [or_(and_(*names), code)] if words else []
