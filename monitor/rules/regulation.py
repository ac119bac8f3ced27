"""Regulations: versioned, dated settings that say when people are expected and how strictly (rules 1, 9)."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Literal

from monitor.rules.codes import Direction, GraceCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeSession:
    """One session of a regulation's week.

    `start_seconds` counts from midnight of the work date; `end_seconds` likewise and is above
    86,400 when the session ends on the next day. `cong` is what the session is worth in
    timesheet units; None means an equal share of the weekday (0.5 of two, 1 of one).
    """

    name: str
    weekdays: tuple[int, ...]  # ISO, 1 = Monday
    start_seconds: int
    end_seconds: int
    cong: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom a regulation version applies to: everybody (`*`), a unit and its subtree, or one person.

    `index` points into `World.units` or `World.people`; it is -1 for `*`.
    """

    kind: Literal["*", "unit", "person"]
    index: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulation:
    """One version of a regulation. Durations are whole seconds; `valid_from` is days since 1970."""

    code: str
    title: str = ""
    document: str = ""
    valid_from: int
    targets: tuple[Target, ...]
    sessions: tuple[OfficeSession, ...] = ()
    marks: Literal[0, 1, 2, 4] = 4
    grace_late: int = 0
    grace_early: int = 0
    open_before: int = 120 * 60
    close_after: int = 240 * 60
    repeat_within: int = 30
    chain_within: int = 60 * 60
    grace_counts: GraceCounts = GraceCounts.WHOLE
    direction: Direction = Direction.IGNORE
    truncate_to_minute: bool = False
    missing_mark_credit: int = 0
    late_is_absent_after: int | None = None
    early_is_absent_after: int | None = None

    def sessions_of(self, weekday: int) -> tuple[OfficeSession, ...]:
        """Sessions of an ISO weekday in order of their start."""
        days = (s for s in self.sessions if weekday in s.weekdays)
        return tuple(sorted(days, key=lambda s: (s.start_seconds, s.end_seconds)))


DEFAULT_REGULATION = Regulation(code="", valid_from=0, targets=())
"""Settings of roster sessions of people without any regulation (rules 2.2)."""


@lru_cache(maxsize=4096)
def rule_version(regulation: Regulation | None, calendar_row: tuple[object, ...] | None) -> str:
    """Twelve hex digits that name the regulation version and the calendar row a verdict used (rules 8).

    `calendar_row` is (day, scope unit code or '', kind, for_day or None, document), or None on a
    day without a row. Targets are left out: they hold positions, which differ between batches.
    """
    settings = None
    if regulation is not None:
        settings = asdict(regulation)
        del settings["targets"]
    text = json.dumps([settings, calendar_row], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
