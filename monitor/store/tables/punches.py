"""Punches: append-only, each once, with the bytes they came in; and what was set aside."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import STRICT, Big, Instant, Small, String, WallClock

SOURCES = "source IN ('pull', 'push', 'file')"


class FileImport(SQLModel, table=True):
    """One imported punch file; its punches can be told by this row."""

    __tablename__ = "file_import"

    id: int | None = Field(default=None, primary_key=True)
    terminal_id: int = Field(foreign_key="terminal.id", index=True)
    file_name: str = Field(sa_type=String)
    sha256: str = Field(sa_type=String)
    layout: str = Field(sa_type=String)
    imported_at: datetime = Field(sa_type=Instant)
    lines: int
    stored: int
    duplicates: int
    quarantined: int


class Punch(SQLModel, table=True):
    """One identification at a terminal. Identity: terminal, device user id, time to the second.

    `device_time` is the terminal's own wall clock, never rewritten. `received_at` is seconds since
    1970 in UTC. `verify` and `state` are raw codes of the first delivery, -1 where it had none.
    The database refuses UPDATE and DELETE (a trigger of the first migration).
    """

    __tablename__ = "punch"
    __table_args__ = (
        CheckConstraint(SOURCES, name="source"),
        # In the order of a terminal's log, which is asked for by its times: one index less to write than
        # with the person before the time, and a delivery's punches lie side by side in it.
        UniqueConstraint("terminal_id", "device_time", "device_user_id", name="uq_punch_identity"),
        # All that judging asks of a punch: what somebody did in some weeks is read without the table.
        Index(
            "ix_punch_device_user_id_device_time_terminal_id_state",
            *("device_user_id", "device_time", "terminal_id", "state"),
        ),
        STRICT,
    )

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    terminal_id: int = Field(foreign_key="terminal.id")
    device_user_id: str = Field(sa_type=String)
    device_time: int = Field(sa_type=WallClock)
    verify: int = Field(sa_type=Small)
    state: int = Field(sa_type=Small)
    work_code: int = Field(sa_type=Big)
    source: str = Field(sa_type=String)
    received_at: int = Field(sa_type=Big)
    pull_id: int | None = Field(default=None, foreign_key="pull.id")
    import_id: int | None = Field(default=None, foreign_key="file_import.id")
    raw: bytes = Field(sa_type=LargeBinary)


class PunchVariant(SQLModel, table=True):
    """A later delivery of a stored punch whose attributes differ; the first one stays (rules 9).

    `import_id` is the file that said so, as long as only files did.
    """

    __tablename__ = "punch_variant"
    __table_args__ = (
        UniqueConstraint("punch_id", "verify", "state", name="uq_punch_variant_content"),
        STRICT,
    )

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    punch_id: int = Field(foreign_key="punch.id", sa_type=Big)
    verify: int = Field(sa_type=Small)
    state: int = Field(sa_type=Small)
    source: str = Field(sa_type=String)
    received_at: int = Field(sa_type=Big)
    import_id: int | None = None


class QuarantinedRecord(SQLModel, table=True):
    """A record that is kept, shown and used by nothing; `QuarantineDecision` tells what became of it."""

    __tablename__ = "quarantined_record"
    __table_args__ = (
        CheckConstraint(SOURCES, name="source"),
        UniqueConstraint("terminal_id", "reason", "raw", name="uq_quarantined_record_content"),
        STRICT,
    )

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    terminal_id: int = Field(foreign_key="terminal.id")
    reason: str = Field(sa_type=String)
    raw: bytes = Field(sa_type=LargeBinary)
    device_user_id: str = Field(sa_type=String)
    device_time: str = Field(sa_type=String)
    verify: int = Field(sa_type=Small)
    state: int = Field(sa_type=Small)
    work_code: int = Field(default=0, sa_type=Big, sa_column_kwargs={"server_default": "0"})
    source: str = Field(sa_type=String)
    received_at: int = Field(sa_type=Big)
    pull_id: int | None = Field(default=None, foreign_key="pull.id")
    import_id: int | None = Field(default=None, foreign_key="file_import.id")


class ManualPunch(SQLModel, table=True):
    """An approved punch for somebody who forgot to identify (quên chấm công, rules 5).

    One with `withdrawn_at` counts no more: the decision that made it was revoked.
    """

    __tablename__ = "manual_punch"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    time: int = Field(sa_type=WallClock)
    approved_by: str = Field(sa_type=String)
    approved_at: datetime = Field(sa_type=Instant)
    reason: str = Field(sa_type=String)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
