"""How far terminals' clocks are from ours, and whether it is ours that is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from monitor.store.tables import ClockSighting

COUNTS_FOR = timedelta(hours=2)
"""A sighting older than this says nothing of the present, nor does one that our clock has yet to reach."""
AGREE_WITHIN_SECONDS = 60
TRUSTED_WITHIN_SECONDS = 300
FEWEST = 3
MAJORITY = 2 / 3

_SIGHTED = select(ClockSighting).where(col(ClockSighting.terminal_id) == bindparam("terminal"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Terminals' clocks agree with each other and not with ours, which `offset_seconds` would put right."""

    offset_seconds: int
    agreeing: int
    seen: int


def sight(session: Session, terminal_id: int, offset_seconds: int, now: datetime, *, exact: bool) -> None:
    """Remember how far a terminal's clock is ahead of ours.

    What an upload shows is only the least that it can be, so it replaces a reading of the clock itself
    only when that is old or too small.
    """
    row = session.scalars(_SIGHTED, {"terminal": terminal_id}).first()
    if row is None:
        row = ClockSighting(terminal_id=terminal_id, seen_at=now, offset_seconds=offset_seconds, exact=exact)
    elif exact or not row.exact or not _counts(row.seen_at, now) or _exceeds(offset_seconds, row):
        row.seen_at, row.offset_seconds, row.exact = now, offset_seconds, exact
    session.add(row)
    session.flush()


def _exceeds(offset_seconds: int, row: ClockSighting) -> bool:
    return offset_seconds > row.offset_seconds + AGREE_WITHIN_SECONDS


def _counts(seen_at: datetime, now: datetime) -> bool:
    return now - COUNTS_FOR <= seen_at <= now


def sightings(session: Session, now: datetime) -> list[ClockSighting]:
    """What was last seen of each terminal's clock, as far as it says something of the present."""
    recent = col(ClockSighting.seen_at).between(now - COUNTS_FOR, now)
    return list(session.scalars(select(ClockSighting).where(recent).order_by(col(ClockSighting.terminal_id))))


def suspicion(session: Session, now: datetime) -> Suspicion | None:
    """Whether our clock is wrong rather than the terminals'; None when it can be trusted."""
    return suspected([row.offset_seconds for row in sightings(session, now)])


def suspected(offsets: Sequence[int]) -> Suspicion | None:
    """Whether most terminals, and at least three, are off from us by the same time (terminals 3.5)."""
    if len(offsets) < FEWEST:
        return None
    ordered = np.sort(np.array(offsets, np.int64))
    ends = np.searchsorted(ordered, ordered + AGREE_WITHIN_SECONDS, side="right")
    start = int(np.argmax(ends - np.arange(len(ordered))))
    alike = ordered[start : ends[start]]
    offset = int(np.median(alike))
    if len(alike) < max(FEWEST, MAJORITY * len(offsets)) or abs(offset) <= TRUSTED_WITHIN_SECONDS:
        return None
    return Suspicion(offset_seconds=offset, agreeing=len(alike), seen=len(offsets))
