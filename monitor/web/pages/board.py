"""Hôm nay: the people of a unit on a day, what needs attention first."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from monitor.access import Action, Scope
from monitor.groups import Group
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import weekday_of
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.session import reading
from monitor.web.addresses import iso_day
from monitor.web.boarddata import Asked, board
from monitor.web.context import scope, site
from monitor.web.language import language
from monitor.web.policy import policy
from monitor.web.shown import remember_shown

pages = Blueprint("board", __name__)


@pages.get("/don-vi/<path:code>/ngay/<day:day>")
@policy(Action.SEE_UNITS)
def unit_day(code: str, day: int) -> str:
    """A unit and its sub-units on a day."""
    surroundings, now = site(), site().wall_clock()
    with reading(surroundings.engine) as database:
        units = tree(database)
        asked = Asked(
            unit=_unit_in_scope(units, code, scope(), day),
            day=day,
            now=now,
            zone=surroundings.settings.site.timezone,
            pull_every_seconds=surroundings.settings.terminals.read_within_seconds(now % DAY_SECONDS),
            language=language(),
            group=_group_asked(),
            search=request.args.get("tim", "")[:100],
        )
        found = board(database, scope(), units, asked)
    people = {row.seat.person_id for section in found.sections for row in section.rows}
    remember_shown("view_board", f"unit:{found.unit.code}", people, day, day)
    return render_template(
        "board.html",
        board=found,
        asked=asked,
        switcher=switcher(units, scope()),
        today=now // DAY_SECONDS,
        weekday=weekday_of(day),
        may_see_terminals=scope().may(Action.SEE_TERMINALS),
    )


@pages.get("/don-vi")
@policy(Action.SEE_UNITS)
def choose() -> Response:
    """The unit switcher without JavaScript: a form names the unit and the day."""
    code, day = request.args.get("ma", ""), request.args.get("ngay", type=iso_day)
    with reading(site().engine) as database:
        wanted = site().wall_clock() // DAY_SECONDS if day is None else day
        unit = _unit_in_scope(tree(database), code, scope(), wanted)
    return redirect(url_for("board.unit_day", code=unit.code, day=wanted))


def _unit_in_scope(units: Tree, code: str, asking: Scope, day: int) -> UnitRow:
    """The unit of a code; one that is out of scope on the day is not found."""
    unit = units.by_code(code)
    if unit is None or not asking.sees_unit(unit.id, day):
        abort(404)
    return unit


def _group_asked() -> Group | None:
    asked = request.args.get("nhom", "")
    return Group(asked) if asked in set(Group) else None


def switcher(units: Tree, asking: Scope) -> list[tuple[UnitRow, int]]:
    """The units in scope with their depths, parents first."""
    visible = asking.units_of(units)
    return [
        (units.units[unit], depth)
        for root in units.roots_of(visible)
        for unit, depth in units.walk(root)
        if unit in visible
    ]
