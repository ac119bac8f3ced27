"""Reports from citizens: what was told, by whom (apart and sealed), what it came to, who may receive them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Instant, String, WallClock

SOURCES = ("hotline", "in_person", "letter", "portal", "press")
OUTCOMES = ("confirmed", "not_confirmed", "no_data")


class CitizenReport(SQLModel, table=True):
    """A report as a receiving officer wrote it down; `happened_at` None: no time was told.

    Nothing of it changes but that words and person are erased when their time is over (`erased_at`): what
    the statistics count stays.
    """

    __tablename__ = "citizen_report"
    __table_args__ = (CheckConstraint(f"source IN {SOURCES}", name="source"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_type=String, unique=True)
    source: str = Field(sa_type=String)
    received_at: int = Field(sa_type=WallClock)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    happened_at: int | None = Field(default=None, sa_type=WallClock)
    words: str = Field(default="", sa_type=String)
    received_by: int = Field(foreign_key="account.id")
    entered_at: datetime = Field(sa_type=Instant)
    erased_at: datetime | None = Field(default=None, sa_type=Instant)


class CitizenReporter(SQLModel, table=True):
    """Who reported, sealed with a key of the installation's; an anonymous report has no row here."""

    __tablename__ = "citizen_reporter"

    report_id: int = Field(foreign_key="citizen_report.id", primary_key=True)
    sealed: str = Field(sa_type=String, repr=False)


class CitizenReportPaper(SQLModel, table=True):
    """A paper that came with a report."""

    __tablename__ = "citizen_report_paper"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    report_id: int = Field(foreign_key="citizen_report.id", index=True)
    name: str = Field(sa_type=String)
    media_type: str = Field(sa_type=String)
    bytes_count: int
    sha256: str = Field(sa_type=String)
    content: bytes = Field(sa_type=LargeBinary, repr=False)


class CitizenReportOutcome(SQLModel, table=True):
    """What a report came to, append-only; the newest row counts."""

    __tablename__ = "citizen_report_outcome"
    __table_args__ = (CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),)

    id: int | None = Field(default=None, primary_key=True)
    report_id: int = Field(foreign_key="citizen_report.id", index=True)
    outcome: str = Field(sa_type=String)
    reason: str = Field(default="", sa_type=String)
    concluded_by: int = Field(foreign_key="account.id")
    concluded_at: datetime = Field(sa_type=Instant)


class ReportOfficer(SQLModel, table=True):
    """An inspector's account that receives reports about a unit and those below it (None: all units)."""

    __tablename__ = "report_officer"
    __table_args__ = (CheckConstraint("(ended_at IS NULL) = (ended_by = '')", name="ended"),)

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    document: str = Field(sa_type=String)
    named_by: str = Field(sa_type=String)
    named_at: datetime = Field(sa_type=Instant)
    ended_by: str = Field(default="", sa_type=String)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
