"""Stored inspection campaigns, and which of them an account may know of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session, col

from monitor.store.tables import (
    AccessGrant,
    Account,
    Campaign,
    CampaignDay,
    CampaignGrant,
    CampaignMember,
    CampaignUnit,
)

NOBODY = 0
"""No account has this id: what it may know of is what is in public."""

SUBJECT = "campaign:"
"""What the subject of an entry about a campaign begins with, before its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of a team."""

    account_id: int
    user_name: str
    display_name: str
    role: str


def _in_public(now: datetime) -> ColumnElement[bool]:
    """Neither a draft nor sealed any more."""
    unsealed = or_(col(Campaign.sealed_until).is_(None), col(Campaign.sealed_until) <= now)
    return and_(col(Campaign.state) != "draft", unsealed)


def _own(account_id: int) -> ColumnElement[bool]:
    """Made by the account, or of its team."""
    mine = select(col(CampaignMember.campaign_id)).where(col(CampaignMember.account_id) == account_id)
    return or_(col(Campaign.made_by) == account_id, col(Campaign.id).in_(mine))


def may_know(account_id: int, now: datetime) -> ColumnElement[bool]:
    """The condition on a campaign that an account may know of: its own, or one in public."""
    return or_(_own(account_id), _in_public(now))


def known_campaigns(session: Session, account_id: int, now: datetime) -> Sequence[Campaign]:
    """The campaigns that an account may know of, the newest days first: its own, and those in public."""
    newest = (
        select(col(CampaignDay.on_date))
        .where(col(CampaignDay.campaign_id) == col(Campaign.id))
        .order_by(col(CampaignDay.on_date).desc())
        .limit(1)
        .scalar_subquery()
    )
    known = select(Campaign).where(may_know(account_id, now))
    return session.scalars(known.order_by(newest.desc(), col(Campaign.code))).all()


def known_campaign(session: Session, code: str, account_id: int, now: datetime) -> Campaign | None:
    """A campaign by code; one that the account may not know of is not there."""
    known = may_know(account_id, now)
    return session.scalars(select(Campaign).where(col(Campaign.code) == code, known)).first()


def is_own(session: Session, campaign: Campaign, account_id: int) -> bool:
    """Whether an account made a campaign or is of its team."""
    return (
        session.scalars(select(Campaign).where(col(Campaign.id) == campaign.id, _own(account_id))).first()
        is not None
    )


def hidden_subjects(session: Session, account_id: int, now: datetime) -> tuple[str, ...]:
    """The subjects of entries about campaigns that an account may not know of yet."""
    hidden = select(col(Campaign.code)).where(~may_know(account_id, now))
    return tuple(f"{SUBJECT}{code}" for code in session.scalars(hidden))


def campaign_days(session: Session, campaign_id: int) -> dict[date, str]:
    """The days of a campaign in order, and their marks."""
    rows = session.execute(
        select(col(CampaignDay.on_date), col(CampaignDay.mark))
        .where(col(CampaignDay.campaign_id) == campaign_id)
        .order_by(col(CampaignDay.on_date))
    )
    return {row[0]: row[1] for row in rows}


def campaign_units(session: Session, campaign_id: int) -> frozenset[int]:
    """The units of a campaign; each stands for everything below it in its bloc."""
    wanted = select(col(CampaignUnit.unit_id)).where(col(CampaignUnit.campaign_id) == campaign_id)
    return frozenset(session.scalars(wanted))


def campaign_team(session: Session, campaign_id: int) -> list[Member]:
    """The team, leader first."""
    rows = session.execute(
        select(col(Account.id), col(Account.user_name), col(Account.display_name), col(CampaignMember.role))
        .join(CampaignMember, col(CampaignMember.account_id) == col(Account.id))
        .where(col(CampaignMember.campaign_id) == campaign_id)
        .order_by(col(Account.user_name))
    )
    order = ("leader", "secretary", "member")
    found = [
        Member(account_id=row[0] or 0, user_name=row[1], display_name=row[2], role=row[3]) for row in rows
    ]
    return sorted(found, key=lambda member: order.index(member.role))


def campaign_grants(session: Session, campaign_id: int) -> Sequence[AccessGrant]:
    """The rights to look that a campaign gave and that were not withdrawn."""
    of_campaign = select(col(CampaignGrant.grant_id)).where(col(CampaignGrant.campaign_id) == campaign_id)
    standing = col(AccessGrant.id).in_(of_campaign), col(AccessGrant.withdrawn_at).is_(None)
    return session.scalars(select(AccessGrant).where(*standing)).all()
