"""A unit's month: its sub-units in figures, its own past, arrivals, and who had nothing to be found."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from monitor.access import Scope
from monitor.periods import Month
from monitor.rules.figures import Figures, Honesty, Rate, rate_of, same_weeks_before, total, weeks_to
from monitor.rules.wallclock import date_of
from monitor.store.queries import figures as counted
from monitor.store.queries.figures import BUCKET_SECONDS, Among, CountedSession, among
from monitor.store.queries.members import Called, called, posted_on
from monitor.store.queries.tree import Tree, UnitRow
from monitor.web.charts import Bin, bins
from monitor.web.unitlines import Line, Read, leaders, line_of, perfect_people, sorted_lines

MONTHS_BEFORE = 3
FURTHEST_BACK = 92
"""Days of the longest three months; twelve weeks are fewer."""

MOST_ROWS = 400
ROLES = ("head", "deputy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for; `kind` and `day`: the list of sessions behind a number."""

    unit: UnitRow
    month: Month
    today: int
    honesty: Honesty
    sort: str = ""
    falling: bool = False
    kind: str = ""
    day: int | None = None
    sisters: bool = False

    @property
    def days(self) -> range:
        """The days of the month."""
        return range(self.month.first_day, self.month.last_day + 1)

    @property
    def past(self) -> range:
        """Those of them that have come, the first one at least."""
        return range(self.days.start, max(min(self.days.stop, self.today + 1), self.days.start + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The unit in the same weekdays of the weeks before."""

    days: range
    figures: Figures
    rate: Rate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMonth:
    """Everything the page shows; the figures of `lines` add up to those of `whole`.

    `sisters` None: not asked for. `people` are those whom the page singles out.
    """

    unit: UnitRow
    parent: UnitRow | None
    whole: Line
    before: Before
    lines: tuple[Line, ...]
    leaders: tuple[Line, ...]
    sisters: tuple[Line, ...] | None
    has_sisters: bool
    weeks: tuple[range, ...]
    by_day: Mapping[int, Figures]
    bins: tuple[Bin, ...]
    perfect: tuple[Called, ...]
    perfect_count: int
    listed: tuple[CountedSession, ...]
    more: bool
    people: frozenset[int]


def unit_month(database: Session, scope: Scope, units: Tree, asked: Asked) -> UnitMonth:
    """The page's content, of what the scope may see; the unit is in scope."""
    shown = shown_units(scope, units, asked.unit.id, asked.days)
    whose = _whose(database, scope, units, shown, asked)
    read = _read(database, whose, shown, asked)
    by_week = read.by_week()
    whole = line_of(read, by_week, asked.unit, "", shown)
    lines = _lines(read, by_week, units, shown, asked)
    heads = tuple(line for role in ROLES if (line := leaders(read, role)).people)
    perfect = perfect_people(read)
    named = called(database, perfect, MOST_ROWS)
    listed = _listed(database, whose, asked)
    sisters = _sister_units(scope, units, asked)
    small = (line for line in (*lines, *heads) if len(line.people) < asked.honesty.least_people)
    told = {one.person_id for one in named} | {one.person_id for one in listed}
    return UnitMonth(
        unit=asked.unit,
        parent=_parent(scope, units, asked),
        whole=whole,
        before=_before(read, whole, asked, shown),
        lines=sorted_lines(lines, asked.sort, falling=asked.falling),
        leaders=heads,
        sisters=_sister_lines(database, scope, units, asked, sisters) if asked.sisters else None,
        has_sisters=len(sisters) > 1,
        weeks=tuple(read.weeks),
        by_day=_by_day(read, asked),
        bins=_bins(database, whose, asked),
        perfect=tuple(named),
        perfect_count=len(perfect),
        listed=tuple(listed[:MOST_ROWS]),
        more=len(listed) > MOST_ROWS,
        people=frozenset(told).union(*(line.people for line in small)),
    )


def shown_units(scope: Scope, units: Tree, unit_id: int, days: range) -> frozenset[int]:
    """The unit and what lies below it, as far as it is in scope on any of the days."""
    below = units.subtree(unit_id)
    if scope.reach.terms is None:
        return below
    return frozenset(unit for unit in below if any(scope.sees_unit(unit, day) for day in days))


def _parent(scope: Scope, units: Tree, asked: Asked) -> UnitRow | None:
    above = asked.unit.parent_id
    seen = above is not None and any(scope.sees_unit(above, day) for day in asked.days)
    return units.units[above] if seen and above is not None else None


def _whose(database: Session, scope: Scope, units: Tree, shown: frozenset[int], asked: Asked) -> Among:
    days = range(asked.days.start - FURTHEST_BACK, asked.days.stop)
    return among(database, scope.reach, shown, frozenset(units.units), days)


def _read(database: Session, whose: Among, shown: frozenset[int], asked: Asked) -> Read:
    weeks = weeks_to(asked.days[-1])
    before = same_weeks_before(asked.past)
    span = range(min(weeks[0].start, before.start), asked.days.stop)
    return Read(
        by_person=counted.figures_by_person(database, whose, asked.days),
        by_day=counted.figures_by_day(database, whose, span),
        first=posted_on(database, whose.reach, shown, asked.past[0]),
        last=posted_on(database, whose.reach, shown, asked.past[-1]),
        weeks=weeks,
        honesty=asked.honesty,
    )


def _lines(
    read: Read, by_week: Mapping[tuple[int, int], Figures], units: Tree, shown: frozenset[int], asked: Asked
) -> list[Line]:
    """One line for each sub-unit that may be seen and was there then, and one for the unit's own people."""
    below = units.roots_of(shown - {asked.unit.id})
    if not below:
        return []
    own = line_of(read, by_week, None, "own", frozenset({asked.unit.id}))
    lines = [
        line
        for one in below
        if (line := line_of(read, by_week, units.units[one], "", units.subtree(one) & shown)).people
        or units.units[one].stood(asked.days)
    ]
    return [own, *lines] if own.strength or own.people else lines


def _sister_units(scope: Scope, units: Tree, asked: Asked) -> list[int]:
    """Units with the same parent, itself included, that were there in the month and are in scope."""
    return [
        one
        for one in units.children.get(asked.unit.parent_id, ())
        if units.units[one].stood(asked.days) and any(scope.sees_unit(one, day) for day in asked.days)
    ]


def _sister_lines(
    database: Session, scope: Scope, units: Tree, asked: Asked, sisters: list[int]
) -> tuple[Line, ...]:
    shown = {one: shown_units(scope, units, one, asked.days) for one in sisters}
    together = frozenset[int]().union(*shown.values())
    read = _read(database, _whose(database, scope, units, together, asked), together, asked)
    by_week = read.by_week()
    lines = [line_of(read, by_week, units.units[one], "", ids) for one, ids in shown.items()]
    return sorted_lines(lines, asked.sort or "ten", falling=asked.falling)


def _before(read: Read, whole: Line, asked: Asked, shown: frozenset[int]) -> Before:
    days = same_weeks_before(asked.past)
    figures = total(found for (unit, day), found in read.by_day.items() if day in days and unit in shown)
    return Before(days=days, figures=figures, rate=rate_of(figures, len(whole.people), asked.honesty))


def _by_day(read: Read, asked: Asked) -> dict[int, Figures]:
    """The days of the month that have sessions."""
    found: dict[int, Figures] = {}
    for (_, day), figures in sorted(read.by_day.items(), key=lambda item: item[0][1]):
        if day in asked.days:
            found[day] = found[day] + figures if day in found else figures
    return found


def _bins(database: Session, whose: Among, asked: Asked) -> tuple[Bin, ...]:
    """Arrivals of the month against the three before it together."""
    months = [asked.days]
    for _ in range(MONTHS_BEFORE):
        last = months[0].start - 1
        months.insert(0, range(last - date_of(last).day + 1, last + 1))
    *before, now = counted.arrivals(database, whose, months)
    past: Counter[int] = Counter()
    for one in before:
        past.update(one)
    return tuple(bins(now, past, step=BUCKET_SECONDS))


def _listed(database: Session, whose: Among, asked: Asked) -> list[CountedSession]:
    if not asked.kind:
        return []
    day = asked.day if asked.day in asked.days else None
    days = asked.days if day is None else range(day, day + 1)
    return counted.counted_in_units(database, whose, days, asked.kind, most=MOST_ROWS)
