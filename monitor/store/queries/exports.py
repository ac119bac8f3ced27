"""Rows for the open exports of rules 9, as they are stored; sorted here, the same on every database."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import pandas as pd
from sqlalchemy import Select, exists, select
from sqlmodel import Session, col

from monitor.store.queries.reach import EVERYBODY, Reach
from monitor.store.tables import (
    Badge,
    OvertimeRecord,
    Person,
    Punch,
    QuarantineDecision,
    QuarantinedRecord,
    SessionRecord,
    StaleSpan,
    Terminal,
    Unit,
    WithheldPunch,
)

UnitIds = frozenset[int] | None
"""Units whose rows are wanted; None for all."""
PersonIds = Sequence[int] | None
"""People whose rows are wanted; None for all."""
Record = type[SessionRecord] | type[OvertimeRecord]


def people_with_records(
    session: Session, record: Record, first_day: int, last_day: int, unit_ids: UnitIds
) -> list[int]:
    """Ids of everybody with a record in a range of days, of units or of all, in order of their code."""
    mine = select(col(record.person_id)).where(col(record.day).between(first_day, last_day))
    mine = mine if unit_ids is None else mine.where(col(record.unit_id).in_(unit_ids))
    wanted = select(col(Person.id), col(Person.code)).where(col(Person.id).in_(mine))
    found = sorted(session.connection().execute(wanted), key=itemgetter(1))
    return [row[0] or 0 for row in found]


def session_frame(
    session: Session,
    first_day: int,
    last_day: int,
    unit_ids: UnitIds,
    reach: Reach = EVERYBODY,
    people: PersonIds = None,
) -> pd.DataFrame:
    """Session records of work dates in a range, sorted by person code, day, start."""
    record = SessionRecord
    wanted: Select[*tuple[Any, ...]] = (
        select(
            col(Person.code).label("person"),
            col(record.day),
            col(Unit.code).label("unit"),
            col(record.name).label("session"),
            col(record.starts),
            col(record.ends),
            col(record.time_in),
            col(record.time_out),
            col(record.status),
            col(record.late_seconds),
            col(record.early_seconds),
            col(record.worked_seconds),
            col(record.symbol),
            col(record.cong),
            col(record.reasons),
            col(record.rule_version),
        )
        .join(Person, col(Person.id) == col(record.person_id))
        .join(Unit, col(Unit.id) == col(record.unit_id))
        .where(col(record.day).between(first_day, last_day))
        .where(reach.allows(col(record.person_id), col(record.unit_id), col(record.day)))
        .order_by(col(record.person_id), col(record.day), col(record.seq))
    )
    return _of_people(session, record, wanted, unit_ids, people, ("person", "day", "starts", "ends"))


def overtime_frame(
    session: Session,
    first_day: int,
    last_day: int,
    unit_ids: UnitIds,
    reach: Reach = EVERYBODY,
    people: PersonIds = None,
) -> pd.DataFrame:
    """Overtime records of dates in a range, sorted by person code, day, start."""
    record = OvertimeRecord
    wanted: Select[*tuple[Any, ...]] = (
        select(
            col(Person.code).label("person"),
            col(record.day),
            col(Unit.code).label("unit"),
            col(record.kind),
            col(record.starts),
            col(record.ends),
            col(record.present_from),
            col(record.present_to),
            col(record.seconds),
            col(record.night_seconds),
        )
        .join(Person, col(Person.id) == col(record.person_id))
        .join(Unit, col(Unit.id) == col(record.unit_id))
        .where(col(record.day).between(first_day, last_day))
        .where(reach.allows(col(record.person_id), col(record.unit_id), col(record.day)))
        .order_by(col(record.person_id), col(record.day), col(record.seq))
    )
    return _of_people(session, record, wanted, unit_ids, people, ("person",))


def _of_people(
    session: Session,
    record: Record,
    wanted: Select[*tuple[Any, ...]],
    unit_ids: UnitIds,
    people: PersonIds,
    order: tuple[str, ...],
) -> pd.DataFrame:
    if unit_ids is not None:
        wanted = wanted.where(col(record.unit_id).in_(unit_ids))
    if people is not None:
        wanted = wanted.where(col(record.person_id).in_(people))
    rows = session.connection().execute(wanted)
    names = list(rows.keys())
    # Not by the database: PostgreSQL sorts codes by the language that its server was set up for.
    found = sorted(rows.all(), key=itemgetter(*map(names.index, order)))
    return pd.DataFrame(found, columns=names, dtype=object)


def punch_frame(session: Session, first: int, last: int, unit_ids: UnitIds) -> pd.DataFrame:
    """Stored punches by the terminal's own time, both ends inclusive, of units' terminals or all."""
    wanted: Select[*tuple[Any, ...]] = (
        select(
            col(Terminal.code).label("terminal"),
            col(Punch.id).label("punch_id"),
            col(Punch.terminal_id),
            col(Punch.device_user_id),
            col(Punch.device_time),
            col(Punch.verify),
            col(Punch.state),
            col(Punch.received_at),
        )
        .join(Terminal, col(Terminal.id) == col(Punch.terminal_id))
        .where(col(Punch.device_time).between(first, last))
    )
    return _frame(session, wanted if unit_ids is None else wanted.where(col(Terminal.unit_id).in_(unit_ids)))


def repair_flags(session: Session) -> dict[str, list[int]]:
    """Flag -> ids of the stored punches that have it: `undone`, `repaired`, `readmitted`."""
    decision = QuarantineDecision
    wanted = select(col(decision.decision), col(decision.punch_id)).where(col(decision.punch_id).is_not(None))
    found: dict[str, list[int]] = {"undone": list(session.scalars(select(col(WithheldPunch.punch_id))))}
    for what, punch_id in session.connection().execute(wanted):
        flag = "repaired" if what == "corrected" else "readmitted"
        found.setdefault(flag, []).append(punch_id or 0)
    return found


def quarantine_frame(session: Session, first: str, last: str, unit_ids: UnitIds) -> pd.DataFrame:
    """Records set aside whose readable time lies in a range (texts), or that have none.

    Those that became punches by somebody's decision are left out; `dismissed` tells of the others.
    """
    record, decision = QuarantinedRecord, QuarantineDecision
    taken_in = exists().where(col(decision.record_id) == col(record.id), col(decision.punch_id).is_not(None))
    wanted: Select[*tuple[Any, ...]] = (
        select(
            col(Terminal.code).label("terminal"),
            col(record.device_user_id),
            col(record.device_time),
            col(record.verify),
            col(record.state),
            col(record.received_at),
            col(record.reason),
            exists().where(col(decision.record_id) == col(record.id)).label("dismissed"),
        )
        .join(Terminal, col(Terminal.id) == col(record.terminal_id))
        .where(~taken_in)
        .where(col(record.device_time).between(first, last) | (col(record.device_time) == ""))
    )
    return _frame(session, wanted if unit_ids is None else wanted.where(col(Terminal.unit_id).in_(unit_ids)))


def badge_frame(session: Session) -> pd.DataFrame:
    """All badges with their people's codes; terminal_id 0 means any."""
    wanted: Select[*tuple[Any, ...]] = select(
        col(Badge.device_user_id),
        col(Badge.terminal_id).label("badge_terminal_id"),
        col(Badge.valid_from),
        col(Badge.valid_to),
        col(Person.code).label("person"),
    ).join(Person, col(Person.id) == col(Badge.person_id))
    return _frame(session, wanted)


def stale_in(session: Session, first_day: int, last_day: int) -> bool:
    """Whether marks wait for days of a range."""
    touching = col(StaleSpan.first_day) <= last_day, col(StaleSpan.last_day) >= first_day
    return (
        session.connection().execute(select(col(StaleSpan.id)).where(*touching).limit(1)).first() is not None
    )


def _frame(session: Session, wanted: Select[*tuple[Any, ...]]) -> pd.DataFrame:
    rows = session.connection().execute(wanted)
    return pd.DataFrame(rows.all(), columns=list(rows.keys()), dtype=object)
