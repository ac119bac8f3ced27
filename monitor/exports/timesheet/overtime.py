"""The lines of 01b-LĐTL: hours of overtime of each day by the class of the date (rules 4.1)."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session

from monitor.exports.timesheet.heads import days_of
from monitor.exports.timesheet.sheet import SPLIT, DayHead, Line, vietnamese
from monitor.exports.timesheet.wanted import Common, Lines
from monitor.rules.codes import OvertimeClass
from monitor.store.queries import timesheets as stored
from monitor.store.queries.tree import UnitRow

SYMBOLS = {OvertimeClass.WORKDAY: "NT", OvertimeClass.REST: "NN", OvertimeClass.HOLIDAY: "NL"}
NIGHT = "Đ"
HOUR_MINUTES, MINUTE = 60, 60
PLACES = 2

Minutes = dict[str, int]
"""Minutes by symbol; those at night are also among the others."""


def overtime_lines(
    session: Session, unit: UnitRow, common: Common, heads: Sequence[DayHead], *, sealed: bool
) -> Lines:
    """Everybody of a unit who worked overtime; a closed month's records are sealed like its sessions."""
    del sealed  # the records themselves are all there is: nobody is listed by a posting
    month = common.wanted.month
    worked: defaultdict[int, defaultdict[int, Minutes]] = defaultdict(lambda: defaultdict(dict))
    for row in stored.unit_overtime(session, unit.id, days_of(month)):
        _add(worked[row.person_id][row.day - month.first_day], row)
    members = stored.members_of(session, worked, unit.id)
    return Lines(
        person_ids=[member.person_id for member in members],
        lines=tuple(_line(member, worked[member.person_id], common, len(heads)) for member in members),
    )


def _add(minutes: Minutes, row: stored.OvertimeRow) -> None:
    """Whole minutes of each entry, as its record shows them (rules 0: rounded down)."""
    for symbol, seconds in ((SYMBOLS[OvertimeClass(row.kind)], row.seconds), (NIGHT, row.night_seconds)):
        if seconds >= MINUTE:
            minutes[symbol] = minutes.get(symbol, 0) + seconds // MINUTE


def _line(member: stored.Member, worked: dict[int, Minutes], common: Common, days: int) -> Line:
    columns = common.wanted.form.columns
    sums = [
        sum(minutes.get(symbol, 0) for minutes in worked.values() for symbol in column.symbols)
        for column in columns
    ]
    return Line(
        code=member.code,
        name=member.name,
        position=member.position,
        cells=tuple(_cell(worked.get(day, {}), common.wanted.form.shown) for day in range(days)),
        away=frozenset(),
        totals=tuple(round(total / HOUR_MINUTES, PLACES) for total in sums),
    )


def _cell(minutes: Minutes, shown: dict[str, str]) -> str:
    """Each class of the day with its hours; a narrow column breaks between the two."""
    parts = [
        (shown.get(symbol, symbol), vietnamese(round(worked / HOUR_MINUTES, PLACES)))
        for symbol, worked in minutes.items()
    ]
    return SPLIT.join(f"{symbol} {hours}" for symbol, hours in parts)
