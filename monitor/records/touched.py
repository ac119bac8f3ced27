"""Which days marks touch: a change those around it, a single punch only those whose windows hold it."""

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from monitor.rules.wallclock import DAY_SECONDS
from monitor.store.asking import Question, among
from monitor.store.queries import stale
from monitor.store.queries.periods import closed_between
from monitor.store.tables import RosterEntry, SessionRecord, StaleSpan

TOUCH_DAYS = 4
"""How far a change reaches beyond its own day: windows over midnight, and short chains of duties."""

_HOLDS_ALL = (col(SessionRecord.window_from) <= col(StaleSpan.punched_from)) & (
    col(SessionRecord.window_to) >= col(StaleSpan.punched_to)
)
_HELD = Question(
    select(col(StaleSpan.id), col(StaleSpan.person_id), col(SessionRecord.day), _HOLDS_ALL)
    .join(
        SessionRecord,
        (col(SessionRecord.person_id) == col(StaleSpan.person_id))
        & col(SessionRecord.day).between(
            col(StaleSpan.first_day) - bindparam("reach"), col(StaleSpan.last_day) + bindparam("reach")
        )
        # Said once more for all marks together: a question about single months reads those alone.
        & col(SessionRecord.day).between(bindparam("first"), bindparam("last"))
        & (col(SessionRecord.window_from) <= col(StaleSpan.punched_to))
        & (col(SessionRecord.window_to) >= col(StaleSpan.punched_from)),
    )
    .where(col(StaleSpan.punched_from).is_not(None), col(StaleSpan.id) <= bindparam("highest"))
    .distinct()
)
_OVERTIME = Question(
    select(col(RosterEntry.person_id))
    .where(among(col(RosterEntry.person_id), "people"), col(RosterEntry.kind) == "overtime")
    .where(col(RosterEntry.ends) >= bindparam("first"), col(RosterEntry.starts) < bindparam("end"))
)


def touched(session: Session, marks: stale.Waiting, *, one_zone: bool) -> list[stale.Span]:
    """The days whose records may be others than those stored, by what marks say.

    `one_zone`: no terminal's wall clock is another than that of the records' windows.
    """
    spans = [_around(person, first, last) for person, first, last in marks.spans]
    return spans + (_by_punches(session, marks, one_zone=one_zone) if marks.punches else [])


def _around(person: int, first: int, last: int) -> stale.Span:
    return person, first - TOUCH_DAYS, last + TOUCH_DAYS


def _by_punches(session: Session, marks: stale.Waiting, *, one_zone: bool) -> list[stale.Span]:
    """Which days single punches touch.

    A punch belongs to one block or chain, whose sessions have its window and share it with nobody; those
    windows depend on no punch (rules 3). So where a stored record has a window that holds all punches of a
    mark, they touch only the days whose windows they lie in: were a window another by now, a mark of what
    changed it would wait, too. Days around are touched otherwise, for a punch outside of every window is
    shown at the nearest session; where overtime counts presence outside of sessions; and where a closed
    month keeps records with the windows of its closing.
    """
    days = [day for _, _, day in marks.punches]
    first, last = min(days) - TOUCH_DAYS, max(days) + TOUCH_DAYS
    if not one_zone or closed_between(session, first, last):
        return [_around(person, day, day) for _, person, day in marks.punches]
    span = {"first": first * DAY_SECONDS, "end": (last + 1) * DAY_SECONDS}
    overtime = {person for (person,) in _OVERTIME.rows(session, people=marks.people, **span)}
    held: set[int] = set()
    holding: set[stale.Span] = set()
    asked = {"reach": TOUCH_DAYS, "highest": marks.highest, "first": first, "last": last}
    for mark, person, day, holds_all in _HELD.rows(session, **asked):
        holding.add((person, day, day))
        if holds_all and person not in overtime:
            held.add(mark)
    return [*holding, *(_around(person, day, day) for mark, person, day in marks.punches if mark not in held)]
