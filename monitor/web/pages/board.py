"""Hôm nay: the people of a unit on a day, what needs attention first."""

import hashlib
from dataclasses import dataclass, field, replace

from flask import Blueprint, abort, current_app, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from monitor.access import Action, Scope
from monitor.alarms import silent_minutes
from monitor.groups import Group
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import weekday_of
from monitor.store.queries.tree import Tree, UnitRow
from monitor.store.session import reading
from monitor.web.addresses import iso_day
from monitor.web.boarddata import Asked, Board, board
from monitor.web.context import scope, signed_in, site
from monitor.web.kept import MINUTE, kept_part, units_now
from monitor.web.language import day_text, language, say
from monitor.web.policy import policy
from monitor.web.shown import remember_shown
from monitor.web.sign_in import REFRESH_HEADER

pages = Blueprint("board", __name__)

DECIDING = "decisions.choose"
"""The page on which days are decided; it takes `chon=CODE@YYYY-MM-DD`, several times."""
TO_DECIDE = frozenset({Group.NOT_IN, Group.ABSENT, Group.MISSING, Group.LATE, Group.EARLY, Group.NO_DATA})
"""Groups of people about whom there is something to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The board as it is sent, whose rows it shows, and who was traced as its reader in this minute."""

    title: str
    totals: str
    refreshes: bool
    content: Markup
    digest: str
    people: frozenset[int]
    unit_code: str
    traced: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    """What the address says; equal addresses give equal boards within a minute."""

    code: str
    day: int
    group: Group | None
    search: str
    unfolded: frozenset[Group]


@pages.get("/don-vi/<path:code>/ngay/<day:day>")
@policy(Action.SEE_UNITS)
def unit_day(code: str, day: int) -> Response:
    """A unit and its sub-units on a day; a refresh gets the main region alone."""
    address = _Address(
        code=code,
        day=day,
        group=_group_asked(),
        search=request.args.get("tim", "")[:100],
        unfolded=frozenset(Group) & frozenset(request.args.getlist("mo")),
    )
    now = site().wall_clock() // MINUTE * MINUTE  # as long as the board is kept
    # Whoever has the same scope sees the same; the account itself is in the frame around it.
    key = (address, replace(scope(), account_id=0), language())
    drawn = kept_part(key, lambda: _draw(address, now))
    _trace(drawn, day)
    return _answer(drawn)


def _draw(address: _Address, now: int) -> Drawn:
    surroundings = site()
    with reading(surroundings.engine) as database:
        units = units_now()
        asked = Asked(
            unit=_unit_in_scope(units, address.code, scope(), address.day),
            day=address.day,
            now=now,
            zone=surroundings.settings.site.timezone,
            pull_every_seconds=surroundings.settings.terminals.read_within_seconds(now % DAY_SECONDS),
            language=language(),
            group=address.group,
            search=address.search,
            unfolded=address.unfolded,
        )
        found = board(database, scope(), units, asked)
        silent = silent_minutes(database)
    today = now // DAY_SECONDS
    content = render_template(
        "board_main.html",
        board=found,
        asked=asked,
        switcher=switcher(units, scope()),
        today=today,
        scheduler_silent=silent,
        weekday=weekday_of(address.day),
        may_see_terminals=scope().may(Action.SEE_TERMINALS),
        deciding=_deciding(),
        to_decide=TO_DECIDE,
        own_id=scope().person_id,
    )
    return _drawn(found, content, refreshes=address.day == today)


def _drawn(found: Board, content: str, *, refreshes: bool) -> Drawn:
    totals = ". ".join(f"{say(f'group_{group}')} {count}" for group, count in found.counts.items())
    return Drawn(
        title=f"{found.unit.name} · {day_text(found.day)}",
        totals=totals,
        refreshes=refreshes,
        content=Markup(content),  # noqa: S704 - our own template escaped it
        digest=hashlib.sha256(content.encode()).hexdigest(),
        people=found.people,
        unit_code=found.unit.code,
    )


def _trace(drawn: Drawn, day: int) -> None:
    """Tell who looks at whom, before it is shown; once for each account in the minute that this is kept."""
    account = signed_in()
    if account is None or account.id in drawn.traced:
        return
    remember_shown("view_board", f"unit:{drawn.unit_code}", drawn.people, day, day)
    drawn.traced.add(account.id or 0)


def _answer(drawn: Drawn) -> Response:
    """The page, or its main region alone, or that nothing has changed since the one that the reader has."""
    refresh = REFRESH_HEADER in request.headers
    response = make_response(render_template("board.html", kept=drawn, part_only=refresh))
    if refresh:
        response.set_etag(drawn.digest)
        response.make_conditional(request.environ)
    return response


def _deciding() -> str | None:
    """The address of the page where days are decided, for those who may."""
    return (
        url_for(DECIDING) if scope().may(Action.DECIDE) and DECIDING in current_app.view_functions else None
    )


@pages.get("/don-vi")
@policy(Action.SEE_UNITS)
def choose() -> Response:
    """The unit switcher without JavaScript: a form names the unit and the day."""
    code, day = request.args.get("ma", ""), request.args.get("ngay", type=iso_day)
    wanted = site().wall_clock() // DAY_SECONDS if day is None else day
    unit = _unit_in_scope(units_now(), code, scope(), wanted)
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
