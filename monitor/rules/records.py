"""Verdicts as records: one row per session, and one per day (rules 4, 8, 9)."""

import numpy as np

from monitor.rules.arrays import begins, reduced
from monitor.rules.columns import (
    NO_DAY,
    CalendarRows,
    DayRecords,
    SessionRecords,
    Text,
    World,
)
from monitor.rules.copies import Rows
from monitor.rules.evidence import Evidence
from monitor.rules.expectation import Sessions
from monitor.rules.plan import Plan
from monitor.rules.regulation import rule_version
from monitor.rules.verdict import Judgement


def session_records(
    world: World, plan: Plan, rows: Rows, judgement: Judgement, evidence: Evidence
) -> SessionRecords:
    """The records of the sessions in `rows`, in that order."""
    sessions = plan.sessions.take(rows)
    return SessionRecords(
        person=sessions.person,
        day=sessions.day,
        unit=sessions.unit,
        regulation=sessions.regulation,
        kind=sessions.kind,
        name=sessions.name,
        start=sessions.start,
        end=sessions.end,
        due_from=judgement.due_from,
        due_to=judgement.due_to,
        window_from=judgement.window_from,
        window_to=judgement.window_to,
        time_in=judgement.time_in,
        time_out=judgement.time_out,
        punch_in=evidence.punch_in,
        punch_out=evidence.punch_out,
        status=judgement.status,
        late_seconds=judgement.late_seconds.astype(np.int32),
        early_seconds=judgement.early_seconds.astype(np.int32),
        worked_seconds=judgement.worked_seconds.astype(np.int32),
        symbol=judgement.symbol,
        cong=judgement.cong,
        reasons=judgement.reasons | evidence.reasons,
        rule_version=_rule_versions(world, sessions),
        extras=evidence.extras,
        outside=evidence.outside,
        uncovered=judgement.uncovered,
    )


def _rule_versions(world: World, sessions: Sessions) -> Text:
    """The rule version of each session; few pairs of regulation and calendar row are distinct."""
    calendar_rows = len(world.calendar) + 1
    code = (sessions.regulation.astype(np.int64) + 1) * calendar_rows + sessions.calendar + 1
    used = np.flatnonzero(np.bincount(code))
    versions = np.full((len(world.regulations) + 1) * calendar_rows, None, object)
    for pair in used.tolist():
        regulation, row = pair // calendar_rows - 1, pair % calendar_rows - 1
        versions[pair] = rule_version(
            world.regulations[regulation] if regulation >= 0 else None,
            calendar_values(world.calendar, world.units.code, row) if row >= 0 else None,
        )
    found: Text = versions[code]
    return found


def calendar_values(calendar: CalendarRows, unit_codes: Text, row: int) -> tuple[object, ...]:
    """What of a calendar row goes into the rule version (rules 8): day, scope, kind, for_day, document."""
    scope, for_day = int(calendar.scope[row]), int(calendar.for_day[row])
    return (
        int(calendar.day[row]),
        "" if scope < 0 else str(unit_codes[scope]),
        str(calendar.kind[row]),
        None if for_day == NO_DAY else for_day,
        str(calendar.document[row]),
    )


def day_records(sessions: SessionRecords) -> DayRecords:
    """One row per person and day: the worst status, sums, the union of reasons (rules 4)."""
    first = np.flatnonzero(begins(sessions.person, sessions.day))
    return DayRecords(
        person=sessions.person[first],
        day=sessions.day[first],
        unit=sessions.unit[first],
        status=reduced(np.minimum, sessions.status, first),
        late_seconds=reduced(np.add, sessions.late_seconds, first),
        early_seconds=reduced(np.add, sessions.early_seconds, first),
        worked_seconds=reduced(np.add, sessions.worked_seconds, first),
        cong=reduced(np.add, sessions.cong, first),
        reasons=reduced(np.bitwise_or, sessions.reasons, first),
    )
