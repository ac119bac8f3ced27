"""One person's days as the official form counts them: the lines of the sheets of the units they were in."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from monitor.exports.timesheet.attendance import lines_of
from monitor.exports.timesheet.collect import closing_of, common_of
from monitor.exports.timesheet.heads import day_heads, days_of
from monitor.exports.timesheet.sheet import SPLIT, DayHead
from monitor.exports.timesheet.wanted import Common, Wanted
from monitor.periods import Month
from monitor.rules.totals import PLACES
from monitor.store.queries import timesheets as stored


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSheet:
    """`cells` are the symbols of each day, `totals` units of công, one for each column of the form.

    `heads` say what each day is for the unit of the day; days out of sight have neither cell nor head.
    `closed`: some of the days lie in a closed month of their unit.
    """

    cells: Mapping[int, tuple[str, ...]]
    totals: tuple[float, ...]
    heads: Mapping[int, DayHead]
    closed: bool


def person_sheet(session: Session, wanted: Wanted, person_id: int, unit_of: Mapping[int, int]) -> PersonSheet:
    """A person's month, or a longer time, from the days whose unit is given; unit ids by day.

    The same lines as the units' sheets have, cut to those days. Raises StoreError
    `sheet_symbol_unplaced`, PeriodRefused `period_unsealed`, as sheets do.
    """
    common = common_of(session, wanted)
    cells: dict[int, tuple[str, ...]] = {}
    heads: dict[int, DayHead] = {}
    totals = [0.0] * len(wanted.form.columns)
    closed = False
    for unit_id, days in _stays(unit_of):
        part = _part(common, days)
        sealed = closing_of(session, part.tree.units[unit_id], wanted.month) is not None
        closed = closed or sealed
        found = _cut(session, part, person_id, unit_id, sealed=sealed)
        heads |= found.heads
        cells |= found.cells
        totals = [round(old + new, PLACES) for old, new in zip(totals, found.totals, strict=True)]
    return PersonSheet(cells=cells, totals=tuple(totals), heads=heads, closed=closed)


def _stays(unit_of: Mapping[int, int]) -> list[tuple[int, range]]:
    """The units with the days of each stay in them."""
    found: list[tuple[int, range]] = []
    for day in sorted(unit_of):
        if found and found[-1][0] == unit_of[day] and found[-1][1].stop == day:
            found[-1] = (unit_of[day], range(found[-1][1].start, day + 1))
        else:
            found.append((unit_of[day], range(day, day + 1)))
    return found


def _part(common: Common, days: range) -> Common:
    """What sheets share, for a few days of the month."""
    wanted = common.wanted
    month = Month(text=wanted.month.text, first_day=days[0], last_day=days[-1])
    return Common(
        wanted=Wanted(
            form_name=wanted.form_name, forms=wanted.forms, month=month, now=wanted.now, zone=wanted.zone
        ),
        tree=common.tree,
        units=common.units,
        calendar=common.calendar,
        regulations=common.regulations,
    )


def _cut(session: Session, common: Common, person_id: int, unit_id: int, *, sealed: bool) -> PersonSheet:
    """The person's line of a unit's sheet."""
    days = days_of(common.wanted.month)
    heads = day_heads(common.calendar, common.tree, unit_id, common.wanted.month)
    records = stored.unit_sessions(session, unit_id, days, person_id)
    unit = common.tree.units[unit_id]
    lines = lines_of(session, unit, common, heads, records, sealed=sealed, only=person_id).lines
    cells = lines[0].cells if lines else ("",) * len(days)
    return PersonSheet(
        cells={day: tuple(cell.split(SPLIT)) for day, cell in zip(days, cells, strict=True) if cell},
        totals=lines[0].totals if lines else (0.0,) * len(common.wanted.form.columns),
        heads=dict(zip(days, heads, strict=True)),
        closed=sealed,
    )
