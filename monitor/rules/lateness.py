"""How late and how early: seconds before grace, after it, and beyond the limits of absence (rules 4)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.allowances import Allowed, spent
from monitor.rules.columns import NO_TIME, Bool, Columns, Int64
from monitor.rules.excuses import Excused
from monitor.rules.settings import Settings

MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness(Columns):
    """Per session: what counts once grace is exceeded (else 0), and what follows from it."""

    late_seconds: Int64
    early_seconds: Int64
    is_late: Bool
    is_early: Bool
    late_absent: Bool
    early_absent: Bool
    allowance_used: Bool


def lateness_of(
    excused: Excused, allowance: Allowed, own: Settings, time_in: Int64, time_out: Int64
) -> Lateness:
    """Lateness of the session's own IN and OUT (`NO_TIME`: none that counts).

    `own` holds one row of settings per session; an allowance is used where it takes seconds away.
    """
    counted_in, counted_out = _counted(time_in, own.truncate), _counted(time_out, own.truncate)
    late, early = _after(counted_in, allowance.due_from), _before(counted_out, allowance.due_to)
    used = np.zeros(len(late), bool)
    if allowance.due_from is not excused.due_from or allowance.either.any():
        used |= _after(counted_in, excused.due_from) > late
        used |= _before(counted_out, excused.due_to) > early
        on_late, on_early = spent(allowance, late, early)
        used |= on_late + on_early > 0
        late, early = late - on_late, early - on_early
    is_late, is_early = late > own.grace_late, early > own.grace_early
    return Lateness(
        late_seconds=_beyond_grace(late, own.grace_late, is_late, own.excess),
        early_seconds=_beyond_grace(early, own.grace_early, is_early, own.excess),
        is_late=is_late,
        is_early=is_early,
        late_absent=is_late & (late > own.late_absent),
        early_absent=is_early & (early > own.early_absent),
        allowance_used=used,
    )


def _counted(time: Int64, truncate: Bool) -> Int64:
    if not truncate.any():
        return time
    return np.where(truncate & (time != NO_TIME), time // MINUTE * MINUTE, time)


def _after(time: Int64, limit: Int64) -> Int64:
    """Seconds from limit to time; 0 if it is not past it, or missing."""
    return np.maximum(np.where(time == NO_TIME, limit, time) - limit, 0)


def _before(time: Int64, limit: Int64) -> Int64:
    """Seconds from time to limit; 0 if it is past it, or missing."""
    return np.maximum(limit - np.where(time == NO_TIME, limit, time), 0)


def _beyond_grace(seconds: Int64, grace: Int64, exceeded: Bool, excess: Bool) -> Int64:
    return np.where(exceeded, np.where(excess, seconds - grace, seconds), 0)
