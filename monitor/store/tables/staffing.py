"""How many people must be there at least where the public is served."""

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import String


class MinimumStaffing(SQLModel, table=True):
    """The least number of people of a unit in a session, from a day on; 0 ends it.

    `session` is a session's name, "" any session without a row of its own. Of several rows the one that
    began last counts.
    """

    __tablename__ = "minimum_staffing"
    __table_args__ = (
        CheckConstraint("people >= 0", name="people"),
        Index("uq_minimum_staffing_identity", "unit_id", "session", "valid_from", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    session: str = Field(default="", sa_type=String)
    valid_from: date
    people: int
    document: str = Field(default="", sa_type=String)
