"""Who works where: units, people, postings, badges."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import String

PERIOD = "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from"


class Unit(SQLModel, table=True):
    """An organisational unit; the tree is dated by each unit's own validity."""

    __tablename__ = "unit"
    __table_args__ = (
        CheckConstraint(PERIOD, name="period"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_type=String, unique=True)
    name: str = Field(sa_type=String)
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    public_facing: bool = False
    bloc: str = Field(default="", sa_type=String)
    valid_from: date | None = None
    valid_to: date | None = None


class Person(SQLModel, table=True):
    """A member of staff. `sort_key` orders by Vietnamese given name, `search_key` has no marks."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_type=String, unique=True)
    name: str = Field(sa_type=String)
    sort_key: str = Field(sa_type=String)
    search_key: str = Field(sa_type=String)


class Posting(SQLModel, table=True):
    """Membership of a person in a unit, with position and role, from a day to a day (rules 2.1)."""

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("role IN ('staff', 'deputy', 'head')", name="role"),
        Index("uq_posting_person_unit_start", "person_id", "unit_id", "valid_from", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    position: str = Field(default="", sa_type=String)
    role: str = Field(default="staff", sa_type=String)
    valid_from: date
    valid_to: date | None = None


class Badge(SQLModel, table=True):
    """A device user id that means a person, at one terminal or (NULL) at any, from a day to a day."""

    __tablename__ = "badge"
    __table_args__ = (
        CheckConstraint(PERIOD, name="period"),
        CheckConstraint("device_user_id <> ''", name="device_user_id"),
        Index(
            "uq_badge_identity",
            "person_id",
            text("coalesce(terminal_id, 0)"),
            "device_user_id",
            text("coalesce(valid_from, '0001-01-01')"),
            unique=True,
        ),
        Index("ix_badge_terminal_id_device_user_id", "terminal_id", "device_user_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    terminal_id: int | None = Field(default=None, foreign_key="terminal.id")
    device_user_id: str = Field(sa_type=String, index=True)
    valid_from: date | None = None
    valid_to: date | None = None
