"""Patterns worth a second look, as plain rules over days and punches (docs/patterns.md); they judge nobody.

What is not known never counts: a day whose punches may be missing is in no row, neither for nor against.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.rules.columns import NO_TIME, Bool, Columns, Int64
from monitor.rules.wallclock import weekday_of

FRIDAY = 5
MINUTE = 60
MOST_NEIGHBOURS = 30
"""Nobody passes a terminal faster than that: more within seconds is a stack of records, a flood."""

PATTERNS = ("friday_early", "no_out", "pairs", "last_minute", "flood")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternLimits:
    """From when on something is listed. Days are days of a person (of a pair), per cent are of known days.

    `pairs_seconds`: two punches at one terminal are together up to there. `flood_seconds`: how long a flood
    lasts at most; `flood_percent`: how much more than on the busiest of at least `flood_usual_days`.
    """

    weeks: int = 8
    friday_days: int = 3
    friday_percent: int = 50
    no_out_days: int = 5
    no_out_percent: int = 20
    pairs_seconds: int = 10
    pairs_days: int = 10
    pairs_percent: int = 50
    last_minute_days: int = 10
    last_minute_percent: int = 60
    flood_seconds: int = 60
    flood_people: int = 8
    flood_percent: int = 200
    flood_usual_days: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEnds(Columns):
    """How a person's office day began and ended; one row per person and day with office sessions.

    `arrived`: seconds from when the person was expected to the IN, negative before; `NO_TIME` for none, and
    where an allowance was spent. `grace`: seconds. `closed`: it is known how the last session ended, `early`:
    too early, or the person did not return for it. `open`: there is an IN that day and a verdict, but no OUT.
    """

    person: Int64
    day: Int64
    arrived: Int64
    grace: Int64
    closed: Bool
    early: Bool
    open: Bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes(Columns):
    """Punches that became a mark, each once: whose, on which work date, where, when (an instant), its id."""

    person: Int64
    day: Int64
    terminal: Int64
    time: Int64
    punch: Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something listed: of whom, on which days out of how many known ones, and by which punches."""

    pattern: str
    people: tuple[int, ...]
    days: tuple[int, ...]
    known_days: int
    punches: tuple[int, ...] = ()


def weekdays_of(days: Int64) -> Int64:
    """ISO weekdays (1 Monday … 7 Sunday) of days since 1970."""
    first = weekday_of(0)
    return (days + first - 1) % 7 + 1


def friday_early(ends: DayEnds, limits: PatternLimits) -> list[Found]:
    """Left early on Friday afternoons, often, and more often than on the other days."""
    known = ends.only(ends.closed)
    friday = weekdays_of(known.day) == FRIDAY
    others = {person: (early, count) for person, early, count in _tally(known.only(~friday), "early")}

    def beyond_others(one: Found) -> bool:
        early, count = others.get(one.people[0], (0, 0))
        return len(one.days) * count > early * one.known_days or not early

    on_fridays = known.only(friday)
    found = _listed("friday_early", on_fridays, on_fridays.early, limits.friday_days, limits.friday_percent)
    return [one for one in found if beyond_others(one)]


def no_out(ends: DayEnds, limits: PatternLimits) -> list[Found]:
    """Came, and no punch says when the person left, on many days."""
    known = ends.only(ends.closed | ends.open)
    return _listed("no_out", known, known.open, limits.no_out_days, limits.no_out_percent)


def last_minute(ends: DayEnds, limits: PatternLimits) -> list[Found]:
    """Arrives in the last minute that is not yet late, nearly always."""
    known = ends.only(ends.arrived != NO_TIME)
    inside = (known.arrived > known.grace - MINUTE) & (known.arrived <= known.grace)
    return _listed("last_minute", known, inside, limits.last_minute_days, limits.last_minute_percent)


def _tally(ends: DayEnds, what: str) -> Iterable[tuple[int, int, int]]:
    """Of each person: on how many days something holds, and of how many."""
    people, place = np.unique(ends.person, return_inverse=True)
    hits = np.bincount(place, weights=getattr(ends, what), minlength=len(people)).astype(np.int64)
    return zip(
        people.tolist(), hits.tolist(), np.bincount(place, minlength=len(people)).tolist(), strict=True
    )


def _listed(pattern: str, known: DayEnds, hit: Bool, least_days: int, percent: int) -> list[Found]:
    """People with at least so many hits, and at least so large a part of their known days."""
    people, place = np.unique(known.person, return_inverse=True)
    count, hits = np.bincount(place), np.bincount(place, weights=hit).astype(np.int64)
    chosen = np.flatnonzero((hits >= least_days) & (100 * hits >= percent * count))
    return [
        Found(
            pattern=pattern,
            people=(int(people[one]),),
            days=tuple(np.sort(known.day[hit & (place == one)]).tolist()),
            known_days=int(count[one]),
        )
        for one in chosen
    ]


def pairs(passes: Passes, limits: PatternLimits) -> list[Found]:
    """Two people who punch within seconds of each other, at one terminal, on many of their common days."""
    near = _neighbours(passes, limits.pairs_seconds)
    both = np.stack([np.minimum(*near.people), np.maximum(*near.people)], axis=1)
    keyed = np.column_stack([both, near.day])
    days_of_pairs = np.unique(keyed, axis=0)
    found, count = np.unique(days_of_pairs[:, :2], axis=0, return_counts=True)
    often = found[count >= limits.pairs_days]
    theirs = passes.only(np.isin(passes.person, often))
    worn = {person: np.unique(theirs.day[theirs.person == person]) for person in np.unique(often).tolist()}
    listed = []
    for one, other in often.tolist():
        mine = (both == (one, other)).all(axis=1)
        days = np.unique(near.day[mine])
        common = len(np.intersect1d(worn[one], worn[other], assume_unique=True))
        if 100 * len(days) >= limits.pairs_percent * common:
            punches = np.unique(near.punches[:, mine])
            listed.append(_of_pair((one, other), days.tolist(), common, punches.tolist()))
    return listed


def _of_pair(people: tuple[int, int], days: Sequence[int], common: int, punches: Sequence[int]) -> Found:
    return Found(pattern="pairs", people=people, days=tuple(days), known_days=common, punches=tuple(punches))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """Punches close together: `people` and `punches` (2, n), the work date."""

    people: Int64
    punches: Int64
    day: Int64


def _neighbours(passes: Passes, seconds: int) -> _Near:
    """Sorted by terminal and time, each punch with those right after it: never everybody with everybody."""
    ordered = passes.take(np.lexsort((passes.punch, passes.time, passes.terminal)))
    first, second = [], []
    for step in range(1, min(MOST_NEIGHBOURS + 1, len(ordered))):
        here, there = slice(None, -step), slice(step, None)
        close = ordered.terminal[here] == ordered.terminal[there]
        close &= ordered.time[there] - ordered.time[here] <= seconds
        if not close.any():
            break
        at = np.flatnonzero(close & (ordered.person[here] != ordered.person[there]))
        first.append(at)
        second.append(at + step)
    none = np.zeros(0, np.int64)
    one, other = np.concatenate([none, *first]), np.concatenate([none, *second])
    return _Near(
        people=np.stack([ordered.person[one], ordered.person[other]]),
        punches=np.stack([ordered.punch[one], ordered.punch[other]]),
        day=ordered.day[one],
    )


def flood(passes: Passes, checked: Sequence[int], limits: PatternLimits) -> list[Found]:
    """On one checked day alone far more people at a terminal within a minute than on its busiest usual day.

    `checked` are the days after breaks; `passes` of the days before them say what is usual.
    """
    listed = []
    for terminal in np.unique(passes.terminal).tolist():
        here = passes.only(passes.terminal == terminal)
        here = here.take(np.lexsort((here.punch, here.time)))
        usual = _usual_peak(here, checked, limits)
        days = [day for day in checked if (here.day == day).any()]
        peaks = [one for day in days if (one := _busiest(here.only(here.day == day), limits))]
        least = max(limits.flood_people, -(-limits.flood_percent * usual // 100)) if usual else None
        floods = [one for one in peaks if least is not None and len(one.people) >= least]
        # What happens on several days is how people come now, not a flood.
        listed += floods if len(floods) == 1 else []
    return listed


def _usual_peak(here: Passes, checked: Sequence[int], limits: PatternLimits) -> int:
    """The most punches within the length of a flood on any usual day; 0 where too few days say so."""
    before = here.only(~np.isin(here.day, checked) & (here.day < min(checked, default=0)))
    if len(np.unique(before.day)) < limits.flood_usual_days:
        return 0
    return int(_within(before, limits.flood_seconds).max())


def _within(ordered: Passes, seconds: int) -> Int64:
    """How many punches come from each one on, within the seconds; sorted by time, of one terminal."""
    after = np.searchsorted(ordered.time, ordered.time + seconds, side="right")
    return np.asarray(after - np.arange(len(ordered)), np.int64)


def _busiest(ordered: Passes, limits: PatternLimits) -> Found | None:
    """The busiest stretch of a day at a terminal, and the different people in it."""
    counts = _within(ordered, limits.flood_seconds)
    start = int(counts.argmax())
    stretch = ordered.take(slice(start, start + int(counts[start])))
    return Found(
        pattern="flood",
        people=tuple(np.unique(stretch.person).tolist()),
        days=(int(stretch.day[0]),),
        known_days=1,
        punches=tuple(stretch.punch.tolist()),
    )
