"""The engine and the scalar oracle give the same rows on thousands of random worlds (rules 2-8)."""

import os
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from monitor.rules.columns import DAY_SECONDS, SilentDays
from monitor.rules.silence import silent_days
from tests.rules.twin import days_slowly, overtime_slowly, reconcile_slowly, silent_days_slowly
from tests.rules.twin.difference import Difference, day_rows, differences, overtime_rows, session_rows
from tests.rules.worlds import ALL_FEATURES, random_world
from tests.rules.worlds.draft import person_days

WORLDS = int(os.environ.get("MONITOR_TWIN_WORLDS", "2000"))
CHUNKS = 8
SHOWN = 12
DENSITIES = (0.05, 0.15, 0.3, 0.6, 1.0)
"""How many of the features occur: from nearly plain worlds, easy to read, to everything at once."""


def features_of(seed: int) -> frozenset[str]:
    """The features of the world with this number."""
    dice = random.Random(f"features {seed}")  # noqa: S311 - test worlds hold no secrets
    density = dice.choice(DENSITIES)
    return frozenset(feature for feature in sorted(ALL_FEATURES) if dice.random() < density)


def disagreements(seed: int, features: frozenset[str]) -> list[Difference]:
    """What the engine and the twin see differently in one world."""
    from monitor.rules.reconcile import reconcile

    world, asked, now = random_world(seed, features=features)
    slow = reconcile_slowly(world, asked, now)
    verdicts = reconcile(world, person_days(asked), now)
    found = differences(world, slow, session_rows(verdicts.sessions))
    found = found or differences(world, days_slowly(slow), day_rows(verdicts.days))
    return found or differences(world, overtime_slowly(world, asked, now), overtime_rows(verdicts.overtime))


def smallest(seed: int, features: frozenset[str]) -> frozenset[str]:
    """The features without which the world would still disagree, left out one by one."""
    for feature in sorted(features):
        if disagreements(seed, features - {feature}):
            features -= {feature}
    return features


def message(failing: dict[int, int]) -> str:
    """The failing world with the fewest differences, its features cut down to those that matter."""
    seed = min(failing, key=lambda one: (failing[one], one))
    features = smallest(seed, features_of(seed))
    found = disagreements(seed, features)
    lines = [
        f"{len(failing)} worlds disagree (seeds {sorted(failing)[:10]}); the simplest:",
        f"random_world({seed}, features=frozenset({sorted(features)}))",
        *(str(difference) for difference in found[:SHOWN]),
    ]
    if len(found) > SHOWN:
        lines.append(f"and {len(found) - SHOWN} more")
    return "\n".join(lines)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_engine_and_the_twin_give_the_same_rows(chunk: int) -> None:
    failing = {}
    for seed in range(chunk, WORLDS, CHUNKS):
        found = disagreements(seed, features_of(seed))
        if found:
            failing[seed] = len(found)
    assert not failing, message(failing)


@pytest.mark.parametrize(
    "change",
    [
        {"status": 5},
        {"late_seconds": 1},
        {"punch_out": 77},
        {"extras": (5,)},
        {"cong": 0.37},
        {"reasons": 1},
    ],
)
def test_the_comparison_notices_a_planted_difference(change: dict[str, Any]) -> None:
    world, asked, now = random_world(1, features=frozenset())
    rows = reconcile_slowly(world, asked, now)
    assert not differences(world, rows, rows)
    planted = [*rows[:3], replace(rows[3], **change), *rows[4:]]
    (found,) = differences(world, rows, planted)
    assert found.field in change
    assert world.people[rows[3].person] in str(found)
    assert rows[3].name in str(found)


def test_the_comparison_notices_a_missing_row_a_row_too_many_and_another_order() -> None:
    world, asked, now = random_world(1, features=frozenset())
    rows = reconcile_slowly(world, asked, now)
    assert [found.fast for found in differences(world, rows, rows[1:])] == ["has not"]
    assert [found.slow for found in differences(world, rows[1:], rows)] == ["has no row"]
    assert [found.field for found in differences(world, rows, rows[::-1])] == ["order"]


def test_the_comparison_notices_a_planted_difference_of_a_day() -> None:
    world, asked, now = random_world(2, features=frozenset())
    days = days_slowly(reconcile_slowly(world, asked, now))
    planted = [replace(days[0], worked_seconds=days[0].worked_seconds + 1), *days[1:]]
    assert [found.field for found in differences(world, days, planted)] == ["worked_seconds"]


def test_the_engine_and_the_twin_find_the_same_silent_days() -> None:
    found = 0
    for seed in range(200):
        crowded, asked, now = random_world(seed)
        odd = crowded.punches.time // DAY_SECONDS % 2 == 1
        world = replace(crowded, punches=crowded.punches.take(odd))
        days = range(min(day for _, day in asked), max(day for _, day in asked) + 1)
        quiet = [
            (terminal, day)
            for terminal in range(len(world.terminals))
            for day in days
            if not ((world.punches.terminal == terminal) & (world.punches.time // DAY_SECONDS == day)).any()
        ]
        candidates = SilentDays(
            terminal=np.array([terminal for terminal, _ in quiet], np.int32),
            day=np.array([day for _, day in quiet], np.int32),
        )
        fast = silent_days(world, candidates, now, 1)
        pairs = sorted(zip(fast.terminal.tolist(), fast.day.tolist(), strict=True))
        assert pairs == silent_days_slowly(world, quiet, now, 1), f"seed {seed}"
        found += len(pairs)
    assert found > 50  # or the comparison would prove nothing
