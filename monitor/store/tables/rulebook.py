"""What the rules take as input besides punches: regulations, calendar, excuses, roster, allowances."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Instant, Real, String, WallClock

COUNTED = text("status <> 'rejected'")
"""Written out, for an index serves only queries with the same words."""


class RegulationVersion(SQLModel, table=True):
    """One dated version of a regulation and its settings (rules 1, 2.2, 9)."""

    __tablename__ = "regulation_version"
    __table_args__ = (
        CheckConstraint("marks IN (0, 1, 2, 4)", name="marks"),
        CheckConstraint("grace_counts IN ('whole', 'excess')", name="grace_counts"),
        CheckConstraint("direction IN ('ignore', 'state', 'terminal')", name="direction"),
        CheckConstraint("document <> ''", name="document"),
        CheckConstraint(
            "grace_late_minutes >= 0 AND grace_early_minutes >= 0 AND open_before_minutes >= 0 AND "
            "close_after_minutes >= 0 AND repeat_within_seconds >= 0 AND chain_within_minutes >= 0 AND "
            "missing_mark_credit_minutes >= 0",
            name="durations",
        ),
        Index("uq_regulation_version_code_start", "code", "valid_from", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_type=String)
    title: str = Field(sa_type=String)
    document: str = Field(sa_type=String)
    valid_from: date
    marks: int = 4
    grace_late_minutes: int = 0
    grace_early_minutes: int = 0
    open_before_minutes: int = 120
    close_after_minutes: int = 240
    repeat_within_seconds: int = 30
    chain_within_minutes: int = 60
    grace_counts: str = Field(default="whole", sa_type=String)
    direction: str = Field(default="ignore", sa_type=String)
    truncate_to_minute: bool = False
    missing_mark_credit_minutes: int = 0
    late_is_absent_after_minutes: int | None = None
    early_is_absent_after_minutes: int | None = None


class RegulationTarget(SQLModel, table=True):
    """Whom a version applies to: everybody (no unit, no person), a unit's subtree, or one person."""

    __tablename__ = "regulation_target"
    __table_args__ = (
        CheckConstraint("unit_id IS NULL OR person_id IS NULL", name="one_target"),
        # Two versions with the same target and start are refused (rules 2.2).
        Index(
            "uq_regulation_target_start",
            text("coalesce(unit_id, 0)"),
            text("coalesce(person_id, 0)"),
            "valid_from",
            unique=True,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    regulation_id: int = Field(foreign_key="regulation_version.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    valid_from: date


class RegulationSession(SQLModel, table=True):
    """One session of a version's week; `weekdays` are ISO digits in order, e.g. `12345`.

    `start_seconds` counts from midnight of the work date; `end_seconds` is above 86,400 when the
    session ends on the next day; `cong` None means an equal share of its weekday.
    """

    __tablename__ = "regulation_session"
    __table_args__ = (
        CheckConstraint("start_seconds >= 0 AND start_seconds < 86400", name="start"),
        CheckConstraint("end_seconds > start_seconds AND end_seconds <= start_seconds + 86400", name="end"),
        CheckConstraint("weekdays <> ''", name="weekdays"),
    )

    id: int | None = Field(default=None, primary_key=True)
    regulation_id: int = Field(foreign_key="regulation_version.id", index=True)
    name: str = Field(sa_type=String)
    weekdays: str = Field(sa_type=String)
    start_seconds: int
    end_seconds: int
    cong: float | None = Field(default=None, sa_type=Real)


class CalendarDay(SQLModel, table=True):
    """A special day, for the whole country (no unit) or a unit's subtree (rules 2.3)."""

    __tablename__ = "calendar_day"
    __table_args__ = (
        CheckConstraint("kind IN ('off', 'makeup', 'work')", name="kind"),
        CheckConstraint("status IN ('F', 'C', 'P')", name="status"),
        Index("uq_calendar_day_scope", "on_date", text("coalesce(unit_id, 0)"), unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    on_date: date
    kind: str = Field(sa_type=String)
    name: str = Field(sa_type=String)
    for_date: date | None = None
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    document: str = Field(default="", sa_type=String)
    status: str = Field(default="F", sa_type=String)


class ExcuseType(SQLModel, table=True):
    """Catalogue of excuse types with their timesheet symbols."""

    __tablename__ = "excuse_type"

    code: str = Field(sa_type=String, primary_key=True)
    name: str = Field(sa_type=String)
    symbol: str = Field(sa_type=String)
    paid: bool = True
    counts_cong: bool = True
    needs_document: bool = False
    sensitive: bool = False


class Excuse(SQLModel, table=True):
    """A record that explains being away; only approved ones count (rules 5)."""

    __tablename__ = "excuse"
    __table_args__ = (
        CheckConstraint("ends >= starts", name="interval"),
        CheckConstraint("status IN ('approved', 'pending', 'rejected')", name="status"),
        # One that was rejected or withdrawn stays, and may be entered again.
        Index(
            "uq_excuse_identity",
            *("person_id", "type_code", "starts"),
            unique=True,
            sqlite_where=COUNTED,
            postgresql_where=COUNTED,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    type_code: str = Field(foreign_key="excuse_type.code", sa_type=String)
    starts: int = Field(sa_type=WallClock)
    ends: int = Field(sa_type=WallClock)
    status: str = Field(default="approved", sa_type=String)
    document: str = Field(default="", sa_type=String)
    document_date: date | None = None
    entered_at: int | None = Field(default=None, sa_type=WallClock)


class ExemptFinding(SQLModel, table=True):
    """When an inspection found a person away: where the person is exempt, that is absence (rules 2)."""

    __tablename__ = "exempt_finding"
    __table_args__ = (
        CheckConstraint("ends >= starts", name="interval"),
        Index("uq_exempt_finding_identity", "person_id", "starts", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    starts: int = Field(sa_type=WallClock)
    ends: int = Field(sa_type=WallClock)
    document: str = Field(sa_type=String)


class RosterEntry(SQLModel, table=True):
    """A rostered duty, extra session, overtime or release of one person (rules 2.5)."""

    __tablename__ = "roster_entry"
    __table_args__ = (
        CheckConstraint("ends > starts", name="interval"),
        CheckConstraint("kind IN ('duty', 'extra', 'overtime', 'release')", name="kind"),
        Index("uq_roster_entry_identity", "person_id", "kind", "starts", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    kind: str = Field(sa_type=String)
    starts: int = Field(sa_type=WallClock)
    ends: int = Field(sa_type=WallClock)
    place: str = Field(default="", sa_type=String)
    document: str = Field(default="", sa_type=String)


class Allowance(SQLModel, table=True):
    """Minutes a day a person may use in working time, from a day to a day (rules 6)."""

    __tablename__ = "allowance"
    __table_args__ = (
        CheckConstraint("minutes > 0 AND minutes <= 1440", name="minutes"),
        CheckConstraint("place IN ('start', 'end', 'either')", name="place"),
        CheckConstraint("kind IN ('nursing', 'pregnancy', 'other')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        Index("uq_allowance_identity", "person_id", "kind", "place", "valid_from", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    kind: str = Field(sa_type=String)
    minutes: int
    place: str = Field(sa_type=String)
    valid_from: date
    valid_to: date | None = None
    document: str = Field(default="", sa_type=String)


class ExplainedDay(SQLModel, table=True):
    """A day whose explanation was accepted (rules 5: adds a reason, changes nothing else).

    One with `withdrawn_at` counts no more; accepting anew clears it (the decisions tell the history).
    """

    __tablename__ = "explained_day"

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    on_date: date = Field(primary_key=True)
    accepted_by: str = Field(sa_type=String)
    accepted_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
