"""Đợt kiểm tra: the campaigns that one may know of, a new one, and what becomes of it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlmodel import Session, col
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.inspections import campaigns
from monitor.inspections.draw import Frame, ticket
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.standing import office_calendar, title_of, windows_around
from monitor.inspections.wish import CHOICES, TEAM_ROLES, By
from monitor.rules.breaks import CheckWindow
from monitor.rules.wallclock import day_of
from monitor.store.queries.campaigns import (
    campaign_days,
    campaign_team,
    campaign_units,
    is_own,
    known_campaign,
    known_campaigns,
)
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, Campaign, CampaignDraw
from monitor.web.campaignform import wish_of_form
from monitor.web.context import scope, site
from monitor.web.forms import FormRefused, field
from monitor.web.policy import Policy, policy
from monitor.web.sign_in import holder
from monitor.web.told import tell

pages = Blueprint("inspections", __name__)

PLAN = Policy(action=Action.PLAN_CHECKS)
CHANGE = Policy(action=Action.PLAN_CHECKS, step_up=True)
CODE_BYTES, SEED_BYTES = 4, 32

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A campaign of the list."""

    campaign: Campaign
    days: dict[date, str]
    own: bool


@pages.get("/dot-kiem-tra")
@policy(Action.SEE_UNITS)
def overview() -> str:
    """The campaigns that touch what one may see, and the windows that the calendar holds next."""
    now, today = site().now(), site().now().date()
    with reading(site().engine) as database:
        units = tree(database)
        cards = [
            card
            for campaign in known_campaigns(database, scope().account_id, now)
            if (card := _card(database, campaign, units)) is not None
        ]
        at_once = _units_today(units) if scope().may(Action.INSPECT) else []
        windows = windows_around(office_calendar(database, units), today, site().settings.inspections)
    return render_template(
        "campaigns.html",
        cards=cards,
        windows=[window for window in windows if window.after[-1] >= today],
        window_title=_window_title,
        may_plan=scope().may(Action.PLAN_CHECKS),
        at_once=at_once,
        day_of=day_of,
    )


def _units_today(units: Tree) -> list[UnitRow]:
    """The units whose people an inspector may look at today: those that a check can begin at, at once."""
    mine = scope().reach.within(frozenset(units.units), day_of(site().now().date()))
    return [unit for unit in units.units.values() if unit.id in mine]


def _window_title(window: CheckWindow) -> str:
    return title_of(window)


def _card(database: Session, campaign: Campaign, units: Tree) -> Card | None:
    """A campaign as the list has it; None where it is about units that one does not see."""
    own = is_own(database, campaign, scope().account_id)
    days = campaign_days(database, campaign.id or 0)
    if not own and not _touches(database, campaign, units, days):
        return None
    return Card(campaign=campaign, days=days, own=own)


def _touches(database: Session, campaign: Campaign, units: Tree, days: dict[date, str]) -> bool:
    """Whether any unit of a campaign is in scope on any of its days."""
    tops = campaign_units(database, campaign.id or 0)
    every = frozenset[int]().union(*(units.below_in_bloc(top) for top in tops))
    return any(scope().reach.within(every, day_of(on)) for on in days)


def known_or_404(database: Session, code: str, units: Tree) -> tuple[Campaign, bool]:
    """A campaign and whether it is one's own; one that may not be known of is not found."""
    campaign = known_campaign(database, code, scope().account_id, site().now())
    if campaign is None:
        abort(404)
    card = _card(database, campaign, units)
    if card is None:
        abort(404)
    return campaign, card.own


@pages.get("/dot-kiem-tra/moi")
@policy(PLAN)
def new() -> str:
    """The form of a new campaign."""
    return _form()


def _form(refused: InspectionRefused | FormRefused | None = None) -> str:
    with reading(site().engine) as database:
        inspectors = _inspectors(database)
        visible = scope().units_of(tree(database))
        units = [unit for unit in tree(database).units.values() if unit.id in visible]
    return render_template(
        "campaign_new.html",
        inspectors=inspectors,
        units=units,
        choices=CHOICES,
        team_roles=TEAM_ROLES,
        kept=request.form,
        refused=refused,
        clock=site().settings.inspections.check_time,
    )


def _inspectors(database: Session) -> list[Account]:
    wanted = select(Account).where(col(Account.role) == "inspector", ~col(Account.disabled))
    return list(database.scalars(wanted.order_by(col(Account.user_name))))


@pages.post("/dot-kiem-tra/moi")
@policy(CHANGE)
def add() -> Answer:
    """Make a draft that its team alone sees."""
    code, seed = f"dot-{secrets.token_hex(CODE_BYTES)}", secrets.token_hex(SEED_BYTES)
    try:
        with transaction(site().engine) as database:
            units = tree(database)
            names = [account.user_name for account in _inspectors(database)]
            wish = wish_of_form(office_calendar(database, units), names)
            campaigns.add(database, wish, units, _by(), code=code, seed=seed)
    except (InspectionRefused, FormRefused) as refused:
        return _form(refused), 400
    tell("campaign_added")
    return redirect(url_for("inspections.one", code=code))


def _by() -> By:
    account = holder()
    return By(
        actor=account.user_name,
        now=site().now(),
        settings=site().settings,
        account_id=account.id,
        scope=scope(),
    )


@pages.get("/dot-kiem-tra/<code>")
@policy(Action.SEE_UNITS)
def one(code: str) -> str:
    """A campaign: what, where, when, by whom, and how its units were drawn."""
    return _one(code)


def _one(code: str, refused: InspectionRefused | None = None) -> str:
    with reading(site().engine) as database:
        units = tree(database)
        campaign, own = known_or_404(database, code, units)
        found = database.get(CampaignDraw, campaign.id)
        tops = campaign_units(database, campaign.id or 0)
        shown = sorted((units.units[top] for top in tops), key=lambda unit: unit.code)
        visible = scope().units_of(units)
        return render_template(
            "campaign.html",
            campaign=campaign,
            own=own,
            days=campaign_days(database, campaign.id or 0),
            team=campaign_team(database, campaign.id or 0) if own else [],
            units=shown if own else [unit for unit in shown if unit.id in visible],
            draw=_draw(found) if found and own else None,
            refused=refused,
            day_of=day_of,
            local=lambda moment: f"{moment.astimezone(site().now().tzinfo):%H:%M %d/%m/%Y}",
            has_figures=_touches(database, campaign, units, campaign_days(database, campaign.id or 0)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A draw as it is printed; `tickets` are (code, ticket, drawn) by ticket, none before it is drawn."""

    stored: CampaignDraw
    text: str
    tickets: tuple[tuple[str, str, bool], ...]


def _draw(found: CampaignDraw) -> Draw:
    """Until it is drawn, the seed stays unseen: only what it is committed to is shown."""
    if found.drawn_at is None:
        return Draw(stored=found, text="", tickets=())
    frame, drawn = Frame.read(found.frame), found.drawn.split("\n")
    listed = [
        (one, ticket(found.seed, found.word, one))
        for part in (frame.first, frame.others)
        for one in sorted(part, key=lambda one: ticket(found.seed, found.word, one))
    ]
    text = campaigns.lot_of(found).text
    return Draw(
        stored=found, text=text, tickets=tuple((code, number, code in drawn) for code, number in listed)
    )


@pages.post("/dot-kiem-tra/<code>/boc-tham")
@policy(CHANGE)
def draw(code: str) -> Answer:
    """Draw the units, once."""

    def change(database: Session, campaign: Campaign) -> None:
        codes = campaigns.draw(database, campaign, field("so-cong-khai"), tree(database), _by())
        tell("campaign_drawn", count=len(codes))

    return _change(code, change)


@pages.post("/dot-kiem-tra/<code>/mo")
@policy(CHANGE)
def open_one(code: str) -> Answer:
    """Open a draft."""

    def change(database: Session, campaign: Campaign) -> None:
        campaigns.open_campaign(database, campaign, _by())
        tell("campaign_opened")

    return _change(code, change)


@pages.post("/dot-kiem-tra/<code>/dong")
@policy(CHANGE)
def close(code: str) -> Answer:
    """Close a campaign of one's own."""

    def change(database: Session, campaign: Campaign) -> None:
        campaigns.close_campaign(database, campaign, _by(), field("ly-do")[:300])
        tell("campaign_closed")

    return _change(code, change)


def _change(code: str, change: Callable[[Session, Campaign], None]) -> Answer:
    """Do something to a campaign that one made or whose team one is of; others' are not found."""
    try:
        with transaction(site().engine) as database:
            campaign, own = known_or_404(database, code, tree(database))
            if not own:
                abort(404)
            change(database, campaign)
    except InspectionRefused as refused:
        return _one(code, refused), 400
    return redirect(url_for("inspections.one", code=code))
