"""Kiểm tra tại chỗ: the visits of a campaign, freezing moment T, and a check on the spur of the moment."""

import secrets
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.inspections import campaigns
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.roll import roll_of, totals_of_roll
from monitor.inspections.snapshot import freeze
from monitor.inspections.totals import Totals
from monitor.inspections.wish import Wish
from monitor.rules.wallclock import day_of
from monitor.store.queries.campaigns import campaign_units
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.queries.visits import signed_copy, visits_of
from monitor.store.session import reading, transaction
from monitor.store.tables import Campaign, Visit
from monitor.text import sentence
from monitor.web.context import scope, site
from monitor.web.forms import field
from monitor.web.pages.campaigns import known_or_404
from monitor.web.policy import policy
from monitor.web.told import tell
from monitor.web.visitpage import inspector

pages = Blueprint("visits", __name__)

CODE_BYTES = 8

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A visit of the list, counted as far as its people are in reach."""

    visit: Visit
    unit: UnitRow
    totals: Totals
    signed: bool


@pages.get("/dot-kiem-tra/<code>/luot")
@policy(Action.SEE_UNITS)
def overview(code: str) -> str:
    """The visits of a campaign that one may see, and where one may begin another."""
    return _overview(code)


def _overview(code: str, refused: InspectionRefused | None = None) -> str:
    with reading(site().engine) as database:
        units = tree(database)
        campaign, own = known_or_404(database, code, units)
        may = scope().may(Action.INSPECT) and (own or campaign.standing) and campaign.state == "open"
        return render_template(
            "visits.html",
            campaign=campaign,
            cards=_cards(database, campaign, units),
            choices=_units_today(database, campaign, units) if may else [],
            may=may,
            refused=refused,
        )


def _cards(database: Session, campaign: Campaign, units: Tree) -> list[Card]:
    found = []
    for visit in visits_of(database, campaign.id or 0):
        roll = roll_of(database, visit, scope().reach)
        if roll:
            signed = signed_copy(database, visit.id or 0) is not None
            unit = units.units[visit.unit_id]
            found.append(Card(visit=visit, unit=unit, totals=totals_of_roll(roll), signed=signed))
    return found


def _units_today(database: Session, campaign: Campaign, units: Tree) -> list[UnitRow]:
    """The campaign's units that one may look at today, in the order of the tree."""
    tops = campaign_units(database, campaign.id or 0)
    every = frozenset[int]().union(*(units.below_in_bloc(top) for top in tops))
    mine = scope().reach.within(every, day_of(site().now().date()))
    return [unit for unit in units.units.values() if unit.id in mine]


@pages.post("/dot-kiem-tra/<code>/luot")
@policy(Action.INSPECT)
def freeze_one(code: str) -> Answer:
    """Chốt thời điểm T: freeze the list of a unit of an open campaign of one's own."""
    try:
        with transaction(site().engine) as database:
            units = tree(database)
            campaign, own = known_or_404(database, code, units)
            if not own and not campaign.standing:
                raise InspectionRefused("visit_unit")
            visit = _frozen(database, campaign, units)
    except InspectionRefused as refused:
        return _overview(code, refused), 400
    return redirect(url_for("roll_call.one", code=visit))


def _frozen(database: Session, campaign: Campaign, units: Tree) -> str:
    unit = units.by_code(field("don-vi"))
    if unit is None:
        raise InspectionRefused("visit_unit")
    drawn = f"luot-{secrets.token_hex(CODE_BYTES)}"
    return freeze(database, campaign, unit.id, units, inspector(), code=drawn).code


@pages.post("/dot-kiem-tra/dot-xuat")
@policy(Action.INSPECT)
def at_once() -> Answer:
    """A surprise check without a plan: a campaign of one unit and today, opened and frozen in one go."""
    try:
        with transaction(site().engine) as database:
            units = tree(database)
            visit = _frozen(database, _campaign(database, units), units)
    except InspectionRefused as refused:
        return render_template("post_break_refused.html", refused=refused), 400
    return redirect(url_for("roll_call.one", code=visit))


def _campaign(database: Session, units: Tree) -> Campaign:
    by, unit = inspector(), units.by_code(field("don-vi"))
    today = site().now().date()
    if unit is None or not scope().sees_unit(unit.id, day_of(today)):
        raise InspectionRefused("visit_unit")
    wish = Wish(
        title=sentence("visit_at_once", {"unit": unit.name}),
        days={today: ""},
        team={by.actor: "leader"},
        choice="chosen",
        units=(unit.code,),
        legal_basis=field("can-cu"),
        body=field("co-quan"),
        check_second=site().settings.inspections.check_second,
    )
    code, seed = f"dot-{secrets.token_hex(CODE_BYTES)}", secrets.token_hex(32)
    campaign = campaigns.add(database, wish, units, by, code=code, seed=seed)
    campaigns.open_campaign(database, campaign, by)
    tell("campaign_opened")
    return campaign
