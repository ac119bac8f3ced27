"""Signing a unit's month before it is closed, and what the people on it say of their own rows."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Instant, String


class MonthStep(SQLModel, table=True):
    """One step that was taken with a unit's month, append-only; what holds now follows from all of them.

    `step`: `submit`, `confirm`, `approve`, `close`, or `return` and `reopen`, after which nothing holds.
    `content_sha256` is what was signed (`monitor.periods.signed`); `people` is JSON, person id -> the
    digest of that person's own rows, so that it can be said whose rows changed afterwards.
    """

    __tablename__ = "month_step"
    __table_args__ = (Index("ix_month_step_unit_id_month", "unit_id", "month"),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    month: str = Field(sa_type=String)
    step: str = Field(sa_type=String)
    taken_by: str = Field(sa_type=String)
    taken_at: datetime = Field(sa_type=Instant)
    note: str = Field(default="", sa_type=String)
    content_sha256: str = Field(sa_type=String)
    people: str = Field(default="{}", sa_type=String)


class MonthReply(SQLModel, table=True):
    """What somebody said of their own rows of a unit's month; append-only, the newest one counts.

    It counts as long as `content_sha256`, the digest of those rows, is still what it was.
    """

    __tablename__ = "month_reply"
    __table_args__ = (
        CheckConstraint("answer IN ('agree', 'object')", name="answer"),
        Index("ix_month_reply_unit_id_month", "unit_id", "month"),
        Index("ix_month_reply_person_id", "person_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int = Field(foreign_key="unit.id")
    month: str = Field(sa_type=String)
    answer: str = Field(sa_type=String)
    text: str = Field(default="", sa_type=String)
    answered_at: datetime = Field(sa_type=Instant)
    content_sha256: str = Field(sa_type=String)
