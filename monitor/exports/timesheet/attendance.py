"""The lines of C01-HD and 01a-LĐTL: symbols of each day, and totals in units of công."""

from collections.abc import Sequence

import numpy as np
from sqlmodel import Session

from monitor.exports.timesheet.heads import days_of, weekdays_used
from monitor.exports.timesheet.sheet import DayHead, DayKind, Line
from monitor.exports.timesheet.wanted import Common, Lines
from monitor.rules.codes import SessionKind
from monitor.rules.columns import Bool, Float64, Int64
from monitor.rules.places import unit_on
from monitor.rules.totals import MonthSessions, MonthTotals, month_totals, session_worth
from monitor.rules.wallclock import DAY_SECONDS
from monitor.store.queries import timesheets as stored
from monitor.store.queries.tree import UnitRow
from monitor.store.session import StoreError

PENDING = ""
"""The symbol of a session without a verdict (rules 4)."""


def attendance_lines(
    session: Session, unit: UnitRow, common: Common, heads: Sequence[DayHead], *, sealed: bool
) -> Lines:
    """Everybody of a unit with the days they belonged to it; `sealed`: from the rows of a closed month.

    Raises StoreError `sheet_symbol_unplaced` for a symbol that the form has no place for.
    """
    records = stored.unit_sessions(session, unit.id, days_of(common.wanted.month))
    return lines_of(session, unit, common, heads, records, sealed=sealed)


def lines_of(  # noqa: PLR0913 - as `attendance_lines`, of rows that are at hand
    session: Session,
    unit: UnitRow,
    common: Common,
    heads: Sequence[DayHead],
    records: stored.UnitSessions,
    *,
    sealed: bool,
    only: int | None = None,
) -> Lines:
    """The same from records that were read already: the grid on the screen needs more of them.

    `only` names the one person whose records they are.
    """
    members, here = _members(session, unit.id, common, records, sealed=sealed, only=only)
    ids = np.array([member.person_id for member in members], np.int64)
    sessions = _sessions(unit.id, common, records, ids)
    totals = _totals(sessions, heads, here, common, unit)
    is_pending = bool((records.symbol == PENDING).any())
    return Lines(person_ids=ids.tolist(), lines=_lines(members, totals, here), is_pending=is_pending)


def _members(
    session: Session,
    unit_id: int,
    common: Common,
    records: stored.UnitSessions,
    *,
    sealed: bool,
    only: int | None = None,
) -> tuple[list[stored.Member], Bool]:
    """Who is on the sheet, and (people, days) whether the unit was theirs on the day (rules 2.1).

    Of a sealed month only those with sealed rows, whoever was posted here afterwards.
    """
    month = common.wanted.month
    people, postings = stored.postings_of_month(session, common.units, unit_id, days_of(month))
    days = np.array(days_of(month), np.int32)
    person = np.repeat(np.arange(len(people.ids), dtype=np.int32), len(days))
    unit = unit_on(postings, common.units.labels, person, np.tile(days, len(people.ids)))
    here = (unit == common.units.find([unit_id])[0]).reshape(len(people.ids), len(days))
    posted = [] if sealed else people.ids[here.any(axis=1)].tolist()
    posted = [person for person in posted if only in {None, person}]
    members = stored.members_of(session, {*records.person_id.tolist(), *posted}, unit_id)
    row = people.find([member.person_id for member in members])
    found: Bool = np.vstack((here, np.zeros((1, len(days)), bool)))[row]  # -1, not posted: the last row
    return members, found


def _sessions(unit_id: int, common: Common, records: stored.UnitSessions, ids: Int64) -> MonthSessions:
    """The records as positions on the sheet, sorted, each with what it is worth, attended or not."""
    if not len(ids):
        ids = np.zeros(1, np.int64)
    order = np.argsort(ids)
    person = order[np.searchsorted(ids, records.person_id, sorter=order)]
    rows = np.argsort(person, kind="stable")  # each person's are sorted already
    return MonthSessions(
        person=person[rows].astype(np.int32),
        day=(records.day[rows] - common.wanted.month.first_day).astype(np.int32),
        symbol=records.symbol[rows],
        worth=_worth(unit_id, common, records)[rows],
    )


def _worth(unit_id: int, common: Common, records: stored.UnitSessions) -> Float64:
    """Công of each record; where it has none, e.g. sick leave, what the regulation's session is worth."""
    month = common.wanted.month
    worth = records.cong.copy()
    weekdays = weekdays_used(common.calendar, common.tree, unit_id, month)
    without = (worth == 0) & (records.kind == SessionKind.OFFICE) & (records.regulation_id > 0)
    for row in np.flatnonzero(without).tolist():
        if records.symbol[row] in common.counted:
            day = int(records.day[row])
            worth[row] = session_worth(
                common.regulations[int(records.regulation_id[row])],
                weekdays[day - month.first_day],
                records.name[row],
                int(records.starts[row]) - day * DAY_SECONDS,
            )
    return worth


def _totals(
    sessions: MonthSessions, heads: Sequence[DayHead], here: Bool, common: Common, unit: UnitRow
) -> MonthTotals:
    form = common.wanted.form
    totals = month_totals(
        _with_holidays(sessions, heads, here, form.holiday),
        here.shape,
        columns=[column.symbols for column in form.columns],
        shown={**form.shown, PENDING: form.pending},
        uncounted=form.uncounted | {PENDING, form.holiday},
    )
    if totals.unplaced:
        symbol = min(totals.unplaced)
        raise StoreError("sheet_symbol_unplaced", symbol=symbol, unit=unit.code, form=common.wanted.form_name)
    return totals


def _with_holidays(
    sessions: MonthSessions, heads: Sequence[DayHead], here: Bool, symbol: str
) -> MonthSessions:
    """A whole day with the form's symbol for each holiday of everybody who belonged to the unit then."""
    if not symbol:
        return sessions
    is_holiday = np.array([head.kind == DayKind.HOLIDAY for head in heads], bool)
    person, day = np.nonzero(here & is_holiday)
    together = MonthSessions(
        person=np.concatenate((person.astype(np.int32), sessions.person)),
        day=np.concatenate((day.astype(np.int32), sessions.day)),
        symbol=np.concatenate((np.full(len(person), symbol, object), sessions.symbol)),
        worth=np.concatenate((np.ones(len(person)), sessions.worth)),
    )
    return together.take(np.lexsort((together.day, together.person)))


def _lines(members: Sequence[stored.Member], totals: MonthTotals, here: Bool) -> tuple[Line, ...]:
    away = ~here & (totals.cells == "")
    cells, sums, moved = totals.cells.tolist(), totals.totals.tolist(), away.any(axis=1).tolist()
    return tuple(
        Line(
            code=member.code,
            name=member.name,
            position=member.position,
            cells=tuple(cells[row]),
            away=frozenset(np.flatnonzero(away[row]).tolist()) if moved[row] else frozenset(),
            totals=tuple(sums[row]),
        )
        for row, member in enumerate(members)
    )
