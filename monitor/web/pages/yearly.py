"""Minh chứng năm: what the records of a year say of a unit, of a person, of oneself."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.rules.wallclock import date_of
from monitor.store.queries.person_month import somebody
from monitor.store.queries.tree import tree
from monitor.store.session import reading
from monitor.store.tables import Person
from monitor.web.context import scope, site
from monitor.web.pages.board import switcher
from monitor.web.policy import policy
from monitor.web.shown import remember_shown
from monitor.web.yearlypage import ends_asked, home_of, period_asked, reader, year_of_unit
from monitor.yearly.files import SUFFIXES
from monitor.yearly.period import Period
from monitor.yearly.tables import DECISIONS
from monitor.yearly.unit import person_year

pages = Blueprint("yearly", __name__)

YEAR_DIGITS = 4


@pages.get("/minh-chung")
@policy(Action.SEE_UNITS)
def overview() -> Response:
    """The way in, and the switcher without JavaScript: a unit and a year, or those to begin with."""
    asked = request.args.get("nam", "")
    year = int(asked) if len(asked) == YEAR_DIGITS and asked.isascii() and asked.isdigit() else 0
    with reading(site().engine) as database:
        units = tree(database)
        code = request.args.get("ma", "") or home_of(units).code
    ends: dict[str, Any] = {"den": request.args["den"]} if request.args.get("den") else {}
    return redirect(url_for("yearly.unit", code=code, year=year or site().now().year, **ends))


@pages.get("/don-vi/<path:code>/nam/<int:year>", endpoint="unit")
@policy(Action.SEE_UNITS)
def year_of_one_unit(code: str, year: int) -> str:
    """A unit and what lies below it; one that is out of scope in the whole period is not found."""
    period = period_asked(year)
    with reading(site().engine) as database:
        units = tree(database)
        shown = year_of_unit(database, units, code, period)
    people = [one.who.person_id for one in shown.people] + [led.by.person_id for led in shown.leaders]
    remember_shown("view_year", f"unit:{code}", people, period.first_day, period.last_day)
    return render_template(
        "yearly_unit.html",
        shown=shown,
        switcher=switcher(units, scope()),
        unit_of=units.units,
        may_export=scope().may(Action.EXPORT),
        may_enter=scope().may(Action.ENTER_RECORDS),
        papers=scope().may(Action.DECIDE),
        suffixes=SUFFIXES,
        **_period(period, year),
    )


@pages.get("/nguoi/<path:code>/nam/<int:year>")
@policy(Action.SEE_PEOPLE)
def person(code: str, year: int) -> str:
    """One person; where nothing of the period may be seen, it is not found."""
    period = period_asked(year)
    with reading(site().engine) as database:
        units, who = tree(database), somebody(database, code)
        found = None if who is None else person_year(database, units, reader(), period, who.person_id)
    if found is None:
        abort(404)
    shown, led = found
    remember_shown("view_year", f"person:{code}", [shown.who.person_id], period.first_day, period.last_day)
    return render_template(
        "yearly_person.html",
        shown=shown,
        led=led,
        unit_of=units.units,
        decisions=DECISIONS,
        own=shown.who.person_id == scope().person_id,
        **_period(period, year),
    )


@pages.get("/ca-nhan/nam")
@policy(Action.SEE_PEOPLE)
def own() -> Response:
    """One's own evidence of this year."""
    person_id = scope().person_id
    if person_id is None:
        abort(404)
    with reading(site().engine) as database:
        code = database.get_one(Person, person_id).code
    return redirect(url_for("yearly.person", code=code, year=site().now().year))


def _period(period: Period, year: int) -> dict[str, Any]:
    """The period, the years beside it, and what keeps it in addresses."""
    return {
        "period": period,
        "year": date_of(period.last_day).year if period.year is None else year,
        "ends": ends_asked(period),
        "ends_on": date_of(period.last_day),
        "this_year": site().now().year,
    }
