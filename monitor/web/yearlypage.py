"""What the pages of a year share: the period in the address, who reads, and units in scope."""

from typing import Any

from flask import abort, request
from sqlmodel import Session

from monitor.access import Action
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of
from monitor.store.queries.tree import Tree, UnitRow
from monitor.web.addresses import iso_day
from monitor.web.context import scope, site
from monitor.web.unitmonth import shown_units
from monitor.yearly.period import Period, calendar_year, twelve_months_to
from monitor.yearly.sight import Reader
from monitor.yearly.unit import UnitYear, unit_year

ENDS = "den"
"""In the address: the last day of twelve months that are wanted instead of a calendar year."""


def period_asked(year: int) -> Period:
    """The calendar year, or the twelve months to the day in the address; nonsense is not found."""
    text = request.args.get(ENDS, "")
    try:
        return twelve_months_to(date_of(iso_day(text))) if text else calendar_year(year)
    except ValueError:
        abort(404)


def ends_asked(period: Period) -> dict[str, Any]:
    """What an address needs besides the year to mean the same period."""
    return {} if period.year is not None else {ENDS: date_of(period.last_day).isoformat()}


def reader() -> Reader:
    """Who asks; reminders, decisions and findings of others are for those who decide."""
    return Reader(
        reach=scope().reach,
        papers=scope().may(Action.DECIDE),
        now=site().now(),
        today=site().wall_clock() // DAY_SECONDS,
        account_id=scope().account_id,
    )


def seen_unit(units: Tree, code: str, days: range) -> UnitRow:
    """The unit of a code; one that is in scope on none of the days is not found."""
    unit = units.by_code(code)
    if unit is None or not shown_units(scope(), units, unit.id, days) & {unit.id}:
        abort(404)
    return unit


def year_of_unit(database: Session, units: Tree, code: str, period: Period) -> UnitYear:
    """The evidence of a unit and of what lies below it, as far as it is in scope."""
    unit = seen_unit(units, code, period.days)
    below = shown_units(scope(), units, unit.id, period.days)
    return unit_year(database, units, reader(), period, below, unit)


def home_of(units: Tree) -> UnitRow:
    """The unit to begin with; nobody without one has anything here."""
    home = scope().home
    if home is not None:
        return units.units[home]
    roots = units.roots_of(scope().units_of(units))
    if not roots:
        abort(404)
    return units.units[roots[0]]
