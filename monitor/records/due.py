"""Which person-days wait to be recomputed: marked, never looked at, or decided by the passing of time."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.records.frame import Frame
from monitor.records.silence import judge_silence
from monitor.records.spans import merged
from monitor.records.touched import TOUCH_DAYS, touched
from monitor.rules.wallclock import DAY_SECONDS, day_of
from monitor.store.asking import Question
from monitor.store.queries import records as stored
from monitor.store.queries import stale
from monitor.store.queries.adjustments import adjusted_since
from monitor.store.queries.arrays import in_zone
from monitor.store.queries.periods import closed_between
from monitor.store.queries.punches import holders_between
from monitor.store.tables import RegulationVersion, RosterEntry, Terminal

THROUGH, NOW, REFRESHED = "records_through", "records_now", "records_refreshed"
FIRST_DAY, LAST_DAY = -1_000_000, 1_000_000

_ZONES = Question(select(col(Terminal.id), col(Terminal.timezone)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What waits to be recomputed: the newest mark, whose marks there are, and the days they come to."""

    highest: int
    people: list[int]
    spans: list[stale.Span]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    """How far time was followed: the last day looked at, and the present of the last whole refresh."""

    through: int
    refreshed: int


def due_days(session: Session, frame: Frame) -> Due:
    """What is to be recomputed now: stale, never looked at, decided by time, or by another's silence."""
    stored.one_writer(session)
    before = _followed(session, frame)
    _open_days(session, frame, before)
    zones = _terminals_by_zone(session)
    _mark_punches_come_due(session, frame, before, zones)
    one_zone = zones.keys() <= {frame.zone}
    due = _waiting(session, frame, before, one_zone=one_zone)
    if judge_silence(session, due.spans, frame):
        due = _waiting(session, frame, before, one_zone=one_zone)
    stored.remember(session, {NOW: frame.now, THROUGH: max(before.through, frame.today)})
    return due


def settle(session: Session, due: Due, frame: Frame) -> None:
    """What was due is done: forget its marks, and remember up to when time has been followed."""
    stale.settle(session, due.highest, due.people, FIRST_DAY, LAST_DAY)
    stored.remember(session, {REFRESHED: frame.now})


def forget_time(session: Session, frame: Frame) -> None:
    """Some records were made as of another moment: follow time from then on, if it is the earlier one."""
    stored.remember(session, {REFRESHED: min(_followed(session, frame).refreshed, frame.now)})


def _followed(session: Session, frame: Frame) -> _Followed:
    known = stored.facts(session)
    through, refreshed = known.get(THROUGH, frame.today - 1), known.get(REFRESHED, frame.now)
    return _Followed(through=int(through), refreshed=int(refreshed))


def _terminals_by_zone(session: Session) -> dict[str, list[int]]:
    by_zone: dict[str, list[int]] = {}
    for terminal_id, zone in _ZONES.rows(session):
        by_zone.setdefault(zone, []).append(terminal_id)
    return by_zone


def _waiting(session: Session, frame: Frame, before: _Followed, *, one_zone: bool) -> Due:
    marks = stale.waiting(session)
    undecided = stored.undecided(session, before.refreshed) + _adjusted(session, frame, before)
    changed = with_chains(session, [*touched(session, marks, one_zone=one_zone), *undecided])
    # What time decides it decides by itself: every row that may still change is pending.
    last = max(frame.today, before.through)
    spans = _clipped(session, changed, last)
    return Due(highest=marks.highest, people=marks.people, spans=spans)


def _adjusted(session: Session, frame: Frame, before: _Followed) -> list[stale.Span]:
    """Closed days of late that would become others: their stored rows wait for nothing, those may."""
    first = before.refreshed // DAY_SECONDS - TOUCH_DAYS
    if not closed_between(session, first, frame.today):
        return []
    return [(person, day, day) for person, day in adjusted_since(session, first)]


def _open_days(session: Session, frame: Frame, before: _Followed) -> None:
    """Mark the days that nobody has looked at yet, and those a clock set back makes undecided again.

    A range computed ahead counts as looked at on its day only: there was no silence to judge before.
    """
    seen = min(before.through, before.refreshed // DAY_SECONDS)
    if seen < frame.today:
        stale.mark_everyone(session, seen, frame.today)
    if frame.now < before.refreshed:
        stale.mark_everyone(session, frame.today - TOUCH_DAYS, max(before.through, frame.today))


def _mark_punches_come_due(
    session: Session, frame: Frame, before: _Followed, zones: Mapping[str, list[int]]
) -> None:
    """Mark the punches that the clock has reached since: one from a fast terminal waited for it.

    `reconcile` uses no punch later than `now`, and intake takes those a few minutes ahead.
    """
    ends = np.array([before.refreshed, frame.now], np.int64)
    for zone, terminal_ids in zones.items():
        after, until = in_zone(ends, frame.zone, zone).tolist()
        days = holders_between(session, terminal_ids, after, until)
        stale.mark(session, [(person, day, day) for person, day in days])


def _clipped(session: Session, spans: list[stale.Span], last: int) -> list[stale.Span]:
    """Spans within the days that are judged at all."""
    first = first_judged_day(session)
    if first is None:
        return []
    within = ((person, max(start, first), min(end, last)) for person, start, end in spans)
    return merged(span for span in within if span[1] <= span[2])


def with_chains(session: Session, spans: list[stale.Span]) -> list[stale.Span]:
    """The spans, and the whole of every long chain that one of them touches (rules 3, chained blocks).

    A chain that is to grow or to break does so beside a day that is asked, so those stored suffice.
    """
    chains = stored.chains(session, {person for person, _, _ in spans})
    if not chains:
        return spans
    tied = [
        (person, first, last)
        for person, start, end in spans
        for first, last in chains.get(person, ())
        if first <= end and last >= start
    ]
    return [*spans, *tied]


_OLDEST = Question(
    select(
        select(func.min(col(RegulationVersion.valid_from))).scalar_subquery(),
        select(func.min(col(RosterEntry.starts))).scalar_subquery(),
    )
)


def first_judged_day(session: Session) -> int | None:
    """The first day anybody can be judged: the oldest regulation or roster entry; None without any."""
    regulation, roster = _OLDEST.rows(session)[0]
    days = [] if regulation is None else [day_of(regulation)]
    days += [] if roster is None else [roster // DAY_SECONDS]
    return min(days, default=None)
