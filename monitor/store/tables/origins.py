"""Where units come from, and which ids a terminal says it knows."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Instant, String

ORIGINS = ("merge", "split", "rename")


class UnitOrigin(SQLModel, table=True):
    """A unit that another came from: by merging with others, as a part of it, or under a new name."""

    __tablename__ = "unit_origin"
    __table_args__ = (
        CheckConstraint(f"kind IN {ORIGINS}", name="kind"),
        CheckConstraint("unit_id <> predecessor_id", name="not_its_own_predecessor"),
    )

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    predecessor_id: int = Field(primary_key=True, foreign_key="unit.id", index=True)
    kind: str = Field(sa_type=String)
    since: date
    document: str = Field(default="", sa_type=String)


class TerminalUser(SQLModel, table=True):
    """A device user id that stood in a terminal's own list when it was last read; never its name."""

    __tablename__ = "terminal_user"

    terminal_id: int = Field(primary_key=True, foreign_key="terminal.id")
    device_user_id: str = Field(primary_key=True, sa_type=String)
    listed_at: datetime = Field(sa_type=Instant)
