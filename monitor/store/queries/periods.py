"""Which periods are closed: the one question that every writer of records asks first (rules 8)."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, delete, exists, func, not_, select
from sqlmodel import Session, col

from monitor.store.asking import Question
from monitor.store.queries.stale import Span
from monitor.store.tables import Period, PeriodReopening, PeriodSeal, Posting, RetiredPerson, metadata

SESSIONS, DAYS = metadata.tables["session_record"], metadata.tables["day_record"]
OVERTIME = metadata.tables["overtime_record"]
RECORDS = (SESSIONS, DAYS, OVERTIME)
CLOSED, REOPENED = "closed", "reopened"

Row = dict[str, Any]
"""A stored record, or one about to be: column -> value."""

Rows = list[Row]
PersonDay = tuple[int, int]


def closed() -> ColumnElement[bool]:
    """The condition on a period that its rows must not change.

    Only a period that says so, and whose newest seal two different people agreed to break, is open;
    anything else, unknown or half done, is closed (design: locks fail closed).
    """
    newest = (
        select(func.max(col(PeriodSeal.id)))
        .where(col(PeriodSeal.period_id) == col(Period.id))
        .correlate(Period)
        .scalar_subquery()
    )
    agreed = exists().where(
        col(PeriodReopening.seal_id) == newest,
        col(PeriodReopening.approved_at).is_not(None),
        col(PeriodReopening.approved_by) != col(PeriodReopening.requested_by),
    )
    return not_(and_(col(Period.status) == REOPENED, agreed))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPeriods:
    """The closed periods that touch some days: (first day, last day, period id) by unit."""

    by_unit: Mapping[int, tuple[tuple[int, int, int], ...]]

    def __bool__(self) -> bool:
        return bool(self.by_unit)

    def find(self, unit_id: int, day: int) -> int | None:
        """The id of the closed period that a unit's day lies in."""
        spans = self.by_unit.get(unit_id, ())
        return next((period for first, last, period in spans if first <= day <= last), None)


_CLOSED_BETWEEN = Question(
    select(col(Period.unit_id), col(Period.first_day), col(Period.last_day), col(Period.id))
    .where(closed(), col(Period.first_day) <= bindparam("last"), col(Period.last_day) >= bindparam("first"))
    .order_by(col(Period.unit_id), col(Period.first_day))
)


def closed_between(session: Session, first_day: int, last_day: int) -> ClosedPeriods:
    """The closed periods that touch a range of days."""
    rows = _CLOSED_BETWEEN.rows(session, first=first_day, last=last_day)
    groups = groupby(rows, key=itemgetter(0))
    return ClosedPeriods(by_unit={unit: tuple(row[1:] for row in found) for unit, found in groups})


def is_closed(session: Session, unit_id: int, day: int) -> bool:
    """Whether a unit's day lies in a closed period."""
    return closed_between(session, day, day).find(unit_id, day) is not None


def forget_unfounded_records(session: Session, first_day: int, last_day: int) -> None:
    """Delete every record that no computation of everybody's days in a range would write over.

    Those of closed periods stay, and those of people whose punches no longer lead to them
    (`RetiredPerson`).
    """
    everybody = select(col(Posting.person_id))
    frozen = select(col(RetiredPerson.person_id)).where(col(RetiredPerson.unlinked_at).is_not(None))
    for table in RECORDS:
        mine = (
            col(Period.unit_id) == table.c.unit_id,
            col(Period.first_day) <= table.c.day,
            col(Period.last_day) >= table.c.day,
        )
        sealed = exists().where(closed(), *mine).correlate(table)
        kept = table.c.person_id.in_(frozen)
        made = and_(table.c.day.between(first_day, last_day), table.c.person_id.in_(everybody))
        session.connection().execute(delete(table).where(not_(made), not_(sealed), not_(kept)))


def sealed_rows(session: Session, periods: ClosedPeriods, spans: Iterable[Span]) -> tuple[Rows, Rows, Rows]:
    """The session, day and overtime rows of some person-days that closed periods hold, in order."""
    wanted = person_days(spans)
    people = {person for person, _ in wanted}
    first, last = min(day for _, day in wanted), max(day for _, day in wanted)
    found: list[Rows] = []
    for table in RECORDS:
        mine = (
            table.c.person_id.in_(people),
            table.c.unit_id.in_(list(periods.by_unit)),
            table.c.day.between(first, last),
        )
        rows = session.connection().execute(select(table).where(*mine).order_by(*table.primary_key.columns))
        found.append([dict(row) for row in rows.mappings() if _is_sealed(row, periods, wanted)])
    return found[0], found[1], found[2]


def _is_sealed(row: RowMapping, periods: ClosedPeriods, wanted: set[PersonDay]) -> bool:
    asked = (row["person_id"], row["day"]) in wanted
    return asked and periods.find(row["unit_id"], row["day"]) is not None


def person_days(spans: Iterable[Span]) -> set[PersonDay]:
    """Every person and day of some spans."""
    return {(person, day) for person, first, last in spans for day in range(first, last + 1)}


def without(spans: Iterable[Span], left_out: Container[PersonDay]) -> list[Span]:
    """The spans with some person-days cut out of them."""
    found: list[Span] = []
    for person, first, last in spans:
        start = first
        for day in range(first, last + 2):
            if day > last or (person, day) in left_out:
                found += [(person, start, day - 1)] if day > start else []
                start = day + 1
    return found
