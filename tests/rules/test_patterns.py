"""Each pattern: a planted case is found, an honest look-alike is not, what is not known never counts."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from monitor.inspections.patterns.honest import alarms, ends_of, office, passes_of
from monitor.inspections.patterns.measured import LIMITS, MEASURED, PEOPLE, SEED, measured
from monitor.rules.columns import DAY_SECONDS, NO_TIME
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

MONDAY = 20_458  # 05/01/2026
USUAL = PatternLimits()
GRACE = 300


def weeks(count: int) -> list[int]:
    """The working days of so many weeks."""
    return [MONDAY + 7 * week + day for week in range(count) for day in range(5)]


@dataclass(kw_only=True)
class Days:
    """Days of one or several people, written down one by one."""

    rows: list[tuple[int, int, int, int, bool, bool, bool]] = field(default_factory=list)

    def add(
        self, person: int, day: int, *, arrived: int = -300, closed: bool = True, early: bool = False
    ) -> None:
        self.rows.append((person, day, arrived, GRACE, closed, early, False))

    def without_out(self, person: int, day: int) -> None:
        self.rows.append((person, day, -300, GRACE, False, False, True))

    @property
    def columns(self) -> DayEnds:
        person, day, arrived, grace, closed, early, open_ = zip(*self.rows, strict=True)
        return DayEnds(
            person=np.array(person, np.int64),
            day=np.array(day, np.int64),
            arrived=np.array(arrived, np.int64),
            grace=np.array(grace, np.int64),
            closed=np.array(closed, np.bool_),
            early=np.array(early, np.bool_),
            open=np.array(open_, np.bool_),
        )


def passes(*rows: tuple[int, int, int, int]) -> Passes:
    """Punches of (person, day, terminal, second of the day), numbered from 1."""
    person, day, terminal, second = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    return Passes(
        person=person,
        day=day,
        terminal=terminal,
        time=day * DAY_SECONDS + second,
        punch=np.arange(1, len(rows) + 1),
    )


def people_of(found: list[Found]) -> list[tuple[int, ...]]:
    return [one.people for one in found]


def is_friday(day: int) -> bool:
    return (day - MONDAY) % 7 == 4


def test_weekdays_are_those_of_the_calendar() -> None:
    assert weekdays_of(np.array([0, MONDAY, MONDAY + 4, MONDAY + 6])).tolist() == [4, 1, 5, 7]


def test_whoever_leaves_early_on_most_fridays_is_listed_with_those_fridays() -> None:
    days = Days()
    for day in weeks(8):
        days.add(1, day, early=is_friday(day) and day > MONDAY + 14)

    (found,) = friday_early(days.columns, USUAL)

    assert (found.people, found.known_days) == ((1,), 8)
    assert list(found.days) == [MONDAY + 7 * week + 4 for week in range(2, 8)]


def test_whoever_leaves_early_on_every_weekday_is_not_a_matter_of_fridays() -> None:
    days = Days()
    for day in weeks(8):
        days.add(1, day, early=True)

    assert friday_early(days.columns, USUAL) == []


def test_two_fridays_and_fridays_without_data_or_with_leave_list_nobody() -> None:
    days = Days()
    for day in weeks(8):
        days.add(1, day, early=is_friday(day) and day < MONDAY + 14)  # twice
        days.add(2, day, closed=not is_friday(day), early=is_friday(day))  # never known

    assert friday_early(days.columns, USUAL) == []


def test_many_days_without_an_out_are_listed_few_are_not() -> None:
    days = Days()
    for number, day in enumerate(weeks(8)):
        days.without_out(1, day) if number % 4 == 0 else days.add(1, day)
        days.without_out(2, day) if number % 10 == 0 else days.add(2, day)
        days.add(3, day, closed=False)  # the terminal of the evening was not read

    (found,) = no_out(days.columns, USUAL)

    assert (found.people, len(found.days), found.known_days) == ((1,), 10, 40)


def test_the_last_minute_of_grace_is_sixty_seconds_and_both_its_edges_are_known() -> None:
    days = Days()
    for day in weeks(4):
        days.add(1, day, arrived=GRACE)  # the last second that is not late
        days.add(2, day, arrived=GRACE - 59)
        days.add(3, day, arrived=GRACE - 60)  # a second before
        days.add(4, day, arrived=GRACE + 1)  # late, which other reports say
        days.add(5, day, arrived=NO_TIME)

    assert people_of(last_minute(days.columns, USUAL)) == [(1,), (2,)]


def test_a_bus_that_comes_within_grace_but_at_any_minute_of_it_is_no_pattern() -> None:
    days = Days()
    for number, day in enumerate(weeks(8)):
        days.add(1, day, arrived=30 * (number % 11))

    assert last_minute(days.columns, USUAL) == []


def test_two_who_punch_within_seconds_on_most_days_are_listed_with_every_punch() -> None:
    rows = [(who, day, 1, 27_000 + 4 * who) for day in weeks(3) for who in (1, 2)]
    rows += [(3, day, 1, 27_300) for day in weeks(3)]

    (found,) = pairs(passes(*rows), USUAL)

    assert (found.people, len(found.days), found.known_days) == ((1, 2), 15, 15)
    assert found.punches == tuple(range(1, 31))


def test_two_at_different_doors_or_a_minute_apart_are_no_pair() -> None:
    rows = [(who, day, who, 27_000) for day in weeks(3) for who in (1, 2)]
    rows += [(who, day, 9, 28_000 + 11 * who) for day in weeks(3) for who in (3, 4)]

    assert pairs(passes(*rows), USUAL) == []


def test_a_pair_that_is_together_on_less_than_half_of_its_common_days_is_none() -> None:
    rows = [
        (who, day, 1, 27_000 + (4 if number % 3 == 0 else 600) * who)
        for number, day in enumerate(weeks(8))
        for who in (1, 2)
    ]

    assert pairs(passes(*rows), USUAL) == []  # 14 of 40 days


def test_two_punches_of_one_person_are_no_pair() -> None:
    rows = [(1, day, 1, 27_000 + second) for day in weeks(3) for second in (0, 5)]

    assert pairs(passes(*rows), USUAL) == []


def test_pairs_are_what_comparing_everybody_with_everybody_finds() -> None:
    made = passes_of(office(80, 3, 4))
    limits = replace(USUAL, pairs_days=3, pairs_percent=20)
    together: dict[tuple[int, int], set[int]] = {}
    columns = (made.person, made.day, made.terminal, made.time)
    rows = sorted(zip(*(column.tolist() for column in columns), strict=True), key=lambda row: row[3])
    for at, (who, day, terminal, time) in enumerate(rows):
        for other, _, there, later in rows[at + 1 :]:
            if later - time > limits.pairs_seconds:
                break
            if there == terminal and other != who:
                together.setdefault((min(who, other), max(who, other)), set()).add(day)
    worn = {who: {day for one, day, *_ in rows if one == who} for who in range(80)}
    slow = {
        pair: sorted(days)
        for pair, days in together.items()
        if len(days) >= 3 and 100 * len(days) >= 20 * len(worn[pair[0]] & worn[pair[1]])
    }

    assert {one.people: list(one.days) for one in pairs(made, limits)} == slow
    assert slow


def crowd(day: int, people: int, apart: int) -> list[tuple[int, int, int, int]]:
    return [(who, day, 1, 27_000 + apart * who) for who in range(people)]


BEFORE, AFTER = weeks(3), [MONDAY + 28 + number for number in range(5)]


def flooded(on: list[int], people: int = 12, usual: int = 5) -> list[Found]:
    rows = [row for day in BEFORE for row in crowd(day, usual, 10)]
    rows += [row for day in AFTER for row in crowd(day, people, 4 if day in on else 40)]
    return flood(passes(*rows), AFTER, USUAL)


def test_a_flood_on_one_day_after_a_break_is_listed_with_its_people_and_punches() -> None:
    (found,) = flooded([AFTER[0]])

    assert (found.people, found.days, len(found.punches)) == (tuple(range(12)), (AFTER[0],), 12)


def test_a_flood_on_two_days_is_how_people_come_now() -> None:
    assert flooded(AFTER[:2]) == []


def test_where_it_is_always_busy_or_little_is_known_nothing_is_a_flood() -> None:
    assert flooded([AFTER[0]], usual=7) == []  # 12 is not twice as many
    few = [row for day in BEFORE[:9] for row in crowd(day, 5, 10)]
    assert flood(passes(*few, *crowd(AFTER[0], 12, 4)), AFTER, USUAL) == []


def test_one_person_who_punches_many_times_is_no_flood() -> None:
    rows = [row for day in BEFORE for row in crowd(day, 3, 10)]
    rows += [(1, AFTER[0], 1, 27_000 + number) for number in range(30)]

    assert flood(passes(*rows), AFTER, USUAL) == []


def test_nothing_at_all_lists_nobody() -> None:
    made = office(40, 1, 4)
    nobody, none = ends_of(made).take(slice(0, 0)), passes_of(made).take(slice(0, 0))

    assert friday_early(nobody, USUAL) == no_out(nobody, USUAL) == last_minute(nobody, USUAL) == []
    assert pairs(none, USUAL) == flood(none, AFTER, USUAL) == []


def test_the_order_of_the_rows_does_not_matter() -> None:
    made = office(200, 5, 8)
    ends, punched = ends_of(made), passes_of(made)
    mixed = np.random.default_rng(1).permutation(len(punched))
    turned = np.arange(len(ends))[::-1]
    loose = replace(USUAL, pairs_days=4, no_out_days=2, no_out_percent=1)

    assert pairs(punched.take(mixed), loose) == pairs(punched, loose) != []
    assert no_out(ends.take(turned), loose) == no_out(ends, loose) != []


def test_the_false_alarms_that_are_shown_are_those_that_are_measured() -> None:
    assert alarms(PEOPLE, SEED, LIMITS) == MEASURED


def test_at_other_limits_no_rate_is_shown() -> None:
    assert measured("pairs", LIMITS) == MEASURED["pairs"]
    assert measured("pairs", replace(LIMITS, pairs_seconds=20)) is None


@pytest.mark.parametrize("pattern", ["pairs", "no_out", "friday_early"])
def test_looser_limits_list_more_honest_people(pattern: str) -> None:
    loose = replace(
        LIMITS,
        pairs_days=4,
        pairs_percent=20,
        no_out_days=2,
        no_out_percent=4,
        friday_days=2,
        friday_percent=25,
    )

    assert alarms(2_000, SEED, loose)[pattern].listed > alarms(2_000, SEED, LIMITS)[pattern].listed
