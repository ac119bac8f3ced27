"""Everything a person's day rests on: records, punches, excuses, allowances, regulations, coverage."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session, col
from sqlmodel import select as pairs

from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of
from monitor.store.queries.deliveries import counted
from monitor.store.queries.freshness import Covered, TerminalRow, covered, terminals
from monitor.store.queries.spans import Span
from monitor.store.queries.zones import in_zone
from monitor.store.tables import (
    Allowance,
    Badge,
    Excuse,
    ExcuseType,
    ManualPunch,
    OvertimeRecord,
    Punch,
    RegulationVersion,
    SessionRecord,
)
from monitor.store.wall import seeing_all

MANUAL = None
"""Stands for the terminal of a manual punch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PunchRow:
    """A punch of the person; `time` in the installation's zone, `id` negative when manual (rules 5)."""

    id: int
    terminal: TerminalRow | None
    time: int
    verify: int
    state: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The records of the day, of the days beside it, and what they were made from."""

    day: int
    sessions: tuple[SessionRecord, ...]
    beside: tuple[SessionRecord, ...]
    punches: tuple[PunchRow, ...]
    excuses: tuple[tuple[Excuse, ExcuseType], ...]
    allowances: tuple[Allowance, ...]
    regulations: Mapping[int, RegulationVersion]
    terminals: Mapping[int, TerminalRow]
    covers: Mapping[int, Covered]
    overtime: tuple[OvertimeRecord, ...] = ()


def evidence(session: Session, person_id: int, day: int, zone: str) -> Evidence:
    """What a person's day rests on; the caller has checked that the reader may see it."""
    own = _records(session, person_id, col(SessionRecord.day) == day)
    # Of a day that the database lets the reader see the whole is told, also what lies beyond midnight.
    with seeing_all(session) if own else nullcontext():
        return _evidence(session, person_id, day, own, zone)


def _evidence(
    session: Session, person_id: int, day: int, own: tuple[SessionRecord, ...], zone: str
) -> Evidence:
    beside = _records(session, person_id, col(SessionRecord.day).in_((day - 1, day + 1)))
    first, last = _bounds(own, day)
    known = terminals(session)
    return Evidence(
        day=day,
        sessions=own,
        beside=beside,
        punches=punches_of(session, person_id, (first, last), known=known, zone=zone),
        excuses=_excuses(session, person_id, first, last),
        allowances=_allowances(session, person_id, day),
        regulations=_regulations(session, (*own, *beside)),
        terminals=known,
        covers=covered(session, known, first, last, zone),
        overtime=_overtime(session, person_id, day),
    )


def _records(session: Session, person_id: int, days: ColumnElement[bool]) -> tuple[SessionRecord, ...]:
    mine = select(SessionRecord).where(col(SessionRecord.person_id) == person_id, days)
    return tuple(session.scalars(mine.order_by(col(SessionRecord.day), col(SessionRecord.seq))))


def _overtime(session: Session, person_id: int, day: int) -> tuple[OvertimeRecord, ...]:
    mine = col(OvertimeRecord.person_id) == person_id, col(OvertimeRecord.day) == day
    return tuple(session.scalars(select(OvertimeRecord).where(*mine).order_by(col(OvertimeRecord.seq))))


def _bounds(records: Iterable[SessionRecord], day: int) -> tuple[int, int]:
    """The day, and beyond it where a window does."""
    first, last = day * DAY_SECONDS, (day + 1) * DAY_SECONDS - 1
    for record in records:
        first = min(first, record.starts, record.window_from or first)
        last = max(last, record.ends, record.window_to or last)
    return first, last


def punches_of(
    session: Session, person_id: int, span: Span, *, known: Mapping[int, TerminalRow], zone: str
) -> tuple[PunchRow, ...]:
    """Punches of a person and approved manual ones in a span of the zone's wall clock, in order."""
    first, last = span
    found = _manual(session, person_id, first, last)
    for punch, holders in _candidates(session, person_id, first, last):
        time = in_zone(punch.device_time, known[punch.terminal_id].timezone, zone)
        if first <= time <= last and _holder(holders, date_of(time // DAY_SECONDS)) == person_id:
            terminal = known[punch.terminal_id]
            found.append(
                PunchRow(
                    id=punch.id or 0, terminal=terminal, time=time, verify=punch.verify, state=punch.state
                )
            )
    return tuple(sorted(found, key=lambda punch: (punch.time, punch.id)))


def _manual(session: Session, person_id: int, first: int, last: int) -> list[PunchRow]:
    mine = col(ManualPunch.person_id) == person_id, col(ManualPunch.time).between(first, last)
    rows = session.scalars(select(ManualPunch).where(*mine, col(ManualPunch.withdrawn_at).is_(None)))
    return [PunchRow(id=-(row.id or 0), terminal=MANUAL, time=row.time, verify=-1, state=-1) for row in rows]


def _candidates(
    session: Session, person_id: int, first: int, last: int
) -> Iterable[tuple[Punch, list[Badge]]]:
    """Punches with one of the person's device user ids, each with every badge that may claim it."""
    ids = select(col(Badge.device_user_id)).where(col(Badge.person_id) == person_id)
    claims = and_(
        col(Badge.device_user_id) == col(Punch.device_user_id),
        or_(col(Badge.terminal_id).is_(None), col(Badge.terminal_id) == col(Punch.terminal_id)),
    )
    # A day's slack: the terminal's own clock may show another zone.
    near = col(Punch.device_time).between(first - DAY_SECONDS, last + DAY_SECONDS)
    rows = session.exec(
        pairs(Punch, Badge)
        .join(Badge, claims)
        .where(col(Punch.device_user_id).in_(ids), near, *counted(session))
    )
    badges: defaultdict[int, list[Badge]] = defaultdict(list)
    punches: dict[int, Punch] = {}
    for punch, badge in rows:
        punches[punch.id or 0] = punch
        badges[punch.id or 0].append(badge)
    return [(punch, badges[punch_id]) for punch_id, punch in punches.items()]


def _holder(badges: Iterable[Badge], on: date) -> int | None:
    """Whose punch it is: a terminal's own badge goes before one for any terminal (rules 7)."""
    valid = [
        badge
        for badge in badges
        if (badge.valid_from is None or badge.valid_from <= on)
        and (badge.valid_to is None or badge.valid_to >= on)
    ]
    valid.sort(key=lambda badge: badge.terminal_id is None)
    return valid[0].person_id if valid else None


def _excuses(
    session: Session, person_id: int, first: int, last: int
) -> tuple[tuple[Excuse, ExcuseType], ...]:
    rows = session.exec(
        pairs(Excuse, ExcuseType)
        .join(ExcuseType, col(ExcuseType.code) == col(Excuse.type_code))
        .where(col(Excuse.person_id) == person_id, col(Excuse.starts) <= last, col(Excuse.ends) >= first)
        .order_by(col(Excuse.starts), col(Excuse.id))
    )
    return tuple((excuse, kind) for excuse, kind in rows)


def _allowances(session: Session, person_id: int, day: int) -> tuple[Allowance, ...]:
    on = date_of(day)
    still = or_(col(Allowance.valid_to).is_(None), col(Allowance.valid_to) >= on)
    mine = col(Allowance.person_id) == person_id, col(Allowance.valid_from) <= on, still
    return tuple(session.scalars(select(Allowance).where(*mine).order_by(col(Allowance.id))))


def _regulations(session: Session, records: Iterable[SessionRecord]) -> dict[int, RegulationVersion]:
    ids = {record.regulation_id for record in records if record.regulation_id is not None}
    rows = session.scalars(select(RegulationVersion).where(col(RegulationVersion.id).in_(ids)))
    return {row.id or 0: row for row in rows}
