"""Session, day and overtime records in bulk: replacing those of some person-days, and what is still open."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import bindparam, func, select, text, union_all
from sqlmodel import Session, col

from monitor.rules.arrays import expand
from monitor.rules.codes import Reason
from monitor.rules.columns import (
    DAY_SECONDS,
    NO_TIME,
    DayRecords,
    Int32,
    Int64,
    OvertimeRecords,
    PersonDays,
    Ragged,
    SessionRecords,
    Verdicts,
)
from monitor.store.asking import Question
from monitor.store.bulk import replace_rows
from monitor.store.queries.adjustments import Fresh, set_aside, touch_closed
from monitor.store.queries.arrays import Positions
from monitor.store.queries.rewriting import rewrite, rewrite_rows
from monitor.store.queries.stale import Span
from monitor.store.queries.world import LoadedWorld, Places
from monitor.store.tables import Fact, Posting, SessionRecord, metadata
from monitor.store.tables.verdicts import LONG, PENDING

Columns = dict[str, Sequence[object]]
"""Values by column, in the order of the table's own."""

RECORDS_LOCK = 7_236_002
"""Key of the advisory lock; any number that nobody else in the database uses."""

MOVES_WITH_TIME = Reason.NOT_DUE | Reason.NOT_IN_YET | Reason.AT_WORK | Reason.LEFT


def replace_records(
    session: Session, places: Places, spans: Iterable[Span], verdicts: Verdicts, found_at: datetime
) -> None:
    """Write the records of some spans of days, in place of what they had; equal ones stay untouched.

    `verdicts` must hold exactly the person-days of the spans. What would change a closed period is
    kept as a pending adjustment instead (rules 8).
    """
    listed = list(spans)
    sessions, days = _session_columns(places, verdicts.sessions), _day_columns(places, verdicts.days)
    overtime = _overtime_columns(places, verdicts.overtime)
    if not touch_closed(session, listed):
        tables = (sessions, days, overtime)
        # Columns stand in the order of the tables' own, so rows need no names; there are many.
        rewrite_rows(session, listed, [[*zip(*table.values(), strict=True)] for table in tables])
        return
    fresh = Fresh(spans=listed, sessions=_rows(sessions), days=_rows(days), overtime=_rows(overtime))
    rewrite(session, set_aside(session, fresh, found_at))


def session_rows(places: Places, records: SessionRecords) -> list[dict[str, Any]]:
    """Session records as rows of their table."""
    return _rows(_session_columns(places, records))


def _session_columns(places: Places, records: SessionRecords) -> Columns:
    regulation_ids = [*places.regulation_ids, None]  # position -1: no regulation
    return {
        "person_id": _ids(places.people, records.person),
        "day": records.day.tolist(),
        "seq": _sequence(records.person, records.day).tolist(),
        "unit_id": _ids(places.units, records.unit),
        "regulation_id": [regulation_ids[place] for place in records.regulation.tolist()],
        "kind": records.kind.tolist(),
        "name": records.name.tolist(),
        "starts": records.start.tolist(),
        "ends": records.end.tolist(),
        "due_from": records.due_from.tolist(),
        "due_to": records.due_to.tolist(),
        "window_from": _optional(records.window_from, NO_TIME),
        "window_to": _optional(records.window_to, NO_TIME),
        "time_in": _optional(records.time_in, NO_TIME),
        "time_out": _optional(records.time_out, NO_TIME),
        "punch_in": _optional(records.punch_in, 0),
        "punch_out": _optional(records.punch_out, 0),
        "status": records.status.tolist(),
        "late_seconds": records.late_seconds.tolist(),
        "early_seconds": records.early_seconds.tolist(),
        "worked_seconds": records.worked_seconds.tolist(),
        "symbol": records.symbol.tolist(),
        "cong": records.cong.tolist(),
        "reasons": records.reasons.tolist(),
        "rule_version": records.rule_version.tolist(),
        "extras": _lists(records.extras),
        "outside": _lists(records.outside),
        "uncovered": _lists(records.uncovered, places.terminals),
    }


def _day_columns(places: Places, records: DayRecords) -> Columns:
    return {
        "person_id": _ids(places.people, records.person),
        "day": records.day.tolist(),
        "unit_id": _ids(places.units, records.unit),
        "status": records.status.tolist(),
        "late_seconds": records.late_seconds.tolist(),
        "early_seconds": records.early_seconds.tolist(),
        "worked_seconds": records.worked_seconds.tolist(),
        "cong": records.cong.tolist(),
        "reasons": records.reasons.tolist(),
    }


def _overtime_columns(places: Places, records: OvertimeRecords) -> Columns:
    return {
        "person_id": _ids(places.people, records.person),
        "day": records.day.tolist(),
        "seq": _sequence(records.person, records.day).tolist(),
        "unit_id": _ids(places.units, records.unit),
        "entry_id": records.entry.tolist(),
        "kind": records.kind.tolist(),
        "starts": records.start.tolist(),
        "ends": records.end.tolist(),
        "present_from": _optional(records.present_from, NO_TIME),
        "present_to": _optional(records.present_to, NO_TIME),
        "seconds": records.seconds.tolist(),
        "night_seconds": records.night_seconds.tolist(),
    }


def _rows(columns: Columns) -> list[dict[str, Any]]:
    names = list(columns)
    return [dict(zip(names, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _ids(positions: Positions, places: np.ndarray) -> list[object]:
    ids: list[object] = positions.ids[places].tolist()
    return ids


def _optional(values: Int64, none: int) -> list[int | None]:
    return [None if value == none else value for value in values.tolist()]


def _sequence(person: Int32, day: Int32) -> Int64:
    """Position of each row within its person-day; the rows are sorted so."""
    if not len(person):
        return np.zeros(0, dtype=np.int64)
    first = np.r_[True, (np.diff(person) != 0) | (np.diff(day) != 0)]
    starts = np.flatnonzero(first)
    return np.arange(len(person)) - np.repeat(starts, np.diff(np.r_[starts, len(person)]))


def _lists(ragged: Ragged, positions: Positions | None = None) -> list[str]:
    """Each record's list as text, ids separated by spaces."""
    values = ragged.values if positions is None else positions.ids[ragged.values]
    numbers, offsets = values.tolist(), ragged.offsets.tolist()
    return [" ".join(map(str, numbers[start:end])) if end > start else "" for start, end in pairwise(offsets)]


_PENDING_DAYS = select(col(SessionRecord.person_id), col(SessionRecord.day)).where(PENDING)
# Two questions, because one with "or" would not be answered from the index.
_UNDECIDED = Question(
    union_all(
        _PENDING_DAYS.where(col(SessionRecord.window_to) >= bindparam("since")),
        _PENDING_DAYS.where(col(SessionRecord.window_to).is_(None)),
    )
)
_CHAINS = Question(
    select(col(SessionRecord.person_id), col(SessionRecord.window_from), col(SessionRecord.window_to))
    .where(LONG)
    .distinct()
)


def undecided(session: Session, since: int) -> list[Span]:
    """Person-days whose verdict the passing of time may have changed since a moment (rules 4).

    Those that are pending, whatever the reason, with a window that was still open then.
    """
    return [(person, day, day) for person, day in _UNDECIDED.rows(session, since=since)]


def chains(session: Session, person_ids: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """First and last day of the windows of some people's long chains, in which days decide each other."""
    wanted = set(person_ids)
    found: dict[int, list[tuple[int, int]]] = {}
    for person, opens, closes in _CHAINS.rows(session):
        if person in wanted and opens is not None and closes is not None:
            found.setdefault(person, []).append((opens // DAY_SECONDS, closes // DAY_SECONDS))
    return found


def everybody(session: Session, unit_ids: Iterable[int] | None = None) -> list[int]:
    """Ids of all people with a posting ever, or one in these units."""
    wanted = select(col(Posting.person_id)).distinct().order_by(col(Posting.person_id))
    if unit_ids is not None:
        wanted = wanted.where(col(Posting.unit_id).in_(list(unit_ids)))
    return list(session.connection().execute(wanted).scalars())


def count_records(session: Session) -> int:
    """How many session records are stored."""
    return session.connection().execute(select(func.count()).select_from(SessionRecord)).scalar_one()


def person_days_of(loaded: LoadedWorld, spans: Iterable[Span]) -> PersonDays:
    """The person-days of spans as positions in a loaded world."""
    person, first, last = np.array([*spans], np.int64).reshape(-1, 3).T
    row, rank = expand(last - first + 1)
    place = loaded.people.find(person.tolist())
    return PersonDays(person=place[row], day=(first[row] + rank).astype(np.int32))


_FACTS = Question(select(col(Fact.key), col(Fact.value)))
_FACT = select(col(Fact.value)).where(col(Fact.key) == bindparam("key"))


def facts(session: Session) -> dict[str, str]:
    """All that the installation knows about itself, by key."""
    return dict(_FACTS.rows(session))


def fact(session: Session, key: str) -> str | None:
    """What the installation knows about itself under a key."""
    return session.connection().execute(_FACT, {"key": key}).scalar()


def remember(session: Session, known: Mapping[str, object]) -> None:
    """Keep facts in place of what was known under their keys."""
    rows = [(key, str(value)) for key, value in known.items()]
    replace_rows(session.connection(), metadata.tables["fact"], rows)


def one_writer(session: Session) -> None:
    """Let nobody else make or seal records until this transaction ends.

    SQLite has one writer anyhow. On PostgreSQL a recomputation that began before a period was
    closed would otherwise still write into it afterwards.
    """
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": RECORDS_LOCK})
