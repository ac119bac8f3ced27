"""What becomes of a finding, step by step until it is closed, and who was told when a step was late."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Day, Instant, String

STEPS = ("request", "explanation", "conclusion", "notice", "plan", "done", "close")
"""In the order in which they are taken; `plan` and `done` only where an explanation was not accepted."""
SOURCES = ("", "product", "paper")
OUTCOMES = ("", "given", "none", "accepted", "not_accepted")


class Finding(SQLModel, table=True):
    """Something found about a person, or about the unit itself (no person), that is followed up.

    It comes from a visit whose minutes are signed, or from a citizens' report that was confirmed. `kinds` are
    codes joined by commas; `day` is the one it happened on, by which the heads of then are known.
    """

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint("(visit_id IS NULL) <> (report_id IS NULL)", name="origin"),
        CheckConstraint("kinds <> ''", name="kinds"),
        Index("uq_finding_visit_person", "visit_id", "person_id", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_type=String, unique=True)
    visit_id: int | None = Field(default=None, foreign_key="visit.id")
    report_id: int | None = Field(default=None, foreign_key="citizen_report.id", unique=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    day: int = Field(sa_type=Day)
    kinds: str = Field(sa_type=String)
    words: str = Field(default="", sa_type=String)
    opened_by: int = Field(foreign_key="account.id")
    opened_at: datetime = Field(sa_type=Instant)


class FindingStep(SQLModel, table=True):
    """One step, append-only; only its words may be emptied, when their time is over.

    `number`, `body`, `addressee`, `dated_on`: of an official paper. `due_on`: until when the next step is
    asked for. `done_on`: when something was handed in or done. `source`: how an explanation or a
    rectification came; `outcome`: given or none of an explanation, accepted or not of a conclusion.
    """

    __tablename__ = "finding_step"
    __table_args__ = (
        CheckConstraint(f"kind IN {STEPS}", name="kind"),
        CheckConstraint(f"source IN {SOURCES}", name="source"),
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        UniqueConstraint("finding_id", "seq"),
        UniqueConstraint("finding_id", "kind"),
    )

    id: int | None = Field(default=None, primary_key=True)
    finding_id: int = Field(foreign_key="finding.id")
    seq: int
    kind: str = Field(sa_type=String)
    taken_by: int = Field(foreign_key="account.id")
    taken_at: datetime = Field(sa_type=Instant)
    source: str = Field(default="", sa_type=String)
    outcome: str = Field(default="", sa_type=String)
    number: str = Field(default="", sa_type=String)
    body: str = Field(default="", sa_type=String)
    addressee: str = Field(default="", sa_type=String)
    dated_on: date | None = None
    due_on: date | None = None
    done_on: date | None = None
    words: str = Field(default="", sa_type=String)


class FindingPaper(SQLModel, table=True):
    """A paper of a step, as it was handed in."""

    __tablename__ = "finding_paper"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = Field(foreign_key="finding_step.id", index=True)
    name: str = Field(sa_type=String)
    media_type: str = Field(sa_type=String)
    bytes_count: int
    sha256: str = Field(sa_type=String)
    content: bytes = Field(sa_type=LargeBinary, repr=False)


class FindingReminder(SQLModel, table=True):
    """A written reminder that was issued because of a finding."""

    __tablename__ = "finding_reminder"

    finding_id: int = Field(foreign_key="finding.id", primary_key=True)
    reminder_id: int = Field(foreign_key="written_reminder.id", primary_key=True)


class FindingEscalation(SQLModel, table=True):
    """That a step was late and who stands above was told, once; no unit: nobody stands above."""

    __tablename__ = "finding_escalation"
    __table_args__ = (
        CheckConstraint(f"step IN {STEPS}", name="step"),
        UniqueConstraint("finding_id", "step"),
    )

    id: int | None = Field(default=None, primary_key=True)
    finding_id: int = Field(foreign_key="finding.id")
    step: str = Field(sa_type=String)
    due_on: date
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    told_at: datetime = Field(sa_type=Instant)
