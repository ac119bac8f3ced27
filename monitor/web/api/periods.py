"""Months by unit with their state and code, and the official sheet of a closed one."""

from collections.abc import Mapping

from sqlmodel import Session
from werkzeug.wrappers import Response

from monitor.access import Action
from monitor.exports.timesheet.collect import month_sheets
from monitor.exports.timesheet.form import NAMES, load_forms
from monitor.exports.timesheet.open_formats import as_json
from monitor.exports.timesheet.sheet import Sheet, State
from monitor.exports.timesheet.wanted import Wanted
from monitor.periods import Month, PeriodRefused, PeriodState, list_periods
from monitor.periods.codes import code_of
from monitor.store.queries.tree import UnitRow, tree
from monitor.store.session import StoreError, reading
from monitor.web.api.answering import Named, answer, answer_bytes, page_of
from monitor.web.api.asking import (
    PAGING,
    Span,
    choice_asked,
    month_asked,
    page_asked,
    require_known,
    seen_unit,
    units_asked,
)
from monitor.web.api.problems import Problem, not_found
from monitor.web.api.views import pages, reads
from monitor.web.context import scope, site
from monitor.web.monthscope import sees_days

FORMS = {name: name for name in NAMES}


@pages.get("/months/<month>")
@reads(Action.SEE_UNITS)
def month_list(month: str) -> Response:
    """The month of every unit in scope, by the unit's code; `unit`: of a subtree."""
    require_known("unit", *PAGING)
    page, wanted = page_asked((str,)), month_asked(month)
    with reading(site().engine) as database:
        units = tree(database)
        mine = [units.units[unit] for unit in units_asked(units)]
        after = "" if page.after is None else str(page.after[0])
        rows = sorted((unit for unit in mine if unit.code > after), key=lambda unit: unit.code)
        rows = rows[: page.limit + 1]
        states = _states(database, rows, wanted)
    body = page_of(rows, page, lambda row: (row.code,), lambda row: _told(row, wanted, states.get(row.code)))
    return answer(body)


def _states(database: Session, units: list[UnitRow], month: Month) -> Mapping[str, PeriodState]:
    found = list_periods(database, frozenset(unit.id for unit in units), month=month.text)
    return {one.unit: one for one in found}


def _told(unit: UnitRow, month: Month, state: PeriodState | None) -> Mapping[str, object]:
    """`open` as long as it was never closed; code and seal only while they hold."""
    closed = state is not None and state.state != "reopened"
    return {
        "unit": unit.code,
        "month": month.text,
        "state": "open" if state is None else state.state,
        "code": code_of(state.seal) if closed and state and state.seal else None,
        "seal": state.seal if closed and state and state.seal else None,
        "closed_at": state.closed_at.isoformat() if closed and state and state.closed_at else None,
        "pending_adjustments": 0 if state is None else state.adjustments,
    }


@pages.get("/sheets/<month>/<path:code>")
@reads(Action.EXPORT)
def sheet(month: str, code: str) -> Response:
    """A closed month's sheet as docs/timesheet-schema.md describes it; `form`: which."""
    require_known("form")
    wanted = _wanted(choice_asked("form", FORMS, NAMES[0]), month_asked(month))
    with reading(site().engine) as database:
        unit = seen_unit(tree(database), code)
    if not sees_days(scope(), unit.id, wanted.month.first_day, wanted.month.last_day):
        raise not_found()
    found = _closed_sheet(unit, wanted)
    span = Span(first=wanted.month.first_day, last=wanted.month.last_day)
    people = [line.code for line in found.lines]
    named = Named(what=f"api.timesheet.{wanted.form_name}", people=people, span=span, unit=unit.code)
    return answer_bytes(as_json([found]), named)


def _closed_sheet(unit: UnitRow, wanted: Wanted) -> Sheet:
    """The sheet as it was sealed: state and content of one transaction."""
    not_closed = Problem(409, "api_month_not_closed", month=wanted.month.text)
    try:
        (found,) = month_sheets(site().engine, [unit.id], wanted)
    except (StoreError, PeriodRefused):
        raise not_closed from None
    if found.state is not State.CLOSED:
        raise not_closed
    return found


def _wanted(form: str, month: Month) -> Wanted:
    surroundings = site()
    return Wanted(
        form_name=form,
        forms=load_forms(surroundings.settings.folder),
        month=month,
        now=surroundings.now(),
        zone=surroundings.settings.site.timezone,
        check_url=surroundings.settings.periods.check_url,
    )
