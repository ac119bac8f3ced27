"""Sessions counted in the database: by person, by day, by week, by time of arrival.

People are looked up first and their records read along the primary key: the rows of a person lie
together, those of a unit's day do not.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, select
from sqlalchemy.sql.selectable import Select
from sqlmodel import Session, col

from monitor.rules.codes import SessionKind, Status
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.figures import UNKNOWN, Figures
from monitor.store.queries.reach import EVERYBODY, Reach, Term
from monitor.store.tables import DayRecord, Person, SessionRecord

BUCKET_SECONDS = 600
NAMES = tuple(one.name for one in fields(Figures))
OF_A_DAY = ("on_time", "marred", "missing", "absent", "no_data", "late", "late_seconds")


def _counts(names: Sequence[str]) -> list[ColumnElement[Any]]:
    """A column for each of the fields of Figures."""
    status, late, early = (
        col(SessionRecord.status),
        col(SessionRecord.late_seconds),
        col(SessionRecord.early_seconds),
    )
    came = status != int(Status.ABSENT)
    sums: dict[str, Any] = {
        "late_seconds": case((came, late), else_=0),
        "early_seconds": case((came, early), else_=0),
        "worked_seconds": col(SessionRecord.worked_seconds),
    }
    return [func.sum(sums[n] if n in sums else case((_is(n), 1), else_=0)).label(n) for n in names]


def _is(name: str) -> ColumnElement[bool]:
    """The sessions that a count of Figures is of."""
    status = col(SessionRecord.status)
    pending, came = status == int(Status.PENDING), status != int(Status.ABSENT)
    unknown = col(SessionRecord.reasons).bitwise_and(UNKNOWN) != 0
    found: dict[str, ColumnElement[bool]] = {
        "on_time": status == int(Status.ON_TIME),
        "marred": status.between(int(Status.LATE_EARLY), int(Status.EARLY)),
        "missing": status.between(int(Status.MISSING_IN), int(Status.MISSING_OUT)),
        "absent": status == int(Status.ABSENT),
        "excused": status == int(Status.EXCUSED),
        "exempt": status == int(Status.EXEMPT),
        "no_data": and_(pending, unknown),
        "waiting": and_(pending, ~unknown),
        "late": and_(col(SessionRecord.late_seconds) > 0, came),
        "early": and_(col(SessionRecord.early_seconds) > 0, came),
    }
    return found[name]


def _figures(names: Sequence[str], values: Sequence[Any]) -> Figures:
    return Figures(**{name: int(value or 0) for name, value in zip(names, values, strict=True)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Whose sessions are counted: people, while they are in units that the reach allows.

    `unit_ids` None: every unit. `people` are all who may have such sessions, looked up once.
    """

    reach: Reach
    unit_ids: frozenset[int] | None
    people: Collection[int]

    def during(self, days: range) -> tuple[ColumnElement[bool], ...]:
        """The condition on session records of these days."""
        record = SessionRecord
        # "+ 0" keeps the index on day and unit out of it, which would look up every row by itself.
        unit: Any = col(record.unit_id) + 0
        return (
            col(record.person_id).in_(self.people),
            col(record.day).between(days[0], days[-1]),
            self._narrowed().allows(col(record.person_id), unit, col(record.day)),
        )

    def _narrowed(self) -> Reach:
        """What of the reach lies in the units: one look at a row's unit instead of two."""
        if self.unit_ids is None:
            return self.reach
        if self.reach.terms is None:
            return Reach(terms=(Term(unit_ids=self.unit_ids),))
        terms = (replace(term, unit_ids=term.unit_ids & self.unit_ids) for term in self.reach.terms)
        return Reach(terms=tuple(terms))


def among(
    session: Session, reach: Reach, unit_ids: frozenset[int], every: frozenset[int], days: range
) -> Among:
    """Everybody with records in the units on the days, as far as the reach goes; `every` are all units."""
    here = [col(DayRecord.day).between(days[0], days[-1])]
    here += [] if unit_ids >= every else [col(DayRecord.unit_id).in_(unit_ids)]
    people = session.connection().execute(select(col(DayRecord.person_id)).where(*here).distinct())
    terms = reach.terms or ()
    boundless = any(
        term.first_day is None and term.last_day is None and term.unit_ids >= every for term in terms
    )
    return Among(
        reach=EVERYBODY if boundless else reach,
        unit_ids=None if unit_ids >= every else unit_ids,
        people=list(people.scalars()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFigures:
    """What one person's sessions in one unit came to."""

    person_id: int
    unit_id: int
    figures: Figures


def figures_by_person(session: Session, whose: Among, days: range) -> list[PersonFigures]:
    """Everybody with records in the units on the days, each once per unit."""
    keys = col(SessionRecord.person_id), col(SessionRecord.unit_id)
    rows = session.connection().execute(
        select(*keys, *_counts(NAMES)).where(*whose.during(days)).group_by(*keys)
    )
    return [PersonFigures(person_id=row[0], unit_id=row[1], figures=_figures(NAMES, row[2:])) for row in rows]


def figures_by_day(
    session: Session, whose: Among, days: range, names: Sequence[str] = OF_A_DAY
) -> dict[tuple[int, int], Figures]:
    """By unit and day; a few fields alone, for there are many days."""
    # "+ 0" for the same reason as in Among: the index would spare a sort and cost a look-up for each row.
    keys: tuple[Any, Any] = (col(SessionRecord.unit_id) + 0, col(SessionRecord.day) + 0)
    rows = session.connection().execute(
        select(*keys, *_counts(names)).where(*whose.during(days)).group_by(*keys)
    )
    return {(row[0], row[1]): _figures(names, row[2:]) for row in rows}


def figures_by_month(
    session: Session, whose: Among, months: Sequence[range]
) -> dict[tuple[int, int, int], Figures]:
    """By person, unit and place of the month; consecutive months, oldest first."""
    keys = col(SessionRecord.person_id), col(SessionRecord.unit_id), _place_of(months).label("place")
    rows = session.connection().execute(
        select(*keys, *_counts(NAMES))
        .where(*whose.during(range(months[0].start, months[-1].stop)))
        .group_by(*keys[:2], "place")
    )
    return {(row[0], row[1], row[2]): _figures(NAMES, row[3:]) for row in rows}


def _place_of(months: Sequence[range]) -> ColumnElement[int]:
    """In which of consecutive months a record lies."""
    before: Any = ((col(SessionRecord.day) < month.stop, place) for place, month in enumerate(months[:-1]))
    place: ColumnElement[int] = case(*before, else_=len(months) - 1) if len(months) > 1 else literal(0)
    return place


def excused_by_symbol(session: Session, whose: Among, days: range) -> list[tuple[int, int, str, int]]:
    """Sessions with a reason: (person, unit, symbol, how many)."""
    keys = col(SessionRecord.person_id), col(SessionRecord.unit_id), col(SessionRecord.symbol)
    rows = session.connection().execute(
        select(*keys, func.count()).where(*whose.during(days), _is("excused")).group_by(*keys).order_by(*keys)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def arrivals(session: Session, whose: Among, months: Sequence[range]) -> list[dict[int, int]]:
    """How many came in which ten minutes of the day (by their start), for each of the months, in order.

    Counted are the marks that open the day of an office session; consecutive months, oldest first.
    """
    record = SessionRecord
    days = range(months[0].start, months[-1].stop)
    number = _place_of(months)
    bucket = (col(record.time_in) - col(record.day) * DAY_SECONDS) / BUCKET_SECONDS
    which: ColumnElement[int] = func.floor(bucket)
    first = (
        col(record.seq) == 0,
        col(record.kind) == int(SessionKind.OFFICE),
        col(record.time_in).is_not(None),
    )
    rows = session.connection().execute(
        select(number.label("number"), which.label("bucket"), func.count())
        .where(*whose.during(days), *first)
        .group_by("number", "bucket")
    )
    found: list[dict[int, int]] = [{} for _ in months]
    for place, at, count in rows:
        found[place][int(at) * BUCKET_SECONDS] = count
    return found


def figures_of_person(session: Session, reach: Reach, person_id: int, days: range) -> Figures:
    """What the sessions of one person came to, days spent out of reach left out."""
    record = SessionRecord
    rows = session.connection().execute(
        select(*_counts(NAMES)).where(
            col(record.person_id) == person_id,
            col(record.day).between(days[0], days[-1]),
            reach.allows(col(record.person_id), col(record.unit_id), col(record.day)),
        )
    )
    return _figures(NAMES, rows.one())


KINDS = ("late", "early", "missing", "absent", "no_data", "excused", "on_time")
"""What a list of sessions may be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedSession:
    """A session behind a count; times are wall-clock seconds."""

    person_id: int
    code: str
    person: str
    day: int
    name: str
    kind: int
    starts: int
    ends: int
    time_in: int | None
    time_out: int | None
    status: int
    late_seconds: int
    early_seconds: int
    symbol: str
    reasons: int


def _listed() -> Select[*tuple[Any, ...]]:
    record = SessionRecord
    own = (record.day, record.name, record.kind, record.starts, record.ends, record.time_in, record.time_out)
    verdict = (record.status, record.late_seconds, record.early_seconds, record.symbol, record.reasons)
    who: tuple[Any, ...] = (
        col(Person.id).label("person_id"),
        col(Person.code),
        col(Person.name).label("person"),
    )
    columns: list[Any] = [*who, *(col(one) for one in (*own, *verdict))]
    return select(*columns).join(Person, col(Person.id) == col(record.person_id))


def counted_in_units(
    session: Session, whose: Among, days: range, kind: str, *, most: int
) -> list[CountedSession]:
    """The sessions behind a count of units, by date, then Vietnamese given name; one more than `most`."""
    rows = session.connection().execute(
        _listed()
        .where(*whose.during(days), _is(kind))
        .order_by(col(SessionRecord.day), col(Person.sort_key), col(Person.code), col(SessionRecord.seq))
        .limit(most + 1)
    )
    return [CountedSession(**row) for row in rows.mappings()]


def counted_of_person(
    session: Session, reach: Reach, person_id: int, days: range, kind: str
) -> list[CountedSession]:
    """The sessions behind a count of one person, by date."""
    record = SessionRecord
    rows = session.connection().execute(
        _listed()
        .where(col(record.person_id) == person_id, col(record.day).between(days[0], days[-1]), _is(kind))
        .where(reach.allows(col(record.person_id), col(record.unit_id), col(record.day)))
        .order_by(col(record.day), col(record.seq))
    )
    return [CountedSession(**row) for row in rows.mappings()]
