"""Making, drawing, opening and closing campaigns; each change is told to the audit trail."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from monitor import audit
from monitor.inspections.choice import chosen, frame, visible
from monitor.inspections.draw import Frame, Lot, drawn
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.wish import LONGEST_TEXT, MOST_DAYS, TEAM_ROLES, By, Wish
from monitor.rules.wallclock import day_of
from monitor.store.queries.campaigns import (
    SUBJECT,
    campaign_days,
    campaign_grants,
    campaign_team,
    campaign_units,
)
from monitor.store.queries.tree import Tree
from monitor.store.tables import (
    AccessGrant,
    Account,
    Campaign,
    CampaignDay,
    CampaignDraw,
    CampaignGrant,
    CampaignMember,
    CampaignUnit,
)


def add(session: Session, wish: Wish, tree: Tree, by: By, *, code: str, seed: str) -> Campaign:
    """A draft. `code` and `seed` come from chance; the seed must be unguessable where units are drawn.

    Raises InspectionRefused `campaign_title`, `campaign_days`, `campaign_team`, `campaign_leader`,
    `campaign_member_unknown`, `campaign_unit_unknown`, `campaign_no_units`, and as `draw.drawn`.
    """
    _check(wish)
    campaign = Campaign(
        code=code,
        kind=wish.kind,
        title=wish.title,
        legal_basis=wish.legal_basis,
        body=wish.body,
        part=wish.part,
        check_second=wish.check_second,
        choice=wish.choice,
        tet_year=wish.tet_year,
        sealed_until=wish.sealed_until,
        made_by=by.account_id,
        made_at=by.now,
    )
    session.add(campaign)
    session.flush()
    _keep_days(session, campaign, wish.days)
    _keep_team(session, campaign, wish.team)
    detail = _keep_units(session, campaign, wish, tree, by, seed)
    told = {"title": wish.title, "days": sorted(map(str, wish.days)), "team": dict(wish.team)}
    tell(session, "campaign_add", campaign, by, {**told, "choice": wish.choice, **detail})
    return campaign


def _check(wish: Wish) -> None:
    if not 0 < len(wish.title) <= LONGEST_TEXT or max(len(wish.legal_basis), len(wish.body)) > LONGEST_TEXT:
        raise InspectionRefused("campaign_title", most=LONGEST_TEXT)
    if not 0 < len(wish.days) <= MOST_DAYS:
        raise InspectionRefused("campaign_days", most=MOST_DAYS)
    if not wish.team:
        raise InspectionRefused("campaign_team")
    if list(wish.team.values()).count("leader") != 1 or not set(wish.team.values()) <= set(TEAM_ROLES):
        raise InspectionRefused("campaign_leader")


def _keep_days(session: Session, campaign: Campaign, days: Mapping[date, str]) -> None:
    session.add_all(
        CampaignDay(campaign_id=_id(campaign), on_date=on, mark=mark) for on, mark in days.items()
    )


def _keep_team(session: Session, campaign: Campaign, team: Mapping[str, str]) -> None:
    """Only accounts of inspectors can be of a team: for them alone a grant is a right to look."""
    for name, role in team.items():
        wanted = select(Account).where(col(Account.user_name) == name, ~col(Account.disabled))
        account = session.scalars(wanted).first()
        if account is None or account.role != "inspector":
            raise InspectionRefused("campaign_member_unknown", user=name)
        session.add(CampaignMember(campaign_id=_id(campaign), account_id=account.id or 0, role=role))


def _keep_units(
    session: Session, campaign: Campaign, wish: Wish, tree: Tree, by: By, seed: str
) -> dict[str, object]:
    """Fix the units, or commit to how they will be drawn; gives what the trail says of it."""
    units = chosen(wish, tree, visible(tree, by, wish.days))
    if wish.choice != "sample":
        _set_units(session, campaign, units)
        return {"units": sorted(tree.units[unit].code for unit in units)}
    lot = Lot(seed=seed, size=wish.size, beacon=wish.beacon, frame=frame(wish, tree, units))
    drawn(lot, "")  # refuses a size that cannot be drawn, before anything is promised
    session.add(
        CampaignDraw(
            campaign_id=_id(campaign),
            seed=lot.seed,
            size=lot.size,
            frame=lot.frame.text,
            beacon=lot.beacon,
            commitment=lot.commitment,
            committed_at=by.now,
        )
    )
    return {"commitment": lot.commitment, "size": lot.size, "beacon": lot.beacon}


def _set_units(session: Session, campaign: Campaign, units: frozenset[int]) -> None:
    session.add_all(CampaignUnit(campaign_id=_id(campaign), unit_id=unit) for unit in sorted(units))


def draw(session: Session, campaign: Campaign, word: str, tree: Tree, by: By) -> tuple[str, ...]:
    """Draw the units of a draft, once; `word` is the public word that the commitment named beforehand.

    Raises InspectionRefused `campaign_not_draft`, `draw_none`, `draw_done`, `draw_word`.
    """
    _must_be(campaign, "draft")
    found = session.get(CampaignDraw, _id(campaign))
    if found is None:
        raise InspectionRefused("draw_none")
    if found.drawn_at is not None:
        raise InspectionRefused("draw_done")
    if bool(found.beacon) != bool(word) or len(word) > LONGEST_TEXT or len(word.splitlines()) > 1:
        raise InspectionRefused("draw_word")
    codes = drawn(lot_of(found), word)
    found.word, found.drawn, found.drawn_at = word, "\n".join(codes), by.now
    units = [unit for code in codes if (unit := tree.by_code(code)) is not None]
    _set_units(session, campaign, frozenset(unit.id for unit in units))
    tell(session, "campaign_draw", campaign, by, {"word": word, "seed": found.seed, "drawn": list(codes)})
    return codes


def lot_of(found: CampaignDraw) -> Lot:
    """What decides a stored draw."""
    frame = Frame.read(found.frame)
    return Lot(seed=found.seed, size=found.size, frame=frame, beacon=found.beacon)


def open_campaign(session: Session, campaign: Campaign, by: By) -> int:
    """Open a draft: its team may look at its units and days from when the seal ends; gives the grants made.

    Raises InspectionRefused `campaign_not_draft`, `campaign_not_drawn`, `campaign_out_of_reach`.
    """
    _must_be(campaign, "draft")
    units = campaign_units(session, _id(campaign))
    if not units:
        raise InspectionRefused("campaign_not_drawn")
    days = sorted(campaign_days(session, _id(campaign)))
    if by.scope is not None and not all(
        by.scope.sees_unit(unit, day_of(on)) for unit in units for on in days
    ):
        raise InspectionRefused("campaign_out_of_reach")
    campaign.state, campaign.opened_at = "open", by.now
    grants = _grant(session, campaign, sorted(units), days, by)
    tell(session, "campaign_open", campaign, by, {"before": "draft", "after": "open", "grants": grants})
    return grants


def _grant(session: Session, campaign: Campaign, units: Sequence[int], days: Sequence[date], by: By) -> int:
    """Rights for each of the team and each unit; they begin when the seal ends, and never before today."""
    zone = ZoneInfo(by.settings.site.timezone)
    unsealed_on = by.today if campaign.sealed_until is None else campaign.sealed_until.astimezone(zone).date()
    begins = max(by.today, unsealed_on)
    ends = max(begins, days[-1] + timedelta(days=by.settings.inspections.access_days))
    team = campaign_team(session, _id(campaign))
    usual = AccessGrant(
        account_id=0,
        unit_id=0,
        role="inspector",
        valid_from=begins,
        valid_to=ends,
        days_from=days[0],
        days_to=days[-1],
        reason=f"{SUBJECT}{campaign.code}",
        granted_by=by.actor,
        granted_at=by.now,
    )
    for member in team:
        for unit in units:
            values = usual.model_dump() | {"account_id": member.account_id, "unit_id": unit}
            grant = AccessGrant(**values)
            session.add(grant)
            session.flush()
            session.add(CampaignGrant(campaign_id=_id(campaign), grant_id=grant.id or 0))
    return len(team) * len(units)


def close_campaign(session: Session, campaign: Campaign, by: By, reason: str = "") -> None:
    """Close an open campaign; the rights that it gave end. Raises InspectionRefused `campaign_not_open`."""
    _must_be(campaign, "open")
    campaign.state, campaign.closed_at = "closed", by.now
    for grant in campaign_grants(session, _id(campaign)):
        grant.withdrawn_by, grant.withdrawn_at = by.actor, by.now
    tell(session, "campaign_close", campaign, by, {"before": "open", "after": "closed", "reason": reason})


def _must_be(campaign: Campaign, state: str) -> None:
    if campaign.state != state:
        raise InspectionRefused(f"campaign_not_{state}", campaign=campaign.code)


def _id(campaign: Campaign) -> int:
    return campaign.id or 0


def tell(session: Session, action: str, campaign: Campaign, by: By, detail: dict[str, object]) -> None:
    """Record what became of a campaign, as the last statement of its transaction."""
    session.flush()
    subject = f"{SUBJECT}{campaign.code}"
    audit.record(session, at=by.now, actor=by.actor, action=action, subject=subject, detail=detail)
