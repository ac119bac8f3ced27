"""Days to check and to compare with: Fridays, the normal weeks before, the same lunar days last year."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from monitor.rules.breaks import THURSDAY, CheckWindow
from monitor.rules.lunar import lunar_year
from monitor.rules.workdays import DAY, WorkDays

WEEK = timedelta(days=7)
NORMAL_WEEKS = 4
FARTHEST_WEEKS = 12
"""How far back normal days are looked for; a longer stretch without any is no baseline."""
FRIDAY = THURSDAY + 1


def fridays(work: WorkDays, first_on: date, last_on: date) -> list[date]:
    """The working Fridays between two dates, both inclusive."""
    days = (first_on + DAY * n for n in range((last_on - first_on).days + 1))
    return [on for on in days if on.isoweekday() == FRIDAY and work.works(on)]


def marks_of(window: CheckWindow) -> dict[date, str]:
    """The days of a window in order, and what each is: before, day_1, bridge or '' for the others."""
    marks = dict.fromkeys(window.before, "before") | dict.fromkeys(window.after, "")
    if window.bridge_on in marks:
        marks[window.bridge_on] = "bridge"
    # A day 1 that is a Friday is its own bridge day: that it is day 1 says more.
    marks[window.first_day_on] = "day_1"
    return marks


def baseline_days(
    work: WorkDays, days: Iterable[date], weekday_of: Mapping[date, int], weeks: int = NORMAL_WEEKS
) -> dict[int, tuple[date, ...]]:
    """The normal days to compare with, by ISO weekday: the last working ones before the first day checked.

    Holidays and make-up days are not normal; where one falls on the weekday, an earlier week stands in. A
    make-up day that is checked is compared with the weekday it stands for (`weekday_of`), else with its own.
    """
    checked = sorted(days)
    if not checked:
        return {}
    wanted = sorted({weekday_of.get(on, on.isoweekday()) for on in checked})
    return {weekday: _normal(work, checked[0], weekday, weeks) for weekday in wanted}


def _normal(work: WorkDays, before: date, weekday: int, weeks: int) -> tuple[date, ...]:
    last = before - DAY * ((before.isoweekday() - weekday) % 7 or 7)
    past = (last - WEEK * n for n in range(FARTHEST_WEEKS))
    found = [on for on in past if work.works(on) and on not in work.kinds]
    return tuple(sorted(found[:weeks]))


def lunar_twins(days: Sequence[date], year: int) -> dict[date, date]:
    """Each day, and the day with the same lunar date around last year's Tết: mùng 6 against mùng 6.

    Counted from mùng 1 of Tết `year`. Raises YearRefused `lunar_year_unknown` outside the table.
    """
    this, last = lunar_year(year).tet_on, lunar_year(year - 1).tet_on
    return {on: last + (on - this) for on in days}
