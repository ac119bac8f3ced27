"""Terminals that deliver by themselves: how each stands, who asks to be admitted, what pulls confirm."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Big, Instant, String, WallClock


class PushContact(SQLModel, table=True):
    """The last words with a pushing terminal, one row each; another serial number starts it afresh.

    `stamp` is the opaque token of the newest committed batch. `oldest` is the oldest plausible punch
    that this serial ever delivered, `newest` that of the last acknowledged batch (its own clock);
    `lag_seconds` is how far the newest record of the last batch lay behind its arrival.
    `acknowledged_at` is empty while nothing is acknowledged or an upload had to be refused since,
    and `proven_at` is when the terminal last showed an empty queue (rules 7).
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


class PendingTerminal(SQLModel, table=True):
    """A serial number that called and may not deliver: nothing of what it brought was stored."""

    __tablename__ = "pending_terminal"
    __table_args__ = (CheckConstraint("attempts > 0", name="attempts"),)

    serial: str = Field(sa_type=String, primary_key=True)
    address: str = Field(sa_type=String)
    first_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant, index=True)
    attempts: int = Field(default=1, sa_type=Big)


class PushConfirmation(SQLModel, table=True):
    """A pushed punch that a pull found in the terminal's own log, too: nobody made it up."""

    __tablename__ = "push_confirmation"

    punch_id: int = Field(primary_key=True, foreign_key="punch.id", sa_type=Big)
    pull_id: int = Field(foreign_key="pull.id")
