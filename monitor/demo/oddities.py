"""What an office has to mend: a record of the year 2000, an id that nobody knows, a terminal nobody admitted."""

from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Engine

from devices.simulated import PunchColumns
from monitor.intake.push import Caller, park
from monitor.rules.wallclock import seconds_of

ODD_TERMINAL = "HCC-1"
UNKNOWN_ID = "9107"
NEW_SERIAL, NEW_ADDRESS = "DEMO26G0007", "10.20.30.41"
RESET_TIME = datetime(2000, 1, 1, 0, 12, 40)  # noqa: DTZ001 - a terminal's wall clock
"""A clock whose battery is empty begins again here."""


def odd_records(known_id: str, now: datetime) -> PunchColumns:
    """Yesterday's four passes of an unknown id, and one of a known id by a clock that was reset.

    `now` is naive, local.
    """
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    passes = [midnight + timedelta(minutes=minutes) for minutes in (7 * 60 + 21, 692, 808, 17 * 60 + 4)]
    times = [*passes, RESET_TIME]
    return PunchColumns(
        user_id=np.array([*[UNKNOWN_ID] * len(passes), known_id], dtype=object),
        seconds=np.array([seconds_of(time) for time in times], np.int64),
        verify=np.full(len(times), 15, np.int32),
        state=np.full(len(times), 255, np.int32),
    )


def call_of_a_stranger(engine: Engine, now: datetime) -> None:
    """A serial number that nobody admitted calls a few times."""
    stranger = Caller(serial=NEW_SERIAL, address=NEW_ADDRESS, allowed_networks=())
    for minutes in (12, 7, 2):
        park(engine, stranger, now - timedelta(minutes=minutes))
