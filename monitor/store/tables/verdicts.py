"""What the rules made: session, day and overtime records, silent days, and the queue of days to recompute."""

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import STRICT_BY_KEY, STRICT_NEW_IDS, Big, Day, Real, Small, String, WallClock

PENDING = text("status = 6")
"""As in `rules.codes.Status`; written out, for an index serves only queries with the same words."""

LONG = text("window_to - window_from > 259200")
"""A window of more than three days: that of a chain of duties (rules 3, chained blocks)."""


class StaleSpan(SQLModel, table=True):
    """Days of a person, both ends inclusive, whose records must be recomputed.

    With `punched_from` and `punched_to` only punches of that day between these times are the reason: of
    the days around it only those are touched whose windows hold them (`records.touched`). Rows are only
    added and, once recomputed, deleted by id, so a mark made meanwhile survives; for that, no id may ever
    come again.
    """

    __tablename__ = "stale_span"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="span"), STRICT_NEW_IDS)

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    first_day: int = Field(sa_type=Day)
    last_day: int = Field(sa_type=Day)
    punched_from: int | None = Field(default=None, sa_type=WallClock)
    punched_to: int | None = Field(default=None, sa_type=WallClock)


class SilentDay(SQLModel, table=True):
    """A terminal's day that was last judged silent: its coverage does not count (rules 7).

    Kept because one person's leave can decide it for all others: when it changes, they are marked.
    """

    __tablename__ = "silent_day"
    __table_args__ = (STRICT_BY_KEY,)

    terminal_id: int = Field(foreign_key="terminal.id", primary_key=True)
    day: int = Field(sa_type=Day, primary_key=True)


class SessionRecord(SQLModel, table=True):
    """A stored row of `rules.columns.SessionRecords`; see there for every column.

    `seq` counts the day's sessions from 0. `extras`, `outside` hold punch ids, `uncovered` terminal
    ids, each separated by spaces. `punch_in`, `punch_out` are negative for manual punches.
    """

    __tablename__ = "session_record"
    __table_args__ = (
        Index("ix_session_record_day_unit_id", "day", "unit_id"),
        # The few that time itself may still decide, and the few that a chain ties to far-away days.
        Index("ix_session_record_pending", "window_to", sqlite_where=PENDING, postgresql_where=PENDING),
        Index("ix_session_record_long", "person_id", sqlite_where=LONG, postgresql_where=LONG),
        STRICT_BY_KEY,
    )

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    day: int = Field(sa_type=Day, primary_key=True)
    seq: int = Field(sa_type=Small, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    regulation_id: int | None = Field(default=None, foreign_key="regulation_version.id")
    kind: int = Field(sa_type=Small)
    name: str = Field(sa_type=String)
    starts: int = Field(sa_type=WallClock)
    ends: int = Field(sa_type=WallClock)
    due_from: int = Field(sa_type=WallClock)
    due_to: int = Field(sa_type=WallClock)
    window_from: int | None = Field(default=None, sa_type=WallClock)
    window_to: int | None = Field(default=None, sa_type=WallClock)
    time_in: int | None = Field(default=None, sa_type=WallClock)
    time_out: int | None = Field(default=None, sa_type=WallClock)
    punch_in: int | None = Field(default=None, sa_type=Big)
    punch_out: int | None = Field(default=None, sa_type=Big)
    status: int = Field(sa_type=Small)
    late_seconds: int
    early_seconds: int
    worked_seconds: int
    symbol: str = Field(sa_type=String)
    cong: float = Field(sa_type=Real)
    reasons: int
    rule_version: str = Field(sa_type=String)
    extras: str = Field(sa_type=String)
    outside: str = Field(sa_type=String)
    uncovered: str = Field(sa_type=String)


class DayRecord(SQLModel, table=True):
    """A stored row of `rules.columns.DayRecords`."""

    __tablename__ = "day_record"
    __table_args__ = (Index("ix_day_record_day_unit_id", "day", "unit_id"), STRICT_BY_KEY)

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    day: int = Field(sa_type=Day, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    status: int = Field(sa_type=Small)
    late_seconds: int
    early_seconds: int
    worked_seconds: int
    cong: float = Field(sa_type=Real)
    reasons: int


class OvertimeRecord(SQLModel, table=True):
    """A stored row of `rules.columns.OvertimeRecords`; `seq` counts the date's rows from 0.

    `entry_id` is the roster entry's; no foreign key, for the row of a closed period outlives it.
    """

    __tablename__ = "overtime_record"
    __table_args__ = (Index("ix_overtime_record_day_unit_id", "day", "unit_id"), STRICT_BY_KEY)

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    day: int = Field(sa_type=Day, primary_key=True)
    seq: int = Field(sa_type=Small, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    entry_id: int
    kind: int = Field(sa_type=Small)
    starts: int = Field(sa_type=WallClock)
    ends: int = Field(sa_type=WallClock)
    present_from: int | None = Field(default=None, sa_type=WallClock)
    present_to: int | None = Field(default=None, sa_type=WallClock)
    seconds: int
    night_seconds: int
