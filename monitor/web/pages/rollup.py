"""A unit's month in figures: sub-units, heads, its own past, arrivals, and what is behind each number."""

from collections.abc import Callable
from typing import Any

from babel.numbers import format_decimal
from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.periods import Month, PeriodRefused
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.figures import Honesty
from monitor.rules.wallclock import date_of
from monitor.store.queries.figures import KINDS
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.session import reading
from monitor.web.addresses import iso_day
from monitor.web.charts import histogram, spark
from monitor.web.context import scope, site
from monitor.web.language import language
from monitor.web.pages.board import switcher
from monitor.web.pages.person_month import neighbours, state_of
from monitor.web.policy import policy
from monitor.web.rows import session_name
from monitor.web.shown import remember_shown
from monitor.web.unitlines import SORTS
from monitor.web.unitmonth import Asked, UnitMonth, unit_month

pages = Blueprint("rollup", __name__)


@pages.get("/theo-thang")
@policy(Action.SEE_UNITS)
def overview() -> Response:
    """The way in, and the switcher without JavaScript: a unit and a month, or those to begin with."""
    month = request.args.get("thang", "") or _this_month()
    with reading(site().engine) as database:
        units = tree(database)
        visible = scope().units_of(units)
        if not visible:
            abort(404)
        home = scope().home
        first = home if home in visible else units.roots_of(visible)[0]
        unit = _seen_unit(units, request.args.get("ma", "") or units.units[first].code, _month(month))
    return redirect(url_for("rollup.unit_month", code=unit.code, month=month))


@pages.get("/don-vi/<path:code>/thang/<month:month>", endpoint="unit_month")
@policy(Action.SEE_UNITS)
def month_of_unit(code: str, month: str) -> str:
    """A unit and what lies below it in a month; one that is out of scope all month is not found."""
    with reading(site().engine) as database:
        units = tree(database)
        asked = _asked(_seen_unit(units, code, _month(month)), _month(month))
        shown = unit_month(database, scope(), units, asked)
    remember_shown("view_board", f"unit:{code}", shown.people, min(asked.days), max(asked.days))
    return render_template("unit_month.html", **_values(units, asked, shown))


def percent(share: float) -> str:
    """A share of 1 as 78,5 %."""
    return f"{format_decimal(100 * share, format='0.0', locale=language())} %"


def _this_month() -> str:
    return f"{site().now():%Y-%m}"


def _month(text: str) -> Month:
    try:
        return Month.of(text)
    except PeriodRefused:
        abort(404)


def _seen_unit(units: Tree, code: str, month: Month) -> UnitRow:
    """The unit of a code, if it is in scope on any day of the month."""
    unit, days = units.by_code(code), range(month.first_day, month.last_day + 1)
    if unit is None or not any(scope().sees_unit(unit.id, day) for day in days):
        abort(404)
    return unit


def _asked(unit: UnitRow, month: Month) -> Asked:
    settings = site().settings.figures
    kind, sort = request.args.get("loai", ""), request.args.get("xep", "")
    return Asked(
        unit=unit,
        month=month,
        today=site().wall_clock() // DAY_SECONDS,
        honesty=Honesty(
            least_people=settings.least_people, least_coverage_percent=settings.least_coverage_percent
        ),
        sort=sort if sort in SORTS else "",
        falling=request.args.get("chieu") == "giam",
        kind=kind if kind in KINDS else "",
        day=request.args.get("ngay", type=iso_day),
        sisters=request.args.get("so") == "cung-cap",
    )


def _values(units: Tree, asked: Asked, shown: UnitMonth) -> dict[str, Any]:
    return {
        "shown": shown,
        "asked": asked,
        "switcher": switcher(units, scope()),
        "neighbours": neighbours(asked.month),
        "this_month": _this_month(),
        "today": asked.today,
        "date_of": date_of,
        "spark": spark,
        "histogram": histogram,
        "percent": percent,
        "weekly": lambda line: [rate and rate.share for rate in line.weeks],
        "state_of": state_of,
        "session_name": lambda row: session_name(row, language()),
        "listing": _listing(asked),
        "sorting": _sorting(asked),
    }


def _listing(asked: Asked) -> Callable[..., str]:
    """Gives the address of the sessions behind a number: of the unit or one below, of a day or the month."""

    def address(kind: str, unit: UnitRow | None = None, day: int | None = None) -> str:
        more: dict[str, Any] = {} if day is None else {"ngay": date_of(day).isoformat()}
        code = (unit or asked.unit).code
        page = url_for("rollup.unit_month", code=code, month=asked.month.text, loai=kind, **more)
        return f"{page}#cac-buoi"

    return address


def _sorting(asked: Asked) -> Callable[[str], str]:
    """Gives the address of the table sorted by a column; once more turns it round, numbers fall first."""

    def address(sort: str) -> str:
        falls = not asked.falling if asked.sort == sort else sort != "ten"
        more: dict[str, Any] = {"chieu": "giam"} if falls else {}
        more |= {"so": "cung-cap"} if asked.sisters else {}
        page = url_for("rollup.unit_month", code=asked.unit.code, month=asked.month.text, xep=sort, **more)
        return f"{page}#don-vi-con"

    return address
