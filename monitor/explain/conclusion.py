"""The deciding line of an explanation: what a session came to, and the one fact that made it so."""

from monitor.explain.lines import At, Line, line
from monitor.rules.codes import Reason, Status
from monitor.store.queries.person_day import Evidence
from monitor.store.tables import SessionRecord


def conclusion(found: Evidence, record: SessionRecord) -> Line:
    """The last line for a session."""
    late, early = -(-record.late_seconds // 60), -(-record.early_seconds // 60)
    match Status(record.status):
        case Status.PENDING:
            return _pending(found, record)
        case Status.ABSENT:
            return _absent(record)
        case Status.EXCUSED:
            return line("why_excused", symbol=record.symbol)
        case Status.LATE | Status.EARLY | Status.LATE_EARLY as status:
            return line(f"why_{status.name.lower()}", late=late, early=early)
        case status:
            return line(f"why_{status.name.lower()}")


def _absent(record: SessionRecord) -> Line:
    if record.reasons & Reason.LATE_IS_ABSENT:
        return line("why_absent_late")
    if record.reasons & Reason.EARLY_IS_ABSENT:
        return line("why_absent_early")
    return line("why_absent")


def _pending(found: Evidence, record: SessionRecord) -> Line:
    """Why nothing is decided yet (rules 4, `pending`)."""
    if record.reasons & Reason.NO_BADGE:
        return line("why_pending_no_badge")
    if record.reasons & Reason.NO_DATA:
        names = (found.terminals[int(one)].name for one in record.uncovered.split())
        return line("why_pending_no_data", terminals=", ".join(names))
    due = At(seconds=record.due_from, day=record.day)
    if record.reasons & Reason.NOT_DUE:
        return line("why_pending_not_due", due=due)
    if record.reasons & Reason.NOT_IN_YET:
        return line("why_pending_not_in_yet", due=due)
    if record.reasons & Reason.LEFT and record.time_out is not None:
        until = record.window_to if record.window_to is not None else record.ends
        return line(
            "why_pending_left",
            time_out=At(seconds=record.time_out, day=record.day, exact=True),
            until=At(seconds=until, day=record.day),
        )
    return line("why_pending_at_work")
