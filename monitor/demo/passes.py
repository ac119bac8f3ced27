"""All times at which people of the province pass a terminal, from the first day to the last."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.demo.agenda import Agenda
from monitor.demo.conduct import MINUTE, Conduct, conduct_on
from monitor.demo.habits import Habits
from monitor.demo.roster import RosterEntry
from monitor.demo.stage import Cast, play
from monitor.demo.streams import Stream, stream
from monitor.rules.wallclock import DAY_SECONDS, day_of, seconds_of

AFTERNOON_OUT = 3
LATE_FOR_ROSTER_SHARE = 0.04
FORGETS_AFTER_DUTY_SHARE = 0.012


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """Columns: who, when (seconds from 1970 on a true local clock), and on which day of the span."""

    person: NDArray[np.int64]
    seconds: NDArray[np.int64]
    day: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that decides who passes when."""

    agenda: Agenda
    roster: tuple[RosterEntry, ...]
    cast: Cast
    habits: Habits
    two_marks: NDArray[np.bool_]
    seed: int


def all_passes(plan: Plan) -> Passes:
    """Office days and roster entries together, in no particular order."""
    rostered: dict[int, list[RosterEntry]] = defaultdict(list)
    for entry in plan.roster:
        rostered[entry.day].append(entry)
    parts = [part for day in range(plan.agenda.span.days) for part in _passes_on(plan, day, rostered[day])]
    return Passes(
        person=np.concatenate([part.person for part in parts]),
        seconds=np.concatenate([part.seconds for part in parts]),
        day=np.concatenate([part.day for part in parts]),
    )


def _passes_on(plan: Plan, day: int, entries: list[RosterEntry]) -> Iterator[Passes]:
    midnight = day_of(plan.agenda.span.on(day)) * DAY_SECONDS
    rng = stream(plan.seed, Stream.ROSTERED, plan.agenda.span.on(day))
    conduct = None
    if plan.agenda.worked[day]:
        conduct = conduct_on(plan.agenda, plan.habits, plan.two_marks[day], day, plan.seed)
        play(plan.cast, plan.agenda, conduct, day, plan.seed)
        yield from _walks(plan, rng, conduct, day, midnight)
    yield _rostered(rng, conduct, entries, day)
    if conduct is not None:
        mark, person = np.nonzero(conduct.passes)
        yield _at(person, midnight + conduct.seconds[mark, person], day)


def _walks(
    plan: Plan, rng: np.random.Generator, conduct: Conduct, day: int, midnight: int
) -> Iterator[Passes]:
    """Some identify themselves when they step out in the middle of a session (extras, rules 3.3)."""
    inside = conduct.passes[0] & conduct.passes[AFTERNOON_OUT]
    out = np.flatnonzero(inside & (rng.random(inside.shape) < plan.habits.goes_out_share))
    begins = 8 * 3600 + 45 * MINUTE + rng.integers(0, 100 * MINUTE, len(out))
    yield _at(out, midnight + begins + 3600, day)


def _rostered(
    rng: np.random.Generator, conduct: Conduct | None, entries: Iterable[RosterEntry], day: int
) -> Passes:
    """IN and OUT of roster entries; who is at work already does not pass at the joint (rules 3)."""
    found: list[tuple[int, int]] = []
    for entry in entries:
        late = rng.random() < LATE_FOR_ROSTER_SHARE
        arrives = -int(rng.integers(6, 25)) if late else int(rng.integers(2, 20))
        leaves = int(rng.integers(0, 12 * MINUTE))
        at_work = (
            entry.kind != "extra" and conduct is not None and bool(conduct.passes[2:, entry.person].any())
        )
        if at_work and conduct is not None:
            conduct.passes[AFTERNOON_OUT, entry.person] = False
        else:
            found.append((entry.person, seconds_of(entry.starts) - arrives * MINUTE - leaves % MINUTE))
        if rng.random() >= FORGETS_AFTER_DUTY_SHARE:
            found.append((entry.person, seconds_of(entry.ends) + leaves))
    persons, seconds = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return _at(persons, seconds, day)


def _at(person: NDArray[np.integer], seconds: NDArray[np.int64], day: int) -> Passes:
    return Passes(
        person=person.astype(np.int64),
        seconds=seconds.astype(np.int64),
        day=np.full(len(person), day, dtype=np.int64),
    )
