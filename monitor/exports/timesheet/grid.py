"""A unit's month for the screen: the official sheet's own lines, and what it never prints beside them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from sqlmodel import Session

from monitor.exports.records import rounded_up
from monitor.exports.timesheet.attendance import lines_of
from monitor.exports.timesheet.collect import closing_of, common_of, sheet_of
from monitor.exports.timesheet.heads import day_heads, days_of
from monitor.exports.timesheet.sheet import Sheet, State
from monitor.exports.timesheet.wanted import Wanted
from monitor.periods.signed import SignedContent, content_of_rows
from monitor.rules.codes import Reason, Status
from monitor.store.queries import timesheets as stored
from monitor.store.queries.tree import UnitRow

LATE, EARLY, MISSING, NO_DATA, OPEN = "late", "early", "missing", "no_data", "open"
TO_DO = frozenset({MISSING, NO_DATA, OPEN})
"""Annotations that somebody should do something about before the month is signed."""

PersonDay = tuple[int, int]
"""Person id, and the place of the day in the month (0 for the first)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """An annotation of a cell: minutes for `late` and `early`, 0 for the others."""

    kind: str
    minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The sheet, the ids of its people in the order of its lines, and the annotations of its cells.

    `content` is what somebody who signs the month signs: the rows that are shown, and no others.
    """

    sheet: Sheet
    person_ids: tuple[int, ...]
    content: SignedContent
    marks: Mapping[PersonDay, tuple[Mark, ...]]

    @property
    def to_do(self) -> frozenset[int]:
        """People with a day that waits for somebody."""
        return frozenset(
            person
            for (person, _day), marks in self.marks.items()
            if any(mark.kind in TO_DO for mark in marks)
        )


def month_grid(session: Session, unit: UnitRow, wanted: Wanted) -> Grid:
    """The grid of a unit's month, from the rows that its sheet is made of; one reading of them.

    Raises StoreError `sheet_symbol_unplaced`, PeriodRefused `period_unsealed`, as sheets do.
    """
    common = common_of(session, wanted)
    records = stored.unit_sessions(session, unit.id, days_of(wanted.month))
    closing = closing_of(session, unit, wanted.month)
    heads = day_heads(common.calendar, common.tree, unit.id, wanted.month)
    lines = lines_of(session, unit, common, heads, records, sealed=closing is not None)
    pending = int((records.status == int(Status.PENDING)).sum())
    # The annotations say it cell by cell, so the list of what is missing need not be read.
    plain = sheet_of(session, unit, common, heads, closing, replace(lines, is_pending=False))
    state = State.DRAFT if pending and closing is None else plain.state
    return Grid(
        sheet=replace(plain, missing_count=pending, state=state),
        person_ids=tuple(lines.person_ids),
        content=content_of_rows(
            unit.id, wanted.month, records, stored.unit_overtime(session, unit.id, days_of(wanted.month))
        ),
        marks=_marks(records, wanted.month.first_day),
    )


def _marks(records: stored.UnitSessions, first_day: int) -> dict[PersonDay, tuple[Mark, ...]]:
    """Annotations by cell; minutes of a day's sessions add up, each rounded up (rules 0)."""
    missing = np.isin(records.status, (int(Status.MISSING_IN), int(Status.MISSING_OUT)))
    pending = records.status == int(Status.PENDING)
    unusual = missing | pending | (records.late_seconds > 0) | (records.early_seconds > 0)
    found: defaultdict[PersonDay, dict[str, int]] = defaultdict(dict)
    for row in np.flatnonzero(unusual).tolist():
        cell = found[int(records.person_id[row]), int(records.day[row]) - first_day]
        _add(cell, LATE, rounded_up(int(records.late_seconds[row])))
        _add(cell, EARLY, rounded_up(int(records.early_seconds[row])))
        if missing[row]:
            cell[MISSING] = 0
        if pending[row]:
            cell[NO_DATA if int(records.reasons[row]) & Reason.NO_DATA else OPEN] = 0
    return {
        place: tuple(Mark(kind=kind, minutes=minutes) for kind, minutes in cell.items())
        for place, cell in found.items()
    }


def _add(cell: dict[str, int], kind: str, minutes: int) -> None:
    if minutes:
        cell[kind] = cell.get(kind, 0) + minutes
