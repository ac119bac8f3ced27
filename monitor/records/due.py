"""Which person-days wait to be recomputed: marked, never looked at, or decided by the passing of time."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.records.frame import Frame
from monitor.records.silence import judge_silence
from monitor.records.spans import merged
from monitor.rules.wallclock import DAY_SECONDS, day_of
from monitor.store.queries import records as stored
from monitor.store.queries import stale
from monitor.store.tables import RegulationVersion, RosterEntry

TOUCH_DAYS = 4
"""How far a change reaches beyond its own day: windows over midnight, and chains of duties."""
THROUGH, NOW = "records_through", "records_now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What waits to be recomputed: the newest mark, whose marks there are, and the days they come to."""

    highest: int
    people: list[int]
    spans: list[stale.Span]


def due_days(session: Session, frame: Frame) -> Due:
    """What is to be recomputed now: stale, never looked at, decided by time, or by another's silence."""
    stored.one_writer(session)
    _open_days(session, frame)
    due = _waiting(session, frame)
    if judge_silence(session, due.spans, frame):
        due = _waiting(session, frame)
    stored.remember(session, NOW, str(frame.now))
    return due


def _waiting(session: Session, frame: Frame) -> Due:
    highest, marks = stale.waiting(session)
    undecided = stored.undecided(session, frame.today - TOUCH_DAYS)
    people = sorted({person for person, _, _ in marks})
    return Due(highest=highest, people=people, spans=_clipped(session, [*marks, *undecided], frame))


def _open_days(session: Session, frame: Frame) -> None:
    """Mark the days that nobody has looked at yet, and those a clock set back makes undecided again.

    A range computed ahead counts as looked at on its day only: there was no silence to judge before.
    """
    through = int(stored.fact(session, THROUGH) or frame.today - 1)
    before = int(stored.fact(session, NOW) or frame.now)
    seen = min(through, before // DAY_SECONDS)
    if seen < frame.today:
        stale.mark_everyone(session, seen, frame.today)
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
    return merged(span for span in widened if span[1] <= span[2])


def first_judged_day(session: Session) -> int | None:
    """The first day anybody can be judged: the oldest regulation or roster entry; None without any."""
    regulation = session.connection().execute(select(func.min(col(RegulationVersion.valid_from)))).scalar()
    roster = session.connection().execute(select(func.min(col(RosterEntry.starts)))).scalar()
    days = [] if regulation is None else [day_of(regulation)]
    days += [] if roster is None else [roster // DAY_SECONDS]
    return min(days, default=None)
