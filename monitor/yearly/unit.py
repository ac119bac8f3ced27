"""A unit's year: its people, its sums, its commendations, and who led it from when to when."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from sqlmodel import Session

from monitor.rules.figures import Figures, total
from monitor.store.queries.figures import NAMES, Among, among, figures_by_day
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.stays import Appointment, appointments
from monitor.store.queries.tree import Tree, UnitRow
from monitor.store.queries.year_papers import CommendationRow, commendations_of_units
from monitor.store.wall import seeing_all
from monitor.yearly.counting import MonthCount, together
from monitor.yearly.evidence import PersonYear, people_of
from monitor.yearly.period import Period
from monitor.yearly.sight import Reader, of_person, of_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """An appointment, cut to the period, and what the unit's sessions came to within its dates alone."""

    by: Appointment
    unit: UnitRow
    figures: Figures

    @property
    def known(self) -> bool:
        """Whether anything was judged in these days."""
        return bool(self.figures.decided + self.figures.excused + self.figures.exempt)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitYear:
    """A unit and those below it that are shown: people, months of all together, leaders, commendations."""

    unit: UnitRow
    period: Period
    people: tuple[PersonYear, ...]
    months: tuple[MonthCount, ...]
    leaders: tuple[Led, ...]
    commendations: tuple[CommendationRow, ...]

    @property
    def figures(self) -> Figures:
        """Everybody's together."""
        return total(one.year.figures for one in self.people)


def unit_year(
    session: Session,
    units: Tree,
    reader: Reader,
    period: Period,
    unit_ids: frozenset[int],
    unit: UnitRow,
) -> UnitYear:
    """The year of a unit; `unit_ids` are it and those below it that the reader may see."""
    sight = of_units(session, units, reader, period, unit_ids)
    people = people_of(sight)
    by_day = _by_day(session, sight.whose, period)
    heads = appointments(session, period.days, unit_ids=[unit.id])
    return UnitYear(
        unit=unit,
        period=period,
        people=tuple(people),
        months=together([one.months for one in people], period.months),
        leaders=tuple(Led(by=one, unit=unit, figures=_within(by_day, one)) for one in heads),
        commendations=tuple(commendations_of_units(session, unit_ids, sight.dates)),
    )


def _by_day(session: Session, whose: Among, period: Period) -> dict[int, Figures]:
    found: defaultdict[int, list[Figures]] = defaultdict(list)
    for (_unit, day), figures in figures_by_day(session, whose, period.days, NAMES).items():
        found[day].append(figures)
    return {day: total(parts) for day, parts in found.items()}


def _within(by_day: Mapping[int, Figures], dates: Appointment) -> Figures:
    return total(figures for day, figures in by_day.items() if dates.first_day <= day <= dates.last_day)


def person_year(
    session: Session, units: Tree, reader: Reader, period: Period, person_id: int
) -> tuple[PersonYear, tuple[Led, ...]] | None:
    """One person's year and what they led; None where the reader may see nothing of it."""
    found = people_of(of_person(session, units, reader, period, person_id))
    if not found:
        return None
    return found[0], led_by(session, units, reader, period, person_id)


def led_by(session: Session, units: Tree, reader: Reader, period: Period, person_id: int) -> tuple[Led, ...]:
    """The appointments of a person in units that the reader sees; of one's own all of them."""
    own = person_id == reader.reach.person_id
    reach = EVERYBODY if own else reader.reach
    found = []
    for one in appointments(session, period.days, people=[person_id]):
        below = _seen(units.below_in_bloc(one.unit_id), None if own else reader, one)
        if below:
            days = range(one.first_day, one.last_day + 1)
            with seeing_all(session) if own else nullcontext():
                whose = among(session, reach, below, frozenset(units.units), days)
                inside = total(figures_by_day(session, whose, days, NAMES).values())
            found.append(Led(by=one, unit=units.units[one.unit_id], figures=inside))
    return tuple(found)


def _seen(unit_ids: frozenset[int], reader: Reader | None, dates: Appointment) -> frozenset[int]:
    if reader is None or reader.reach.terms is None:
        return unit_ids
    seen: Collection[int] = {
        unit
        for term in reader.reach.terms
        for unit in term.unit_ids
        if any(term.holds(day) for day in (dates.first_day, dates.last_day))
    }
    return unit_ids & frozenset(seen)
