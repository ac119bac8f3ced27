"""Regulation versions as columns, so that each session can look up its own settings at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.rules.codes import Direction, GraceCounts
from monitor.rules.columns import Bool, Columns, Int64
from monitor.rules.regulation import DEFAULT_REGULATION, Regulation

NEVER = 1 << 40
"""Seconds beyond any lateness: an absence limit that is switched off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Columns):
    """One row per version, and the default last: position -1 (no regulation) finds it (rules 2.2)."""

    marks: Int64
    grace_late: Int64
    grace_early: Int64
    open_before: Int64
    close_after: Int64
    repeat_within: Int64
    chain_within: Int64
    credit: Int64
    late_absent: Int64
    early_absent: Int64
    excess: Bool
    truncate: Bool
    by_state: Bool
    by_terminal: Bool


def settings_of(regulations: Sequence[Regulation]) -> Settings:
    """The settings of each version in order, then of `DEFAULT_REGULATION`."""
    versions = [*regulations, DEFAULT_REGULATION]

    def numbers(read: Callable[[Regulation], int | None]) -> Int64:
        values = (read(version) for version in versions)
        return np.array([NEVER if value is None else value for value in values], np.int64)

    def flags(read: Callable[[Regulation], bool]) -> Bool:
        return np.array([read(version) for version in versions], bool)

    return Settings(
        marks=numbers(lambda r: r.marks),
        grace_late=numbers(lambda r: r.grace_late),
        grace_early=numbers(lambda r: r.grace_early),
        open_before=numbers(lambda r: r.open_before),
        close_after=numbers(lambda r: r.close_after),
        repeat_within=numbers(lambda r: r.repeat_within),
        chain_within=numbers(lambda r: r.chain_within),
        credit=numbers(lambda r: r.missing_mark_credit),
        late_absent=numbers(lambda r: r.late_is_absent_after),
        early_absent=numbers(lambda r: r.early_is_absent_after),
        excess=flags(lambda r: r.grace_counts == GraceCounts.EXCESS),
        truncate=flags(lambda r: r.truncate_to_minute),
        by_state=flags(lambda r: r.direction == Direction.STATE),
        by_terminal=flags(lambda r: r.direction == Direction.TERMINAL),
    )
