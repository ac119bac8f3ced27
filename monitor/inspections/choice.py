"""Which units a campaign is about: all, the public-facing ones, chosen ones, or those to draw from."""

from collections.abc import Mapping
from datetime import date

from monitor.inspections.draw import Frame
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.wish import By, Wish
from monitor.rules.wallclock import day_of
from monitor.store.queries.tree import Tree


def visible(tree: Tree, by: By, days: Mapping[date, str]) -> frozenset[int]:
    """The units that the maker may have checked: those in scope on every day of the campaign."""
    if by.scope is None:
        return frozenset(tree.units)
    scope = by.scope
    numbers = [day_of(on) for on in days]
    return frozenset(
        unit for unit in scope.units_of(tree) if all(scope.sees_unit(unit, day) for day in numbers)
    )


def chosen(wish: Wish, tree: Tree, visible: frozenset[int]) -> frozenset[int]:
    """The units of a choice, or those to draw from; none lies below another of its bloc."""
    if wish.units and wish.choice in {"chosen", "sample"}:
        found = frozenset(_unit(tree, code, visible) for code in wish.units)
    elif wish.choice == "public_facing":
        found = frozenset(unit for unit in visible if tree.units[unit].public_facing)
    elif wish.choice == "sample":
        below = [unit for root in tree.roots_of(visible) for unit in tree.children.get(root, ())]
        found = frozenset(below) & visible
    elif wish.choice == "all":
        found = visible
    else:
        found = frozenset()
    tops = _tops(tree, found)
    if not tops:
        raise InspectionRefused("campaign_no_units")
    return tops


def _unit(tree: Tree, code: str, visible: frozenset[int]) -> int:
    unit = tree.by_code(code)
    if unit is None or unit.id not in visible:
        raise InspectionRefused("campaign_unit_unknown", unit=code)
    return unit.id


def _tops(tree: Tree, found: frozenset[int]) -> frozenset[int]:
    """Without the units that another one stands for."""
    return frozenset(
        unit
        for unit in found
        if not any(
            unit in tree.below_in_bloc(above)
            for above in tree.path(tree.units[unit].parent_id)
            if above in found
        )
    )


def frame(wish: Wish, tree: Tree, units: frozenset[int]) -> Frame:
    """The list to draw from; a unit meets the public if any unit below it does."""
    facing = [
        unit for unit in units if any(tree.units[one].public_facing for one in tree.below_in_bloc(unit))
    ]
    codes = [tree.units[unit].code for unit in units]
    return Frame.of(codes, [tree.units[unit].code for unit in facing] if wish.public_first else ())
