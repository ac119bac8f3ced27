"""For which stretches of time the terminals' logs are known to be complete here (rules 7)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import SPAN, begins, expand, keyed, ragged
from monitor.rules.columns import (
    DAY_SECONDS,
    Bool,
    Coverage,
    Int32,
    Int64,
    Ragged,
    SilentDays,
    World,
)
from monitor.rules.relevance import Relevant, relevant_terminals
from monitor.rules.spans import Spans, joined

PAIRS_AT_ONCE = 4_000_000
"""Bounds the memory of asking about people to whom hundreds of terminals are relevant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covers:
    """What is known for the rows asked: the joined intervals, and each row's relevant terminals."""

    spans: Spans
    relevant: Relevant

    @property
    def no_badge(self) -> Bool:
        """Rows without a relevant terminal: nothing is covered."""
        none: Bool = self.relevant.count == 0
        return none

    def failing(self, rows: Int64, start: Int64, end: Int64) -> tuple[Int64, Int64]:
        """Pairs (position in `rows`, terminal) of terminals that do not cover the row's `[start, end]`."""
        unsure = np.flatnonzero(self._may_fail(start, end)[rows])
        pairs = np.cumsum(self.relevant.count[rows[unsure]])
        cuts = np.searchsorted(pairs, np.arange(PAIRS_AT_ONCE, pairs[-1] if len(pairs) else 0, PAIRS_AT_ONCE))
        found = []
        for part in np.split(unsure, cuts):
            at, terminal = self.relevant.pairs(rows[part])
            held = self.spans.contain(terminal, start[part][at], end[part][at])
            found.append((part[at[~held]], terminal[~held]))
        return np.concatenate([at for at, _ in found]), np.concatenate([terminal for _, terminal in found])

    def _may_fail(self, start: Int64, end: Int64) -> Bool:
        """Rows of which a relevant terminal does not cover all from the first start to the last end."""
        terminals = self.relevant.terminals
        whole = np.full(len(terminals), start.min(initial=SPAN)), np.full(len(terminals), end.max(initial=0))
        failing = np.append(0, np.cumsum(~self.spans.contain(terminals, *whole)))
        first = self.relevant.first
        may_fail: Bool = failing[first + self.relevant.count] > failing[first]
        return may_fail


def coverage_of(world: World, person: Int32, unit: Int32, day: Int32) -> tuple[Covers, Int64]:
    """Coverage as seen from each (person, unit on the day, day), sorted; and where in it each row is.

    Days in a row on which no badge and no terminal comes or goes have the same relevant terminals.
    """
    new = begins(person, unit, _times(world, day))
    first = np.flatnonzero(new)
    relevant = relevant_terminals(world, person[first], unit[first], day[first])
    spans = complete_spans(world.coverage, world.silent)
    return Covers(spans=spans, relevant=relevant), np.cumsum(new) - 1


def _times(world: World, day: Int32) -> Int64:
    """A number for each day: how often badges and terminals came or went until then."""
    changes = (world.badges.first_day, world.badges.last_day + 1, world.terminals.installed_on)
    return np.searchsorted(np.unique(np.concatenate(changes)), day, side="right")


def complete_spans(coverage: Coverage, silent: SilentDays) -> Spans:
    """Declared intervals as they stand and observed ones without silent days, joined."""
    given = coverage.take(np.flatnonzero(coverage.declared))
    seen = coverage.take(np.flatnonzero(~coverage.declared))
    terminal, start, end = _without_silent_days(joined(seen.terminal, seen.start, seen.end), silent)
    return joined(
        np.concatenate((given.terminal.astype(np.int64), terminal)),
        np.concatenate((given.start, start)),
        np.concatenate((given.end, end)),
    )


def _without_silent_days(seen: Spans, silent: SilentDays) -> tuple[Int64, Int64, Int64]:
    """Observed intervals end at 23:59:59 before a silent day and begin again at 00:00:00 after it."""
    midnight = np.unique(keyed(silent.terminal, silent.day.astype(np.int64) * DAY_SECONDS))
    low = np.searchsorted(midnight, keyed(seen.owner, seen.start - DAY_SECONDS), side="right")
    high = np.searchsorted(midnight, keyed(seen.owner, seen.end), side="right")
    span, piece = expand(np.maximum(high - low, 0) + 1)
    base = seen.owner[span] * SPAN
    after = low[span] + piece  # the silent day that ends this piece; the one before it begins it
    first, last = piece == 0, after == high[span]
    padded = np.append(midnight, 0)
    start = np.where(first, seen.start[span], padded[after - 1] - base + DAY_SECONDS)
    end = np.where(last, seen.end[span], padded[after] - base - 1)
    kept = start <= end
    return seen.owner[span][kept], start[kept], end[kept]


def uncovered_lists(row: Int64, terminal: Int64, rows: int) -> Ragged:
    """Each row's failing terminals, each once, in order."""
    terminals = int(terminal.max(initial=0)) + 1
    pair = np.sort(row * terminals + terminal)
    pair = pair[begins(pair)]
    return ragged(pair // terminals, pair % terminals, rows)
