"""A made-up country: 34 provinces, 3,321 communes, 2.2 million people, 190 million punches a month; by seed.

Nothing of it is kept: each commune's month is drawn from the seed and its number when it is asked for, so
any part of the country can be had by itself, in any order and on any machine, and is the same each time.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.bench_rules import FIRST_DAY, REGULATION, month
from monitor.rules.columns import DAY_SECONDS, Excuses, ExcuseTypes, PersonDays, Punches, World
from monitor.rules.regulation import Regulation

PROVINCES, COMMUNES, PEOPLE = 34, 3_321, 2_200_000
WORKDAYS = 22
FORGOTTEN = 0.018
"""Of four punches a day so many are missing: 86.4 a person and month, 190 million in all."""
ON_LEAVE = 0.03
ROOMS = 9
LATE_SHARE = 0.06
TWO_MARKS = replace(REGULATION, code="hai-lan", marks=2)
LEAVE = ExcuseTypes(
    code=np.array(["leave"], object), symbol=np.array(["P"], object), counts_cong=np.array([True])
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What may be varied: the seed, how many months after the first, punches a day, people of a commune."""

    seed: int = 1
    later: int = 0
    marks: int = 4
    commune_people: int | None = None


def commune_sizes(seed: int) -> NDArray[np.int64]:
    """People of each commune: a few large, many small, all of the country together."""
    drawn = np.random.default_rng(seed).lognormal(0, 0.5, COMMUNES)
    sizes: NDArray[np.int64] = np.maximum(np.floor(drawn * PEOPLE / drawn.sum()), 20).astype(np.int64)
    sizes[np.argmax(sizes)] += PEOPLE - sizes.sum()
    return sizes


def province_of(commune: int) -> int:
    """Communes are dealt to provinces in turn."""
    return commune % PROVINCES


def communes_for(people: int, seed: int) -> NDArray[np.int64]:
    """Numbers of the first communes that have so many people together."""
    reached = np.cumsum(commune_sizes(seed))
    return np.arange(min(int(np.searchsorted(reached, people)) + 1, COMMUNES))


def commune_month(commune: int, shape: Shape) -> tuple[World, PersonDays]:
    """A commune's people, punches and leave of one month, and the person-days to be judged."""
    people = shape.commune_people or int(commune_sizes(shape.seed)[commune])
    random = np.random.default_rng([shape.seed, commune, shape.later])
    world, asked = month(people, WORKDAYS, units=ROOMS, seed=int(random.integers(1 << 31)))
    ahead = shape.later * 35
    days = PersonDays(person=asked.person, day=(asked.day + ahead).astype(np.int32))
    judged = replace(
        world,
        punches=_punches(world, random, shape, ahead),
        coverage=replace(world.coverage, end=world.coverage.end + ahead * DAY_SECONDS),
        regulations=(_regulation(shape),),
        excuse_types=LEAVE,
        excuses=_leave(random, people, ahead),
    )
    return judged, days


def _regulation(shape: Shape) -> Regulation:
    return TWO_MARKS if shape.marks == 2 else REGULATION


def _punches(world: World, random: np.random.Generator, shape: Shape, ahead: int) -> Punches:
    scattered = random.integers(-600, 300, len(world.punches))
    late = np.where(
        random.random(len(scattered)) < LATE_SHARE, random.integers(300, 3_600, len(scattered)), 0
    )
    moved = world.punches.time + ahead * DAY_SECONDS + scattered + late
    kept = random.random(len(moved)) >= FORGOTTEN
    if shape.marks == 2:
        place = np.arange(len(moved)) % 4
        kept &= (place == 0) | (place == 3)
    return replace(world.punches, time=moved).take(np.flatnonzero(kept))


def _leave(random: np.random.Generator, people: int, ahead: int) -> Excuses:
    """Single days of leave, approved."""
    person = np.flatnonzero(random.random(people) < ON_LEAVE * WORKDAYS).astype(np.int32)
    day = FIRST_DAY + ahead + random.integers(0, 30, len(person))
    start = day.astype(np.int64) * DAY_SECONDS
    return Excuses(
        id=np.arange(1, len(person) + 1, dtype=np.int64),
        person=person,
        kind=np.zeros(len(person), np.int32),
        start=start,
        end=start + DAY_SECONDS - 1,
        approved=np.ones(len(person), bool),
        document_day=(day - 1).astype(np.int32),
        entered_at=start - DAY_SECONDS,
    )
