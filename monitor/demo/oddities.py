"""What an office has to mend: a record of the year 2000, and a terminal that nobody has admitted."""

from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Engine

from devices.simulated import PunchColumns
from monitor.intake.push import Caller, park
from monitor.rules.wallclock import seconds_of

ODD_TERMINAL = "HCC-1"
NEW_SERIAL, NEW_ADDRESS = "DEMO26G0007", "10.20.30.41"
RESET_TIME = datetime(2000, 1, 1, 0, 12, 40)  # noqa: DTZ001 - a terminal's wall clock
"""A clock whose battery is empty begins again here."""


def record_of_a_reset_clock(user_id: str) -> PunchColumns:
    """A pass of a user while the clock was wrong."""
    seconds = np.array([seconds_of(RESET_TIME)], np.int64)
    return PunchColumns(user_id=[user_id], seconds=seconds, verify=15, state=255)


def call_of_a_stranger(engine: Engine, now: datetime) -> None:
    """A serial number that nobody has admitted calls a few times; `now` is aware."""
    stranger = Caller(serial=NEW_SERIAL, address=NEW_ADDRESS, allowed_networks=())
    for minutes in (12, 7, 2):
        park(engine, stranger, now - timedelta(minutes=minutes))
