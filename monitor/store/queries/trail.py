"""The audit trail as pages and commands show it: newest first, paged by key, within a reach."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, exists, or_, select, union
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from monitor.store.queries.reach import Reach
from monitor.store.queries.seats import counting
from monitor.store.tables import Account, AuditEntry, Person, Posting, Shown, Unit

Query = Select[*tuple[Any, ...]]

VIEWS = (
    *("view_board", "view_person", "view_trail", "view_unknown_id", "view_campaign"),
    *("view_patterns", "view_report"),
    *("export", "export_person", "mail_digest"),
)
"""Actions that showed somebody's data to somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailWanted:
    """What is asked for; None and '' ask for everything. A further page goes on `before` an id.

    `hidden` are subjects that the reader may not know of yet (`campaigns.hidden_subjects`).
    """

    person_id: int | None = None
    actor: str = ""
    action: str = ""
    actions: tuple[str, ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    before: int | None = None
    limit: int = 50
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """An entry; `erased`: its time is over, and what it told of people is gone.

    `first_day`, `last_day` are the days shown of the person asked for, None where it is about something else.
    """

    id: int
    at: datetime
    actor: str
    actor_name: str
    action: str
    subject: str
    detail: str
    first_day: int | None
    last_day: int | None

    @property
    def erased(self) -> bool:
        """Whether the payload was erased."""
        return not self.actor


def trail(session: Session, reach: Reach, wanted: TrailWanted, *, today: int) -> list[TrailEntry]:
    """Entries, newest first; with a reach over units those about people who belong there today."""
    query = _filtered(_entries(wanted), wanted)
    if reach.terms is not None:
        query = query.where(_about(people_within(reach, today), sorted(reach.units_on(today) or ())))
    rows = session.connection().execute(query.order_by(col(AuditEntry.id).desc()).limit(wanted.limit))
    return [TrailEntry(**row) for row in rows.mappings()]


def _entries(wanted: TrailWanted) -> Query:
    columns: list[Any] = [
        *(col(AuditEntry.id), col(AuditEntry.at), col(AuditEntry.actor), col(AuditEntry.action)),
        *(col(AuditEntry.subject), col(AuditEntry.detail)),
        col(Account.display_name).label("actor_name"),
        *(col(Shown.first_day), col(Shown.last_day)),
    ]
    # Person 0 is nobody: without a person asked for, no days are told.
    days = (col(Shown.entry_id) == col(AuditEntry.id)) & (col(Shown.person_id) == (wanted.person_id or 0))
    return (
        select(*columns)
        .outerjoin(Account, col(Account.user_name) == col(AuditEntry.actor))
        .outerjoin(Shown, days)
    )


def _filtered(query: Query, wanted: TrailWanted) -> Query:
    conditions: list[ColumnElement[bool]] = []
    if wanted.person_id is not None:
        conditions.append(col(AuditEntry.id).in_(select(_ids_about(wanted.person_id))))
    if wanted.actor:
        conditions.append(col(AuditEntry.actor) == wanted.actor)
    if wanted.action:
        conditions.append(col(AuditEntry.action) == wanted.action)
    if wanted.actions:
        conditions.append(col(AuditEntry.action).in_(wanted.actions))
    if wanted.first is not None:
        conditions.append(col(AuditEntry.at) >= wanted.first)
    if wanted.last is not None:
        conditions.append(col(AuditEntry.at) < wanted.last)
    if wanted.hidden:
        conditions.append(col(AuditEntry.subject).not_in(wanted.hidden))
    if wanted.before is not None:
        conditions.append(col(AuditEntry.id) < wanted.before)
    return query.where(*conditions)


def _ids_about(person_id: int) -> Subquery:
    """Ids of the entries that showed a person or were about one, each answered from an index."""
    subjects = select("person:" + col(Person.code)).where(col(Person.id) == person_id)
    shown: Select[Any] = select(col(Shown.entry_id).label("id")).where(col(Shown.person_id) == person_id)
    named = select(col(AuditEntry.id)).where(col(AuditEntry.subject).in_(subjects))
    return union(shown, named).subquery()


def people_within(reach: Reach, today: int) -> Select[int]:
    """The people of a reach as of a day: those whose posting that counts lies in it, and oneself."""
    return (
        select(col(Posting.person_id))
        .join(Unit, col(Unit.id) == col(Posting.unit_id))
        .where(counting(today), reach.allows(col(Posting.person_id), col(Posting.unit_id), today))
    )


def in_reach(session: Session, reach: Reach, people: Iterable[int], today: int) -> frozenset[int]:
    """Those of some people who are in reach as of a day."""
    found = frozenset(people)
    if reach.terms is None or not found:
        return found
    wanted = people_within(reach, today).where(col(Posting.person_id).in_(found))
    return frozenset(row[0] for row in session.connection().execute(wanted))


def person_in_reach(session: Session, reach: Reach, code: str, today: int) -> int | None:
    """The id of a person by staff code, if in reach as of a day; whoever left is in reach of all only."""
    wanted = select(col(Person.id)).where(col(Person.code) == code)
    if reach.terms is not None:
        wanted = wanted.where(col(Person.id).in_(people_within(reach, today)))
    return session.connection().execute(wanted).scalar()


def _about(people: Select[int], unit_ids: Iterable[int]) -> ColumnElement[bool]:
    """The condition on an entry that it showed one of the people, or is about them or their units."""
    # The query around this one joins accounts and people shown, too: these are others.
    holder, other = aliased(Account), aliased(Shown)
    units = select(col(Unit.code)).where(col(Unit.id).in_(unit_ids))
    unit_subjects = select("unit:" + col(Unit.code)).where(col(Unit.id).in_(unit_ids))
    persons = select("person:" + col(Person.code)).where(col(Person.id).in_(people))
    holders = select("account:" + col(holder.user_name)).where(col(holder.person_id).in_(people))
    subject = col(AuditEntry.subject)
    return or_(
        subject.in_(units),
        subject.in_(unit_subjects),
        subject.in_(persons),
        subject.in_(holders),
        exists().where(col(other.entry_id) == col(AuditEntry.id), col(other.person_id).in_(people)),
    )


def person_ids(session: Session, codes: Iterable[str]) -> dict[str, int]:
    """Ids of people by staff code."""
    wanted = sorted(set(codes))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), 500):
        part = col(Person.code).in_(wanted[start : start + 500])
        rows = session.connection().execute(select(col(Person.code), col(Person.id)).where(part))
        found |= {code: person or 0 for code, person in rows}
    return found
