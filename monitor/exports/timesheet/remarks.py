"""Lists beside a sheet: what is still without a verdict, and what HR may want to look at."""

from collections.abc import Iterable

from sqlmodel import Session

from monitor.exports.records import rounded_up
from monitor.exports.timesheet.heads import days_of
from monitor.exports.timesheet.sheet import Remark
from monitor.periods import Month
from monitor.rules.codes import Reason, SessionKind, Status, reason_codes
from monitor.rules.wallclock import date_of
from monitor.store.queries.timesheets import UnusualSession, count_sessions, unusual_sessions
from monitor.text import sentence

WAITING = (
    Reason.NOT_DUE
    | Reason.NOT_IN_YET
    | Reason.AT_WORK
    | Reason.LEFT
    | Reason.NO_DATA
    | Reason.NO_BADGE
    | Reason.NO_REGULATION
)
REMARKED = (
    Status.ABSENT,
    Status.MISSING_IN,
    Status.MISSING_OUT,
    Status.LATE_EARLY,
    Status.LATE,
    Status.EARLY,
)


MOST = 500
"""Lines of a list; an unfinished month of a large unit has thousands, that nobody reads on paper."""


def missing_verdicts(session: Session, unit_id: int, month: Month) -> tuple[int, tuple[Remark, ...]]:
    """How many sessions have no verdict, and the first `MOST` of them with what each waits for."""
    days, pending = days_of(month), (Status.PENDING,)
    found = unusual_sessions(session, unit_id, days, pending, MOST)
    count = len(found) if len(found) < MOST else count_sessions(session, unit_id, days, pending)
    return count, tuple(_remark(row, "; ".join(_waits_for(row.reasons))) for row in found)


def remarks_of(session: Session, unit_id: int, month: Month) -> tuple[Remark, ...]:
    """Sessions that are late, early, half marked or absent: never symbols, but worth a list."""
    found = unusual_sessions(session, unit_id, days_of(month), REMARKED)
    return tuple(_remark(row, "; ".join(_told(row))) for row in found)


def _remark(row: UnusualSession, what: str) -> Remark:
    name = row.session if row.kind == SessionKind.OFFICE else sentence(f"kind_{row.session}", {})
    return Remark(person=row.person, name=row.name, on=date_of(row.day), session=name, what=what)


def _waits_for(reasons: int) -> list[str]:
    return [sentence(f"reason_{code}", {}) for code in reason_codes(reasons & WAITING)]


def _told(row: UnusualSession) -> Iterable[str]:
    """The status in words, and its minutes (rules 0: rounded up), which say late and early by themselves."""
    if row.status not in {Status.LATE, Status.EARLY, Status.LATE_EARLY}:
        yield sentence(f"status_{Status(row.status).name.lower()}", {})
    if row.late_seconds:
        yield sentence("sheet_late_minutes", {"minutes": rounded_up(row.late_seconds)})
    if row.early_seconds:
        yield sentence("sheet_early_minutes", {"minutes": rounded_up(row.early_seconds)})
