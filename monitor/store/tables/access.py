"""Rights that run from a day to a day: a deputy for a head who is away, an inspector's units and dates."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Instant, String


class AccessGrant(SQLModel, table=True):
    """An account may look at a unit's subtree while `valid_from`..`valid_to`, with the powers of `role`.

    `days_from`..`days_to` bound the days that are shown (an inspection's dates); None: no bound. A grant is
    never deleted: withdrawing it writes who did and when.
    """

    __tablename__ = "access_grant"
    __table_args__ = (
        CheckConstraint("role IN ('head', 'inspector')", name="role"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        CheckConstraint("days_to IS NULL OR days_from IS NULL OR days_to >= days_from", name="days"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by = '')", name="withdrawn"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    unit_id: int = Field(foreign_key="unit.id")
    role: str = Field(sa_type=String)
    valid_from: date
    valid_to: date | None = None
    days_from: date | None = None
    days_to: date | None = None
    reason: str = Field(sa_type=String)
    granted_by: str = Field(sa_type=String)
    granted_at: datetime = Field(sa_type=Instant)
    withdrawn_by: str = Field(default="", sa_type=String)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
