"""Stored visits of inspections: the people of the snapshot, taps, reasons, minutes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlmodel import Session, col
from sqlmodel import select as pairs

from monitor.store.queries.reach import Reach
from monitor.store.tables import (
    Campaign,
    Excuse,
    ExcuseType,
    Person,
    RosterEntry,
    Terminal,
    Visit,
    VisitMark,
    VisitMinutes,
    VisitPerson,
    VisitReason,
    VisitScan,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcuseRow:
    """An approved excuse that covers a moment, as the snapshot keeps it; of sensitive ones no document."""

    symbol: str
    document: str
    document_date: date | None
    entered_at: int | None


def visits_of(session: Session, campaign_id: int) -> Sequence[Visit]:
    """The visits of a campaign, the newest first."""
    mine = select(Visit).where(col(Visit.campaign_id) == campaign_id)
    return session.scalars(mine.order_by(col(Visit.frozen_at).desc(), col(Visit.id).desc())).all()


def visit_by_code(session: Session, code: str) -> tuple[Visit, Campaign] | None:
    """A visit and its campaign; the caller must still ask whether the reader may know of that."""
    joined = pairs(Visit, Campaign).join(Campaign, col(Campaign.id) == col(Visit.campaign_id))
    row = session.exec(joined.where(col(Visit.code) == code)).first()
    return None if row is None else (row[0], row[1])


def visit_people(session: Session, visit: Visit, reach: Reach) -> list[tuple[VisitPerson, Person, str]]:
    """The snapshot in reach, by Vietnamese given name, with the name of the last punch's terminal."""
    terminal = func.coalesce(col(Terminal.name), "")
    joined = (
        pairs(VisitPerson, Person, terminal)
        .join(Person, col(Person.id) == col(VisitPerson.person_id))
        .outerjoin(Terminal, col(Terminal.id) == col(VisitPerson.terminal_id))
        .where(col(VisitPerson.visit_id) == visit.id)
        .where(reach.allows(col(VisitPerson.person_id), col(VisitPerson.unit_id), visit.day))
    )
    rows = session.exec(joined.order_by(col(Person.sort_key), col(Person.code)))
    return [(row[0], row[1], row[2]) for row in rows]


def visit_marks(session: Session, visit_id: int) -> dict[int, list[VisitMark]]:
    """All taps by person, the one that counts last.

    By the device's time; but no tap is younger than its arrival, or a phone whose clock is fast would have
    the last word for ever.
    """
    rows = session.scalars(select(VisitMark).where(col(VisitMark.visit_id) == visit_id)).all()
    marks: defaultdict[int, list[VisitMark]] = defaultdict(list)
    for mark in sorted(rows, key=lambda one: (min(one.tapped_ms, one.received_ms), one.tapped_ms, one.id)):
        marks[mark.person_id].append(mark)
    return dict(marks)


def visit_reasons(session: Session, visit_id: int) -> dict[int, list[VisitReason]]:
    """The reasons that the unit gave, by person, in the order they were written."""
    mine = select(VisitReason).where(col(VisitReason.visit_id) == visit_id)
    reasons: defaultdict[int, list[VisitReason]] = defaultdict(list)
    for reason in session.scalars(mine.order_by(col(VisitReason.id))):
        reasons[reason.person_id].append(reason)
    return dict(reasons)


def known_marks(session: Session, ids: Collection[str]) -> frozenset[str]:
    """Those ids of taps that are stored already."""
    return frozenset(session.scalars(select(col(VisitMark.id)).where(col(VisitMark.id).in_(ids))))


def versions(session: Session, visit_id: int) -> Sequence[VisitMinutes]:
    """The versions of a visit's minutes, the newest first."""
    mine = select(VisitMinutes).where(col(VisitMinutes.visit_id) == visit_id)
    return session.scalars(mine.order_by(col(VisitMinutes.version).desc())).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The signed copy without its bytes."""

    minutes_id: int
    name: str
    sha256: str
    stored_at: datetime


def signed_copy(session: Session, visit_id: int) -> Signed | None:
    """Whether a visit is locked, and by what."""
    scan = VisitScan
    columns = (col(scan.minutes_id), col(scan.name), col(scan.sha256), col(scan.stored_at))
    row = session.execute(select(*columns).where(col(VisitScan.visit_id) == visit_id)).first()
    if row is None:
        return None
    return Signed(minutes_id=row[0], name=row[1], sha256=row[2], stored_at=row[3])


def highest_number(session: Session, body: str, year: int) -> int:
    """The last number of a body's minutes in a year, 0 before the first."""
    mine = col(Visit.body) == body, col(Visit.year) == year
    return session.scalar(select(func.max(col(Visit.number))).where(*mine)) or 0


def excuses_at(session: Session, people: Collection[int], moment: int) -> dict[int, ExcuseRow]:
    """The approved excuse that covers a moment, by person."""
    covers = col(Excuse.starts) <= moment, col(Excuse.ends) >= moment
    rows = session.exec(
        pairs(Excuse, ExcuseType)
        .join(ExcuseType, col(ExcuseType.code) == col(Excuse.type_code))
        .where(col(Excuse.person_id).in_(people), col(Excuse.status) == "approved", *covers)
        .order_by(col(Excuse.id))
    )
    return {
        excuse.person_id: ExcuseRow(
            symbol=kind.symbol,
            document="" if kind.sensitive else excuse.document,
            document_date=excuse.document_date,
            entered_at=excuse.entered_at,
        )
        for excuse, kind in rows
    }


def on_duty_at(session: Session, people: Collection[int], moment: int) -> dict[int, RosterEntry]:
    """The duty of the roster that covers a moment, by person."""
    covers = col(RosterEntry.starts) <= moment, col(RosterEntry.ends) > moment
    kinds = or_(col(RosterEntry.kind) == "duty", col(RosterEntry.kind) == "extra")
    mine = select(RosterEntry).where(col(RosterEntry.person_id).in_(people), kinds, *covers)
    return {entry.person_id: entry for entry in session.scalars(mine)}
