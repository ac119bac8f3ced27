"""How a person's day is told in one word: the groups of a board, in order of attention."""

from collections.abc import Sequence
from enum import StrEnum

from monitor.rules.codes import Reason, Status
from monitor.store.queries.board import SessionRow
from monitor.store.queries.seats import Seat


class Group(StrEnum):
    """Each person of a board is in exactly one; declared in order of attention (first: look here)."""

    NOT_IN = "not_in"
    ABSENT = "absent"
    MISSING = "missing"
    LATE = "late"
    EARLY = "early"
    NO_DATA = "no_data"
    EXCUSED = "excused"
    NOT_DUE = "not_due"
    ON_TIME = "on_time"
    EXEMPT = "exempt"
    NO_SESSIONS = "no_sessions"


ALWAYS = (
    Group.ON_TIME,
    Group.LATE,
    Group.NOT_IN,
    Group.ABSENT,
    Group.MISSING,
    Group.EXCUSED,
    Group.NO_DATA,
)
"""Tiles that are shown even when nobody is in them."""

QUIET = frozenset({Group.ON_TIME, Group.NOT_DUE, Group.EXEMPT, Group.NO_SESSIONS})
"""Groups that need nothing: folded until asked for."""

PRESENT = frozenset({Group.ON_TIME, Group.LATE, Group.EARLY})
"""Groups of people who came."""

# Plain integers: a board tests them thousands of times, and flags are slow at it.
_NOT_IN_YET, _NO_DATA = int(Reason.NOT_IN_YET), int(Reason.NO_DATA)
_CAME = int(Reason.AT_WORK | Reason.LEFT)

_OF_STATUS: dict[int, Group] = {
    Status.ABSENT: Group.ABSENT,
    Status.MISSING_IN: Group.MISSING,
    Status.MISSING_OUT: Group.MISSING,
    Status.LATE_EARLY: Group.LATE,
    Status.LATE: Group.LATE,
    Status.EARLY: Group.EARLY,
    Status.EXCUSED: Group.EXCUSED,
    Status.EXEMPT: Group.EXEMPT,
    Status.ON_TIME: Group.ON_TIME,
}


def group_of(seat: Seat, sessions: Sequence[SessionRow]) -> Group:
    """The group of a person's day."""
    if seat.status is None:
        return Group.NO_SESSIONS
    return _OF_STATUS.get(seat.status) or _pending(seat, sessions)


def group_of_status(status: int, reasons: int, late_seconds: int) -> Group:
    """The group of a stored day whose sessions are not at hand."""
    return _OF_STATUS.get(status) or _undecided(reasons, late_seconds) or Group.NOT_DUE


def _pending(seat: Seat, sessions: Sequence[SessionRow]) -> Group:
    """A day that is not decided yet is told by what is known of it (rules 4, `pending`)."""
    reasons = 0
    for session in sessions:
        reasons |= session.reasons if session.status == Status.PENDING else 0
    if told := _undecided(reasons, seat.late_seconds):
        return told
    statuses = {session.status for session in sessions}
    if Status.ON_TIME in statuses:
        return Group.ON_TIME
    return Group.EXCUSED if Status.EXCUSED in statuses else Group.NOT_DUE


def _undecided(reasons: int, late_seconds: int) -> Group | None:
    if reasons & _NOT_IN_YET:
        return Group.NOT_IN
    if reasons & _NO_DATA:
        return Group.NO_DATA
    if reasons & _CAME:
        return Group.LATE if late_seconds else Group.ON_TIME
    return None
