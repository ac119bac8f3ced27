"""What each person is like: early or late, tidy or forgetful at the terminal."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.demo.streams import Stream, stream

MINUTE = 60
LATE_SHARE_LIMIT = 0.15
NOON_PEOPLE_SHARE = 0.15  # who pass the terminal at noon though two marks would do


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Columns with one entry for each person; times in seconds, the rest shares of occasions."""

    early: NDArray[np.float64]
    spread: NDArray[np.float64]
    stays: NDArray[np.float64]
    late_share: NDArray[np.float64]
    leaves_early_share: NDArray[np.float64]
    forgets_share: NDArray[np.float64]
    goes_out_share: NDArray[np.float64]
    noon_share: NDArray[np.float64]
    other_door_share: NDArray[np.float64]


def draw_habits(seed: int, people: int) -> Habits:
    """Most are punctual; a few account for much of the lateness and of the forgotten punches."""
    rng = stream(seed, Stream.HABITS)
    return Habits(
        early=rng.gamma(4.0, 3.0 * MINUTE, people),
        spread=rng.uniform(1.5, 6.0, people) * MINUTE,
        stays=rng.gamma(2.0, 4.0 * MINUTE, people),
        late_share=np.minimum(rng.beta(0.8, 26.0, people), LATE_SHARE_LIMIT),
        leaves_early_share=rng.beta(0.6, 60.0, people),
        forgets_share=rng.beta(0.7, 250.0, people),
        goes_out_share=rng.beta(0.6, 40.0, people),
        noon_share=np.where(rng.random(people) < NOON_PEOPLE_SHARE, 0.6, 0.02),
        other_door_share=rng.beta(0.5, 1.5, people),
    )
