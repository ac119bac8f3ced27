"""What papers say of people in a year: written reminders, decisions about days, commendations."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from monitor.store.tables import (
    CaseDecision,
    Commendation,
    DayCase,
    ExemptFinding,
    ReminderDay,
    WrittenReminder,
)

Dates = tuple[date, date]
"""Both ends inclusive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRow:
    """A written reminder that stands; `about` are the days it still stands for, in order, if it names any."""

    id: int
    person_id: int
    issuer: str
    number: str
    issued_on: date
    rule_cited: str
    about: tuple[date, ...]


def standing_reminders(session: Session, people: Collection[int], dates: Dates) -> list[ReminderRow]:
    """The reminders issued to people in the dates, oldest first; those wholly withdrawn are left out."""
    row = WrittenReminder
    columns: tuple[Any, ...] = (
        *(col(row.id), col(row.person_id), col(row.issuer), col(row.number), col(row.issued_on)),
        *(col(row.rule_cited), col(ReminderDay.on_date), col(ReminderDay.withdrawn_at)),
    )
    rows = session.connection().execute(
        select(*columns)
        .outerjoin(ReminderDay, col(ReminderDay.reminder_id) == col(row.id))
        .where(col(row.person_id).in_(list(people)), col(row.issued_on).between(*dates))
        .order_by(col(row.issued_on), col(row.id), col(ReminderDay.on_date))
    )
    about: dict[tuple[Any, ...], list[tuple[date | None, bool]]] = {}
    for *values, on, withdrawn_at in rows:
        about.setdefault(tuple(values), []).append((on, withdrawn_at is None))
    return [
        ReminderRow(
            id=values[0],
            person_id=values[1],
            issuer=values[2],
            number=values[3],
            issued_on=values[4],
            rule_cited=values[5],
            about=tuple(on for on, stands in days if stands and on is not None),
        )
        for values, days in about.items()
        if any(stands for _on, stands in days)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """The decision in force about a person's day."""

    person_id: int
    on_date: date
    kind: str


def decisions_in_force(session: Session, people: Collection[int], dates: Dates) -> list[DecisionRow]:
    """The newest decision of each day in the dates; a day whose decision was revoked has none."""
    later = aliased(CaseDecision)
    replaced = exists().where(col(later.replaces_id) == col(CaseDecision.id))
    rows = session.connection().execute(
        select(col(DayCase.person_id), col(DayCase.on_date), col(CaseDecision.kind))
        .join(DayCase, col(DayCase.id) == col(CaseDecision.case_id))
        .where(col(DayCase.person_id).in_(list(people)), col(DayCase.on_date).between(*dates))
        .where(~replaced, col(CaseDecision.kind) != "revoke")
        .order_by(col(DayCase.person_id), col(DayCase.on_date), col(CaseDecision.id))
    )
    return [DecisionRow(person_id=row[0], on_date=row[1], kind=row[2]) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommendationRow:
    """A commendation that was not withdrawn, of a person or of a unit."""

    id: int
    person_id: int | None
    unit_id: int | None
    given_on: date
    document: str
    issuer: str
    body: str


def commendations_of_people(session: Session, people: Collection[int], dates: Dates) -> list[CommendationRow]:
    """Those of people, by date."""
    return _commendations(session, col(Commendation.person_id).in_(list(people)), dates)


def commendations_of_units(session: Session, units: Collection[int], dates: Dates) -> list[CommendationRow]:
    """Those of units as such, by date."""
    return _commendations(session, col(Commendation.unit_id).in_(list(units)), dates)


def _commendations(session: Session, whose: ColumnElement[bool], dates: Dates) -> list[CommendationRow]:
    row = Commendation
    columns: tuple[Any, ...] = (
        *(col(row.id), col(row.person_id), col(row.unit_id), col(row.given_on)),
        *(col(row.document), col(row.issuer), col(row.body)),
    )
    rows = session.connection().execute(
        select(*columns)
        .where(whose, col(row.given_on).between(*dates), col(row.withdrawn_at).is_(None))
        .order_by(col(row.given_on), col(row.id))
    )
    return [CommendationRow(**found) for found in rows.mappings()]


def exempt_findings(
    session: Session, people: Collection[int], first: int, last: int
) -> list[tuple[int, int, str]]:
    """Findings on people who are exempt from punching: (person, wall-clock seconds, document), by time."""
    row = ExemptFinding
    rows = session.connection().execute(
        select(col(row.person_id), col(row.starts), col(row.document))
        .where(col(row.person_id).in_(list(people)), col(row.starts).between(first, last))
        .order_by(col(row.starts), col(row.person_id))
    )
    return [(found[0], found[1], found[2]) for found in rows]
