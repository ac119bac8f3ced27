"""Laws that the rules obey whatever the office: each is checked in one random world, by one engine.

A law says in its docstring exactly what it claims. It raises AssertionError where it does not hold. That
recomputing what a change touched gives what recomputing everything gives (rules 8) is a law of the records,
not of the engine: tests/records/test_replay.py holds it on both databases.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from monitor.rules.codes import Status
from monitor.rules.columns import NO_TIME, PersonDays, Verdicts, World
from tests.rules.twin import TwinOvertime, TwinRow
from tests.rules.twin.difference import overtime_rows, session_rows
from tests.rules.worlds import ALL_FEATURES, random_world
from tests.rules.worlds.draft import Row, columns, person_days

Reconcile = Callable[[World, PersonDays, int], Verdicts]
Rows = tuple[list[TwinRow], list[TwinOvertime]]
EXCUSING = {"full_excuses", "partial_excuses", "messy_excuses", "not_approved", "late_documents"}
EVERYTHING_IS_KNOWN = (0, 10**10)


def rows_of(reconcile: Reconcile, world: World, asked: Sequence[tuple[int, int]], now: int) -> Rows:
    """Session rows and overtime rows of the person-days asked."""
    verdicts = reconcile(world, person_days(asked), now)
    return session_rows(verdicts.sessions), overtime_rows(verdicts.overtime)


def dice_of(seed: int) -> random.Random:
    """Dice for what a law changes in the world of this number."""
    return random.Random(f"law {seed}")  # noqa: S311 - test worlds hold no secrets


def with_rows(world: World, name: str, rows: Sequence[Row]) -> World:
    """The world with further rows in one of its tables."""
    table = getattr(world, name)
    more = columns(type(table), rows)
    joined = {
        field: np.concatenate((getattr(table, field), getattr(more, field))) for field in table.__slots__
    }
    return replace(world, **{name: type(table)(**joined)})


def order_does_not_matter(reconcile: Reconcile, seed: int) -> None:
    """Rows of every table that nothing points into, and the days asked, in another order: the same rows."""
    world, asked, now = random_world(seed)
    dice = np.random.default_rng(seed)
    free = (
        "postings calendar badges punches manual excuses roster allowances coverage silent explained findings"
    )
    tables: dict[str, Any] = {
        name: getattr(world, name).take(dice.permutation(len(getattr(world, name)))) for name in free.split()
    }
    mixed = dice_of(seed).sample(asked, len(asked))
    again = rows_of(reconcile, replace(world, **tables), mixed, now)
    assert again == rows_of(reconcile, world, asked, now)


def the_batch_does_not_matter(reconcile: Reconcile, seed: int) -> None:
    """Each person-day asked alone gives its rows of the whole batch, overtime included."""
    world, asked, now = random_world(seed)
    sessions, overtime = rows_of(reconcile, world, asked, now)
    alone = [rows_of(reconcile, world, [pair], now) for pair in sorted(asked)]
    assert [row for rows, _ in alone for row in rows] == sessions
    assert [row for _, rows in alone for row in rows] == overtime


def a_punch_delivered_again_changes_nothing(reconcile: Reconcile, seed: int) -> None:
    """Copies of punches under new ids change no cell but those that list ids of punches."""
    world, asked, now = random_world(seed)
    punches, dice = world.punches, dice_of(seed)
    ids = {number: 10**6 + number for number in punches.id.tolist() if dice.random() < 0.5}
    copied = punches.take(np.isin(punches.id, list(ids)))
    copies = replace(copied, id=copied.id + 10**6)
    joined = {
        name: np.concatenate((getattr(punches, name), getattr(copies, name))) for name in punches.__slots__
    }
    twice = replace(world, punches=type(punches)(**joined))
    sessions, overtime = rows_of(reconcile, twice, asked, now)
    once, overtime_once = rows_of(reconcile, world, asked, now)
    assert [without_ids(row) for row in sessions] == [without_ids(row) for row in once]
    assert overtime == overtime_once


def without_ids(row: TwinRow) -> TwinRow:
    """The row without the cells that list ids of punches."""
    return replace(row, punch_in=0, punch_out=0, extras=(), outside=())


def nobody_works_longer_than_he_is_there(reconcile: Reconcile, seed: int) -> None:
    """Work is at most the session; from the row's IN to its OUT where it shows both; without both at most
    the credit. Overtime is at most what is approved and at most from first to last presence, and its night
    at most itself.
    """
    world, asked, now = random_world(seed)
    sessions, overtime = rows_of(reconcile, world, asked, now)
    for row in sessions:
        assert 0 <= row.worked_seconds <= row.end - row.start, row
        if NO_TIME not in {row.time_in, row.time_out}:
            assert row.worked_seconds <= max(0, row.time_out - row.time_in), row
        if row.status in {Status.MISSING_IN, Status.MISSING_OUT} and row.regulation >= 0:
            assert row.worked_seconds <= world.regulations[row.regulation].missing_mark_credit, row
    for one in overtime:
        present = 0 if one.present_from == NO_TIME else one.present_to - one.present_from
        assert 0 <= one.night_seconds <= one.seconds <= min(one.end - one.start, present), one


def a_punch_moved_in_its_window_changes_nothing_outside(reconcile: Reconcile, seed: int) -> None:
    """A punch moved to another instant of the window it counts in changes no row of another person, and none
    of the same person with another window.

    Without excuses (a yielding block has what others leave it), office sessions that overlap, `either`
    allowances (spent through the day) and badges that end (the punch would be somebody else's). Rows of the
    same window may change.
    """
    left_out = EXCUSING | {"night_overlap", "either_allowance", "bounded_badges"}
    world, asked, now = random_world(seed, features=ALL_FEATURES - left_out)
    before, _ = rows_of(reconcile, world, asked, now)
    dice, punches = dice_of(seed), world.punches
    for chosen in dice.sample(before, min(3, len(before))):
        used = {*chosen.extras, chosen.punch_in, chosen.punch_out}
        inside = np.flatnonzero(np.isin(punches.id, list(used)))
        last = min(chosen.window_to, now)
        if not len(inside) or last < chosen.window_from:
            continue
        time = punches.time.copy()
        time[dice.choice(inside.tolist())] = dice.randint(chosen.window_from, last)
        after, _ = rows_of(reconcile, replace(world, punches=replace(punches, time=time)), asked, now)
        for row, moved in zip(before, after, strict=True):
            assert window_of(row) == window_of(chosen) or row == moved, (row, moved)


def window_of(row: TwinRow) -> tuple[int, int, int]:
    """Whose window it is, and from when to when."""
    return row.person, row.window_from, row.window_to


def without_coverage_nobody_is_absent(reconcile: Reconcile, seed: int) -> None:
    """With no log known at all, and no finding of an inspection, every session that is not excused, exempt or
    punctual is pending.
    """
    world, asked, now = random_world(seed, features=ALL_FEATURES - {"findings"})
    unknown = replace(world, coverage=world.coverage.take(np.zeros(0, np.int64)))
    allowed = {Status.PENDING, Status.EXCUSED, Status.EXEMPT, Status.ON_TIME}
    assert {Status(row.status) for row in rows_of(reconcile, unknown, asked, now)[0]} <= allowed


def more_coverage_takes_no_punch_away(reconcile: Reconcile, seed: int) -> None:
    """With every log known, each row has the same marks, extras, outsiders and minutes late and early as
    before; a row that was decided stays as it was, cell by cell; overtime stays the same.
    """
    world, asked, now = random_world(seed)
    terminals = range(len(world.terminals))
    known = with_rows(world, "coverage", [(t, *EVERYTHING_IS_KNOWN, True) for t in terminals])
    before, overtime = rows_of(reconcile, world, asked, now)
    after, overtime_after = rows_of(reconcile, known, asked, now)
    assert overtime == overtime_after
    for row, more in zip(before, after, strict=True):
        kept = {
            name: getattr(more, name) for name in ("status", "worked_seconds", "symbol", "cong", "reasons")
        }
        assert replace(row, **kept, uncovered=()) == replace(more, uncovered=()), (row, more)
        assert row.status == Status.PENDING or row == more, (row, more)


def an_excuse_for_part_of_a_session_adds_no_minutes(reconcile: Reconcile, seed: int) -> None:
    """An approved excuse that lies in one session and leaves a second of it adds no minute late or early to
    any session, and takes no mark away, where there was none before. (One for a whole session may: what
    was its OUT can become another session's.)
    """
    world, asked, now = random_world(seed, features=ALL_FEATURES - EXCUSING - {"night_overlap"})
    before, _ = rows_of(reconcile, world, asked, now)
    dice, rows = dice_of(seed), []
    for row in before:
        start, end = sorted((dice.randint(row.start, row.end), dice.randint(row.start, row.end)))
        if (start > row.start or end < row.end) and dice.random() < 0.4:
            start, end = dice.choice(((row.start, end), (start, row.end), (start, end)))
            whole = start <= row.start and row.end <= end
            rows += [] if whole else [(row.person, start, end)]
    excuses = [
        (n, person, 0, start, end, True, -(2**31), NO_TIME) for n, (person, start, end) in enumerate(rows)
    ]
    after, _ = rows_of(reconcile, with_rows(world, "excuses", excuses), asked, now)
    for row, excused in zip(before, after, strict=True):
        assert excused.late_seconds <= row.late_seconds, (row, excused)
        assert excused.early_seconds <= row.early_seconds, (row, excused)
        assert (excused.punch_in, excused.punch_out) == (row.punch_in, row.punch_out), (row, excused)


LAWS: tuple[Callable[[Reconcile, int], None], ...] = (
    order_does_not_matter,
    the_batch_does_not_matter,
    a_punch_delivered_again_changes_nothing,
    nobody_works_longer_than_he_is_there,
    a_punch_moved_in_its_window_changes_nothing_outside,
    without_coverage_nobody_is_absent,
    more_coverage_takes_no_punch_away,
    an_excuse_for_part_of_a_session_adds_no_minutes,
)
