"""Presence outside sessions that nobody approved: found by every second, and never what was approved."""

import random

import numpy as np

from monitor.rules.columns import NO_TIME
from monitor.store.queries.overtime_hours import SessionTimes
from monitor.yearly.presence import LEAST_SECONDS, Unapproved, unapproved_presence

MORNING, AFTERNOON = (27_000, 41_400), (48_600, 61_200)
Row = tuple[int, int, int, int, int, int]


def columns(rows: list[Row]) -> SessionTimes:
    person, day, start, end, time_in, time_out = zip(*rows, strict=True) if rows else ([],) * 6
    return SessionTimes(
        person=np.array(person, np.int32),
        day=np.array(day, np.int32),
        start=np.array(start, np.int64),
        end=np.array(end, np.int64),
        time_in=np.array(time_in, np.int64),
        time_out=np.array(time_out, np.int64),
    )


def a_day(person: int, came: int, left: int, day: int = 0) -> list[Row]:
    return [
        (person, day, *MORNING, came, MORNING[1]),
        (person, day, *AFTERNOON, AFTERNOON[0], left),
    ]


def test_staying_on_counts_from_half_an_hour() -> None:
    rows = a_day(1, MORNING[0], AFTERNOON[1] + LEAST_SECONDS) + a_day(2, MORNING[0], AFTERNOON[1] + 1799)

    assert unapproved_presence(columns(rows), {}) == {1: Unapproved(seconds=1800, days=1)}


def test_what_is_approved_is_no_part_of_it() -> None:
    until_eight = AFTERNOON[1] + 3 * 3600
    approved = {(1, 0): [(AFTERNOON[1], AFTERNOON[1] + 2 * 3600)]}

    found = unapproved_presence(columns(a_day(1, MORNING[0], until_eight)), approved)

    assert found == {1: Unapproved(seconds=3600, days=1)}


def test_a_missing_mark_or_no_session_says_nothing() -> None:
    assert unapproved_presence(columns(a_day(1, int(NO_TIME), int(NO_TIME))), {}) == {}
    assert unapproved_presence(columns([]), {}) == {}


def second_by_second(
    rows: list[Row], approved: dict[tuple[int, int], list[tuple[int, int]]]
) -> dict[int, int]:
    """The same in minutes, by looking at each of them."""
    found: dict[int, int] = {}
    for person, day in dict.fromkeys(row[:2] for row in rows):
        mine = [row for row in rows if row[:2] == (person, day)]
        opens, closes = min(row[2] for row in mine), max(row[3] for row in mine)
        marks = [row[4] for row in mine if row[4] != NO_TIME], [row[5] for row in mine if row[5] != NO_TIME]
        windows = approved.get((person, day), [])
        spans = [(min(marks[0]), opens)] if marks[0] else []
        spans += [(closes, max(marks[1]))] if marks[1] else []
        for first, last in spans:
            outside = sum(
                60 for at in range(first, last, 60) if not any(begin <= at < end for begin, end in windows)
            )
            if outside >= LEAST_SECONDS:
                found[person] = found.get(person, 0) + outside
    return found


def test_it_is_what_looking_at_every_minute_finds() -> None:
    lot = random.Random(11)  # noqa: S311 - the same days each time
    rows: list[Row] = []
    approved: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for person in range(1, 9):
        for day in range(20):
            came = lot.choice([int(NO_TIME), MORNING[0] + 60 * lot.randrange(-90, 20)])
            left = lot.choice([int(NO_TIME), AFTERNOON[1] + 60 * lot.randrange(-30, 240)])
            rows += a_day(person, came, left, day)
            if lot.random() < 0.4:
                begin = AFTERNOON[1] + 60 * lot.randrange(0, 120)
                approved[person, day] = [(begin, begin + 60 * lot.randrange(30, 120))]

    found = unapproved_presence(columns(rows), approved)

    assert {person: one.seconds for person, one in found.items()} == second_by_second(rows, approved)
    assert len(found) == 8
