"""Terminals that deliver by themselves: how each stands, who asks to be admitted, what pulls confirm."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Big, Instant, String, WallClock


class PushContact(SQLModel, table=True):
    """The last words with a pushing terminal, one row each; another serial number starts it afresh.

    `stamp` is the opaque token of the newest committed batch, `operations_stamp` that of the newest
    batch of its operation log. `oldest` is the oldest plausible punch
    that this serial ever delivered, `newest` that of the last acknowledged batch (its own clock);
    `lag_seconds` is how far the newest record of the last batch lay behind its arrival.
    `acknowledged_at` is empty while nothing is acknowledged or an upload had to be refused since,
    and `proven_at` is when the terminal last showed an empty queue (rules 7). At `broken_at` (its
    own clock) its log was cleared: what follows says nothing about the time before.
    """

    __tablename__ = "push_contact"

    terminal_id: int = Field(primary_key=True, foreign_key="terminal.id")
    serial: str = Field(sa_type=String)
    address: str = Field(default="", sa_type=String)
    firmware: str = Field(default="", sa_type=String)
    records: int | None = Field(default=None, sa_type=Big)
    first_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant)
    uploaded_at: datetime | None = Field(default=None, sa_type=Instant)
    stamp: str = Field(default="", sa_type=String)
    oldest: int | None = Field(default=None, sa_type=WallClock)
    newest: int | None = Field(default=None, sa_type=WallClock)
    lag_seconds: int | None = Field(default=None, sa_type=Big)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    proven_at: datetime | None = Field(default=None, sa_type=Instant)
    operations_stamp: str = Field(default="", sa_type=String)
    broken_at: int | None = Field(default=None, sa_type=WallClock)


class PendingTerminal(SQLModel, table=True):
    """A serial number that called and may not deliver: nothing of what it brought was stored.

    One that somebody rejected stays, so that it is not asked about again each time it calls.
    """

    __tablename__ = "pending_terminal"
    __table_args__ = (CheckConstraint("attempts > 0", name="attempts"),)

    serial: str = Field(sa_type=String, primary_key=True)
    address: str = Field(sa_type=String)
    first_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant, index=True)
    attempts: int = Field(default=1, sa_type=Big)
    rejected_at: datetime | None = Field(default=None, sa_type=Instant)
    rejected_by: str = Field(default="", sa_type=String, sa_column_kwargs={"server_default": ""})


class PushConfirmation(SQLModel, table=True):
    """A pushed punch that a pull found in the terminal's own log, too: nobody made it up."""

    __tablename__ = "push_confirmation"

    punch_id: int = Field(primary_key=True, foreign_key="punch.id", sa_type=Big)
    pull_id: int = Field(foreign_key="pull.id")


class TerminalEvent(SQLModel, table=True):
    """Something that was done to a terminal, by its own operation log; who did it is not kept.

    `device_time` is the terminal's clock. `log_cleared` and `factory_reset` lose what it had not delivered.
    """

    __tablename__ = "terminal_event"
    __table_args__ = (
        CheckConstraint("kind IN ('log_cleared', 'clock_set', 'factory_reset')", name="kind"),
        UniqueConstraint("terminal_id", "kind", "device_time"),
    )

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    terminal_id: int = Field(foreign_key="terminal.id")
    kind: str = Field(sa_type=String)
    device_time: int = Field(sa_type=WallClock)
    received_at: datetime = Field(sa_type=Instant)
