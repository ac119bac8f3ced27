"""Overtime of a day told in lines: what was approved, and how much of it the person was there (rules 4.1)."""

from monitor.explain.lines import At, Duration, Line, Word, line
from monitor.rules.codes import OvertimeClass
from monitor.store.queries.person_day import Evidence
from monitor.store.tables import OvertimeRecord


def explain_overtime(found: Evidence) -> tuple[Line, ...]:
    """One line for each entry that touches the date, in order of its start."""
    return tuple(_told(record) for record in found.overtime)


def _told(record: OvertimeRecord) -> Line:
    starts, ends = At(seconds=record.starts, day=record.day), At(seconds=record.ends, day=record.day)
    kind = Word(code=f"overtime_{OvertimeClass(record.kind).name.lower()}")
    if record.present_from is None or record.present_to is None:
        return line("why_overtime_none", starts=starts, ends=ends, kind=kind)
    return line(
        "why_overtime",
        starts=starts,
        ends=ends,
        kind=kind,
        present_from=At(seconds=record.present_from, day=record.day),
        present_to=At(seconds=record.present_to, day=record.day),
        worked=Duration(seconds=record.seconds),
        night=Duration(seconds=record.night_seconds),
    )
