"""Honest offices, made up and repeatable: how often a pattern lists people who did nothing wrong.

Nobody here punches for somebody else, slips out or games the grace. They forget punches, share lifts, come by
the same bus every day, queue at the terminal before the bell and meet at the gate after Tết
(docs/patterns.md).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.rules.columns import DAY_SECONDS, Bool, Int64
from monitor.rules.patterns import (
    DayEnds,
    Found,
    Passes,
    PatternLimits,
    flood,
    friday_early,
    last_minute,
    no_out,
    pairs,
    weekdays_of,
)

OFFICE_PEOPLE, DOORS = 40, 2
MONDAY = 20_458
"""5 January 2026, as days since 1970."""
WORKDAYS, WEEK = 5, 7
BREAK_AFTER_WEEKS = 6
CHECKED_DAYS = 5
MINUTE = 60
GRACE = 5 * MINUTE
STARTS, ENDS = 27_000, 61_200
FRIDAY = 5
APART_SECONDS = 2
"""An identification takes that long: whoever comes at the same moment waits."""
BUS, LIFT, LEAVES_ON_FRIDAY, CEREMONY = 0.03, 0.04, 0.02, 0.25
AWAY, TERMINAL_DOWN, TOGETHER = 0.06, 0.02, 0.8

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """How many were listed of how many: people, pairs by people, or terminals after a break."""

    listed: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Everybody's days: rows are days, columns people; times are seconds after midnight.

    `seen`: the terminal's log of the day is complete. `leave`: the afternoon is excused.
    """

    days: Int64
    door: Int64
    arrives: Times
    leaves: Times
    comes: Bool
    marks_out: Bool
    seen: Bool
    leave: Bool


def alarms(people: int, seed: int, limits: PatternLimits) -> dict[str, Alarms]:
    """What each pattern lists in honest offices with so many people; the same seed gives the same figures."""
    made = office(people, seed, limits.weeks)
    ends, punched = ends_of(made), passes_of(made)
    checked = made.days[_checked_from(limits.weeks) :][:CHECKED_DAYS].tolist()
    listed: dict[str, list[Found]] = {
        "friday_early": friday_early(ends, limits),
        "no_out": no_out(ends, limits),
        "pairs": pairs(punched, limits),
        "last_minute": last_minute(ends, limits),
        "flood": flood(punched, checked, limits),
    }
    terminals = len(np.unique(made.door))
    of = dict.fromkeys(listed, people) | {"flood": terminals}
    return {pattern: Alarms(listed=len(found), of=of[pattern]) for pattern, found in listed.items()}


def _checked_from(weeks: int) -> int:
    """The place of day 1 after the break among the days."""
    return WORKDAYS * min(BREAK_AFTER_WEEKS, weeks - 1)


def office(people: int, seed: int, weeks: int) -> Office:
    """People in offices of forty with two doors; a break of a week goes before the last weeks."""
    rng = np.random.default_rng(seed)
    days = _days(weeks)
    shape = (len(days), people)
    who = np.arange(people)
    door = who // OFFICE_PEOPLE * DOORS + rng.integers(DOORS, size=people)
    comes = rng.random(shape) >= AWAY
    leave = (weekdays_of(days) == FRIDAY)[:, None] & (rng.random(people) < LEAVES_ON_FRIDAY)
    forgets = rng.beta(0.7, 60.0, people)
    arrives, leaves = _arrivals(rng, days, people, weeks), _departures(rng, days, people)
    _share_lifts(rng, door, arrives, leaves)
    down = rng.random((len(days), int(door.max()) + 1)) < TERMINAL_DOWN
    return Office(
        days=days,
        door=door,
        arrives=arrives,
        leaves=leaves,
        comes=comes,
        marks_out=rng.random(shape) >= forgets,
        seen=~down[:, door],
        leave=leave,
    )


def _days(weeks: int) -> Int64:
    """The working days, Monday to Friday, with a week off among them."""
    number = np.arange(weeks)
    monday = MONDAY + WEEK * (number + (number >= min(BREAK_AFTER_WEEKS, weeks - 1)))
    return np.asarray((monday[:, None] + np.arange(WORKDAYS)).ravel(), np.int64)


def _arrivals(rng: np.random.Generator, days: Int64, people: int, weeks: int) -> Times:
    """Some minutes before the bell, now and then late; bus riders at their own time, always the same."""
    shape = (len(days), people)
    early, spread = rng.gamma(4.0, 3.0 * MINUTE, people), rng.uniform(1.5, 6.0, people) * MINUTE
    usual = STARTS - np.clip(early + rng.normal(size=shape) * spread, 20 - GRACE, 100 * MINUTE)
    late = rng.random(shape) < np.minimum(rng.beta(0.8, 26.0, people), 0.15)
    arrives = np.where(late, STARTS + GRACE + 1 + rng.exponential(9 * MINUTE, shape), usual)
    bus = rng.random(people) < BUS
    punctual = rng.uniform(15, MINUTE, people)
    stop = STARTS + rng.uniform(-10 * MINUTE, GRACE, people) + rng.normal(size=shape) * punctual
    arrives = np.where(bus, stop, arrives)
    # On day 1 some offices gather at the gate and go in together.
    gathers = rng.random(people // OFFICE_PEOPLE + 1)[np.arange(people) // OFFICE_PEOPLE] < CEREMONY
    day_1 = np.arange(len(days)) == _checked_from(weeks)
    together = STARTS - 10 * MINUTE + rng.exponential(2 * MINUTE, shape)
    return np.asarray(np.where(day_1[:, None] & gathers, together, arrives))


def _departures(rng: np.random.Generator, days: Int64, people: int) -> Times:
    """At the end or somewhat later; a few leave before, on Fridays more often."""
    shape = (len(days), people)
    after = ENDS + rng.exponential(rng.gamma(2.0, 4.0 * MINUTE, people) + MINUTE, shape)
    before = ENDS - GRACE - rng.exponential(12 * MINUTE, shape)
    eagerness = np.where(weekdays_of(days) == FRIDAY, 2.5, 1.0)[:, None]
    return np.where(rng.random(shape) < rng.beta(0.6, 60.0, people) * eagerness, before, after)


def _share_lifts(rng: np.random.Generator, door: Int64, arrives: Times, leaves: Times) -> None:
    """A few neighbours of one office come and go together on most days, one right after the other."""
    people = arrives.shape[1]
    first = np.arange(0, people - 1, 2)
    first = first[rng.random(len(first)) < LIFT]
    for times in (arrives, leaves):
        shared = rng.random((len(times), len(first))) < TOGETHER
        behind = times[:, first] + rng.uniform(3, 15, shared.shape)
        times[:, first + 1] = np.where(shared, behind, times[:, first + 1])
    door[first + 1] = door[first]


def ends_of(made: Office) -> DayEnds:
    """The days as the product would know them; a day without a complete log is not known."""
    here = made.comes & made.seen
    day, person = np.nonzero(here)
    closed = made.marks_out[here] & ~made.leave[here]
    return DayEnds(
        person=person,
        day=made.days[day],
        arrived=np.asarray(made.arrives[here] - STARTS, np.int64),
        grace=np.full(len(person), GRACE, np.int64),
        closed=closed,
        early=closed & (made.leaves[here] < ENDS - GRACE),
        open=~made.marks_out[here] & ~made.leave[here],
    )


def passes_of(made: Office) -> Passes:
    """The punches at the doors; at one door nobody is faster than an identification takes."""
    parts = []
    for times, marked in ((made.arrives, made.comes), (made.leaves, made.comes & made.marks_out)):
        day, person = np.nonzero(marked & made.seen)
        moment = made.days[day] * DAY_SECONDS + times[day, person].astype(np.int64)
        parts.append((person, made.days[day], made.door[person], moment))
    person, days, terminal, moment = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Passes(
        person=person,
        day=days,
        terminal=terminal,
        time=_queued(terminal, moment),
        punch=np.arange(1, len(person) + 1),
    )


def _queued(terminal: Int64, moment: Int64) -> Int64:
    """Whoever comes while another identifies waits: at each terminal at least `APART_SECONDS` apart."""
    order = np.lexsort((moment, terminal))
    times = moment[order]
    # Terminals stand one after another, far apart, so that one running maximum serves all of them.
    gap = DAY_SECONDS * 100_000
    turn = np.arange(len(times)) * APART_SECONDS
    behind = np.maximum.accumulate(times + terminal[order] * gap - turn) + turn - terminal[order] * gap
    queued = np.empty(len(times), np.int64)
    queued[order] = behind
    return queued
