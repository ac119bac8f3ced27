"""Breaks of three days and more, and the working days around them on which attendance is checked."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from monitor.rules.lunar import lunar_year
from monitor.rules.workdays import DAY, MONDAY_TO_FRIDAY, CalendarEntry, WorkDays, work_days

THURSDAY, FRIDAY = 4, 5


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSettings:
    """How long a break must be and how many working days around it are checked, all in days.

    Raises ValueError when a count makes no sense.
    """

    break_days: int = 3
    after_days: int = 5
    before_days: int = 1
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY

    def __post_init__(self) -> None:
        """Refuse a window without a first day, and breaks without a day."""
        if self.break_days < 1 or self.after_days < 1 or self.before_days < 0:
            raise ValueError(self)


USUAL_SETTINGS = WindowSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWindow:
    """A break and the working days on either side of it on which attendance is checked."""

    break_first_on: date
    break_last_on: date
    before: tuple[date, ...]
    """The last working days before the break, in order; the last may be a make-up Saturday."""
    after: tuple[date, ...]
    """The first working days after the break, in order; day 1 first."""
    bridge_on: date | None
    """The last working day before the next rest, when day 1 is a Thursday or Friday: the day to skip."""
    provisional: bool = False
    """Whether it stands on a row that is only proposed (status P), so that nothing may be opened on it."""

    @property
    def break_days(self) -> int:
        """Length of the break in calendar days."""
        return (self.break_last_on - self.break_first_on).days + 1

    @property
    def first_day_on(self) -> date:
        """Day 1: the first working day after the break."""
        return self.after[0]

    def watches(self, on: date) -> bool:
        """Whether a date is one of the working days to check."""
        return on in self.before or on in self.after


def check_windows(
    rows: Sequence[CalendarEntry], first_on: date, last_on: date, settings: WindowSettings = USUAL_SETTINGS
) -> list[CheckWindow]:
    """The window of every break with a day between two dates, both inclusive, in order.

    `rows` are those of one unit, national ones first (see `work_days`). Windows of the confirmed calendar
    come as they are; what the proposed rows would make different comes besides, marked provisional.
    """
    sure, maybe = (
        list(_windows(work, first_on, last_on, settings)) for work in _views(rows, settings.weekdays)
    )
    provisional = [replace(window, provisional=True) for window in maybe if window not in sure]
    return sorted([*sure, *provisional], key=lambda window: (window.break_first_on, window.provisional))


def windows_on(
    rows: Sequence[CalendarEntry], on: date, settings: WindowSettings = USUAL_SETTINGS
) -> list[CheckWindow]:
    """The windows of which a date is a working day to check, provisional ones included."""
    views = _views(rows, settings.weekdays)
    first_on = min(work.before(on, settings.after_days)[0] for work in views)
    last_on = max((work.after(on, settings.before_days) or [on])[-1] for work in views)
    return [window for window in check_windows(rows, first_on, last_on, settings) if window.watches(on)]


def tet_window(
    rows: Sequence[CalendarEntry], year: int, settings: WindowSettings = USUAL_SETTINGS
) -> CheckWindow | None:
    """The window of a year's Tết: the confirmed one, else the proposed one, else None.

    Raises YearRefused `lunar_year_unknown` for a year without a known Tết.
    """
    tet_on = lunar_year(year).tet_on
    found = check_windows(rows, tet_on, tet_on, settings)
    return min(found, key=lambda window: window.provisional, default=None)


def _views(rows: Iterable[CalendarEntry], weekdays: frozenset[int]) -> tuple[WorkDays, WorkDays]:
    """The working days as they are decided, and as they would be with every proposal."""
    rows = tuple(rows)
    return work_days(rows, weekdays=weekdays), work_days(rows, proposed=True, weekdays=weekdays)


def _windows(
    work: WorkDays, first_on: date, last_on: date, settings: WindowSettings
) -> Iterator[CheckWindow]:
    for break_first_on, break_last_on in _rests(work, first_on, last_on):
        if (break_last_on - break_first_on).days + 1 >= settings.break_days:
            after = work.after(break_last_on, settings.after_days)
            yield CheckWindow(
                break_first_on=break_first_on,
                break_last_on=break_last_on,
                before=tuple(work.before(break_first_on, settings.before_days)),
                after=tuple(after),
                bridge_on=_bridge(work, after[0]),
            )


def _rests(work: WorkDays, first_on: date, last_on: date) -> Iterator[tuple[date, date]]:
    """Every run of non-working days with a day in the range, as its first and last day."""
    on = work.before(first_on)[-1]  # a run that began earlier is seen whole
    while on < last_on:
        following = work.after(on)[0]
        if following - on > DAY and following > first_on:
            yield on + DAY, following - DAY
        on = following


def _bridge(work: WorkDays, day_1: date) -> date | None:
    if day_1.isoweekday() not in (THURSDAY, FRIDAY):
        return None
    on = day_1
    while work.works(on + DAY):
        on += DAY
    return on
