"""Overtime of people: what was worked of it, what is approved ahead, and presence around sessions."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.rules.columns import DAY_SECONDS, Int32, Int64
from monitor.store.queries.arrays import columns_of, int32s, times
from monitor.store.queries.reach import Reach
from monitor.store.tables import OvertimeRecord, RosterEntry, SessionRecord

UnitIds = frozenset[int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedRow:
    """An approved entry on one date, and what was worked inside it (rules 4.1)."""

    person_id: int
    day: int
    entry_id: int
    kind: int
    starts: int
    ends: int
    seconds: int
    night_seconds: int


def worked_overtime(session: Session, reach: Reach, unit_ids: UnitIds, days: range) -> list[WorkedRow]:
    """The overtime records of the days in units (None: all), by person and time."""
    row = OvertimeRecord
    columns: tuple[Any, ...] = (
        *(col(row.person_id), col(row.day), col(row.entry_id), col(row.kind), col(row.starts)),
        *(col(row.ends), col(row.seconds), col(row.night_seconds)),
    )
    wanted = (
        select(*columns)
        .where(col(row.day).between(days[0], days[-1]))
        .where(reach.allows(col(row.person_id), col(row.unit_id), col(row.day)))
        .order_by(col(row.person_id), col(row.day), col(row.seq))
    )
    mine = wanted if unit_ids is None else wanted.where(col(row.unit_id).in_(unit_ids))
    return [WorkedRow(**found) for found in session.connection().execute(mine).mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedRow:
    """An overtime entry of the roster with the document that approves it."""

    id: int
    person_id: int
    starts: int
    ends: int
    document: str


def approved_entries(session: Session, people: Collection[int], days: range) -> list[ApprovedRow]:
    """The overtime entries of people that touch the days, by time."""
    row = RosterEntry
    wanted = (
        select(col(row.id), col(row.person_id), col(row.starts), col(row.ends), col(row.document))
        .where(col(row.person_id).in_(list(people)), col(row.kind) == "overtime")
        .where(col(row.starts) < (days[-1] + 1) * DAY_SECONDS, col(row.ends) > days[0] * DAY_SECONDS)
        .order_by(col(row.starts), col(row.id))
    )
    return [
        ApprovedRow(id=one[0] or 0, person_id=one[1], starts=one[2], ends=one[3], document=one[4])
        for one in session.connection().execute(wanted)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTimes:
    """Sessions by person and day: when they begin and end, and the marks (`NO_TIME` for none)."""

    person: Int32
    day: Int32
    start: Int64
    end: Int64
    time_in: Int64
    time_out: Int64


def session_times(session: Session, reach: Reach, unit_ids: UnitIds, days: range) -> SessionTimes:
    """The sessions of the days in units (None: all) that somebody came to, as columns."""
    row = SessionRecord
    columns: tuple[Any, ...] = (
        *(col(row.person_id), col(row.day), col(row.starts), col(row.ends)),
        *(col(row.time_in), col(row.time_out)),
    )
    wanted = (
        select(*columns)
        .where(col(row.day).between(days[0], days[-1]))
        .where(reach.allows(col(row.person_id), col(row.unit_id), col(row.day)))
        .order_by(col(row.person_id), col(row.day), col(row.seq))
    )
    mine = wanted if unit_ids is None else wanted.where(col(row.unit_id).in_(unit_ids))
    person, day, start, end, time_in, time_out = columns_of(session, mine)
    return SessionTimes(
        person=int32s(person),
        day=int32s(day),
        start=times(start),
        end=times(end),
        time_in=times(time_in),
        time_out=times(time_out),
    )
