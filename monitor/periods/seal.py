"""The seal of a period: what exactly is hashed, so that a changed cell of a closed row is found."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import Session

from monitor.periods.month import Month
from monitor.store.queries.periods import DAYS, OVERTIME, SESSIONS

FORM = "monitor period 1"
FIRST = "0" * 64
"""Stands for the seal before a period's first one."""

SESSION_COLUMNS = (
    "person_id", "day", "seq", "unit_id", "regulation_id", "kind", "name", "starts", "ends", "due_from",
    "due_to", "window_from", "window_to", "time_in", "time_out", "punch_in", "punch_out", "status",
    "late_seconds", "early_seconds", "worked_seconds", "symbol", "cong", "reasons", "rule_version",
    "extras", "outside", "uncovered",
)  # fmt: skip
DAY_COLUMNS = (
    "person_id", "day", "unit_id", "status", "late_seconds", "early_seconds", "worked_seconds", "cong",
    "reasons",
)  # fmt: skip
OVERTIME_COLUMNS = (
    "person_id", "day", "seq", "unit_id", "entry_id", "kind", "starts", "ends", "present_from",
    "present_to", "seconds", "night_seconds",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a period holds: how many people, person-days and sessions, and the hash of all their rows."""

    people: int
    days: int
    sessions: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What a seal says besides the rows."""

    unit_id: int
    month: str
    closed_at: datetime
    closed_by: str
    previous_seal: str


def content_of(session: Session, unit_id: int, month: Month) -> Content:
    """The rows of a unit's month as stored now.

    The canonical bytes, the same on every database: UTF-8 lines, each a JSON array without spaces
    and with letters as they are, ended by a line feed. The first line is `["monitor period 1",
    unit_id, "YYYY-MM"]`. Then one line for each row of session_record whose unit and day are the
    period's, in order of person_id, day, seq: `"session"` and the values of SESSION_COLUMNS. Then one
    for each row of day_record, in order of person_id, day: `"day"` and the values of DAY_COLUMNS. Then
    one for each row of overtime_record, in order of person_id, day, seq: `"overtime"` and the values
    of OVERTIME_COLUMNS; a month sealed before there was that table has none, so its seal still holds.
    Integers are written in full, `cong` as the shortest decimal that is the same double (0.5, 0.0),
    a missing value as null. A new column of the tables makes a new form, under a name of its own.
    """
    digest = hashlib.sha256(_line([FORM, unit_id, month.text]))
    people: set[int] = set()
    counts = {"session": 0, "day": 0, "overtime": 0}
    for what, table, names in (
        ("session", SESSIONS, SESSION_COLUMNS),
        ("day", DAYS, DAY_COLUMNS),
        ("overtime", OVERTIME, OVERTIME_COLUMNS),
    ):
        mine = table.c.unit_id == unit_id, table.c.day.between(month.first_day, month.last_day)
        columns = [table.c[name] for name in names]
        for row in session.connection().execute(
            select(*columns).where(*mine).order_by(*table.primary_key.columns)
        ):
            digest.update(_line([what, *row]))
            people.add(row.person_id)
            counts[what] += 1
    return Content(
        people=len(people), days=counts["day"], sessions=counts["session"], sha256=digest.hexdigest()
    )


def seal_of(content: Content, closing: Closing) -> str:
    """The seal: SHA-256 over the content's hash and counts, who closed what and when, and the seal before."""
    values = [
        FORM,
        closing.previous_seal,
        closing.unit_id,
        closing.month,
        closing.closed_at.astimezone(UTC).isoformat(),
        closing.closed_by,
        content.people,
        content.days,
        content.sessions,
        content.sha256,
    ]
    return hashlib.sha256(_line(values)).hexdigest()


def _line(values: list[object]) -> bytes:
    return (json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
