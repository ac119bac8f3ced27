"""What the pages of a visit share: who may see it, who may change it, and what was tapped in a form."""

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import abort, request
from sqlmodel import Session

from monitor.access import Action
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.roll import RollLine, roll_of
from monitor.inspections.visits import Tap
from monitor.inspections.wish import By
from monitor.store.queries.campaigns import SUBJECT
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.tree import Tree, tree
from monitor.store.queries.visits import Signed, signed_copy, visit_by_code, visit_people
from monitor.store.tables import Campaign, Visit
from monitor.web.context import scope, site
from monitor.web.forms import field
from monitor.web.pages.campaigns import known_or_404
from monitor.web.shown import remember_shown
from monitor.web.sign_in import holder


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A visit as its reader may see it; `whole`: nobody of the list is out of reach."""

    visit: Visit
    campaign: Campaign
    roll: list[RollLine]
    units: Tree
    signed: Signed | None
    own: bool
    whole: bool

    @property
    def may_change(self) -> bool:
        """Whether the reader is an inspector of its team; standing campaigns have none but those in reach."""
        mine = self.own or self.campaign.standing
        return scope().may(Action.INSPECT) and mine and self.whole and self.signed is None

    @property
    def people(self) -> dict[str, int]:
        """The people of the roll by staff code."""
        return {line.person.code: line.frozen.person_id for line in self.roll}

    def remember(self) -> None:
        """Note that these people's day is about to be shown."""
        people = self.people.values()
        remember_shown("view_visit", f"{SUBJECT}{self.campaign.code}", people, self.visit.day, self.visit.day)


def seen_or_404(database: Session, code: str) -> Seen:
    """A visit; one of a campaign that may not be known of, or without anybody in reach, is not found."""
    found = visit_by_code(database, code)
    if found is None:
        abort(404)
    visit, campaign = found
    units = tree(database)
    _campaign, own = known_or_404(database, campaign.code, units)
    roll = roll_of(database, visit, scope().reach)
    if not roll:
        abort(404)
    return Seen(
        visit=visit,
        campaign=campaign,
        roll=roll,
        units=units,
        signed=signed_copy(database, visit.id or 0),
        own=own,
        whole=len(roll) == len(visit_people(database, visit, EVERYBODY)),
    )


def changeable_or_404(database: Session, code: str) -> Seen:
    """A visit of one's own team, signed or not: whether it is signed is said in words."""
    seen = seen_or_404(database, code)
    if not (scope().may(Action.INSPECT) and (seen.own or seen.campaign.standing) and seen.whole):
        abort(404)
    return seen


def inspector() -> By:
    """Who does something on a visit, and when."""
    account = holder()
    return By(
        actor=account.user_name,
        now=site().now(),
        settings=site().settings,
        account_id=account.id,
        scope=scope(),
    )


def tap_of_form() -> Tap:
    """A button pressed without scripts; the same button of the same page gives the same id again."""
    name, _, value = field("dau").partition(":")
    note = field("ghi-chu") if name == "note" else ""
    drawn = "|".join((field("ma"), field("nguoi"), name, value, note))
    return Tap(
        id=hashlib.sha256(drawn.encode()).hexdigest()[:32],
        code=field("nguoi"),
        field=name,
        value=value,
        note=note,
        tapped_ms=int(site().now().timestamp() * 1000),
    )


def taps_of_json() -> list[Tap]:
    """The queue of a phone. Raises InspectionRefused `visit_tap` for anything else."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or not isinstance(sent.get("taps"), list):
        raise InspectionRefused("visit_tap")
    return [_tap(one) for one in sent["taps"]]


def _tap(sent: Any) -> Tap:
    if not isinstance(sent, dict):
        raise InspectionRefused("visit_tap")
    texts = [sent.get(name, "") for name in ("id", "person", "field", "value", "note")]
    tapped = sent.get("tapped")
    if not isinstance(tapped, int) or isinstance(tapped, bool):
        raise InspectionRefused("visit_tap")
    if not all(isinstance(text, str) and "\0" not in text for text in texts):
        raise InspectionRefused("visit_tap")
    return Tap(id=texts[0], code=texts[1], field=texts[2], value=texts[3], note=texts[4], tapped_ms=tapped)
