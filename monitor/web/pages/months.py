"""Bảng công tháng: the grid of a unit's month."""

from urllib.parse import quote, urlencode

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.exports.timesheet.form import load_forms
from monitor.exports.timesheet.grid import EARLY, LATE, TO_DO, Grid, Mark, month_grid
from monitor.exports.timesheet.sheet import vietnamese
from monitor.exports.timesheet.wanted import Wanted
from monitor.exports.timesheet.words import legends, notes
from monitor.periods import Month, list_periods
from monitor.periods.month import FORM
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of
from monitor.store.queries.month_steps import newest_steps
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.queries.unknown_ids import unknown_ids
from monitor.store.session import reading
from monitor.web.context import scope, site
from monitor.web.excuseform import types_offered
from monitor.web.language import _, language
from monitor.web.monthpage import LETTERS, Asked, RowWords, chosen, head_kind, rows
from monitor.web.monthscope import seen_below, seen_unit
from monitor.web.monthsteps import path_shown
from monitor.web.pages.board import switcher
from monitor.web.policy import policy
from monitor.web.shown import remember_shown

pages = Blueprint("months", __name__)

FORM_NAME = "c01-hd"
TO_DO_ONLY = "can-xu-ly"
PLACE = "~"
"""Stands for a staff code in the pattern of an address."""
WEEK = 7
OTHER_PAGES: tuple[tuple[str, str, Action, dict[str, str]], ...] = (
    ("decide", "decisions.choose", Action.DECIDE, {"chon": "{code}@{day}"}),
    ("excuse", "registers.new_excuse", Action.ENTER_RECORDS, {"ma": "{code}", "tu": "{day}"}),
)
"""Pages that a cell leads to, where the installation has them: endpoint, who may, query."""


@pages.get("/bang-cong")
@policy(Action.SEE_UNITS)
def overview() -> Response:
    """The way in, and the switcher without JavaScript: a unit and a month, or those to begin with."""
    month = request.args.get("thang", "") or f"{site().now():%Y-%m}"
    if len(month) != len(FORM):
        abort(404)
    with reading(site().engine) as database:
        units = tree(database)
        code = request.args.get("ma", "") or _home(units)
    return redirect(url_for("months.unit_month", code=code, month=month))


def _home(units: Tree) -> str:
    asking = scope()
    if asking.home is not None:
        return units.units[asking.home].code
    roots = units.roots_of(asking.units_of(units))
    if not roots:
        abort(404)
    return units.units[roots[0]].code


@pages.get("/bang-cong/<path:code>/<month:month>")
@policy(Action.SEE_UNITS)
def unit_month(code: str, month: str) -> str:
    """Everybody of a unit with the days they belonged to it."""
    wanted = _wanted(month)
    asked = Asked(search=request.args.get("tim", "")[:100], to_do=request.args.get("loc") == TO_DO_ONLY)
    with reading(site().engine) as database:
        units = tree(database)
        unit = seen_unit(units, code, wanted.month)
        grid = month_grid(database, unit, wanted)
        path = path_shown(database, unit, wanted.month, grid.content)
        strangers = _strangers(database, wanted.month)
        below = _below(database, units, unit, wanted.month)
        symbols = [(one.symbol, one.code) for one in types_offered(database) if one.symbol]
    remember_shown(
        "view_month", f"unit:{code}", grid.person_ids, wanted.month.first_day, wanted.month.last_day
    )
    places = chosen(grid, asked)
    return render_template(
        "month.html",
        unit=unit,
        month=wanted.month,
        grid=grid,
        sheet=grid.sheet,
        asked=asked,
        places=places,
        body=rows(grid, places, _words(wanted.month)),
        path=path,
        strangers=strangers,
        below=below,
        switcher=switcher(units, scope()),
        neighbours=_neighbours(wanted.month),
        week=_week_of_today(wanted.month),
        legends=legends(grid.sheet),
        sheet_notes=notes(grid.sheet),
        letters=[(LETTERS[kind], _legend(kind)) for kind in LETTERS],
        head_kind=head_kind,
        to_do_only=TO_DO_ONLY,
        waiting=len(grid.to_do),
        marked=_counts(grid),
        may_export=scope().may(Action.EXPORT),
        addresses=_addresses(wanted.month),
        symbols=symbols,
    )


def _wanted(month: str) -> Wanted:
    surroundings = site()
    return Wanted(
        form_name=FORM_NAME,
        forms=load_forms(surroundings.settings.folder),
        month=Month.of(month),
        now=surroundings.now(),
        zone=surroundings.settings.site.timezone,
    )


def _words(month: Month) -> RowWords:
    start, _mid, _end = url_for("person.day", code=PLACE, day=month.first_day).partition(PLACE)
    ends = {
        day: url_for("person.day", code=PLACE, day=day).partition(PLACE)[2]
        for day in range(month.first_day, month.last_day + 1)
    }
    # The router takes 20 µs for an address; these are five hundred of one form.
    return RowWords(
        mark=mark_words,
        total=vietnamese if language() == "vi" else _total,
        address=lambda code, day: f"{start}{quote(code)}{ends[day]}",
        first_day=month.first_day,
    )


def _total(days: float) -> str:
    return f"{days:g}" if days else ""


def _addresses(month: Month) -> dict[str, str]:
    """Patterns of addresses for scripts: `~` stands for the staff code, the month's first day for the day.

    What the installation has no page for is left out.
    """
    first = date_of(month.first_day).isoformat()
    found = {"person": url_for("person.day", code=PLACE, day=month.first_day)}
    for name, endpoint, action, query in OTHER_PAGES:
        if endpoint in current_app.view_functions and scope().may(action):
            values = {key: value.format(code=PLACE, day=first) for key, value in query.items()}
            found[name] = f"{url_for(endpoint)}?{urlencode(values, safe='~@')}"
    return found


def mark_words(mark: Mark) -> str:
    """An annotation in words, in the reader's language."""
    match mark.kind:
        case "late":
            return _("đi muộn {minutes} phút", minutes=mark.minutes)
        case "early":
            return _("về sớm {minutes} phút", minutes=mark.minutes)
        case kind:
            return _legend(kind)


def _legend(kind: str) -> str:
    words = {
        LATE: _("Đi muộn"),
        EARLY: _("Về sớm"),
        "missing": _("Thiếu lượt chấm"),
        "no_data": _("Chưa có dữ liệu"),
        "open": _("Chưa có kết quả"),
    }
    return words[kind]


def _counts(grid: Grid) -> list[tuple[str, int]]:
    """How many cells wait for somebody, by what for."""
    found = dict.fromkeys(sorted(TO_DO), 0)
    for marks in grid.marks.values():
        for mark in marks:
            if mark.kind in found:
                found[mark.kind] += 1
    return [(_legend(kind), count) for kind, count in found.items() if count]


def _strangers(database: Session, month: Month) -> int:
    """How many device user ids with punches since the month began mean nobody; 0 for who cannot map them."""
    if not scope().may(Action.MAP_BADGES):
        return 0
    return len(unknown_ids(database, month.first_day * DAY_SECONDS))


def _below(database: Session, units: Tree, unit: UnitRow, month: Month) -> list[tuple[UnitRow, str]]:
    """The units right below, each with where its month stands: the newest step, or `closed`, '' for none."""
    direct = set(units.children.get(unit.id, ()))
    found = [one for one in seen_below(units, unit, month.first_day, month.last_day) if one.id in direct]
    ids = frozenset(one.id for one in found)
    steps = newest_steps(database, ids, month.text)
    closed = {
        period.unit
        for period in list_periods(database, ids)
        if period.month == month.text and period.state != "reopened"
    }
    return [(one, "close" if one.code in closed else steps.get(one.id, "")) for one in found]


def _neighbours(month: Month) -> tuple[str, str]:
    before, after = date_of(month.first_day - 1), date_of(month.last_day + 1)
    return f"{before:%Y-%m}", f"{after:%Y-%m}"


def _week_of_today(month: Month) -> int:
    """Which seven days a phone shows first: those of today, or the first ones."""
    today = site().wall_clock() // DAY_SECONDS
    return (today - month.first_day) // WEEK + 1 if month.first_day <= today <= month.last_day else 1
