"""Everything that is stored about one person, table by table, in words and figures a person can read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlmodel import Session, col

from monitor.privacy.explanations import case_queries
from monitor.privacy.followed import followed_queries
from monitor.privacy.messages import message_queries
from monitor.privacy.registered import register_queries
from monitor.privacy.replied import reply_queries
from monitor.privacy.reported import report_queries
from monitor.privacy.visited import visit_queries
from monitor.rules.codes import Status, reason_codes
from monitor.rules.wallclock import date_of, text_of
from monitor.store.queries.freshness import terminals
from monitor.store.queries.person_day import punches_of
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.trail import TrailWanted, trail
from monitor.store.tables import (
    AccessGrant,
    Account,
    Allowance,
    Badge,
    DayRecord,
    Excuse,
    ExcuseType,
    ExemptFinding,
    ExplainedDay,
    LegalHold,
    ManualPunch,
    OvertimeRecord,
    Person,
    Posting,
    RegulationTarget,
    RegulationVersion,
    RosterEntry,
    SessionRecord,
    Terminal,
    Unit,
)

FIRST_SECOND, LAST_SECOND = -(10**10), 10**11
MOST_ENTRIES = 1_000_000

Query = Select[*tuple[Any, ...]]
Columns = tuple[Any, ...]

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One table of a copy: `name` and `columns` are codes of words."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def parts_of(session: Session, person_id: int, zone: str, hidden: tuple[str, ...] = ()) -> Iterator[Part]:
    """All tables, those without a row too: that nothing is stored is an answer as well.

    `hidden` are subjects of the trail that the person may not know of yet: sealed inspections.
    """
    yield from _who(session, person_id, zone)
    yield _punches(session, person_id, zone)
    yield from _records(session, person_id)
    yield _overtime(session, person_id)
    yield from _absences(session, person_id, zone)
    others = (
        *(reply_queries(person_id), case_queries(person_id), message_queries(person_id)),
        *(register_queries(person_id), visit_queries(person_id, hidden), followed_queries(person_id, hidden)),
        report_queries(person_id),
    )
    for name, query in chain.from_iterable(others):
        yield _part(session, name, query, zone)
    yield _viewings(session, person_id, zone, hidden)


def _part(session: Session, name: str, query: Query, zone: str = "") -> Part:
    found = session.connection().execute(query)
    columns = tuple(found.keys())
    rows = tuple(
        tuple(_cell(column, value, zone) for column, value in zip(columns, row, strict=True)) for row in found
    )
    return Part(name=name, columns=columns, rows=rows)


WALL_CLOCK = frozenset({"starts", "ends", "time", "time_in", "time_out", "entered_at", "asked_time"}) | {
    *("frozen_at", "last_punch", "received_at", "happened_at"),
}


def _cell(column: str, value: Any, zone: str) -> Cell:
    """A stored value as a person reads it."""
    match value:
        case None:
            return None
        case datetime():
            return _local(value, zone)
        case bool() | str() | float():
            return value
        case int():
            return _number(column, value)
        case _:
            return str(value)


def _number(column: str, value: int) -> Cell:
    if column in WALL_CLOCK:
        return text_of(value)
    if column == "day":
        return date_of(value).isoformat()
    if column == "status":
        return Status(value).name.lower()
    return "; ".join(reason_codes(value)) if column == "reasons" else value


def _local(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def _who(session: Session, person_id: int, zone: str) -> Iterator[Part]:
    mine = col(Person.id) == person_id
    yield _part(session, "person", select(col(Person.code), col(Person.name)).where(mine))
    yield _part(session, "postings", _postings(person_id))
    yield _part(session, "badges", _badges(person_id))
    yield _part(session, "accounts", _accounts(person_id))
    yield _part(session, "grants", _grants(person_id))
    hold: Columns = (col(LegalHold.reason), col(LegalHold.placed_at), col(LegalHold.released_at))
    holds = select(*hold).where(col(LegalHold.person_id) == person_id).order_by(col(LegalHold.id))
    yield _part(session, "holds", holds, zone)


def _postings(person_id: int) -> Query:
    columns: Columns = (
        *(col(Unit.code).label("unit"), col(Unit.name).label("unit_name"), col(Posting.position)),
        *(col(Posting.role), col(Posting.valid_from), col(Posting.valid_to)),
    )
    joined = select(*columns).join(Unit, col(Unit.id) == col(Posting.unit_id))
    return joined.where(col(Posting.person_id) == person_id).order_by(col(Posting.valid_from))


def _badges(person_id: int) -> Query:
    columns: Columns = (
        *(col(Terminal.name).label("terminal"), col(Badge.device_user_id)),
        *(col(Badge.valid_from), col(Badge.valid_to)),
    )
    joined = (
        select(*columns).select_from(Badge).outerjoin(Terminal, col(Terminal.id) == col(Badge.terminal_id))
    )
    return joined.where(col(Badge.person_id) == person_id).order_by(col(Badge.id))


def _accounts(person_id: int) -> Query:
    columns: Columns = (
        col(Account.user_name),
        col(Account.display_name),
        col(Account.role),
        col(Account.disabled),
    )
    return select(*columns).where(col(Account.person_id) == person_id).order_by(col(Account.id))


def _grants(person_id: int) -> Query:
    columns: Columns = (
        *(col(Unit.code).label("unit"), col(AccessGrant.role), col(AccessGrant.valid_from)),
        *(col(AccessGrant.valid_to), col(AccessGrant.reason)),
    )
    joined = (
        select(*columns)
        .select_from(AccessGrant)
        .join(Account, col(Account.id) == col(AccessGrant.account_id))
        .join(Unit, col(Unit.id) == col(AccessGrant.unit_id))
    )
    return joined.where(col(Account.person_id) == person_id).order_by(col(AccessGrant.id))


def _punches(session: Session, person_id: int, zone: str) -> Part:
    """Every punch that a badge of the person stands for, approved manual ones included."""
    found = punches_of(session, person_id, (FIRST_SECOND, LAST_SECOND), known=terminals(session), zone=zone)
    rows = tuple(
        (text_of(one.time), "" if one.terminal is None else one.terminal.name, one.verify, one.state)
        for one in found
    )
    return Part(name="punches", columns=("time", "terminal", "verify", "state"), rows=rows)


def _records(session: Session, person_id: int) -> Iterator[Part]:
    record = SessionRecord
    sessions: Columns = (
        *(col(record.day), col(Unit.code).label("unit"), col(record.name).label("session")),
        *(col(record.starts), col(record.ends), col(record.time_in), col(record.time_out)),
        *(col(record.status), col(record.late_seconds), col(record.early_seconds)),
        *(col(record.worked_seconds), col(record.symbol), col(record.cong), col(record.reasons)),
        col(record.rule_version),
    )
    query = select(*sessions).join(Unit, col(Unit.id) == col(record.unit_id))
    mine = query.where(col(record.person_id) == person_id).order_by(col(record.day), col(record.seq))
    yield _part(session, "sessions", mine)
    days: Columns = (
        *(col(DayRecord.day), col(Unit.code).label("unit"), col(DayRecord.status)),
        *(col(DayRecord.late_seconds), col(DayRecord.early_seconds), col(DayRecord.worked_seconds)),
        *(col(DayRecord.cong), col(DayRecord.reasons)),
    )
    query = select(*days).join(Unit, col(Unit.id) == col(DayRecord.unit_id))
    yield _part(
        session, "days", query.where(col(DayRecord.person_id) == person_id).order_by(col(DayRecord.day))
    )


def _overtime(session: Session, person_id: int) -> Part:
    row = OvertimeRecord
    columns: Columns = (
        *(col(row.day), col(Unit.code).label("unit"), col(row.starts), col(row.ends)),
        *(col(row.seconds).label("worked_seconds"), col(row.night_seconds)),
    )
    query = select(*columns).join(Unit, col(Unit.id) == col(row.unit_id))
    return _part(session, "overtime", _of(query, row, person_id, col(row.day)))


def _absences(session: Session, person_id: int, zone: str) -> Iterator[Part]:
    excuse: Columns = (
        *(col(ExcuseType.name).label("kind"), col(ExcuseType.symbol), col(Excuse.starts), col(Excuse.ends)),
        *(col(Excuse.status).label("decision"), col(Excuse.document), col(Excuse.document_date)),
        col(Excuse.entered_at),
    )
    excuses = select(*excuse).join(ExcuseType, col(ExcuseType.code) == col(Excuse.type_code))
    yield _part(session, "excuses", _of(excuses, Excuse, person_id, col(Excuse.starts)))
    allowance: Columns = (
        *(col(Allowance.kind), col(Allowance.minutes), col(Allowance.place), col(Allowance.valid_from)),
        *(col(Allowance.valid_to), col(Allowance.document)),
    )
    yield _part(
        session, "allowances", _of(select(*allowance), Allowance, person_id, col(Allowance.valid_from))
    )
    duty: Columns = (
        *(col(RosterEntry.kind), col(RosterEntry.starts), col(RosterEntry.ends)),
        *(col(RosterEntry.place), col(RosterEntry.document)),
    )
    yield _part(session, "roster", _of(select(*duty), RosterEntry, person_id, col(RosterEntry.starts)))
    finding: Columns = (col(ExemptFinding.starts), col(ExemptFinding.ends), col(ExemptFinding.document))
    found = _of(select(*finding), ExemptFinding, person_id, col(ExemptFinding.starts))
    yield _part(session, "findings", found)
    manual: Columns = (
        *(col(ManualPunch.time), col(ManualPunch.approved_by), col(ManualPunch.approved_at)),
        *(col(ManualPunch.reason), col(ManualPunch.withdrawn_at)),
    )
    yield _part(session, "manual", _of(select(*manual), ManualPunch, person_id, col(ManualPunch.time)), zone)
    explained: Columns = (
        *(col(ExplainedDay.on_date), col(ExplainedDay.accepted_by), col(ExplainedDay.accepted_at)),
        col(ExplainedDay.withdrawn_at),
    )
    days = _of(select(*explained), ExplainedDay, person_id, col(ExplainedDay.on_date))
    yield _part(session, "explained", days, zone)
    target: Columns = (
        col(RegulationVersion.title),
        col(RegulationVersion.document),
        col(RegulationTarget.valid_from),
    )
    own = select(*target).join(
        RegulationTarget, col(RegulationTarget.regulation_id) == col(RegulationVersion.id)
    )
    yield _part(session, "regulations", _of(own, RegulationTarget, person_id, col(RegulationTarget.id)))


def _of(query: Query, table: Any, person_id: int, order: Any) -> Query:
    return query.where(col(table.person_id) == person_id).order_by(order)


def _viewings(session: Session, person_id: int, zone: str, hidden: tuple[str, ...]) -> Part:
    """Who was shown what about the person, and what else the trail holds about them."""
    wanted = TrailWanted(person_id=person_id, limit=MOST_ENTRIES, hidden=hidden)
    columns = ("at", "actor", "actor_name", "action", "subject", "first_day", "last_day")
    rows = tuple(
        (
            _local(entry.at, zone),
            *(entry.actor, entry.actor_name or "", entry.action, entry.subject),
            *(_iso(entry.first_day), _iso(entry.last_day)),
        )
        for entry in trail(session, EVERYBODY, wanted, today=0)
    )
    return Part(name="trail", columns=columns, rows=rows)


def _iso(day: int | None) -> str:
    return "" if day is None else date_of(day).isoformat()


def count_rows(parts: Sequence[Part]) -> int:
    """How many rows they have in all."""
    return sum(len(part.rows) for part in parts)
