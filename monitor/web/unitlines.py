"""Units in figures: the lines of a roll-up, each with its rate, its weeks and its strength."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.rules.figures import NONE, Figures, Honesty, Rate, rate_of, total
from monitor.store.queries.figures import PersonFigures
from monitor.store.queries.members import Posted
from monitor.store.queries.tree import UnitRow
from monitor.text.vietnamese import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Units, or some people of them, in figures.

    `unit` None: the people that `group` names: own (of the unit itself, without those below), head or
    deputy. `people` have records in the month, `strength` counts who belonged to it on the last day that
    has come, `joined` and `left` the differences to the first. `weeks` are rates, oldest first.
    """

    unit: UnitRow | None
    group: str
    strength: int
    joined: int
    left: int
    people: frozenset[int]
    figures: Figures
    rate: Rate | None
    weeks: tuple[Rate | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the database said of a set of units: figures by person in the month, by unit and day before.

    `first` and `last` are who belonged to them on the first day and on the last that has come.
    """

    by_person: Sequence[PersonFigures]
    by_day: Mapping[tuple[int, int], Figures]
    first: Sequence[Posted]
    last: Sequence[Posted]
    weeks: Sequence[range]
    honesty: Honesty

    def by_week(self) -> dict[tuple[int, int], Figures]:
        """By unit and place of the week."""
        start = self.weeks[0].start
        found: defaultdict[tuple[int, int], list[Figures]] = defaultdict(list)
        for (unit, day), figures in self.by_day.items():
            found[unit, (day - start) // 7].append(figures)
        return {place: total(parts) for place, parts in found.items()}


def line_of(
    read: Read,
    by_week: Mapping[tuple[int, int], Figures],
    unit: UnitRow | None,
    group: str,
    ids: frozenset[int],
) -> Line:
    """The line of some units together."""
    found = [one for one in read.by_person if one.unit_id in ids]
    people = frozenset(one.person_id for one in found)
    figures = total(one.figures for one in found)
    before = {one.person_id for one in read.first if one.unit_id in ids}
    now = {one.person_id for one in read.last if one.unit_id in ids}
    weeks = (total(by_week.get((unit, week), NONE) for unit in ids) for week in range(len(read.weeks)))
    return Line(
        unit=unit,
        group=group,
        strength=len(now),
        joined=len(now - before),
        left=len(before - now),
        people=people,
        figures=figures,
        rate=rate_of(figures, len(people), read.honesty),
        weeks=tuple(rate_of(week, len(people), read.honesty) for week in weeks),
    )


def leaders(read: Read, role: str) -> Line:
    """Everybody who is head (or deputy) of a unit; those who have left by what they were on the first day."""
    roles = {one.person_id: one.role for one in (*read.first, *read.last)}
    mine = frozenset(person for person, found in roles.items() if found == role)
    figures = total(one.figures for one in read.by_person if one.person_id in mine)
    people = frozenset(one.person_id for one in read.by_person if one.person_id in mine)
    now = {one.person_id for one in read.last if one.role == role}
    return Line(
        unit=None,
        group=role,
        strength=len(now),
        joined=0,
        left=0,
        people=people,
        figures=figures,
        rate=rate_of(figures, len(people), read.honesty),
        weeks=(),
    )


def perfect_people(read: Read) -> list[int]:
    """Those whose month has nothing to be found and nothing unknown."""
    found: defaultdict[int, list[Figures]] = defaultdict(list)
    for one in read.by_person:
        found[one.person_id].append(one.figures)
    return [person for person, parts in found.items() if total(parts).perfect]


_KEYS: dict[str, Callable[[Line], float | str]] = {
    "ten": lambda line: fold(line.unit.name) if line.unit else "",
    "quan-so": lambda line: line.strength,
    "dung-gio": lambda line: line.rate.share if line.rate else 0,
    "muon": lambda line: line.figures.late,
    "phut": lambda line: line.figures.late_seconds,
    "vang": lambda line: line.figures.absent,
    "thieu": lambda line: line.figures.missing,
    "chua": lambda line: line.figures.no_data,
}
SORTS = tuple(_KEYS)
"""What lines may be sorted by; in the order of the tree without."""


def sorted_lines(lines: Iterable[Line], sort: str, *, falling: bool) -> tuple[Line, ...]:
    """The lines in the order asked for; those without a rate come last where rates are compared."""
    if sort not in _KEYS:
        return tuple(lines)
    found = sorted(lines, key=_KEYS[sort], reverse=falling)
    if sort == "dung-gio":
        found.sort(key=lambda line: line.rate is None)
    return tuple(found)
