"""Small worlds for tests of the rules: written by hand (`Draft`) or drawn at random (`random_world`)."""

from tests.rules.worlds.draft import Draft, at, on
from tests.rules.worlds.features import ALL_FEATURES
from tests.rules.worlds.randomly import random_world
from tests.rules.worlds.size import SMALL, Size

__all__ = ["ALL_FEATURES", "SMALL", "Draft", "Size", "at", "on", "random_world"]
