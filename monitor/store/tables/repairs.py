"""What people and the intake itself decided about deliveries afterwards, and what is wrong right now."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import STRICT, STRICT_BY_KEY, Big, Instant, String, WallClock


class ImportUndo(SQLModel, table=True):
    """An imported file that counts no longer; its punches stay. Append-only (a trigger)."""

    __tablename__ = "import_undo"

    import_id: int = Field(primary_key=True, foreign_key="file_import.id")
    undone_at: datetime = Field(sa_type=Instant)
    undone_by: str = Field(sa_type=String)
    reason: str = Field(sa_type=String)


class PunchSupport(SQLModel, table=True):
    """A punch of a file that came again: from the terminal itself (`import_id` 0) or by another file.

    With such a row the punch outlives the undoing of the file that brought it first.
    """

    __tablename__ = "punch_support"
    __table_args__ = (Index("ix_punch_support_import_id", "import_id"), STRICT_BY_KEY)

    punch_id: int = Field(primary_key=True, foreign_key="punch.id", sa_type=Big)
    import_id: int = Field(primary_key=True, sa_type=Big)


class WithheldPunch(SQLModel, table=True):
    """A punch that counts for nobody: only files that were undone have brought it.

    Derived from undone imports and supports within their transactions, so that the rules ask one
    table that is nearly always empty.
    """

    __tablename__ = "withheld_punch"
    __table_args__ = (STRICT,)

    punch_id: int = Field(primary_key=True, foreign_key="punch.id", sa_type=Big)


class QuarantineDecision(SQLModel, table=True):
    """What became of a record that was set aside. Append-only (a trigger); the newest one holds.

    `readmitted`: the intake itself took it in, for its time had come true. `released`: a person did, as
    it is. `corrected`: a person gave the true time; the punch has it, the record keeps the raw one.
    `dismissed`: a person found it untrue; it is kept, and never taken in again by itself.
    """

    __tablename__ = "quarantine_decision"
    __table_args__ = (
        CheckConstraint("decision IN ('readmitted', 'released', 'corrected', 'dismissed')", name="decision"),
        CheckConstraint("(decision = 'dismissed') = (punch_id IS NULL)", name="punch"),
        CheckConstraint("(decision = 'corrected') = (corrected_time IS NOT NULL)", name="time"),
        UniqueConstraint("record_id", "decision", name="uq_quarantine_decision_once"),
        Index("ix_quarantine_decision_punch_id", "punch_id"),
    )

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    record_id: int = Field(foreign_key="quarantined_record.id", sa_type=Big)
    decision: str = Field(sa_type=String)
    decided_at: datetime = Field(sa_type=Instant)
    decided_by: str = Field(sa_type=String)
    reason: str = Field(sa_type=String)
    corrected_time: int | None = Field(default=None, sa_type=WallClock)
    punch_id: int | None = Field(default=None, foreign_key="punch.id", sa_type=Big)


class ClockSighting(SQLModel, table=True):
    """How far a terminal's clock was ahead of ours when it was last heard of, one row each.

    A pull reads the clock (`exact`); an upload only shows that it is at least as late as its newest punch.
    """

    __tablename__ = "clock_sighting"

    terminal_id: int = Field(primary_key=True, foreign_key="terminal.id")
    seen_at: datetime = Field(sa_type=Instant)
    offset_seconds: int = Field(sa_type=Big)
    exact: bool


class Alarm(SQLModel, table=True):
    """Something that was wrong from `opened_at` on; at most one open row for each kind and subject.

    `subject` is a terminal's code, a serial number, a job's name, or '' for the installation.
    """

    __tablename__ = "alarm"
    __table_args__ = (
        CheckConstraint("severity IN ('warning', 'serious')", name="severity"),
        Index(
            "uq_alarm_open",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    kind: str = Field(sa_type=String)
    subject: str = Field(sa_type=String)
    terminal_id: int | None = Field(default=None, foreign_key="terminal.id", index=True)
    severity: str = Field(sa_type=String)
    content: str = Field(default="{}", sa_type=String)
    opened_at: datetime = Field(sa_type=Instant)
    last_seen_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
