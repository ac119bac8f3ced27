"""A day of a simulated clock: nobody starved, nobody disturbed in the rush, nobody at once with others."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from jobs.pull_times import LONGEST_BACK_OFF, Timetable, timetable_of
from monitor.config import Settings
from monitor.store.queries.pulls import PullState

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MIDNIGHT = datetime(2026, 3, 2, tzinfo=ZONE)
STEP = timedelta(seconds=30)
TERMINALS = range(1, 501)


def timetable(minutes: int = 10, *windows: str) -> Timetable:
    values = {"pull_every_minutes": minutes, "rush_windows": windows}
    return timetable_of(Settings.model_validate({"terminals": values}))


def a_day(plan: Timetable, terminals: range = TERMINALS) -> dict[int, list[datetime]]:
    """When each terminal is read on a day, asked every half minute as the job does."""
    states = {one: PullState(terminal_id=one, last_tried_at=None, failures=0) for one in terminals}
    due = dict.fromkeys(terminals, MIDNIGHT)
    read: dict[int, list[datetime]] = {one: [] for one in terminals}
    for step in range(2880):
        now = MIDNIGHT + step * STEP
        if plan.is_rush(now):
            continue
        for one in terminals:
            if due[one] <= now:
                assert plan.is_due(states[one], now)
                read[one].append(now)
                states[one] = replace(states[one], last_tried_at=now)
                due[one] = plan.due_at(states[one]) or now
    return read


DEFAULT = timetable_of(Settings())


@pytest.fixture(scope="module")
def day() -> dict[int, list[datetime]]:
    """A day of five hundred terminals with the windows of the default configuration."""
    return a_day(DEFAULT)


def minute(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%H:%M}"


def test_no_terminal_is_read_in_a_rush_minute(day: dict[int, list[datetime]]) -> None:
    read = {minute(moment) for moments in day.values() for moment in moments}
    windows = [window.split("-") for window in Settings().terminals.rush_windows]
    assert len(windows) == 4
    assert {one for one in read for start, end in windows if start <= one < end} == set()


def test_no_terminal_starves_and_no_rush_costs_more_than_its_own_length(
    day: dict[int, list[datetime]],
) -> None:
    longest = timedelta(minutes=45) + DEFAULT.period + STEP
    outside = DEFAULT.period + STEP
    for moments in day.values():
        assert len(moments) > 100
        for before, after in pairwise(moments):
            assert after - before <= longest
            crossed = any(DEFAULT.is_rush(before + place * STEP) for place in range((after - before) // STEP))
            assert crossed or after - before <= outside


def test_readings_are_spread_evenly_and_at_most_doubled_after_a_rush(day: dict[int, list[datetime]]) -> None:
    """500 terminals in the 20 half minutes of a period are 25 each; all at once would be 500."""
    counts = Counter(moment for moments in day.values() for moment in moments if moment > MIDNIGHT)
    after_rush = {moment for moment in counts if DEFAULT.is_rush(moment - DEFAULT.period)}
    assert {count for moment, count in counts.items() if moment not in after_rush} <= {24, 25, 26}
    assert max(counts[moment] for moment in after_rush) <= 2 * 27


def test_the_places_depend_on_the_terminal_alone(day: dict[int, list[datetime]]) -> None:
    """Another start of the program, another last reading: the same place in the period."""
    for one in (1, 77, 500):
        restarted = PullState(
            terminal_id=one, last_tried_at=day[one][20] + timedelta(seconds=200), failures=0
        )
        usual = PullState(terminal_id=one, last_tried_at=day[one][20], failures=0)
        assert DEFAULT.due_at(restarted) == DEFAULT.due_at(usual)


def test_without_windows_a_terminal_is_read_in_every_period_of_the_day() -> None:
    read = a_day(timetable(10), range(1, 4))
    assert {len(moments) for moments in read.values()} <= {144, 145}


@pytest.mark.parametrize(("length", "delay"), [(5, 5), (45, 45), (600, 600)])
def test_a_place_in_a_rush_is_put_off_by_exactly_its_length(length: int, delay: int) -> None:
    end = MIDNIGHT + timedelta(hours=7, minutes=length)
    busy, free = timetable(10, f"07:00-{end:%H:%M}"), timetable(10)
    for one in TERMINALS:
        last = MIDNIGHT + timedelta(hours=6, minutes=55)
        state = PullState(terminal_id=one, last_tried_at=last, failures=0)
        usual, moved = free.due_at(state), busy.due_at(state)
        assert usual is not None
        assert moved == usual + (timedelta(minutes=delay) if busy.is_rush(usual) else timedelta(0))


def test_windows_that_meet_are_one_window() -> None:
    apart = timetable(10, "07:20-07:45", "07:00-07:20")
    assert apart.rush == timetable(10, "07:00-07:45").rush == ((25_200, 27_900),)


def test_a_reading_that_is_late_waits_for_the_end_of_the_rush() -> None:
    plan = timetable(10, "07:00-07:45")
    state = PullState(terminal_id=1, last_tried_at=MIDNIGHT, failures=0)
    assert not plan.is_due(state, MIDNIGHT + timedelta(hours=7))
    assert not plan.is_due(state, MIDNIGHT + timedelta(hours=7, minutes=44, seconds=59))
    assert plan.is_due(state, MIDNIGHT + timedelta(hours=7, minutes=45))


def test_the_rush_is_by_the_installations_clock() -> None:
    assert DEFAULT.is_rush(datetime(2026, 3, 2, 0, 10, tzinfo=UTC))
    assert not DEFAULT.is_rush(datetime(2026, 3, 2, 7, 10, tzinfo=UTC))


def waits(plan: Timetable, failures: int) -> timedelta:
    last = MIDNIGHT + timedelta(hours=9)
    due_at = plan.due_at(PullState(terminal_id=3, last_tried_at=last, failures=failures))
    assert due_at is not None
    return due_at - last


def test_each_failure_doubles_the_wait_up_to_an_hour_and_a_good_reading_ends_it() -> None:
    plan = timetable(10)
    steps = [waits(plan, failures) for failures in range(8)]
    assert [later - before for before, later in pairwise(steps)] == [
        timedelta(minutes=10),
        timedelta(minutes=20),
        timedelta(minutes=20),
        *[timedelta(0)] * 4,
    ]
    assert all(wait <= LONGEST_BACK_OFF for wait in steps)
    assert steps[0] <= plan.period


def test_a_rare_reading_is_not_made_rarer_by_failures() -> None:
    plan = timetable(120)
    assert waits(plan, 9) == waits(plan, 0)


def test_a_terminal_that_was_never_read_is_due_unless_people_queue_there() -> None:
    new = PullState(terminal_id=9, last_tried_at=None, failures=0)
    assert DEFAULT.is_due(new, MIDNIGHT)
    assert not DEFAULT.is_due(new, MIDNIGHT + timedelta(hours=7, minutes=10))


@pytest.mark.parametrize("window", ["7:00-7:45", "07:45-07:00", "07:00-07:00", "22:00-24:00", "07:00", "x"])
def test_a_window_that_is_none_is_refused(window: str) -> None:
    with pytest.raises(ValueError, match="no time of day"):
        timetable(10, window)


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [("06:59", 10), ("07:00", 55), ("07:54", 55), ("07:55", 10), ("12:00", 10), ("17:20", 55)],
)
def test_pages_wait_as_long_for_a_terminal_as_the_timetable_does(clock: str, minutes: int) -> None:
    second = int(clock[:2]) * 3600 + int(clock[3:]) * 60
    assert Settings().terminals.read_within_seconds(second) == minutes * 60


def test_a_server_clock_that_was_ahead_delays_no_reading_once_it_is_right_again() -> None:
    """A try that our clock dates after the present tells nothing of how long ago it was."""
    tomorrow = PullState(terminal_id=1, last_tried_at=MIDNIGHT + timedelta(days=1), failures=0)
    assert timetable().is_due(tomorrow, MIDNIGHT)
    assert not timetable(10, "00:00-00:30").is_due(tomorrow, MIDNIGHT)
