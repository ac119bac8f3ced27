"""The arrival curve: how many have come by each minute of a day, against the normal days before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from monitor.inspections.report import Report
from monitor.store.queries.inspection_people import arrivals
from monitor.store.queries.reach import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """How many have arrived by each minute of the day, on the day and on the days it is compared with."""

    day: tuple[tuple[int, int], ...]
    known: int
    before: tuple[tuple[int, int], ...]
    before_known: int


def arrivals_of(session: Session, report: Report, reach: Reach, day: int) -> Arrivals:
    """The arrival curve of a day against that of its normal days."""
    now, before = (replace(report.asked, days=days) for days in ((day,), report.twins[day]))
    return Arrivals(
        day=_summed(arrivals(session, reach, now)),
        known=report.whole(day).known,
        before=_summed(arrivals(session, reach, before, compared=True)) if before.days else (),
        before_known=report.whole_baseline(day).known,
    )


def _summed(minutes: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    total, found = 0, []
    for minute, people in minutes:
        total += people
        found.append((minute, total))
    return tuple(found)
