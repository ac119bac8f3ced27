"""Random worlds are reproducible and rich; the oracle gives the same rows whatever the batch (rules 8)."""

from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pytest

from monitor.rules.codes import OvertimeClass, Reason, Status, reason_codes
from monitor.rules.columns import Columns, World
from tests.rules.twin import TwinOvertime, overtime_slowly, reconcile_slowly
from tests.rules.worlds import ALL_FEATURES, Size, random_world

pytestmark = pytest.mark.slow

SEEDS = range(60)


def texts(world: World) -> list[str]:
    """Every column of a world as text."""
    sets = [getattr(world, one.name) for one in fields(world)]
    return [repr([getattr(s, f.name).tolist() for f in fields(s)]) for s in sets if isinstance(s, Columns)]


def in_another_order(world: World, seed: int) -> World:
    """The same world with the rows of its events and records shuffled."""
    dice = np.random.default_rng(seed)
    names = ("postings", "calendar", "badges", "punches", "manual", "excuses", "roster", "coverage")
    sets = {name: getattr(world, name) for name in names}
    return replace(world, **{name: rows.take(dice.permutation(len(rows))) for name, rows in sets.items()})


def test_the_same_seed_gives_the_same_world() -> None:
    for seed in SEEDS:
        (world, asked, now), (again, asked_again, now_again) = random_world(seed), random_world(seed)
        assert texts(world) == texts(again)
        assert (asked, now) == (asked_again, now_again)
        assert world.regulations == again.regulations


def test_different_seeds_give_different_worlds() -> None:
    assert len({tuple(texts(random_world(seed)[0])) for seed in SEEDS}) == len(SEEDS)


def test_a_feature_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown features: \\['tea'\\]"):
        random_world(1, features=frozenset({"tea"}))


def test_the_size_bounds_people_and_days() -> None:
    world, asked, _ = random_world(3, size=Size(people=(5, 5), days=(6, 6)), features=frozenset())
    assert len(world.people) == 5
    assert len({day for _, day in asked}) == 6


def test_without_features_a_world_is_a_plain_office() -> None:
    for seed in SEEDS:
        world, asked, now = random_world(seed, features=frozenset())
        assert not len(world.roster) + len(world.excuses) + len(world.calendar) + len(world.manual)
        assert {regulation.marks for regulation in world.regulations} == {4}
        assert not any(row.status == Status.PENDING for row in reconcile_slowly(world, asked, now))


def test_every_status_and_every_reason_occurs() -> None:
    statuses: Counter[int] = Counter()
    reasons: Counter[str] = Counter()
    for seed in range(150):
        features = ALL_FEATURES if seed % 2 else frozenset({"grace", "now_inside", "two_marks"})
        for row in reconcile_slowly(*random_world(seed, features=features)):
            statuses[row.status] += 1
            reasons.update(reason_codes(row.reasons))
    assert set(statuses) == set(Status)
    assert set(reasons) == {str(reason.name).lower() for reason in Reason}


def test_overtime_of_every_class_occurs_by_day_and_by_night_worked_in_full_in_part_and_not_at_all() -> None:
    found: Counter[tuple[OvertimeClass, str]] = Counter()
    for seed in range(150):
        for row in overtime_slowly(*random_world(seed)):
            found.update((OvertimeClass(row.kind), feature) for feature in features_of_overtime(row))
    assert set(found) == {
        (kind, feature)
        for kind in OvertimeClass
        for feature in ("day", "night", "in full", "in part", "not at all")
    }


def features_of_overtime(row: TwinOvertime) -> list[str]:
    worked = "in full" if row.seconds == row.end - row.start else "in part" if row.seconds else "not at all"
    return [worked] + ["night"] * (row.night_seconds > 0) + ["day"] * (row.seconds > row.night_seconds)


def test_the_batch_does_not_matter() -> None:
    for seed in SEEDS:
        world, asked, now = random_world(seed)
        together = reconcile_slowly(world, asked, now)
        alone = [row for pair in sorted(asked) for row in reconcile_slowly(world, [pair], now)]
        assert alone == together, seed
        overtime = [row for pair in sorted(asked) for row in overtime_slowly(world, [pair], now)]
        assert overtime == overtime_slowly(world, asked, now), seed


def test_the_order_of_rows_does_not_matter() -> None:
    for seed in SEEDS:
        world, asked, now = random_world(seed)
        rows = reconcile_slowly(world, asked, now)
        assert reconcile_slowly(in_another_order(world, seed), asked[::-1], now) == rows, seed


def test_every_usable_punch_of_a_person_with_sessions_is_seen_at_most_once() -> None:
    for seed in SEEDS:
        world, asked, now = random_world(seed, features=ALL_FEATURES - {"one_mark"})
        rows = reconcile_slowly(world, asked, now)
        marks = [number for row in rows for number in (row.punch_in, row.punch_out) if number]
        others = [number for row in rows for number in row.extras + row.outside]
        assert max(Counter(others).values(), default=0) <= 1, seed
        assert not set(marks) & set(others), seed
        assert max(Counter(marks).values(), default=0) <= 1, seed
