"""The sums behind lateness and early leaving, as lines (rules 4, 6)."""

from collections.abc import Iterator

from monitor.explain.lines import At, Duration, Line, line
from monitor.rules.codes import Reason, Status
from monitor.store.tables import RegulationVersion, SessionRecord

_NOT_COMPARED = frozenset({Status.EXCUSED, Status.EXEMPT})


def comparisons(record: SessionRecord, regulation: RegulationVersion | None) -> Iterator[Line]:
    """IN against the start, OUT against the end; nothing where the rules compare nothing."""
    if record.status in _NOT_COMPARED or (regulation is not None and regulation.marks == 1):
        return
    if regulation is not None and regulation.truncate_to_minute:
        yield line("why_truncated")
    if record.time_in is not None:
        yield from _late(record, regulation)
    if record.time_out is not None:
        yield from _early(record, regulation)


def _late(record: SessionRecord, regulation: RegulationVersion | None) -> Iterator[Line]:
    time_in = _compared(record.time_in or 0, regulation)
    values = {
        "time_in": At(seconds=time_in, day=record.day, exact=True),
        "due": At(seconds=record.due_from, day=record.day, exact=True),
    }
    raw = time_in - record.due_from
    if raw <= 0:
        yield line("why_in_time", **values)
        return
    grace = 60 * regulation.grace_late_minutes if regulation else 0
    limit = None if regulation is None else regulation.late_is_absent_after_minutes
    code = "why_late_over" if raw > grace else "why_late_within"
    yield line(code, **values, late=Duration(seconds=raw), grace=Duration(seconds=grace))
    yield from _after_grace(record, regulation, raw, record.late_seconds, grace)
    if limit is not None and record.reasons & Reason.LATE_IS_ABSENT:
        yield line("why_late_is_absent", limit=Duration(seconds=60 * limit))


def _early(record: SessionRecord, regulation: RegulationVersion | None) -> Iterator[Line]:
    time_out = _compared(record.time_out or 0, regulation)
    values = {
        "time_out": At(seconds=time_out, day=record.day, exact=True),
        "due": At(seconds=record.due_to, day=record.day, exact=True),
    }
    raw = record.due_to - time_out
    if raw <= 0:
        yield line("why_out_time", **values)
        return
    grace = 60 * regulation.grace_early_minutes if regulation else 0
    limit = None if regulation is None else regulation.early_is_absent_after_minutes
    code = "why_early_over" if raw > grace else "why_early_within"
    yield line(code, **values, early=Duration(seconds=raw), grace=Duration(seconds=grace))
    yield from _after_grace(record, regulation, raw, record.early_seconds, grace)
    if limit is not None and record.reasons & Reason.EARLY_IS_ABSENT:
        yield line("why_early_is_absent", limit=Duration(seconds=60 * limit))


def _after_grace(
    record: SessionRecord, regulation: RegulationVersion | None, raw: int, counted: int, grace: int
) -> Iterator[Line]:
    """What an allowance took away and what is counted, where that is not the plain difference."""
    if raw <= grace or counted == raw:
        return
    excess = regulation is not None and regulation.grace_counts == "excess"
    before_excess = counted + grace if excess and counted else counted
    if record.reasons & Reason.ALLOWANCE_USED and before_excess < raw:
        if counted:
            spent, left = Duration(seconds=raw - before_excess), Duration(seconds=before_excess)
            yield line("why_allowance_spent", spent=spent, left=left)
        else:
            yield line("why_allowance_enough")
    if excess and counted:
        yield line("why_excess", counted=Duration(seconds=counted))


def _compared(time: int, regulation: RegulationVersion | None) -> int:
    """The time that is compared: the whole minute where the regulation says so."""
    return time - time % 60 if regulation is not None and regulation.truncate_to_minute else time
