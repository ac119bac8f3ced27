"""What reports to the level above count: sessions by unit, people with nothing against them, words added."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import Session, col

from monitor.rules.codes import SessionKind, Status
from monitor.rules.wallclock import date_of
from monitor.store.queries.reach import Reach
from monitor.store.tables import (
    Campaign,
    CampaignDay,
    Finding,
    Person,
    Posting,
    ReminderDay,
    ReportWords,
    SessionRecord,
    Visit,
    VisitScan,
    WrittenReminder,
)

CAME = (
    *(Status.MISSING_IN, Status.MISSING_OUT, Status.LATE_EARLY),
    *(Status.LATE, Status.EARLY, Status.ON_TIME),
)
PARTS = ("expected", "present", "absent", "excused", "unexcused", "no_data", "late", "early", "missing")


def session_counts(
    session: Session, reach: Reach, unit_ids: frozenset[int], first_day: int, last_day: int
) -> dict[int, dict[str, int]]:
    """Office sessions by the unit that people belonged to on the day; every part is counted by itself."""
    record = SessionRecord
    sums: list[Any] = [func.sum(case((holds, 1), else_=0)) for holds in _parts().values()]
    wanted = (
        select(col(record.unit_id), *sums)
        .where(col(record.day).between(first_day, last_day), col(record.unit_id).in_(unit_ids))
        .where(col(record.kind) == int(SessionKind.OFFICE), col(record.status) != int(Status.EXEMPT))
        .where(reach.allows(col(record.person_id), col(record.unit_id), col(record.day)))
        .group_by(col(record.unit_id))
    )
    rows = session.connection().execute(wanted)
    return {row[0]: {name: int(value) for name, value in zip(PARTS, row[1:], strict=True)} for row in rows}


def _parts() -> dict[str, ColumnElement[bool]]:
    """What belongs to each of `PARTS`, in their order."""
    record = SessionRecord
    status = col(record.status)
    pending, marked = status == int(Status.PENDING), col(record.time_in).is_not(None)
    came = or_(status.in_([int(one) for one in CAME]), and_(pending, marked))
    absent, excused = status == int(Status.ABSENT), status == int(Status.EXCUSED)
    return {
        "expected": status.is_not(None),
        "present": came,
        "absent": or_(absent, excused),
        "excused": excused,
        "unexcused": absent,
        "no_data": and_(pending, ~marked),
        "late": and_(came, col(record.late_seconds) > 0),
        "early": and_(came, col(record.early_seconds) > 0),
        "missing": status.in_([int(Status.MISSING_IN), int(Status.MISSING_OUT)]),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotless:
    """A person with nothing against them in a span: how many sessions were attended, in which unit last."""

    person_id: int
    code: str
    name: str
    sort_key: str
    position: str
    unit_id: int
    attended: int


def spotless(
    session: Session, reach: Reach, unit_ids: frozenset[int], first_day: int, last_day: int
) -> list[Spotless]:
    """People whose every session is known and on time or excused, at least one attended, by Vietnamese name.

    Who has a written reminder about one of the days, or a finding of an inspection, is not among them.
    """
    record = SessionRecord
    fine = col(record.status).in_([int(Status.ON_TIME), int(Status.EXCUSED), int(Status.EXEMPT)])
    clean = and_(
        fine, col(record.late_seconds) == 0, col(record.early_seconds) == 0, col(record.uncovered) == ""
    )
    attended = func.sum(case((col(record.status) == int(Status.ON_TIME), 1), else_=0))
    good = (
        select(
            col(record.person_id).label("person_id"),
            func.max(col(record.unit_id)).label("unit_id"),
            attended.label("attended"),
        )
        .where(col(record.day).between(first_day, last_day), col(record.unit_id).in_(unit_ids))
        .where(reach.allows(col(record.person_id), col(record.unit_id), col(record.day)))
        .group_by(col(record.person_id))
        .having(func.min(case((clean, 1), else_=0)) == 1, attended > 0)
        .subquery()
    )
    columns: list[Any] = [
        *(col(Person.id), col(Person.code), col(Person.name), col(Person.sort_key)),
        *(good.c.unit_id, good.c.attended),
    ]
    wanted = (
        select(*columns)
        .join(good, good.c.person_id == col(Person.id))
        .where(col(Person.id).not_in(_marked_people(first_day, last_day)))
        .order_by(col(Person.sort_key), col(Person.code))
    )
    positions = _positions(session, last_day)
    return [
        Spotless(
            person_id=row[0],
            code=row[1],
            name=row[2],
            sort_key=row[3],
            position=positions.get((row[0], row[4]), ""),
            unit_id=row[4],
            attended=int(row[5]),
        )
        for row in session.connection().execute(wanted)
    ]


def _marked_people(first_day: int, last_day: int) -> Any:
    """Everybody with a finding of these days, or a written reminder about one of them."""
    found = select(col(Finding.person_id)).where(
        col(Finding.day).between(first_day, last_day), col(Finding.person_id).is_not(None)
    )
    reminded = (
        select(col(WrittenReminder.person_id))
        .join(ReminderDay, col(ReminderDay.reminder_id) == col(WrittenReminder.id))
        .where(col(ReminderDay.on_date).between(date_of(first_day), date_of(last_day)))
    )
    return found.union(reminded)


def _positions(session: Session, day: int) -> dict[tuple[int, int], str]:
    on = date_of(day)
    valid = col(Posting.valid_from) <= on, or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= on)
    columns = col(Posting.person_id), col(Posting.unit_id), col(Posting.position)
    rows = session.connection().execute(select(*columns).where(*valid))
    return {(row[0], row[1]): row[2] for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """Inspections of some units in a span: campaigns with a day in it, visits, those with signed minutes."""

    campaigns: int
    visits: int
    signed: int


def checks_of(
    session: Session, known: ColumnElement[bool], unit_ids: frozenset[int], first_day: int, last_day: int
) -> Checks:
    """The inspections that a reader may know of (`campaigns.may_know`)."""
    days = select(col(CampaignDay.campaign_id)).where(
        col(CampaignDay.on_date).between(date_of(first_day), date_of(last_day))
    )
    campaigns = select(func.count()).select_from(Campaign).where(known, col(Campaign.id).in_(days))
    visits = (
        select(func.count(col(Visit.id)), func.count(col(VisitScan.visit_id)))
        .join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .outerjoin(VisitScan, col(VisitScan.visit_id) == col(Visit.id))
        .where(known, col(Visit.day).between(first_day, last_day), col(Visit.unit_id).in_(unit_ids))
    )
    made, signed = session.connection().execute(visits).one()
    return Checks(campaigns=session.scalar(campaigns) or 0, visits=made, signed=signed)


def last_words(session: Session, kind: str, unit_id: int, period: str) -> dict[str, str]:
    """What was last written into a unit's report, by field; nothing was: none."""
    wanted = (
        select(col(ReportWords.words))
        .where(col(ReportWords.kind) == kind, col(ReportWords.unit_id) == unit_id)
        .where(col(ReportWords.period) == period)
        .order_by(col(ReportWords.id).desc())
        .limit(1)
    )
    found = session.scalars(wanted).first()
    return {} if found is None else {str(name): str(text) for name, text in json.loads(found).items()}
