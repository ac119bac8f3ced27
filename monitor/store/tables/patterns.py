"""Which patterns an office has switched on, and the words that people add to its reports."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Instant, String


class PatternSwitch(SQLModel, table=True):
    """A pattern was switched on or off, by whom and why; append-only, the newest row of a pattern counts.

    A pattern without a row is off.
    """

    __tablename__ = "pattern_switch"
    __table_args__ = (
        CheckConstraint(
            "pattern IN ('friday_early', 'no_out', 'pairs', 'last_minute', 'flood')", name="pattern"
        ),
        CheckConstraint("length(reason) > 0", name="reason"),
        Index("ix_pattern_switch_pattern", "pattern"),
    )

    id: int | None = Field(default=None, primary_key=True)
    pattern: str = Field(sa_type=String)
    switched_on: bool
    reason: str = Field(sa_type=String)
    switched_by: str = Field(sa_type=String)
    switched_at: datetime = Field(sa_type=Instant)


class ReportWords(SQLModel, table=True):
    """What somebody wrote into a unit's report: as JSON, by the names of the report's fields; append-only.

    `period` is the month (YYYY-MM) or the campaign's code. The newest row counts; figures are never stored.
    """

    __tablename__ = "report_words"
    __table_args__ = (Index("ix_report_words_unit_id_kind_period", "unit_id", "kind", "period"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=String)
    unit_id: int = Field(foreign_key="unit.id")
    period: str = Field(sa_type=String)
    words: str = Field(sa_type=String)
    written_by: str = Field(sa_type=String)
    written_at: datetime = Field(sa_type=Instant)
