"""The state of a random world while it is being made."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from monitor.rules.columns import DAY_SECONDS
from tests.rules.worlds.draft import Draft

HOUR, MINUTE = 3600, 60
One = TypeVar("One")


@dataclass(slots=True, kw_only=True)
class Making:
    """A draft with its features, days and dice.

    Every section of the world has dice of its own, so that leaving a feature out changes little else.
    """

    seed: int
    features: frozenset[str]
    first_day: int
    last_day: int
    draft: Draft = field(default_factory=Draft)

    def dice(self, section: str) -> random.Random:
        """The section's own reproducible dice."""
        return random.Random(f"{self.seed}:{section}")  # noqa: S311 - test worlds hold no secrets

    def has(self, feature: str) -> bool:
        """Whether the feature may occur."""
        return feature in self.features

    @property
    def days(self) -> range:
        """The days of the world."""
        return range(self.first_day, self.last_day + 1)

    @property
    def everybody(self) -> range:
        """Positions of all people."""
        return range(len(self.draft.people))


def chance(dice: random.Random, probability: float) -> bool:
    """True with the probability given."""
    return dice.random() < probability


def some(dice: random.Random, values: Sequence[One], probability: float) -> list[One]:
    """Each value with the probability given."""
    return [value for value in values if chance(dice, probability)]


def nudge(dice: random.Random) -> int:
    """A few seconds off, mostly none: boundaries are where two implementations part."""
    return dice.choice((0, 0, 0, 1, -1, 1, -1, 2, -2, 30, -30, 31, 59, -60, 61, 300, -300))


def instant(day: int, hours: float) -> int:
    """The instant so many hours after the day's midnight."""
    return day * DAY_SECONDS + round(hours * HOUR)
