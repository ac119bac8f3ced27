"""Mẫu hình: the definitions of the patterns, how often they err, and switching them on and off."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.patterns.switches import may_switch
from monitor.inspections.patterns.switches import switch as switch_pattern
from monitor.inspections.patterns.words import definition_values, rate_words
from monitor.inspections.wish import By
from monitor.rules.patterns import PATTERNS
from monitor.store.queries.patterns import Switch, switches
from monitor.store.session import reading, transaction
from monitor.web.context import scope, site
from monitor.web.forms import field
from monitor.web.language import language, say
from monitor.web.policy import Policy, policy
from monitor.web.sign_in import holder
from monitor.web.told import tell

pages = Blueprint("pattern_rules", __name__)

SWITCH = Policy(action=Action.SWITCH_PATTERNS, step_up=True)

Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A pattern as it is shown: its words, how often it errs, and what was last decided about it."""

    pattern: str
    rate: str
    on: bool
    decided: Switch | None


@pages.get("/mau-hinh")
@policy(Action.SWITCH_PATTERNS)
def catalogue() -> str:
    """Every pattern with its definition, its limits, how often it errs, and whether it is on."""
    return _catalogue()


def _catalogue(refused: InspectionRefused | None = None) -> str:
    limits = site().settings.patterns.limits
    with reading(site().engine) as database:
        known = switches(database)
        cards = [
            Card(
                pattern=pattern,
                rate=rate_words(pattern, limits, language()),
                on=pattern in known and known[pattern].switched_on,
                decided=known.get(pattern),
            )
            for pattern in PATTERNS
        ]
        allowed = may_switch(database, scope().role, scope().account_id)
    return render_template(
        "patterns_catalogue.html",
        cards=cards,
        values=definition_values(limits),
        may_switch=allowed,
        refused=refused,
        local=lambda moment: f"{moment.astimezone(site().now().tzinfo):%H:%M %d/%m/%Y}",
    )


@pages.post("/mau-hinh/<any(friday_early, no_out, pairs, last_minute, flood):kind>")
@policy(SWITCH)
def switch(kind: str) -> Answer:
    """Switch a pattern on or off for the whole installation, with a reason."""
    on = field("bat") == "1"
    try:
        with transaction(site().engine) as database:
            if not may_switch(database, scope().role, scope().account_id):
                abort(404)
            switch_pattern(database, kind, _by(), on=on, reason=field("ly-do"))
    except InspectionRefused as refused:
        return _catalogue(refused), 400
    tell("pattern_switched_on" if on else "pattern_switched_off", name=say(f"pattern_{kind}"))
    return redirect(url_for("pattern_rules.catalogue"))


def _by() -> By:
    account = holder()
    return By(
        actor=account.user_name,
        now=site().now(),
        settings=site().settings,
        account_id=account.id,
        scope=scope(),
    )
