"""Biểu dương, khen thưởng: whom a document commends, a person or a unit."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Instant, String


class Commendation(SQLModel, table=True):
    """One commendation of a person or of a whole unit; one entered by mistake is withdrawn, never deleted.

    `document` is the decision's number, `given_on` its date, `issuer` who signed it, `body` what for.
    """

    __tablename__ = "commendation"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (unit_id IS NULL)", name="whose"),
        CheckConstraint("document <> '' AND body <> ''", name="named"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by = '')", name="withdrawn"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    given_on: date
    document: str = Field(sa_type=String)
    issuer: str = Field(default="", sa_type=String)
    body: str = Field(sa_type=String)
    entered_by: str = Field(sa_type=String)
    entered_at: datetime = Field(sa_type=Instant)
    withdrawn_by: str = Field(default="", sa_type=String)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_reason: str = Field(default="", sa_type=String)
