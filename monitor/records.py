"""Session and day records: recomputing what is stale, a range on demand, or everything from nothing.

Derived data: every function here reads punches and rules, calls the pure `reconcile` and replaces
the records of whole person-days within one transaction, together with the marks that asked for it.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select
from sqlmodel import Session, col

from monitor.config import Settings
from monitor.rules.columns import DAY_SECONDS, SilentDays
from monitor.rules.context import CONTEXT_DAYS
from monitor.rules.reconcile import reconcile
from monitor.rules.silence import silent_days
from monitor.rules.wallclock import day_of, seconds_of
from monitor.store.queries import records as stored
from monitor.store.queries import stale
from monitor.store.queries.silence import quiet_days
from monitor.store.queries.world import load_world
from monitor.store.session import transaction
from monitor.store.tables import RegulationVersion, RosterEntry

log = logging.getLogger(__name__)

PEOPLE_AT_ONCE = 400
DAYS_AT_ONCE = 62
TOUCH_DAYS = 4
"""How far a change reaches beyond its own day: windows over midnight, and chains of duties."""
THROUGH, NOW = "records_through", "records_now"
FIRST_DAY, LAST_DAY = -1_000_000, 1_000_000

Progress = Callable[[int, int], None]


def _silent_progress(done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What one recomputation goes by: the present on the installation's wall clock, and its settings."""

    now: int
    zone: str
    silence_people: int

    @property
    def today(self) -> int:
        """The day of `now`."""
        return self.now // DAY_SECONDS


def frame_at(now: datetime, settings: Settings) -> Frame:
    """The frame of an aware instant."""
    zone = settings.site.timezone
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return Frame(now=seconds_of(local), zone=zone, silence_people=settings.rules.silence_people)


def refresh(
    engine: Engine, *, now: datetime, settings: Settings, progress: Progress = _silent_progress
) -> int:
    """Recompute what is stale and what the passing of time decides. Returns how many person-days.

    Days nobody has looked at yet are opened here: at the first refresh of a day everybody gets
    records for it, and for the day before, whose silence can only be judged now (rules 7).
    """
    frame = frame_at(now, settings)
    with transaction(engine) as session:
        _open_days(session, frame)
        highest, marks = stale.waiting(session)
        spans = _clipped(session, [*marks, *stored.undecided(session, frame.today - TOUCH_DAYS)], frame)
        stored.remember(session, NOW, str(frame.now))
    done = _recompute(engine, spans, frame, highest, progress)
    with transaction(engine) as session:
        stale.settle(session, highest, sorted({mark[0] for mark in marks}), FIRST_DAY, LAST_DAY)
    return done


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
        people = stored.everybody(session, unit_ids)
        highest, _ = stale.waiting(session)
        stored.remember(session, NOW, str(frame.now))
        through = max(last_day, int(stored.fact(session, THROUGH) or last_day))
        stored.remember(session, THROUGH, str(through))
    spans = [(person, first_day, last_day) for person in people]
    done = _recompute(engine, spans, frame, highest, progress)
    with transaction(engine) as session:
        # Marks near an end also touch days beyond it: those stay until a refresh.
        stale.settle(session, highest, people, first_day + TOUCH_DAYS, last_day - TOUCH_DAYS)
    return done


def rebuild(engine: Engine, *, settings: Settings, progress: Progress = _silent_progress) -> int:
    """Delete every record and make all again, as of the moment they were last made. Person-days."""
    with transaction(engine) as session:
        first = first_judged_day(session)
        last = stored.fact(session, THROUGH)
        moment = stored.fact(session, NOW)
        if first is None or last is None or moment is None:
            return 0
        stored.forget_all(session)
        people, (highest, _) = stored.everybody(session), stale.waiting(session)
    frame = Frame(now=int(moment), zone=settings.site.timezone, silence_people=settings.rules.silence_people)
    spans = [(person, first, int(last)) for person in people]
    return _recompute(engine, spans, frame, highest, progress)


def first_judged_day(session: Session) -> int | None:
    """The first day anybody can be judged: the oldest regulation or roster entry; None without any."""
    regulation = session.connection().execute(select(func.min(col(RegulationVersion.valid_from)))).scalar()
    roster = session.connection().execute(select(func.min(col(RosterEntry.starts)))).scalar()
    days = [] if regulation is None else [day_of(regulation)]
    days += [] if roster is None else [roster // DAY_SECONDS]
    return min(days, default=None)


def _open_days(session: Session, frame: Frame) -> None:
    """Mark the days that nobody has looked at yet, and those a clock set back makes undecided again."""
    through = int(stored.fact(session, THROUGH) or frame.today - 1)
    before = int(stored.fact(session, NOW) or frame.now)
    if through < frame.today:
        stale.mark_everyone(session, through, frame.today)
    if frame.now < before:
        stale.mark_everyone(session, frame.today - TOUCH_DAYS, max(through, frame.today))
    stored.remember(session, THROUGH, str(max(through, frame.today)))


def _clipped(session: Session, marks: list[stale.Span], frame: Frame) -> list[stale.Span]:
    """Marks widened by what they touch, within the days that are judged at all."""
    first = first_judged_day(session)
    if first is None:
        return []
    last = max(frame.today, int(stored.fact(session, THROUGH) or frame.today))
    widened = (
        (person, max(start - TOUCH_DAYS, first), min(end + TOUCH_DAYS, last)) for person, start, end in marks
    )
    return _merged(span for span in widened if span[1] <= span[2])


def _merged(spans: Iterable[stale.Span]) -> list[stale.Span]:
    """Spans in order of person and day, those that touch made one."""
    merged: list[stale.Span] = []
    for person, first, last in sorted(spans):
        if merged and merged[-1][0] == person and first <= merged[-1][2] + 1:
            merged[-1] = (person, merged[-1][1], max(merged[-1][2], last))
        else:
            merged.append((person, first, last))
    return merged


def _recompute(
    engine: Engine, spans: list[stale.Span], frame: Frame, highest: int, progress: Progress
) -> int:
    """Recompute spans block by block, each in a transaction of its own; then nothing is half done.

    The write lock is taken before a block is read, so a punch stored meanwhile waits, and its mark
    is newer than `highest`.
    """
    total = sum(last - first + 1 for _, first, last in spans)
    done = 0
    for block in _blocks(spans):
        with transaction(engine) as session:
            _recompute_block(session, block, frame)
        done += sum(last - first + 1 for _, first, last in block)
        progress(done, total)
    log.info("records refreshed", extra={"event": "records_refreshed", "person_days": done})
    return done


def _blocks(spans: Iterable[stale.Span]) -> Iterator[list[stale.Span]]:
    """Spans cut into blocks of some people and some weeks, so that memory stays bounded."""
    pieces = sorted((start // DAYS_AT_ONCE, piece) for span in spans for start, piece in _weeks(span))
    for _, group in groupby(pieces, key=itemgetter(0)):
        block = [piece for _, piece in group]
        for start in range(0, len(block), PEOPLE_AT_ONCE):
            yield block[start : start + PEOPLE_AT_ONCE]


def _weeks(span: stale.Span) -> Iterator[tuple[int, stale.Span]]:
    """A span cut where a new portion of days begins; each part with its first day."""
    person, first, last = span
    while first <= last:
        end = min(last, (first // DAYS_AT_ONCE + 1) * DAYS_AT_ONCE - 1)
        yield first, (person, first, end)
        first = end + 1


def _recompute_block(session: Session, spans: list[stale.Span], frame: Frame) -> None:
    first = min(span[1] for span in spans) - CONTEXT_DAYS
    last = max(span[2] for span in spans) + CONTEXT_DAYS
    people = sorted({span[0] for span in spans})
    loaded = load_world(session, people, first, last, zone=frame.zone)
    world = replace(loaded.world, silent=_silence(session, first, last, frame))
    verdicts = reconcile(world, stored.person_days_of(loaded, spans), frame.now)
    stored.replace_records(session, loaded, spans, verdicts.sessions, verdicts.days)


def _silence(session: Session, first: int, last: int, frame: Frame) -> SilentDays:
    """Days on which a clock seems to have been off: nobody punched though people were expected.

    Asked for everybody, because it takes several people's absence to tell (rules 7).
    """
    candidates = quiet_days(session, first, min(last, frame.today - 1))
    if not len(candidates):
        return candidates
    days = candidates.day
    everybody = load_world(
        session,
        stored.everybody(session),
        int(days.min()) - CONTEXT_DAYS,
        int(days.max()) + CONTEXT_DAYS,
        zone=frame.zone,
        with_punches=False,
    )
    return silent_days(everybody.world, candidates, frame.now, frame.silence_people)
