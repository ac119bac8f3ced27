"""Switching patterns on and off for the whole installation, with a reason, on the trail."""

from sqlalchemy import select
from sqlmodel import Session, col

from monitor import audit
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.wish import LONGEST_TEXT, By
from monitor.rules.patterns import PATTERNS
from monitor.store.queries.patterns import switches
from monitor.store.tables import Campaign, CampaignMember, PatternSwitch


def switched_on(session: Session) -> tuple[str, ...]:
    """The patterns that are on, in the order of `PATTERNS`; none without a decision."""
    known = switches(session)
    return tuple(one for one in PATTERNS if one in known and known[one].switched_on)


def switch(session: Session, pattern: str, by: By, *, on: bool, reason: str) -> None:
    """Switch a pattern on or off; changing nothing is refused, too, so that every row is a decision.

    Raises InspectionRefused `pattern_unknown`, `pattern_reason`, `pattern_same`.
    """
    if pattern not in PATTERNS:
        raise InspectionRefused("pattern_unknown", pattern=pattern[:40])
    why = " ".join(reason.split())
    if not 0 < len(why) <= LONGEST_TEXT:
        raise InspectionRefused("pattern_reason", most=LONGEST_TEXT)
    before = pattern in switched_on(session)
    if before == on:
        raise InspectionRefused("pattern_same")
    session.add(
        PatternSwitch(pattern=pattern, switched_on=on, reason=why, switched_by=by.actor, switched_at=by.now)
    )
    session.flush()
    detail: dict[str, object] = {"before": before, "after": on, "reason": why}
    audit.record(
        session,
        at=by.now,
        actor=by.actor,
        action="pattern_switch",
        subject=f"pattern:{pattern}",
        detail=detail,
    )


def may_switch(session: Session, role: str, account_id: int) -> bool:
    """The administrator may, and whoever leads the team of an open campaign."""
    if role == "admin":
        return True
    leads = (
        select(col(CampaignMember.campaign_id))
        .join(Campaign, col(Campaign.id) == col(CampaignMember.campaign_id))
        .where(col(CampaignMember.account_id) == account_id, col(CampaignMember.role) == "leader")
        .where(col(Campaign.state) == "open")
    )
    return session.scalars(leads).first() is not None
