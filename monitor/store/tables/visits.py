"""Visits of an inspection: who was expected at a moment, what was found, the minutes, the signed copy."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Big, Day, Instant, String, WallClock


class Visit(SQLModel, table=True):
    """A check of one unit at `frozen_at`, the moment T by the installation's clock.

    `number` counts the minutes of a `body` in a `year`, from the first version on. Once a signed copy is
    stored, neither this row nor anything found changes any more: the database itself refuses.
    """

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("(number IS NULL) = (year IS NULL)", name="number"),
        Index("uq_visit_number", "body", "year", "number", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_type=String, unique=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    unit_id: int = Field(foreign_key="unit.id")
    day: int = Field(sa_type=Day)
    frozen_at: int = Field(sa_type=WallClock)
    made_by: int = Field(foreign_key="account.id")
    made_at: datetime = Field(sa_type=Instant)
    body: str = Field(default="", sa_type=String)
    year: int | None = None
    number: int | None = None


class VisitPerson(SQLModel, table=True):
    """A person of the unit as the system knew them at T; never computed again.

    `kind`: expected at that time, away with a document, on duty, exempt from punching, or off (no session
    then). `last_punch` is of that day, before T. `flag` says what is wrong with the document (`after_t`).
    """

    __tablename__ = "visit_person"
    __table_args__ = (
        CheckConstraint("kind IN ('expected', 'away', 'duty', 'exempt', 'off')", name="kind"),
        CheckConstraint("flag IN ('', 'after_t')", name="flag"),
    )

    visit_id: int = Field(foreign_key="visit.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True)
    unit_id: int = Field(foreign_key="unit.id")
    position: str = Field(default="", sa_type=String)
    role: str = Field(default="staff", sa_type=String)
    kind: str = Field(sa_type=String)
    session: str = Field(default="", sa_type=String)
    last_punch: int | None = Field(default=None, sa_type=WallClock)
    terminal_id: int | None = Field(default=None, foreign_key="terminal.id")
    symbol: str = Field(default="", sa_type=String)
    document: str = Field(default="", sa_type=String)
    document_date: date | None = None
    flag: str = Field(default="", sa_type=String)


class VisitMark(SQLModel, table=True):
    """One tap of an inspector, kept as it came; of a person's taps on one field the last one counts.

    `id` was drawn where it was tapped, so that a tap that is delivered again is known. `tapped_ms` is that
    device's clock in milliseconds since 1970. `context` of alcohol: hours, lunch, duty or outside.
    """

    __tablename__ = "visit_mark"
    __table_args__ = (
        CheckConstraint("field IN ('presence', 'badge', 'alcohol', 'note')", name="field"),
        CheckConstraint("context IN ('', 'hours', 'lunch', 'duty', 'outside')", name="context"),
        CheckConstraint("length(id) BETWEEN 16 AND 64", name="id"),
    )

    id: str = Field(sa_type=String, primary_key=True)
    visit_id: int = Field(foreign_key="visit.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    field: str = Field(sa_type=String)
    value: str = Field(default="", sa_type=String)
    note: str = Field(default="", sa_type=String)
    context: str = Field(default="", sa_type=String)
    tapped_ms: int = Field(sa_type=Big)
    received_ms: int = Field(sa_type=Big)
    account_id: int = Field(foreign_key="account.id")


class VisitReason(SQLModel, table=True):
    """Why somebody is away, as the unit says on the spot, with the document it shows.

    `after_t`: the document is dated after T. `names_person`: the document names the person. `state`:
    waiting to be verified, then accepted or refused by the team.
    """

    __tablename__ = "visit_reason"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'accepted', 'refused')", name="state"),)

    id: int | None = Field(default=None, primary_key=True)
    visit_id: int = Field(foreign_key="visit.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    words: str = Field(default="", sa_type=String)
    document: str = Field(default="", sa_type=String)
    document_date: date | None = None
    after_t: bool = False
    names_person: bool = True
    state: str = Field(default="waiting", sa_type=String)
    written_by: int = Field(foreign_key="account.id")
    written_at: datetime = Field(sa_type=Instant)


class VisitMinutes(SQLModel, table=True):
    """A version of the minutes: what was written into it, and what had been found by then (`facts`, JSON).

    Facts name people by their number alone; `sha256` is theirs and the words'.
    """

    __tablename__ = "visit_minutes"
    __table_args__ = (UniqueConstraint("visit_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    visit_id: int = Field(foreign_key="visit.id")
    version: int
    facts: str = Field(sa_type=String)
    sha256: str = Field(sa_type=String)
    written_by: int = Field(foreign_key="account.id")
    written_at: datetime = Field(sa_type=Instant)


class VisitScan(SQLModel, table=True):
    """The signed copy of the last version; with it a visit is locked."""

    __tablename__ = "visit_scan"
    __table_args__ = (CheckConstraint("length(sha256) = 64", name="sha256"),)

    visit_id: int = Field(foreign_key="visit.id", primary_key=True)
    minutes_id: int = Field(foreign_key="visit_minutes.id")
    name: str = Field(sa_type=String)
    media_type: str = Field(sa_type=String)
    bytes_count: int
    sha256: str = Field(sa_type=String)
    content: bytes = Field(sa_type=LargeBinary)
    stored_by: int = Field(foreign_key="account.id")
    stored_at: datetime = Field(sa_type=Instant)
