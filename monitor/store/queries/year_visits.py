"""What visits of inspections wrote down of people in a year: rolls, taps, reasons of many visits at once."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import exists
from sqlmodel import Session, col
from sqlmodel import select as pairs

from monitor.store.queries.reach import Reach
from monitor.store.tables import (
    Campaign,
    Finding,
    FindingStep,
    Person,
    Visit,
    VisitMark,
    VisitMinutes,
    VisitPerson,
    VisitReason,
)


@dataclass(slots=True, kw_only=True)
class Seen:
    """A person on the roll of a visit, with every tap (the one that counts last) and every reason."""

    visit: Visit
    frozen: VisitPerson
    person: Person
    marks: list[VisitMark] = field(default_factory=list)
    reasons: list[VisitReason] = field(default_factory=list)


def seen_on_visits(
    session: Session, reach: Reach, people: Collection[int], days: range, hidden: Collection[str]
) -> list[Seen]:
    """People on the rolls of visits that have minutes, by day; of campaigns that are not `hidden` (codes)."""
    written = exists().where(col(VisitMinutes.visit_id) == col(Visit.id))
    rows = session.exec(
        pairs(Visit, VisitPerson, Person)
        .join(VisitPerson, col(VisitPerson.visit_id) == col(Visit.id))
        .join(Person, col(Person.id) == col(VisitPerson.person_id))
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .where(col(Visit.day).between(days[0], days[-1]), col(Campaign.code).not_in(list(hidden)), written)
        .where(col(VisitPerson.person_id).in_(list(people)))
        .where(reach.allows(col(VisitPerson.person_id), col(VisitPerson.unit_id), col(Visit.day)))
        .order_by(col(Visit.day), col(Visit.frozen_at), col(Visit.id))
    )
    found = {
        (row[1].visit_id, row[1].person_id): Seen(visit=row[0], frozen=row[1], person=row[2]) for row in rows
    }
    _add_marks(session, found)
    settled = _accepted(session, {visit for visit, _person in found})
    return [seen for key, seen in found.items() if key not in settled]


def _accepted(session: Session, visits: Collection[int]) -> set[tuple[int | None, int | None]]:
    """Visit and person of findings whose explanation was accepted in the end: nothing is left of them."""
    accepted = (col(FindingStep.kind) == "conclusion", col(FindingStep.outcome) == "accepted")
    rows = session.exec(
        pairs(Finding.visit_id, Finding.person_id)
        .join(FindingStep, col(FindingStep.finding_id) == col(Finding.id))
        .where(col(Finding.visit_id).in_(visits), *accepted)
    )
    return {(row[0], row[1]) for row in rows}


def _add_marks(session: Session, found: dict[tuple[int, int], Seen]) -> None:
    visits = {visit for visit, _person in found}
    marks: defaultdict[tuple[int, int], list[VisitMark]] = defaultdict(list)
    for mark in session.scalars(pairs(VisitMark).where(col(VisitMark.visit_id).in_(visits))):
        marks[mark.visit_id, mark.person_id].append(mark)
    for reason in session.scalars(
        pairs(VisitReason).where(col(VisitReason.visit_id).in_(visits)).order_by(col(VisitReason.id))
    ):
        if (key := (reason.visit_id, reason.person_id)) in found:
            found[key].reasons.append(reason)
    for key, seen in found.items():
        # As store.queries.visits.visit_marks has it: no tap is younger than its arrival.
        seen.marks = sorted(
            marks[key], key=lambda one: (min(one.tapped_ms, one.received_ms), one.tapped_ms, one.id)
        )
