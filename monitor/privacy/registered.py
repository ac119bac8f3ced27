"""What the registers hold of a person: for the copy, and how it is forgotten when its time is over."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, delete, select, update
from sqlmodel import Session, col

from monitor.store.tables import (
    Commendation,
    Excuse,
    ExcuseEntry,
    Meeting,
    MeetingArrival,
    MeetingInvitation,
    RemovedRosterEntry,
)

Query = Select[*tuple[Any, ...]]
Columns = tuple[Any, ...]
FORGOTTEN = "…"
"""Stands where a reason was that must not be empty."""


def register_queries(person_id: int) -> Iterator[tuple[str, Query]]:
    """The parts of a copy: excuses entered and withdrawn, removed roster entries, meetings, commendations."""
    yield "excuse_entries", _entries(person_id)
    yield "roster_removed", _removed(person_id)
    yield "meetings", _meetings(person_id)
    yield "commendations", _commendations(person_id)


def _entries(person_id: int) -> Query:
    columns: Columns = (
        *(col(Excuse.starts), col(Excuse.ends), col(ExcuseEntry.entered_by)),
        *(col(ExcuseEntry.withdrawn_by), col(ExcuseEntry.withdrawn_at)),
        col(ExcuseEntry.withdrawn_reason).label("reason"),
    )
    joined = select(*columns).join(ExcuseEntry, col(ExcuseEntry.excuse_id) == col(Excuse.id))
    return joined.where(col(Excuse.person_id) == person_id).order_by(col(Excuse.starts), col(Excuse.id))


def _removed(person_id: int) -> Query:
    row = RemovedRosterEntry
    columns: Columns = (
        *(col(row.kind), col(row.starts), col(row.ends), col(row.place), col(row.document)),
        *(col(row.removed_by).label("withdrawn_by"), col(row.removed_at).label("withdrawn_at")),
        col(row.reason),
    )
    return select(*columns).where(col(row.person_id) == person_id).order_by(col(row.id))


def _meetings(person_id: int) -> Query:
    """Where the person was invited, as what, and when a tick at the door says the person came."""
    arrived = and_(
        col(MeetingArrival.meeting_id) == col(Meeting.id), col(MeetingArrival.person_id) == person_id
    )
    columns: Columns = (
        *(col(Meeting.title).label("meeting"), col(Meeting.starts), col(Meeting.ends), col(Meeting.place)),
        *(col(MeetingInvitation.role), col(MeetingArrival.arrived).label("time_in")),
    )
    joined = (
        select(*columns)
        .join(MeetingInvitation, col(MeetingInvitation.meeting_id) == col(Meeting.id))
        .outerjoin(MeetingArrival, arrived)
    )
    return joined.where(col(MeetingInvitation.person_id) == person_id).order_by(col(Meeting.starts))


def _commendations(person_id: int) -> Query:
    row = Commendation
    columns: Columns = (
        *(col(row.given_on), col(row.document), col(row.issuer), col(row.body).label("reason")),
        *(col(row.withdrawn_by), col(row.withdrawn_at)),
    )
    return select(*columns).where(col(row.person_id) == person_id).order_by(col(row.id))


def forget_registers(session: Session, person_id: int) -> None:
    """Reasons and documents go, and who was at which meeting; verdicts rest on none of it."""
    connection = session.connection()
    mine = select(col(Excuse.id)).where(col(Excuse.person_id) == person_id)
    entries = update(ExcuseEntry).where(
        col(ExcuseEntry.excuse_id).in_(mine), col(ExcuseEntry.withdrawn_reason) != ""
    )
    connection.execute(entries.values(withdrawn_reason=FORGOTTEN))
    removed = update(RemovedRosterEntry).where(col(RemovedRosterEntry.person_id) == person_id)
    connection.execute(removed.values(reason=FORGOTTEN, document=""))
    commended = update(Commendation).where(col(Commendation.person_id) == person_id)
    connection.execute(commended.values(document=FORGOTTEN, body=FORGOTTEN, issuer="", withdrawn_reason=""))
    connection.execute(delete(MeetingArrival).where(col(MeetingArrival.person_id) == person_id))
    # Whoever stood in for the person came as a member then: the name behind it goes.
    substitutes = update(MeetingInvitation).where(col(MeetingInvitation.instead_of_id) == person_id)
    connection.execute(substitutes.values(role="member", instead_of_id=None))
    connection.execute(delete(MeetingInvitation).where(col(MeetingInvitation.person_id) == person_id))
