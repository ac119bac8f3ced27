"""How big a random world is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Bounds, both inclusive, of the numbers of people and days."""

    people: tuple[int, int] = (3, 8)
    days: tuple[int, int] = (5, 14)


SMALL = Size(people=(2, 4), days=(3, 7))
"""Small enough for thousands of worlds in one test run."""
