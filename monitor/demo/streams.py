"""Random numbers of the demo: one stream for each purpose and day, so that history does not depend on now."""

from datetime import date
from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What the numbers are for."""

    PEOPLE = 1
    HABITS = 2
    AGENDA = 3
    CONDUCT = 4
    STAGE = 5
    ROSTERED = 6
    GATES = 7
    REPEATS = 8
    VERIFY = 9
    STRANGERS = 10
    WEATHER = 11


def stream(seed: int, purpose: Stream, on: date = date.min) -> np.random.Generator:
    """The generator of a purpose on a date; the same for the same arguments."""
    return np.random.default_rng([seed, int(purpose), on.toordinal()])
