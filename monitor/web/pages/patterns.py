"""Cần xem lại: what the patterns that are on list, for the inspection team and the head of the unit."""

from flask import Blueprint, abort, render_template, request

from monitor.access import Action
from monitor.inspections.patterns.hits import Asked, Hit, hits_of
from monitor.inspections.patterns.switches import switched_on
from monitor.inspections.patterns.words import definition_values, rate_words
from monitor.rules.wallclock import day_of
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.session import reading
from monitor.web.addresses import iso_day
from monitor.web.context import scope, site
from monitor.web.language import clock_seconds, language
from monitor.web.policy import policy
from monitor.web.shown import remember_shown

pages = Blueprint("patterns", __name__)


@pages.get("/can-xem-lai")
@policy(Action.SEE_PATTERNS)
def overview() -> str:
    """What the patterns list in a unit in the weeks up to a day."""
    with reading(site().engine) as database:
        if not switched_on(database):
            abort(404)
        units = tree(database)
        unit = _unit(units)
        settings = site().settings
        asked = Asked(
            unit_ids=scope().units_of(units) & units.below_in_bloc(unit.id),
            last_day=_last_day(),
            patterns=settings.patterns,
            inspections=settings.inspections,
        )
        found = hits_of(database, scope().reach, units, asked)
    people = {who.person_id for hits in found.values() for hit in hits for who in hit.people}
    remember_shown("view_patterns", f"unit:{unit.code}", people, asked.first_day, asked.last_day)
    return render_template(
        "patterns.html",
        unit=unit,
        choices=_choices(units),
        asked=asked,
        found=found,
        rates={pattern: rate_words(pattern, settings.patterns.limits, language()) for pattern in found},
        values=definition_values(settings.patterns.limits),
        punches_of=_punches_of,
    )


def _unit(units: Tree) -> UnitRow:
    """The unit asked for, or the one to begin with; one out of scope is not found."""
    visible = scope().units_of(units)
    asked = request.args.get("dv", "")
    unit = units.by_code(asked) if asked else None
    if not asked and visible:
        home = scope().home
        unit = units.units[home if home in visible else units.roots_of(visible)[0]]
    if unit is None or unit.id not in visible:
        abort(404)
    return unit


def _choices(units: Tree) -> list[UnitRow]:
    visible = scope().units_of(units)
    return sorted((units.units[one] for one in visible), key=lambda unit: unit.code)


def _last_day() -> int:
    """The day asked for, at most yesterday: today is not over."""
    yesterday = day_of(site().now().date()) - 1
    asked = request.args.get("den", "")
    try:
        return min(iso_day(asked), yesterday) if asked else yesterday
    except ValueError:
        abort(404)


def _punches_of(hit: Hit, day: int) -> list[str]:
    """The evidence of a day in words: when, at which terminal, whose."""
    names = {who.person_id: who.name for who in hit.people}
    shown = (one for one in hit.punches if one.day == day)
    return [f"{clock_seconds(one.time)} {names[one.person_id]} ({one.terminal})" for one in shown]
