"""What visits of inspections hold of a person: for the copy, and how its words are emptied in time."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlmodel import Session, col

from monitor.store.queries.campaigns import SUBJECT
from monitor.store.tables import Campaign, Visit, VisitMark, VisitPerson, VisitReason

Query = Select[*tuple[Any, ...]]
Columns = tuple[Any, ...]


def visit_queries(person_id: int, hidden: tuple[str, ...]) -> Iterator[tuple[str, Query]]:
    """The parts of a copy: where the person was on a frozen list, what was found, which reasons were given.

    `hidden` are subjects of campaigns that the person may not know of yet.
    """
    person: Columns = (
        *(col(VisitPerson.kind), col(VisitPerson.session), col(VisitPerson.last_punch)),
        *(col(VisitPerson.symbol), col(VisitPerson.document), col(VisitPerson.document_date)),
    )
    yield "visits", _of(person, VisitPerson, person_id, hidden)
    mark: Columns = (
        *(col(VisitMark.field), col(VisitMark.value), col(VisitMark.note), col(VisitMark.context)),
    )
    yield "visit_marks", _of(mark, VisitMark, person_id, hidden).order_by(col(VisitMark.tapped_ms))
    reason: Columns = (
        *(col(VisitReason.words), col(VisitReason.document), col(VisitReason.document_date)),
        col(VisitReason.state).label("verified"),
    )
    yield "visit_reasons", _of(reason, VisitReason, person_id, hidden).order_by(col(VisitReason.id))


def _of(columns: Columns, table: Any, person_id: int, hidden: tuple[str, ...]) -> Query:
    joined = (
        select(col(Visit.frozen_at), *columns)
        .join(table, col(table.visit_id) == col(Visit.id))
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
    )
    codes = [subject.removeprefix(SUBJECT) for subject in hidden]
    mine = joined.where(col(table.person_id) == person_id, col(Campaign.code).not_in(codes))
    return mine.order_by(col(Visit.frozen_at))


def forget_visits(session: Session, person_id: int) -> None:
    """Words and documents go; who was found where stays with the number, for signed totals rest on it."""
    connection = session.connection()
    person = update(VisitPerson).where(
        col(VisitPerson.person_id) == person_id,
        or_(col(VisitPerson.position) != "", col(VisitPerson.document) != ""),
    )
    connection.execute(person.values(position="", document=""))
    mark = update(VisitMark).where(col(VisitMark.person_id) == person_id, col(VisitMark.note) != "")
    connection.execute(mark.values(note=""))
    reason = update(VisitReason).where(
        col(VisitReason.person_id) == person_id,
        or_(col(VisitReason.words) != "", col(VisitReason.document) != ""),
    )
    connection.execute(reason.values(words="", document=""))
