"""Closed months: the period of a unit, its seals, its reopenings, and what waits to be adjusted."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Big, Day, Instant, Small, String


class Period(SQLModel, table=True):
    """A month of a unit's own records; it has a row once it has been closed for the first time.

    `status` is `closed` or `reopened`. It has no check on purpose: whatever else it may say, e.g. by
    a later version of the program, means closed (`store.queries.periods.closed`).
    """

    __tablename__ = "period"
    __table_args__ = (
        UniqueConstraint("unit_id", "month", name="uq_period_unit_month"),
        CheckConstraint("last_day >= first_day", name="span"),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    month: str = Field(sa_type=String)
    first_day: int = Field(sa_type=Day)
    last_day: int = Field(sa_type=Day)
    status: str = Field(sa_type=String)


class PeriodSeal(SQLModel, table=True):
    """One closing of a period, append-only: what was sealed, by whom, when.

    `content_sha256` covers the rows, `seal` this row and the period's previous seal
    (`monitor.periods.seal`).
    """

    __tablename__ = "period_seal"

    id: int | None = Field(default=None, primary_key=True)
    period_id: int = Field(foreign_key="period.id", index=True)
    closed_at: datetime = Field(sa_type=Instant)
    closed_by: str = Field(sa_type=String)
    people: int
    days: int
    sessions: int
    content_sha256: str = Field(sa_type=String)
    previous_seal: str = Field(sa_type=String)
    seal: str = Field(sa_type=String, unique=True)


class PeriodReopening(SQLModel, table=True):
    """A request to open a sealed period again, and its approval by somebody else."""

    __tablename__ = "period_reopening"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("approved_by IS NULL OR approved_by <> requested_by", name="two_people"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved"),
    )

    id: int | None = Field(default=None, primary_key=True)
    seal_id: int = Field(foreign_key="period_seal.id", unique=True)
    reason: str = Field(sa_type=String)
    requested_by: str = Field(sa_type=String)
    requested_at: datetime = Field(sa_type=Instant)
    approved_by: str | None = Field(default=None, sa_type=String)
    approved_at: datetime | None = Field(default=None, sa_type=Instant)


class PendingAdjustment(SQLModel, table=True):
    """What a closed record would become, were its period open (rules 8); pending while it has no end.

    `seq` is that of the sealed session, or of the one that would appear; -1 is the day's record.
    `before` and `after` are JSON: the columns that differ, the whole row where one would vanish or
    appear, and `null` where there is none. It ends `withdrawn_at` when it no longer holds, or
    `applied_at` when its period is reopened.
    """

    __tablename__ = "pending_adjustment"
    __table_args__ = (Index("ix_pending_adjustment_person_day", "person_id", "day"),)

    id: int | None = Field(default=None, sa_type=Big, primary_key=True)
    period_id: int = Field(foreign_key="period.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    day: int = Field(sa_type=Day)
    seq: int = Field(sa_type=Small)
    before: str = Field(sa_type=String)
    after: str = Field(sa_type=String)
    found_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    applied_at: datetime | None = Field(default=None, sa_type=Instant)
