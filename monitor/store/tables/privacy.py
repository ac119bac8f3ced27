"""What people may ask about their own data: who was shown it, what must be kept, what was made nameless."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import STRICT_BY_KEY, Big, Day, Instant, String


class Shown(SQLModel, table=True):
    """A person whose data some days' pages or an export showed; the audit entry says to whom and when.

    The entry's detail holds a digest of its rows here, so that a row taken away is missed.
    """

    __tablename__ = "shown"
    __table_args__ = (Index("ix_shown_entry_id", "entry_id"), STRICT_BY_KEY)

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    entry_id: int = Field(primary_key=True, foreign_key="audit_entry.id", sa_type=Big)
    first_day: int = Field(sa_type=Day)
    last_day: int = Field(sa_type=Day)


class LegalHold(SQLModel, table=True):
    """Nothing about a person may be erased while this is not released; never deleted (a trigger)."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(released_at IS NULL) = (released_by = '')", name="released"),
        Index(
            "uq_legal_hold_open",
            "person_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    reason: str = Field(sa_type=String)
    placed_by: str = Field(sa_type=String)
    placed_at: datetime = Field(sa_type=Instant)
    released_by: str = Field(default="", sa_type=String)
    released_at: datetime | None = Field(default=None, sa_type=Instant)
    release_reason: str = Field(default="", sa_type=String)


class RetiredPerson(SQLModel, table=True):
    """A person who left long ago; `pseudonym` is random and stands wherever a name or code stood.

    `unlinked_at`: device user ids no longer lead to the person, whose records are never made anew.
    `pseudonymised_at`: name, staff code and accounts are gone, too.
    """

    __tablename__ = "retired_person"

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    pseudonym: str = Field(sa_type=String, unique=True)
    unlinked_at: datetime | None = Field(default=None, sa_type=Instant)
    pseudonymised_at: datetime | None = Field(default=None, sa_type=Instant)
