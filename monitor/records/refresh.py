"""Recomputing records: what is stale, a range on demand, or everything from nothing."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from monitor import fanout
from monitor.config import Fanout, Settings
from monitor.records.due import (
    NOW,
    THROUGH,
    Due,
    due_days,
    first_judged_day,
    forget_time,
    settle,
    with_chains,
)
from monitor.records.frame import Frame, frame_at
from monitor.records.judging import judged, person_days, recompute, recompute_block
from monitor.records.silence import judge_silence
from monitor.records.spans import blocks, merged
from monitor.records.touched import TOUCH_DAYS
from monitor.store.queries import records as stored
from monitor.store.queries import stale
from monitor.store.queries.periods import forget_unfounded_records
from monitor.store.queries.retention import without_frozen
from monitor.store.session import transaction
from monitor.store.wall import beyond_wall, sees_all

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


def _silent_progress(done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """The session rows that some spans of person-days would get."""

    spans: list[stale.Span]
    sessions: list[dict[str, Any]]


def refresh(
    engine: Engine, *, now: datetime, settings: Settings, progress: Progress = _silent_progress
) -> int:
    """Recompute what is stale and what the passing of time decides. Returns how many person-days.

    Days nobody has looked at yet are opened here: at the first refresh of a day everybody gets
    records for it, and for the day before, whose silence can only be judged now (rules 7).
    """
    engine, frame = beyond_wall(engine), frame_at(now, settings)
    with transaction(engine) as session:
        due = due_days(session, frame)
        if len(list(islice(blocks(due.spans), 2))) <= 1:
            # A few late punches, the usual case: three commits would take longer than the work itself.
            return _finish(session, due, frame, progress)
    done = _recompute(engine, due.spans, frame, progress)
    with transaction(engine) as session:
        settle(session, due, frame)
    return done


@sees_all
def refresh_within(session: Session, *, now: datetime, settings: Settings) -> None:
    """Do what `refresh` does, in the caller's transaction: for what must see everything as it is now."""
    frame = frame_at(now, settings)
    _finish(session, due_days(session, frame), frame, _silent_progress)


def _finish(session: Session, due: Due, frame: Frame, progress: Progress) -> int:
    """Recompute and settle what is due within one transaction. Returns how many person-days."""
    for block in blocks(due.spans):
        recompute_block(session, block, frame)
    settle(session, due, frame)
    done = person_days(due.spans)
    progress(done, done)
    log.info("records refreshed", extra={"event": "records_refreshed", "person_days": done})
    return done


def foreseen(session: Session, *, now: datetime, settings: Settings) -> Iterator[Foreseen]:
    """What `refresh` would write, block by block, with nothing of it written.

    For a transaction that is not kept: it marks days as `refresh` does.
    """
    frame = frame_at(now, settings)
    for block in blocks(without_frozen(session, due_days(session, frame).spans)):
        loaded, verdicts = judged(session, block, frame)
        yield Foreseen(spans=block, sessions=stored.session_rows(loaded.places, verdicts.sessions))


def reconcile_range(  # noqa: PLR0913 - whom, when and by which clock
    engine: Engine,
    *,
    first_day: int,
    last_day: int,
    now: datetime,
    settings: Settings,
    unit_ids: Iterable[int] | None = None,
    progress: Progress = _silent_progress,
) -> int:
    """Recompute everybody (or these units' people) on every day of a range. Returns person-days."""
    frame = frame_at(now, settings)
    with transaction(engine) as session:
        stored.one_writer(session)
        people = stored.everybody(session, unit_ids)
        highest = stale.waiting(session).highest
        spans = merged(with_chains(session, [(person, first_day, last_day) for person in people]))
        judge_silence(session, spans, frame)
        forget_time(session, frame)
        through = max(last_day, int(stored.fact(session, THROUGH) or last_day))
        stored.remember(session, {NOW: frame.now, THROUGH: through})
    done = _recompute(engine, spans, frame, progress, settings.fanout)
    with transaction(engine) as session:
        # Marks near an end also touch days beyond it: those stay until a refresh.
        stale.settle(session, highest, people, first_day + TOUCH_DAYS, last_day - TOUCH_DAYS)
    return done


def rebuild(engine: Engine, *, settings: Settings, progress: Progress = _silent_progress) -> int:
    """Make every record again, as of the moment they were last made, as if there were none. Person-days.

    What comes out equal is not written, and readers find records all the while. Closed periods keep
    theirs (rules 8). Everybody is marked first, so that a crash half-way leaves nothing but work for
    the next refresh.
    """
    with transaction(engine) as session:
        stored.one_writer(session)
        first = first_judged_day(session)
        last = stored.fact(session, THROUGH)
        moment = stored.fact(session, NOW)
        if first is None or last is None or moment is None:
            return 0
        zone, silence = settings.site.timezone, settings.rules.silence_people
        frame = Frame(now=int(moment), zone=zone, silence_people=silence)
        forget_unfounded_records(session, first, int(last))
        people = stored.everybody(session)
        spans = [(person, first, int(last)) for person in people if first <= int(last)]
        stale.mark(session, spans)
        judge_silence(session, spans, frame)
        highest = stale.waiting(session).highest
    done = _recompute(engine, spans, frame, progress, settings.fanout)
    with transaction(engine) as session:
        stale.settle(session, highest, people, first, int(last))
    return done


def _recompute(
    engine: Engine,
    spans: list[stale.Span],
    frame: Frame,
    progress: Progress,
    where: Fanout = fanout.HERE,
) -> int:
    total, done = person_days(spans), 0
    for count in recompute(engine, spans, frame, where):
        done += count
        progress(done, total)
    log.info("records refreshed", extra={"event": "records_refreshed", "person_days": done})
    return done
