"""Rates and intervals: what always holds of them, and the spans they are made for."""

from fractions import Fraction
from itertools import pairwise
from math import sqrt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.rules.figures import (
    NONE,
    SURE,
    Figures,
    Honesty,
    rate_of,
    same_weeks_before,
    total,
    weeks_to,
    wilson,
)
from monitor.rules.wallclock import weekday_of

counts = st.integers(0, 500)
figures = st.builds(
    Figures,
    on_time=counts,
    marred=counts,
    missing=counts,
    absent=counts,
    excused=counts,
    exempt=counts,
    no_data=counts,
    waiting=counts,
    late=counts,
    late_seconds=counts,
    early=counts,
    early_seconds=counts,
    worked_seconds=counts,
)
trials = st.tuples(counts, counts).filter(lambda pair: sum(pair) > 0)
ANYBODY = Honesty(least_people=1, least_coverage_percent=0)


@given(st.lists(figures, max_size=6))
def test_a_total_is_the_sum_of_every_count(parts: list[Figures]) -> None:
    found = total(parts)

    assert found.late_seconds == sum(one.late_seconds for one in parts)
    assert found.sessions == sum(one.sessions for one in parts)
    assert found.decided == sum(one.on_time + one.marred + one.missing + one.absent for one in parts)
    assert total([found, NONE]) == found


@given(trials)
def test_an_interval_holds_its_share_and_stays_a_share(pair: tuple[int, int]) -> None:
    good, bad = pair
    low, high = wilson(good, good + bad)

    assert 0 <= low <= good / (good + bad) <= high <= 1
    assert low < high
    assert wilson(bad, good + bad) == pytest.approx((1 - high, 1 - low))


@given(trials)
def test_the_interval_s_ends_are_as_far_from_the_share_as_the_score_test_says(pair: tuple[int, int]) -> None:
    """Wilson's interval holds the shares p with |x/n − p| ≤ z·√(p(1−p)/n)."""
    good, number = pair[0], sum(pair)
    for end in wilson(good, number):
        if 0 < end < 1:
            assert abs(good / number - end) == pytest.approx(SURE * sqrt(end * (1 - end) / number), abs=1e-9)


@given(trials, st.integers(2, 20))
def test_more_of_the_same_makes_the_interval_narrower(pair: tuple[int, int], times: int) -> None:
    good, number = pair[0], sum(pair)
    (low, high), (more_low, more_high) = wilson(good, number), wilson(good * times, number * times)

    assert more_high - more_low < high - low


@given(figures, st.integers(0, 40), st.integers(1, 20), st.integers(0, 100))
def test_a_rate_is_shown_exactly_when_people_and_data_suffice(
    found: Figures, people: int, least: int, percent: int
) -> None:
    rate = rate_of(found, people, Honesty(least_people=least, least_coverage_percent=percent))
    known = found.decided + found.no_data
    enough = bool(found.decided) and Fraction(found.decided, known or 1) >= Fraction(percent, 100)

    assert (rate is not None) == (enough and people >= least)
    assert rate is None or (rate.on_time, rate.decided) == (found.on_time, found.decided)


def test_at_the_limits_a_rate_is_shown_and_just_below_it_is_not() -> None:
    honesty = Honesty(least_people=5, least_coverage_percent=95)

    assert rate_of(Figures(on_time=90, absent=5, no_data=5), 5, honesty) is not None
    assert rate_of(Figures(on_time=90, absent=5, no_data=5), 4, honesty) is None
    assert rate_of(Figures(on_time=90, absent=4, no_data=6), 5, honesty) is None


def test_leave_and_exemption_do_not_weigh_on_a_rate() -> None:
    plain, more = Figures(on_time=3, marred=1), Figures(on_time=3, marred=1, excused=9, exempt=9, waiting=9)

    assert rate_of(plain, 1, ANYBODY) == rate_of(more, 1, ANYBODY)


@given(figures)
@example(Figures(on_time=20, no_data=1))
@example(Figures(on_time=20, late=1))
@example(Figures(on_time=20, early=1))
def test_a_perfect_month_has_nothing_to_find_and_something_attended(found: Figures) -> None:
    findings = (found.marred, found.missing, found.absent, found.no_data, found.late, found.early)

    assert found.perfect == (found.on_time > 0 and not any(findings))


@given(st.integers(0, 40_000), st.integers(1, 60))
def test_weeks_are_whole_one_after_the_other_and_the_last_holds_the_day(day: int, number: int) -> None:
    weeks = weeks_to(day, number)

    assert len(weeks) == number
    assert day in weeks[-1]
    assert all(weekday_of(week[0]) == 1 and len(week) == 7 for week in weeks)
    assert all(one.stop == after.start for one, after in pairwise(weeks))


@given(st.integers(0, 40_000), st.integers(1, 31))
def test_the_weeks_before_have_the_same_weekdays_and_do_not_overlap(first: int, length: int) -> None:
    days = range(first, first + length)
    before = same_weeks_before(days)

    assert [weekday_of(day) for day in before] == [weekday_of(day) for day in days]
    assert before.stop <= days.start < before.stop + 7
