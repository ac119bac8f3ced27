"""Days of an entry: which it touches, whose they are, and that none of them is closed (rules 8)."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session, col

from monitor.registers.errors import RegisterRefused
from monitor.rules.wallclock import DAY_SECONDS, date_of, day_of
from monitor.setup.spans import HORIZON_DAYS
from monitor.store.queries.periods import closed_between
from monitor.store.tables import Posting, Unit

Days = tuple[int, int]
"""First and last day since 1970, inclusive."""


def day_bounds(starts: int, ends: int) -> Days:
    """The dates on which an interval lies; one that ends at midnight does not reach the next date."""
    return starts // DAY_SECONDS, max(starts, ends - 1) // DAY_SECONDS


def touched_days(starts: int, ends: int, at: datetime) -> Days:
    """The days to recompute: those of the interval and those beside it, as imports mark them (rules 3).

    Days far ahead of `at` are made when they come near.
    """
    last = day_of(at.date()) + HORIZON_DAYS
    return max(0, starts // DAY_SECONDS - 1), min(ends // DAY_SECONDS + 1, last)


def postings_between(session: Session, person_id: int, first: int, last: int) -> list[tuple[int, int, int]]:
    """The units of a person in a range of days: (unit id, first day, last day), cut to the range."""
    begin, end = date_of(first), date_of(last)
    rows = session.connection().execute(
        select(col(Posting.unit_id), col(Posting.valid_from), col(Posting.valid_to))
        .where(
            col(Posting.person_id) == person_id,
            col(Posting.valid_from) <= end,
            or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= begin),
        )
        .order_by(col(Posting.valid_from))
    )
    return [
        (unit, max(first, day_of(since)), last if until is None else min(last, day_of(until)))
        for unit, since, until in rows
    ]


def refuse_closed(session: Session, person_id: int, first: int, last: int) -> None:
    """Refuse days of a closed month of the unit the person belonged to: it must be reopened first.

    Raises RegisterRefused `register_month_closed`, naming the unit and the month.
    """
    closed = closed_between(session, first, last)
    if not closed:
        return
    for unit_id, since, until in postings_between(session, person_id, first, last):
        for begin, end, _period in closed.by_unit.get(unit_id, ()):
            if begin <= until and end >= since:
                unit = session.get(Unit, unit_id)
                month = f"{date_of(max(begin, since)):%m/%Y}"
                raise RegisterRefused(
                    "register_month_closed", month=month, unit="" if unit is None else unit.name
                )
