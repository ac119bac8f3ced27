"""Which periods are closed: the one question that every writer of records asks first (rules 8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, not_, select
from sqlmodel import Session, col

from monitor.store.tables import DayRecord, Period, PeriodReopening, PeriodSeal, SessionRecord

RECORDS = (SessionRecord, DayRecord)
REOPENED = "reopened"


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


def closed_between(session: Session, first_day: int, last_day: int) -> ClosedPeriods:
    """The closed periods that touch a range of days."""
    rows = session.connection().execute(
        select(col(Period.unit_id), col(Period.first_day), col(Period.last_day), col(Period.id))
        .where(closed(), col(Period.first_day) <= last_day, col(Period.last_day) >= first_day)
        .order_by(col(Period.unit_id), col(Period.first_day))
    )
    groups = groupby(((row[0], (row[1], row[2], row[3] or 0)) for row in rows), key=itemgetter(0))
    return ClosedPeriods(by_unit={unit: tuple(span for _, span in spans) for unit, spans in groups})


def is_closed(session: Session, unit_id: int, day: int) -> bool:
    """Whether a unit's day lies in a closed period."""
    return closed_between(session, day, day).find(unit_id, day) is not None


def forget_open_records(session: Session) -> None:
    """Delete every record that is in no closed period; those can be made again."""
    for table in RECORDS:
        mine = (
            col(Period.unit_id) == col(table.unit_id),
            col(Period.first_day) <= col(table.day),
            col(Period.last_day) >= col(table.day),
        )
        sealed = exists().where(closed(), *mine).correlate(table)
        session.connection().execute(delete(table).where(not_(sealed)))


def sealed_rows(
    session: Session, closed_periods: ClosedPeriods, spans: Iterable[tuple[int, int, int]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The session rows and day rows of some person-days that closed periods hold, in order."""
    asked = list(spans)
    people = {person for person, _, _ in asked}
    first, last = min(span[1] for span in asked), max(span[2] for span in asked)
    wanted = {(person, day) for person, start, end in asked for day in range(start, end + 1)}
    found: list[list[dict[str, Any]]] = []
    for table in RECORDS:
        columns = SQL_TABLES[table.__tablename__]
        rows = session.connection().execute(
            select(columns)
            .where(
                columns.c.person_id.in_(people),
                columns.c.unit_id.in_(list(closed_periods.by_unit)),
                columns.c.day.between(first, last),
            )
            .order_by(*columns.primary_key.columns)
        )
        found.append(
            [
                dict(row)
                for row in rows.mappings()
                if (row["person_id"], row["day"]) in wanted
                and closed_periods.find(row["unit_id"], row["day"]) is not None
            ]
        )
    return found[0], found[1]
