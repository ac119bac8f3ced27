"""What clerks register: who entered and withdrew an excuse, removed roster entries, meetings and who came."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Instant, String, WallClock


class ExcuseEntry(SQLModel, table=True):
    """Who entered one excuse and, once it is withdrawn, who did that, when and why.

    `replaces_id` is the withdrawn excuse that this one was entered for; `entered_by` is '' of one that
    came by import and was withdrawn here.
    """

    __tablename__ = "excuse_entry"
    __table_args__ = (
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by = '')", name="withdrawn"),
        CheckConstraint("(entered_at IS NULL) = (entered_by = '')", name="entered"),
    )

    excuse_id: int = Field(foreign_key="excuse.id", primary_key=True)
    entered_by: str = Field(default="", sa_type=String)
    entered_at: datetime | None = Field(default=None, sa_type=Instant)
    replaces_id: int | None = Field(default=None, foreign_key="excuse.id")
    withdrawn_by: str = Field(default="", sa_type=String)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_reason: str = Field(default="", sa_type=String)


class RemovedRosterEntry(SQLModel, table=True):
    """A roster entry as it was before somebody took it off the roster, who did, when and why."""

    __tablename__ = "removed_roster_entry"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str = Field(sa_type=String)
    starts: int = Field(sa_type=WallClock)
    ends: int = Field(sa_type=WallClock)
    place: str = Field(default="", sa_type=String)
    document: str = Field(default="", sa_type=String)
    removed_by: str = Field(sa_type=String)
    removed_at: datetime = Field(sa_type=Instant)
    reason: str = Field(sa_type=String)


class Meeting(SQLModel, table=True):
    """A meeting of a unit; it never changes a verdict by itself.

    Who came is ticked at the door or, with a terminal, read from its punches from `open_before_minutes`
    before the start to the end.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("ends > starts", name="interval"),
        CheckConstraint("title <> ''", name="title"),
        CheckConstraint("open_before_minutes BETWEEN 0 AND 240", name="open_before"),
        CheckConstraint("(cancelled_at IS NULL) = (cancelled_by = '')", name="cancelled"),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    title: str = Field(sa_type=String)
    place: str = Field(default="", sa_type=String)
    organiser: str = Field(default="", sa_type=String)
    document: str = Field(default="", sa_type=String)
    starts: int = Field(sa_type=WallClock, index=True)
    ends: int = Field(sa_type=WallClock)
    terminal_id: int | None = Field(default=None, foreign_key="terminal.id")
    open_before_minutes: int = 60
    created_by: str = Field(sa_type=String)
    created_at: datetime = Field(sa_type=Instant)
    cancelled_by: str = Field(default="", sa_type=String)
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)
    cancelled_reason: str = Field(default="", sa_type=String)


class MeetingInvitation(SQLModel, table=True):
    """A person expected at a meeting, as what; a substitute comes for somebody who was invited."""

    __tablename__ = "meeting_invitation"
    __table_args__ = (
        CheckConstraint("role IN ('chair', 'member', 'guest', 'substitute')", name="role"),
        CheckConstraint("(role = 'substitute') = (instead_of_id IS NOT NULL)", name="instead_of"),
    )

    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    role: str = Field(default="member", sa_type=String)
    instead_of_id: int | None = Field(default=None, foreign_key="person.id")
    excuse_id: int | None = Field(default=None, foreign_key="excuse.id")


class MeetingArrival(SQLModel, table=True):
    """An invited person ticked at the door, at a time of the installation's clock."""

    __tablename__ = "meeting_arrival"

    meeting_id: int = Field(foreign_key="meeting.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    arrived: int = Field(sa_type=WallClock)
    recorded_by: str = Field(sa_type=String)
    recorded_at: datetime = Field(sa_type=Instant)
