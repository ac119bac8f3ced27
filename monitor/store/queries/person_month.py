"""What a person's month is made of: units by day, sessions, excuses, corrections, reminders."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from sqlalchemy import or_, select
from sqlmodel import Session, col

from monitor.rules.columns import DAY_SECONDS, Postings
from monitor.rules.places import unit_on
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.arrays import Positions, columns_of, valid_days
from monitor.store.queries.board import SessionRow
from monitor.store.queries.reach import Reach
from monitor.store.queries.spans import Span
from monitor.store.queries.tree import Tree
from monitor.store.tables import (
    DayRecord,
    Excuse,
    ExcuseType,
    ExplainedDay,
    ManualPunch,
    PendingAdjustment,
    Person,
    Posting,
    SessionRecord,
    WrittenReminder,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """A person by staff code."""

    person_id: int
    code: str
    name: str


def somebody(session: Session, code: str) -> Somebody | None:
    """The person of a code, in reach or not: the caller asks next what of the person may be seen."""
    columns = select(col(Person.id), col(Person.code), col(Person.name))
    row = session.connection().execute(columns.where(col(Person.code) == code)).first()
    return None if row is None else Somebody(person_id=row[0] or 0, code=row[1], name=row[2])


def units_by_day(session: Session, units: Tree, person_id: int, days: range) -> dict[int, int]:
    """The unit that counts on each day (rules 2.1); of a day with a record, the record's."""
    places = Positions.of((unit.id, unit.code) for unit in units.units.values())
    wanted = select(col(Posting.unit_id), col(Posting.valid_from), col(Posting.valid_to))
    still = or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= date_of(days[0]))
    mine = col(Posting.person_id) == person_id, col(Posting.valid_from) <= date_of(days[-1]), still
    unit, start, end = columns_of(session, wanted.where(*mine))
    first_days, last_days = valid_days(start, end)
    postings = Postings(
        person=np.zeros(len(unit), np.int32),
        unit=places.find(unit),
        first_day=first_days,
        last_day=last_days,
    )
    every = np.array(days, np.int32)
    found = unit_on(postings, places.labels, np.zeros(len(every), np.int32), every)
    by_day = {day: int(places.ids[at]) for day, at in zip(days, found.tolist(), strict=True) if at >= 0}
    recorded = select(col(DayRecord.day), col(DayRecord.unit_id)).where(
        col(DayRecord.person_id) == person_id, col(DayRecord.day).between(days[0], days[-1])
    )
    return by_day | {row[0]: row[1] for row in session.connection().execute(recorded)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Position and role of a person's posting."""

    position: str
    role: str


def place_in(session: Session, person_id: int, unit_id: int, day: int) -> Place | None:
    """What the person is in the unit on a day."""
    on = date_of(day)
    still = or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= on)
    row = (
        session.connection()
        .execute(
            select(col(Posting.position), col(Posting.role))
            .where(col(Posting.person_id) == person_id, col(Posting.unit_id) == unit_id)
            .where(col(Posting.valid_from) <= on, still)
            .order_by(col(Posting.valid_from).desc())
        )
        .first()
    )
    return None if row is None else Place(position=row[0], role=row[1])


def sessions_between(
    session: Session, reach: Reach, person_id: int, days: range
) -> dict[int, list[SessionRow]]:
    """The sessions of a person by day, in order; days spent in a unit out of reach are left out."""
    record = SessionRecord
    columns = (
        *(record.name, record.kind, record.starts, record.ends, record.window_from, record.window_to),
        *(record.time_in, record.time_out, record.status, record.late_seconds, record.early_seconds),
        *(record.symbol, record.reasons, record.extras, record.uncovered),
    )
    rows = session.connection().execute(
        select(col(record.day), *(col(column) for column in columns))
        .where(col(record.person_id) == person_id, col(record.day).between(days[0], days[-1]))
        .where(reach.allows(col(record.person_id), col(record.unit_id), col(record.day)))
        .order_by(col(record.day), col(record.seq))
    )
    found: defaultdict[int, list[SessionRow]] = defaultdict(list)
    for row in rows.mappings():
        values = dict(row)
        day = values.pop("day")
        values["extras"] = len(values["extras"].split())
        values["uncovered"] = tuple(int(one) for one in values["uncovered"].split())
        found[day].append(SessionRow(**values))
    return found


def excused_between(session: Session, person_id: int, days: range) -> list[Span]:
    """The approved excuses of a person that touch the days."""
    start, end = days[0] * DAY_SECONDS, days[-1] * DAY_SECONDS + DAY_SECONDS
    rows = session.connection().execute(
        select(col(Excuse.starts), col(Excuse.ends))
        .where(col(Excuse.person_id) == person_id, col(Excuse.status) == "approved")
        .where(col(Excuse.starts) < end, col(Excuse.ends) >= start)
    )
    return [(row[0], row[1]) for row in rows]


def symbol_names(session: Session) -> dict[str, str]:
    """What the symbols of excuses mean."""
    kind = ExcuseType
    wanted = select(col(kind.symbol), col(kind.name)).order_by(col(kind.code).desc())
    return {row[0]: row[1] for row in session.connection().execute(wanted)}


def sensitive_symbols(session: Session) -> frozenset[str]:
    """Symbols of excuses whose meaning is for few."""
    return frozenset(session.scalars(select(col(ExcuseType.symbol)).where(col(ExcuseType.sensitive))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A change of the record by people: `kind` is manual, explained or adjustment.

    `time` is that of a manual punch, `by` who approved or accepted it, `made_at` when.
    """

    kind: str
    day: int
    by: str
    made_at: datetime
    time: int | None = None
    reason: str = ""


def corrections_between(session: Session, person_id: int, days: range) -> list[Correction]:
    """Manual punches, accepted explanations and what waits to be adjusted in a closed month, by day."""
    found = [*_manual(session, person_id, days), *_explained(session, person_id, days)]
    found += _adjustments(session, person_id, days)
    return sorted(found, key=lambda one: (one.day, one.kind, one.time or 0))


def _manual(session: Session, person_id: int, days: range) -> list[Correction]:
    start, end = days[0] * DAY_SECONDS, days[-1] * DAY_SECONDS + DAY_SECONDS - 1
    mine = col(ManualPunch.person_id) == person_id, col(ManualPunch.time).between(start, end)
    return [
        Correction(
            kind="manual",
            day=row.time // DAY_SECONDS,
            by=row.approved_by,
            made_at=row.approved_at,
            time=row.time,
            reason=row.reason,
        )
        for row in session.scalars(select(ManualPunch).where(*mine, col(ManualPunch.withdrawn_at).is_(None)))
    ]


def _explained(session: Session, person_id: int, days: range) -> list[Correction]:
    within = col(ExplainedDay.on_date).between(date_of(days[0]), date_of(days[-1]))
    mine = col(ExplainedDay.person_id) == person_id, col(ExplainedDay.withdrawn_at).is_(None)
    rows = session.scalars(select(ExplainedDay).where(*mine, within))
    return [
        Correction(kind="explained", day=day_of(row.on_date), by=row.accepted_by, made_at=row.accepted_at)
        for row in rows
    ]


def _adjustments(session: Session, person_id: int, days: range) -> list[Correction]:
    waiting = col(PendingAdjustment.withdrawn_at).is_(None), col(PendingAdjustment.applied_at).is_(None)
    rows = session.scalars(
        select(PendingAdjustment).where(
            col(PendingAdjustment.person_id) == person_id,
            col(PendingAdjustment.day).between(days[0], days[-1]),
            *waiting,
        )
    )
    newest = {row.day: row.found_at for row in sorted(rows, key=lambda row: row.found_at)}
    return [Correction(kind="adjustment", day=day, by="", made_at=at) for day, at in newest.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """A written reminder: who issued it, which document, which rule."""

    issuer: str
    number: str
    issued_on: date
    rule_cited: str
    body: str


def reminders_between(session: Session, person_id: int, days: range) -> list[Reminded]:
    """The written reminders issued to a person on the days, newest first."""
    within = col(WrittenReminder.issued_on).between(date_of(days[0]), date_of(days[-1]))
    rows = session.scalars(
        select(WrittenReminder)
        .where(col(WrittenReminder.person_id) == person_id, within)
        .order_by(col(WrittenReminder.issued_on).desc(), col(WrittenReminder.id).desc())
    )
    return [
        Reminded(
            issuer=row.issuer,
            number=row.number,
            issued_on=row.issued_on,
            rule_cited=row.rule_cited,
            body=row.body,
        )
        for row in rows
    ]
