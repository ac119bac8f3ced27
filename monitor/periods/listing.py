"""Periods and pending adjustments as pages and commands show them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from monitor.periods.found import unit_named
from monitor.periods.month import Month
from monitor.store.queries.differences import DAY_SEQ
from monitor.store.queries.periods import closed
from monitor.store.queries.tree import tree
from monitor.store.tables import PendingAdjustment, Period, PeriodReopening, PeriodSeal, Person, Unit

EVIDENCE = frozenset({"rule_version", "extras", "outside", "uncovered", "regulation_id"})
"""Columns that tell where a verdict comes from; a change of them alone changes nobody's timesheet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodState:
    """A period that was closed at least once. `state`: `closed`, `reopen_requested` or `reopened`."""

    unit: str
    month: str
    state: str
    closed_at: datetime | None
    closed_by: str
    sessions: int
    seal: str
    reason: str
    requested_by: str
    adjustments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """What a closed record would become: the columns that differ, or a whole row that comes or goes.

    `day` counts from 1970; `seq` is None for the day's own record, and `OVERTIME_SEQ` or less for its
    overtime. Columns are those of the tables.
    """

    person: str
    name: str
    day: int
    seq: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    found_at: datetime
    withdrawn_at: datetime | None
    applied_at: datetime | None

    @property
    def changes_verdict(self) -> bool:
        """Whether anything but the evidence for the verdict would change."""
        return bool(set(self.before or self.after or {}) - EVIDENCE)


def list_periods(
    session: Session, unit_ids: frozenset[int] | None = None, *, month: str = ""
) -> list[PeriodState]:
    """All periods, or those of some units, of a month: newest month first, then by unit code."""
    query = _periods()
    if unit_ids is not None:
        query = query.where(col(Unit.id).in_(unit_ids))
    rows = session.connection().execute(query.where(col(Period.month) == month) if month else query)
    return [
        PeriodState(
            unit=row.unit,
            month=row.month,
            state=_state(bool(row.is_closed), row.requested_by),
            closed_at=row.closed_at,
            closed_by=row.closed_by or "",
            sessions=row.sessions or 0,
            seal=row.seal or "",
            reason=row.reason or "",
            requested_by=row.requested_by or "",
            adjustments=row.adjustments,
        )
        for row in rows
    ]


def _state(is_closed: bool, requested_by: str | None) -> str:
    if not is_closed:
        return "reopened"
    return "closed" if requested_by is None else "reopen_requested"


def _periods() -> Select[*tuple[Any, ...]]:
    """Periods with their newest seal, the request to break it, and how many adjustments wait."""
    newest = select(func.max(col(PeriodSeal.id))).group_by(col(PeriodSeal.period_id))
    waiting = (
        select(func.count())
        .select_from(PendingAdjustment)
        .where(col(PendingAdjustment.period_id) == col(Period.id), *_pending())
        .correlate(Period)
        .scalar_subquery()
    )
    return (
        select(
            col(Unit.code).label("unit"),
            col(Period.month),
            closed().label("is_closed"),
            col(PeriodSeal.closed_at),
            col(PeriodSeal.closed_by),
            col(PeriodSeal.sessions),
            col(PeriodSeal.seal),
            col(PeriodReopening.reason),
            col(PeriodReopening.requested_by),
            waiting.label("adjustments"),
        )
        .join(Unit, col(Unit.id) == col(Period.unit_id))
        .outerjoin(PeriodSeal, (col(PeriodSeal.period_id) == col(Period.id)) & col(PeriodSeal.id).in_(newest))
        .outerjoin(PeriodReopening, col(PeriodReopening.seal_id) == col(PeriodSeal.id))
        .order_by(col(Period.month).desc(), col(Unit.code))
    )


def _pending() -> tuple[Any, ...]:
    return col(PendingAdjustment.withdrawn_at).is_(None), col(PendingAdjustment.applied_at).is_(None)


def list_adjustments(
    session: Session, unit_code: str, month: str, *, with_history: bool = False
) -> list[Adjustment]:
    """What waits to be adjusted in a unit's month, by person code, day and session.

    With `with_history` also what was withdrawn or applied. A person who moved away from a closed
    unit is listed there, with the unit's columns among what differs.

    Raises PeriodRefused `bad_month`, `unknown_unit`.
    """
    unit = unit_named(tree(session), unit_code)
    table = PendingAdjustment
    query: Select[*tuple[Any, ...]] = (
        select(table.__table__, col(Person.code).label("person"), col(Person.name).label("name"))  # type: ignore[attr-defined]  # SQLModel tables have it
        .join(Period, col(Period.id) == col(table.period_id))
        .join(Person, col(Person.id) == col(table.person_id))
        .where(col(Period.unit_id) == unit.id, col(Period.month) == Month.of(month).text)
        .order_by(col(Person.code), col(table.day), col(table.seq), col(table.id))
    )
    rows = session.connection().execute(query if with_history else query.where(*_pending()))
    return [
        Adjustment(
            person=row.person,
            name=row.name,
            day=row.day,
            seq=None if row.seq == DAY_SEQ else row.seq,
            before=json.loads(row.before),
            after=json.loads(row.after),
            found_at=row.found_at,
            withdrawn_at=row.withdrawn_at,
            applied_at=row.applied_at,
        )
        for row in rows
    ]
