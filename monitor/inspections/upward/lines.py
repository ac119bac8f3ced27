"""The figures of a report, unit by unit: each reconciles by itself, and together they are the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.inspections.errors import InspectionRefused
from monitor.inspections.report import Report
from monitor.inspections.totals import Totals, added, reconciled
from monitor.store.queries.tree import Tree, UnitRow

NONE = Totals()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """A unit with everything below it; `unit` None: the people of the reporting unit itself, of no sub-unit.

    `missing`: marks missing though the person was there; `leads`: heads and deputies, where they are known.
    """

    unit: UnitRow | None
    totals: Totals
    missing: int = 0
    leads: Totals = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The lines of a reporting unit: its sub-units, its own people, and the whole, which is their sum."""

    unit: UnitRow
    lines: tuple[UnitLine, ...]
    whole: UnitLine

    @property
    def units(self) -> int:
        """How many sub-units were looked at."""
        return sum(line.unit is not None for line in self.lines)


def of_sessions(units: Tree, unit: UnitRow, counts: Mapping[int, Mapping[str, int]], days: range) -> Table:
    """From counts of each unit's own people on the days. Raises InspectionRefused as `reconciled_table`.

    A sub-unit that was not there on any of the days has a line only if it has counts.
    """

    def line(of: UnitRow | None, members: frozenset[int]) -> UnitLine:
        parts = [_checked(units.units[one], counts[one]) for one in sorted(members) if one in counts]
        return UnitLine(
            unit=of,
            totals=added(totals for totals, _missing in parts),
            missing=sum(missing for _totals, missing in parts),
        )

    below = units.below_in_bloc(unit.id)
    children = [units.units[child] for child in units.children.get(unit.id, ()) if child in below]
    lines = [
        line(child, members)
        for child in children
        if counts.keys() & (members := units.below_in_bloc(child.id) & below) or child.stood(days)
    ]
    lines.append(line(None, frozenset({unit.id})))
    return reconciled_table(unit, lines, line(unit, below))


def _checked(unit: UnitRow, counts: Mapping[str, int]) -> tuple[Totals, int]:
    parts = {name: value for name, value in counts.items() if name != "missing"}
    return reconciled_unit(unit.name, Totals(**parts)), counts["missing"]


def of_campaign(report: Report, unit: UnitRow, days: Sequence[int]) -> Table:
    """From a campaign's report, summed over its days. Raises InspectionRefused as `reconciled_table`."""
    places = report.places
    found = places.ids.index(unit.id) if unit.id in places.ids else -1
    below = report.units.below_in_bloc(unit.id)
    if found >= 0:
        members = [place for place, above in enumerate(places.parent) if above == found]
    else:
        members = [place for place in places.tops if places.ids[place] in below]
    lines = [_summed(report, place, days) for place in members]
    if found < 0:
        return reconciled_table(unit, lines, _sum(unit, lines))
    whole = _summed(report, found, days)
    return reconciled_table(unit, [*lines, _rest(whole, lines)], whole)


def _summed(report: Report, place: int, days: Sequence[int]) -> UnitLine:
    every = [report.line(place, day) for day in days]
    return UnitLine(
        unit=report.units.units[report.places.ids[place]],
        totals=added(line.totals for line in every),
        leads=added(line.leads for line in every),
    )


def _sum(unit: UnitRow, lines: Sequence[UnitLine]) -> UnitLine:
    return UnitLine(
        unit=unit, totals=added(line.totals for line in lines), leads=added(line.leads for line in lines)
    )


def _rest(whole: UnitLine, lines: Sequence[UnitLine]) -> UnitLine:
    """The people of the unit itself: the whole without its sub-units."""
    others = _sum(whole.unit, lines) if whole.unit is not None else whole
    return UnitLine(
        unit=None, totals=_less(whole.totals, others.totals), leads=_less(whole.leads, others.leads)
    )


def _less(one: Totals, other: Totals) -> Totals:
    return Totals(**{name: getattr(one, name) - getattr(other, name) for name in Totals.__slots__})


def reconciled_table(unit: UnitRow, lines: Sequence[UnitLine], whole: UnitLine) -> Table:
    """The table, once every line adds up and all of them are the whole; lines of nobody are left out.

    Raises InspectionRefused `totals_presence_unit`, `totals_absence_unit`, `totals_part_unit` naming the unit
    that does not add up, `totals_sum_unit` where the lines are not the whole.
    """
    for line in (*lines, whole):
        reconciled_unit((line.unit or unit).name, line.totals)
    summed = added(line.totals for line in lines)
    if summed != whole.totals:
        raise InspectionRefused(
            "totals_sum_unit", unit=unit.name, expected=whole.totals.expected, told=summed.expected
        )
    return Table(unit=unit, lines=tuple(line for line in lines if line.totals.expected), whole=whole)


def reconciled_unit(name: str, totals: Totals) -> Totals:
    """As `reconciled`, and the refusal says which unit it is."""
    try:
        return reconciled(totals)
    except InspectionRefused as refused:
        raise InspectionRefused(f"{refused.code}_unit", unit=name, **refused.values) from None
