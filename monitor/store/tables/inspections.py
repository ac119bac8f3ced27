"""Inspection campaigns: what is checked, on which days, where, by whom, and how units were drawn."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from monitor.store.tables.types import Big, Instant, String


class Campaign(SQLModel, table=True):
    """A check of presence on some days; `standing`: the calendar opened it, nobody set it up.

    `part`: the day's first or last session is looked at; `check_second` is the second of the day of "present
    at". While it is a draft or `sealed_until` has not come, it exists for its team and its maker alone.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("kind IN ('post_break', 'friday', 'dates')", name="kind"),
        CheckConstraint("state IN ('draft', 'open', 'closed')", name="state"),
        CheckConstraint("part IN ('first', 'last')", name="part"),
        CheckConstraint("choice IN ('all', 'public_facing', 'chosen', 'sample')", name="choice"),
        CheckConstraint("check_second >= 0 AND check_second < 86400", name="check_second"),
        CheckConstraint("(closed_at IS NULL) = (state <> 'closed')", name="closed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(sa_type=String, unique=True)
    kind: str = Field(sa_type=String)
    standing: bool = False
    title: str = Field(sa_type=String)
    legal_basis: str = Field(default="", sa_type=String)
    body: str = Field(default="", sa_type=String)
    state: str = Field(default="draft", sa_type=String)
    part: str = Field(default="first", sa_type=String)
    check_second: int = 28_800
    choice: str = Field(default="all", sa_type=String)
    tet_year: int | None = None
    sealed_until: datetime | None = Field(default=None, sa_type=Instant)
    made_by: int | None = Field(default=None, foreign_key="account.id")
    made_at: datetime = Field(sa_type=Instant)
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)


class CampaignDay(SQLModel, table=True):
    """A day that is checked; `mark` says what kind of day it is in a window around a break."""

    __tablename__ = "campaign_day"
    __table_args__ = (CheckConstraint("mark IN ('', 'before', 'day_1', 'bridge')", name="mark"),)

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    on_date: date = Field(primary_key=True)
    mark: str = Field(default="", sa_type=String)


class CampaignUnit(SQLModel, table=True):
    """A unit that is checked, with everything below it in its bloc."""

    __tablename__ = "campaign_unit"

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)


class CampaignMember(SQLModel, table=True):
    """Somebody of the team."""

    __tablename__ = "campaign_member"
    __table_args__ = (CheckConstraint("role IN ('leader', 'secretary', 'member')", name="role"),)

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    account_id: int = Field(foreign_key="account.id", primary_key=True)
    role: str = Field(sa_type=String)


class CampaignGrant(SQLModel, table=True):
    """A right to look that a campaign gave: it ends with the campaign."""

    __tablename__ = "campaign_grant"

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    grant_id: int = Field(foreign_key="access_grant.id", primary_key=True)


class CampaignDraw(SQLModel, table=True):
    """A sample drawn by lot (docs/inspections.md): what was committed to, and what came out.

    `frame` lists the units' codes, one a line, those that come first above an empty line; `beacon` says which
    public word, known to nobody yet, will be mixed in; `word` is that word once it is known.
    """

    __tablename__ = "campaign_draw"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("(drawn_at IS NULL) = (drawn = '')", name="drawn"),
    )

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    seed: str = Field(sa_type=String)
    size: int = Field(sa_type=Big)
    frame: str = Field(sa_type=String)
    beacon: str = Field(default="", sa_type=String)
    commitment: str = Field(sa_type=String)
    committed_at: datetime = Field(sa_type=Instant)
    word: str = Field(default="", sa_type=String)
    drawn: str = Field(default="", sa_type=String)
    drawn_at: datetime | None = Field(default=None, sa_type=Instant)
