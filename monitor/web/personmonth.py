"""A person's month: calendar, habits, arrivals, totals of month and year, corrections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from monitor.access import Action, Scope
from monitor.exports.timesheet.person import PersonSheet, person_sheet
from monitor.exports.timesheet.wanted import Wanted
from monitor.periods import Month, PeriodRefused
from monitor.rules.figures import SPARK_WEEKS, Figures, weeks_to
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries import person_month as stored
from monitor.store.queries.figures import CountedSession, counted_of_person, figures_of_person
from monitor.store.queries.freshness import covered, terminals
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.session import StoreError
from monitor.web import fresh
from monitor.web.charts import Arrivals, arrivals_of
from monitor.web.daybar import Axis
from monitor.web.persondays import Cell, Habit, Rows, first_arrivals, habits_of, weeks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What a month or a year came to: figures, and công by column of the form.

    `refused` is why the form cannot count, as a code and its values.
    """

    figures: Figures
    cong: tuple[float, ...]
    refused: tuple[str, Mapping[str, object]] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for; `kind` and `of_year`: the list of sessions behind a number."""

    code: str
    wanted: Wanted
    now: int
    kind: str = ""
    of_year: bool = False

    @property
    def days(self) -> range:
        """The days of the month."""
        return range(self.wanted.month.first_day, self.wanted.month.last_day + 1)

    @property
    def year(self) -> Month:
        """The year around the month."""
        number = date_of(self.days[0]).year
        first, last = (Month.of(f"{number}-{month:02}") for month in (1, 12))
        return Month(text=str(number), first_day=first.first_day, last_day=last.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMonth:
    """Everything the page shows."""

    person_id: int
    code: str
    name: str
    unit: UnitRow | None
    place: stored.Place | None
    weeks: tuple[tuple[Cell | None, ...], ...]
    axis: Axis | None
    habits: tuple[Habit, ...]
    arrivals: Arrivals | None
    month: Total
    year: Total
    closed: bool
    meanings: Mapping[str, str]
    listed: tuple[CountedSession, ...]
    corrections: tuple[stored.Correction, ...]
    reminders: tuple[stored.Reminded, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What one reading may see of whom: units by day, of the month and of the year."""

    database: Session
    scope: Scope
    asked: Asked
    units: Tree
    who: stored.Somebody
    unit_of: Mapping[int, int]
    unit_of_year: Mapping[int, int]

    @property
    def own(self) -> bool:
        """Whether the reader is the person."""
        return self.scope.person_id == self.who.person_id

    @property
    def wide(self) -> bool:
        """Whether days without a posting may be seen, too."""
        return self.own or self.scope.reach.terms is None


def person_month(database: Session, scope: Scope, asked: Asked) -> PersonMonth | None:
    """The page's content; None when nothing of the person may be seen in the month."""
    units, who = tree(database), stored.somebody(database, asked.code)
    if who is None:
        return None
    days = range(asked.year.first_day, asked.year.last_day + 1)
    own = scope.person_id == who.person_id
    year = {
        day: unit
        for day, unit in stored.units_by_day(database, units, who.person_id, days).items()
        if own or scope.reach.within(frozenset({unit}), day)
    }
    month = {day: unit for day, unit in year.items() if day in asked.days}
    sight = _Sight(
        database=database,
        scope=scope,
        asked=asked,
        units=units,
        who=who,
        unit_of=month,
        unit_of_year=year,
    )
    return _page(sight) if month or sight.wide else None


def _page(sight: _Sight) -> PersonMonth:
    asked, who, reach = sight.asked, sight.who, sight.scope.reach
    days = range(weeks_to(asked.days[-1], SPARK_WEEKS)[0].start, asked.days.stop)
    rows = stored.sessions_between(sight.database, reach, who.person_id, days)
    of_month = {day: rows[day] for day in asked.days if day in rows}
    month, sheet = _total(sight, asked.wanted, sight.unit_of)
    year, _ = _total(sight, replace(asked.wanted, month=asked.year), sight.unit_of_year)
    axis, habits = _habits(sight, of_month)
    weeks = weeks_of(asked.days, sheet, of_month)
    return PersonMonth(
        person_id=who.person_id,
        code=who.code,
        name=who.name,
        unit=None if not sight.unit_of else sight.units.units[sight.unit_of[max(sight.unit_of)]],
        place=_place(sight),
        weeks=weeks,
        axis=axis,
        habits=habits,
        arrivals=arrivals_of(days, first_arrivals(rows)),
        month=month,
        year=year,
        closed=sheet is not None and sheet.closed,
        meanings=_meanings(sight, weeks),
        listed=_listed(sight),
        corrections=_corrections(sight),
        reminders=_reminders(sight),
    )


def _place(sight: _Sight) -> stored.Place | None:
    if not sight.unit_of:
        return None
    day = max(sight.unit_of)
    return stored.place_in(sight.database, sight.who.person_id, sight.unit_of[day], day)


def _total(sight: _Sight, wanted: Wanted, unit_of: Mapping[int, int]) -> tuple[Total, PersonSheet | None]:
    """The figures of a month or a year, and the sheet that công is taken from."""
    days = range(wanted.month.first_day, wanted.month.last_day + 1)
    figures = figures_of_person(sight.database, sight.scope.reach, sight.who.person_id, days)
    try:
        sheet = person_sheet(sight.database, wanted, sight.who.person_id, unit_of)
    except (StoreError, PeriodRefused) as error:
        return Total(figures=figures, cong=(), refused=(error.code, error.values)), None
    return Total(figures=figures, cong=sheet.totals, refused=None), sheet


def _habits(sight: _Sight, rows: Rows) -> tuple[Axis | None, tuple[Habit, ...]]:
    excused = stored.excused_between(sight.database, sight.who.person_id, sight.asked.days)
    return habits_of(rows, excused, _gaps(sight, rows), sight.asked.now)


def _gaps(sight: _Sight, rows: Rows) -> Mapping[int, list[tuple[int, int]]]:
    """What the terminals' logs leave open, where a session waits for them."""
    every = [one for sessions in rows.values() for one in sessions]
    if not any(one.uncovered for one in every):
        return {}
    time = fresh.wanted(sight.asked.days[0], every, sight.asked.now)
    covers = covered(
        sight.database, terminals(sight.database), time.first, time.last, sight.asked.wanted.zone
    )
    return fresh.gaps_by_terminal(covers, time)


def _meanings(sight: _Sight, weeks: Sequence[Sequence[Cell | None]]) -> dict[str, str]:
    """The symbols of the month with what they mean, as far as the reader may know."""
    used = dict.fromkeys(symbol for week in weeks for cell in week if cell for symbol in cell.symbols)
    sensitive = sight.own or sight.scope.may(Action.SEE_SENSITIVE_EXCUSES)
    named = stored.symbol_names(sight.database)
    hidden = stored.sensitive_symbols(sight.database) if not sensitive else frozenset()
    form = sight.asked.wanted.form
    legend = {one.symbol: one.meaning for one in (*form.legend, *form.local_legend)}
    return {
        symbol: "" if symbol in hidden else legend.get(symbol) or named.get(symbol, "") for symbol in used
    }


def _listed(sight: _Sight) -> tuple[CountedSession, ...]:
    asked = sight.asked
    if not asked.kind:
        return ()
    year = range(asked.year.first_day, asked.year.last_day + 1)
    days = year if asked.of_year else asked.days
    return tuple(counted_of_person(sight.database, sight.scope.reach, sight.who.person_id, days, asked.kind))


def _corrections(sight: _Sight) -> tuple[stored.Correction, ...]:
    found = stored.corrections_between(sight.database, sight.who.person_id, sight.asked.days)
    return tuple(one for one in found if one.day in sight.unit_of or sight.wide)


def _reminders(sight: _Sight) -> tuple[stored.Reminded, ...] | None:
    """Written reminders of the year, for the person and those who decide; None for all others."""
    if not sight.own and not sight.scope.may(Action.DECIDE):
        return None
    year = range(sight.asked.year.first_day, sight.asked.year.last_day + 1)
    found = stored.reminders_between(sight.database, sight.who.person_id, year)
    return tuple(one for one in found if day_of(one.issued_on) in sight.unit_of_year or sight.own)
