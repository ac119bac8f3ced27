"""Which part of each terminal's log is known in a random world (rules 7)."""

import random
from collections.abc import Sequence

from monitor.rules.columns import DAY_SECONDS
from tests.rules.worlds.making import Making, chance, nudge, some


def make_coverage(making: Making, instants: Sequence[int]) -> None:
    """Everything covered, or intervals with gaps, touching and overlapping ones."""
    dice = making.dice("coverage")
    whole = ((making.first_day - 6) * DAY_SECONDS, (making.last_day + 6) * DAY_SECONDS)
    for terminal in range(len(making.draft.terminals)):
        spans = [whole]
        if making.has("coverage_gaps") and instants:
            spans = drawn_spans(dice, instants, whole)
        for span in spans:
            declared = not (making.has("observed_coverage") and chance(dice, 0.6))
            making.draft.covered(terminal, span, declared=declared)


def drawn_spans(
    dice: random.Random, instants: Sequence[int], whole: tuple[int, int]
) -> list[tuple[int, int]]:
    """The whole cut at interesting instants; between two pieces a gap, a common instant or an overlap."""
    cuts = sorted(dice.choice(instants) + nudge(dice) for _ in range(dice.choice((0, 1, 2, 4))))
    spans, start = [], whole[0]
    for cut in cuts:
        if start < cut:
            spans.append((start, cut))
        start = cut + dice.choice((0, 1, 2, 60, 3600, 6 * 3600, -600))
    if start < whole[1] and not chance(dice, 0.1):
        spans.append((start, whole[1]))
    return spans


def make_silent_days(making: Making) -> None:
    """Terminal days taken out of observed coverage, whatever was punched."""
    dice = making.dice("silent")
    if making.has("silent_days"):
        pairs = [(terminal, day) for terminal in range(len(making.draft.terminals)) for day in making.days]
        making.draft.silent += some(dice, pairs, 0.15)
