"""The demo starts in a working morning, and its clock runs or stands still."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from monitor.clock import clock_of
from monitor.config import Demo, Settings
from monitor.demo.clock import demo_start
from monitor.demo.workdays import WorkCalendar

ASKED = datetime(2026, 2, 23, 9, 5)


@pytest.mark.parametrize(
    ("real", "shown"),
    [
        ("2026-11-20 10:11", "2026-11-20 10:11"),
        ("2026-11-20 07:45", "2026-11-20 07:45"),
        ("2026-11-20 07:44", "2026-11-19 08:20"),
        ("2026-11-20 17:31", "2026-11-20 08:20"),
        ("2026-11-22 10:00", "2026-11-20 08:20"),
        ("2026-02-18 10:00", "2026-02-13 08:20"),
        ("2026-08-22 10:00", "2026-08-22 10:00"),
    ],
)
def test_the_demo_starts_now_or_in_the_morning_of_the_latest_working_day(
    real: str, shown: str, calendar: WorkCalendar
) -> None:
    start = demo_start(None, datetime.fromisoformat(real), calendar)
    assert start == (datetime.fromisoformat(shown), False)


def test_a_moment_that_was_asked_for_stands_still(calendar: WorkCalendar) -> None:
    assert demo_start(ASKED, datetime(2026, 11, 20, 10), calendar) == (ASKED, True)


def test_a_frozen_clock_shows_one_instant() -> None:
    clock = clock_of(Settings(demo=Demo(now="2026-02-23 09:05:00", frozen=True)))
    assert clock() == clock() == datetime(2026, 2, 23, 2, 5, tzinfo=UTC)


def test_a_running_clock_advances_with_real_time_from_where_it_started() -> None:
    started = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    settings = Settings(demo=Demo(now="2026-11-20 08:20:00", started=started.timestamp()))
    with time_machine.travel(started + timedelta(minutes=10), tick=False):
        assert clock_of(settings)() == datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


def test_outside_the_demo_the_clock_is_the_machines() -> None:
    before = time.time()
    assert before <= clock_of(Settings())().timestamp() <= time.time()
