"""Terminals, contacts with them, and the hours for which their logs are known to be complete."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, false, text
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Big, Instant, String, WallClock


class Terminal(SQLModel, table=True):
    """A source of punches. `comm_key` and `push_key` are secrets: never exported, never logged.

    `transport` is how it is spoken to ('' = its kind's usual way; `devices.transport`). `layout` is the
    record layout last proven for this serial. A terminal that delivers by itself may do so from
    `push_network` only ('' = any allowed network), and with its `push_key` ('' = none is asked for);
    `push_timezone` is the TimeZone it is told ('' = its zone's whole hours, `off` = none: some firmware
    moves its clock by it). One that is `switched_off` is neither read by itself nor missed; what it delivers
    all the same is stored.
    """

    __tablename__ = "terminal"
    __table_args__ = (
        CheckConstraint("kind IN ('zk', 'zk_push', 'hikvision', 'dahua', 'biotime', 'file')", name="kind"),
        CheckConstraint("direction IN ('', 'in', 'out')", name="direction"),
        CheckConstraint("port BETWEEN 0 AND 65535", name="port"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_type=String, unique=True)
    name: str = Field(sa_type=String)
    kind: str = Field(sa_type=String)
    host: str = Field(default="", sa_type=String)
    port: int = 4370
    transport: str = Field(default="", sa_type=String)
    serial: str | None = Field(default=None, sa_type=String, unique=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    timezone: str = Field(default="Asia/Ho_Chi_Minh", sa_type=String)
    direction: str = Field(default="", sa_type=String)
    comm_key: str = Field(default="", sa_type=String, repr=False)
    push: bool = False
    push_network: str = Field(default="", sa_type=String)
    push_timezone: str = Field(default="", sa_type=String)
    push_key: str = Field(default="", sa_type=String, repr=False)
    installed_on: date | None = None
    layout: str = Field(default="", sa_type=String)
    switched_off: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Pull(SQLModel, table=True):
    """One contact with a terminal and what came of it; `error_code` is '' when it went well.

    `clock_lost`: since the contact before it took records while its clock had lost its time; nobody knows
    when, so nothing in between is covered (rules 7). `gap_open`: by now its log may have lost records, and
    this contact could not say from what hour on it is known again, for its clock was impossible; so the
    next one that can begins anew.
    """

    __tablename__ = "pull"
    __table_args__ = (
        Index("ix_pull_terminal_id_started_at", "terminal_id", "started_at"),
        Index(
            "ix_pull_clock_lost",
            "terminal_id",
            sqlite_where=text("clock_lost"),
            postgresql_where=text("clock_lost"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    terminal_id: int = Field(foreign_key="terminal.id")
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime = Field(sa_type=Instant)
    error_code: str = Field(default="", sa_type=String)
    error_values: str = Field(default="{}", sa_type=String)
    serial: str = Field(default="", sa_type=String)
    firmware: str = Field(default="", sa_type=String)
    count_before: int | None = None
    count_after: int | None = None
    capacity: int | None = None
    users: int | None = None
    lines: int = 0
    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    device_time: int | None = Field(default=None, sa_type=WallClock)
    clock_offset_seconds: int | None = None
    layout: str = Field(default="", sa_type=String)
    clock_lost: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    gap_open: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class PullRequest(SQLModel, table=True):
    """Somebody asked to read a terminal now; a job claims the row, the page polls it."""

    __tablename__ = "pull_request"

    id: int | None = Field(default=None, primary_key=True)
    terminal_id: int = Field(foreign_key="terminal.id", index=True)
    asked_at: datetime = Field(sa_type=Instant)
    asked_by: str = Field(sa_type=String)
    claimed_at: datetime | None = Field(default=None, sa_type=Instant)
    pull_id: int | None = Field(default=None, foreign_key="pull.id")


class RejectedRead(SQLModel, table=True):
    """The raw bytes of a read that was refused as a whole, kept for diagnosis."""

    __tablename__ = "rejected_read"

    id: int | None = Field(default=None, primary_key=True)
    pull_id: int = Field(foreign_key="pull.id", index=True)
    raw: bytes = Field(sa_type=LargeBinary)


class CoverageInterval(SQLModel, table=True):
    """A closed interval of a terminal's own clock for which its log is complete here (rules 7).

    `source`: `pull`, `push`, `file` (an operator's word about a file) or `declared` (coverage.csv,
    taken as it stands: silent days do not cut it). `import_id` is the file that an operator's word is about.
    """

    __tablename__ = "coverage_interval"
    __table_args__ = (
        CheckConstraint("ends >= starts", name="interval"),
        CheckConstraint("source IN ('pull', 'push', 'file', 'declared')", name="source"),
        Index("ix_coverage_interval_terminal_id_starts", "terminal_id", "starts"),
    )

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    terminal_id: int = Field(foreign_key="terminal.id")
    starts: int = Field(sa_type=WallClock)
    ends: int = Field(sa_type=WallClock)
    source: str = Field(sa_type=String)
    pull_id: int | None = Field(default=None, foreign_key="pull.id")
    import_id: int | None = None
