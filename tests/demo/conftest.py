"""One made-up province for all tests that only look at it."""

from datetime import datetime

import pytest

from monitor.demo.workdays import WorkCalendar, national_calendar
from monitor.demo.world import World, make_world

MORNING = datetime(2026, 11, 20, 8, 20)
"""A Friday in winter hours; the day before was a working day."""


@pytest.fixture(scope="session")
def calendar() -> WorkCalendar:
    return national_calendar()


@pytest.fixture(scope="session")
def world() -> World:
    return make_world(1, MORNING)
