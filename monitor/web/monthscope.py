"""Who stands how to a unit's month: may look at it, sign it, hand it over."""

from flask import abort

from monitor.access import Action, Scope
from monitor.periods import Month
from monitor.periods.steps import APPROVE, CLOSE, CONFIRM, SUBMIT
from monitor.store.queries.tree import Tree, UnitRow
from monitor.web.context import scope

STEP_ACTIONS = {
    SUBMIT: Action.SUBMIT_MONTHS,
    CONFIRM: Action.CONFIRM_MONTHS,
    APPROVE: Action.CONFIRM_MONTHS,
    CLOSE: Action.CLOSE_MONTHS,
}


def sees_days(asking: Scope, unit_id: int, first_day: int, last_day: int) -> bool:
    """Whether a unit is in scope on every day of a span: sums tell of the days that are not shown."""
    return all(asking.sees_unit(unit_id, day) for day in range(first_day, last_day + 1))


def sees_whole(unit_id: int, first_day: int, last_day: int) -> bool:
    """`sees_days` for the account that asks."""
    return sees_days(scope(), unit_id, first_day, last_day)


def seen_unit(units: Tree, code: str, month: Month) -> UnitRow:
    """The unit of a code; one that is not in scope for the whole month is not found."""
    unit = units.by_code(code)
    if unit is None or not sees_days(scope(), unit.id, month.first_day, month.last_day):
        abort(404)
    return unit


def seen_below(units: Tree, unit: UnitRow, first_day: int, last_day: int) -> list[UnitRow]:
    """The unit and what lies below it, parents first, as far as it is in scope on every day."""
    asking = scope()
    return [
        units.units[one] for one, _depth in units.walk(unit.id) if sees_days(asking, one, first_day, last_day)
    ]


def may_take(asking: Scope, units: Tree, unit: UnitRow, step: str) -> bool:
    """Whether the account may take a step of a unit that it sees.

    The head of the unit, or whoever stands above, confirms; approving is for the head above it, and for
    the unit itself only at the top of an agency (of its bloc), where nobody is above.
    """
    if not asking.may(STEP_ACTIONS[step]):
        return False
    return step != APPROVE or asking.sees_unit(_above(units, unit))


def _above(units: Tree, unit: UnitRow) -> int:
    parent = unit.parent_id
    return parent if parent is not None and unit.id in units.below_in_bloc(parent) else unit.id
