"""Explanations: a case for each person and day, its thread, papers, decisions and written reminders."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Instant, String, WallClock

STATES = ("open", "explained", "accepted", "refused", "decided")
NOTE_KINDS = ("asked", "explain", "sick", "maternity", "forgot", "wrong", "decided", "revoked", "escalated")
DECISION_KINDS = ("accept", "excuse", "manual", "refuse", "no_reason", "remind", "revoke")
EFFECT_KINDS = ("explained", "excuse", "manual", "reminder")


class DayCase(SQLModel, table=True):
    """What is to be said and decided about one person's day; its history is in notes and decisions.

    `due_at`: until when the person is asked to explain; `decide_by`: when the level above takes over, None
    while nothing waits. `level` counts how often it did. `for_hr`: the reasons are for HR alone.
    """

    __tablename__ = "day_case"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("level >= 0", name="level"),
        Index("uq_day_case_person_day", "person_id", "on_date", unique=True),
        Index("ix_day_case_state", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    on_date: date
    state: str = Field(default="open", sa_type=String)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    decide_by: datetime | None = Field(default=None, sa_type=Instant)
    level: int = 0
    for_hr: bool = False


class CaseNote(SQLModel, table=True):
    """One entry of a case's thread, append-only; only its words may be emptied, when their time is over.

    `author_id` None: the program itself. `asked_time` is the punch that was forgotten.
    """

    __tablename__ = "case_note"
    __table_args__ = (CheckConstraint(f"kind IN {NOTE_KINDS}", name="kind"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="day_case.id", index=True)
    written_at: datetime = Field(sa_type=Instant)
    author_id: int | None = Field(default=None, foreign_key="account.id")
    kind: str = Field(sa_type=String)
    body: str = Field(default="", sa_type=String)
    asked_time: int | None = Field(default=None, sa_type=WallClock)
    witness: str = Field(default="", sa_type=String)


class Attachment(SQLModel, table=True):
    """A paper of a note, as it was handed in; kept here so that copies and erasure take it along."""

    __tablename__ = "attachment"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    note_id: int = Field(foreign_key="case_note.id", index=True)
    name: str = Field(sa_type=String)
    media_type: str = Field(sa_type=String)
    bytes_count: int
    sha256: str = Field(sa_type=String)
    for_hr: bool = False
    content: bytes = Field(sa_type=LargeBinary, repr=False)


class CaseDecision(SQLModel, table=True):
    """One decision about a case, append-only; the newest is in force and names the one it replaces."""

    __tablename__ = "case_decision"
    __table_args__ = (CheckConstraint(f"kind IN {DECISION_KINDS}", name="kind"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="day_case.id", index=True)
    kind: str = Field(sa_type=String)
    decided_at: datetime = Field(sa_type=Instant)
    decider_id: int = Field(foreign_key="account.id")
    level: int = 0
    reason: str = Field(default="", sa_type=String)
    replaces_id: int | None = Field(default=None, foreign_key="case_decision.id", unique=True)


class DecisionEffect(SQLModel, table=True):
    """A row that a decision made elsewhere: an excuse, a manual punch, an explained day, a reminder's day.

    `target_id` is that row's id (of an explained day: the case's). A withdrawn effect stays, marked.
    """

    __tablename__ = "decision_effect"
    __table_args__ = (CheckConstraint(f"kind IN {EFFECT_KINDS}", name="kind"),)

    decision_id: int = Field(foreign_key="case_decision.id", primary_key=True)
    kind: str = Field(sa_type=String, primary_key=True)
    target_id: int = Field(primary_key=True)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)


class WrittenReminder(SQLModel, table=True):
    """Lời nhắc bằng văn bản: who reminded whom, by which document, of which rule. Never deleted."""

    __tablename__ = "written_reminder"
    __table_args__ = (
        CheckConstraint("number <> '' AND issuer <> '' AND rule_cited <> ''", name="named"),
        Index("ix_written_reminder_person_id", "person_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    issuer: str = Field(sa_type=String)
    number: str = Field(sa_type=String)
    issued_on: date
    rule_cited: str = Field(sa_type=String)
    body: str = Field(default="", sa_type=String)
    author_id: int = Field(foreign_key="account.id")
    written_at: datetime = Field(sa_type=Instant)


class ReminderDay(SQLModel, table=True):
    """A day that a reminder is about; withdrawn with the decision that put it there."""

    __tablename__ = "reminder_day"

    id: int | None = Field(default=None, primary_key=True)
    reminder_id: int = Field(foreign_key="written_reminder.id", index=True)
    on_date: date
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
