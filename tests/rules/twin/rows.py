"""The rows of the oracle: everything put together, person by person (rules 8, 9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.rules.codes import Reason
from monitor.rules.columns import NO_DAY, NO_TIME, World
from monitor.rules.regulation import rule_version
from tests.rules.twin.cases import Case, cases_of
from tests.rules.twin.covered import Spans, covered_spans, relevant_terminals
from tests.rules.twin.excused import NONE, expected_of
from tests.rules.twin.expected import Session, sessions_of
from tests.rules.twin.judged import (
    Facts,
    cong_of,
    counted,
    judge,
    measure,
    spend_allowances,
    symbol_of,
    worked_seconds,
)
from tests.rules.twin.plain import PlainWorld, Punch, SpecialDay, plain_world
from tests.rules.twin.punched import in_order, punches_by_person

MARGIN_DAYS = 10
"""Days around those asked that are worked out as well, so that the batch does not matter (rules 8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinRow:
    """One verdict, with the fields of `SessionRecords` as plain values."""

    person: int
    day: int
    unit: int
    regulation: int
    kind: int
    name: str
    start: int
    end: int
    due_from: int
    due_to: int
    window_from: int
    window_to: int
    time_in: int
    time_out: int
    punch_in: int
    punch_out: int
    status: int
    late_seconds: int
    early_seconds: int
    worked_seconds: int
    symbol: str
    cong: float
    reasons: int
    rule_version: str
    extras: tuple[int, ...]
    outside: tuple[int, ...]
    uncovered: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinDay:
    """One person and work date, with the fields of `DayRecords` as plain values."""

    person: int
    day: int
    unit: int
    status: int
    late_seconds: int
    early_seconds: int
    worked_seconds: int
    cong: float
    reasons: int


def reconcile_slowly(world: World, asked: Iterable[tuple[int, int]], now: int) -> list[TwinRow]:
    """The verdicts of the person-days asked, sorted by person, day, start, end (rules 8, 9)."""
    plain = plain_world(world)
    punches = punches_by_person(plain, now)
    days_of: dict[int, set[int]] = {}
    for person, day in asked:
        days_of.setdefault(person, set()).add(day)
    covered = covered_spans(plain)
    rows = []
    for person, days in days_of.items():
        for case, facts in judged_cases(plain, person, days, punches[person]):
            rows.append(row_of(plain, case, facts, covered, now))
    return sorted(rows, key=lambda row: (row.person, row.day, row.start, row.end))


def judged_cases(
    world: PlainWorld, person: int, days: set[int], punches: list[Punch]
) -> list[tuple[Case, Facts]]:
    """Rules 2-6 for one person: all sessions around the days, then those of the days."""
    sessions = sessions_of(world, person, min(days) - MARGIN_DAYS, max(days) + MARGIN_DAYS)
    expected = expected_of(world, person, sessions)
    cases = cases_of(world, expected, punches)
    all_facts = [facts_of(world, case) for case in cases]
    spend_allowances(world, all_facts)
    return [pair for pair in zip(cases, all_facts, strict=True) if pair[0].session.day in days]


def facts_of(world: PlainWorld, case: Case) -> Facts:
    """What the judge needs to know of a case."""
    session = case.session
    facts = Facts(
        expected=case.expected,
        presence=case.presence,
        relevant=relevant_terminals(world, session.person, session.unit, session.day),
        found_away=found_away(world, session),
    )
    measure(facts)
    return facts


def found_away(world: PlainWorld, session: Session) -> bool:
    """Rules 2: whether an inspection found the person away at some second of the session."""
    return any(
        person == session.person and start < session.end and session.start <= end
        for person, start, end in world.findings
    )


def row_reasons(world: PlainWorld, case: Case, facts: Facts) -> Reason:
    """Rules 8: the reasons that do not come from the status."""
    reasons = case.expected.reasons
    if any(punch_id < 0 for punch_id in marking_ids(case)):
        reasons |= Reason.MANUAL
    if case.extras:
        reasons |= Reason.EXTRA
    if case.outside:
        reasons |= Reason.OUTSIDE_WINDOW
    if facts.allowance_used:
        reasons |= Reason.ALLOWANCE_USED
    if (case.session.person, case.session.day) in world.explained:
        reasons |= Reason.EXPLAINED
    return reasons


def marking_ids(case: Case) -> tuple[int, int]:
    """Ids of the raw punches that counted, 0 for none: first of a run as IN, last as OUT (rules 3.1)."""
    run_in = case.presence.run_in if case.presence else None
    run_out = case.presence.run_out if case.presence else None
    return run_in.punches[0].id if run_in else 0, run_out.punches[-1].id if run_out else 0


def marking_times(case: Case) -> tuple[int, int]:
    """Times that counted, `NO_TIME` for none (rules 3.1, 9)."""
    run_in = case.presence.run_in if case.presence else None
    run_out = case.presence.run_out if case.presence else None
    return run_in.first if run_in else NO_TIME, run_out.last if run_out else NO_TIME


def calendar_key(world: PlainWorld, special: SpecialDay | None) -> tuple[object, ...] | None:
    """The calendar row as `rule_version` wants it (rules 8)."""
    if special is None:
        return None
    scope = "" if special.scope == -1 else world.unit_codes[special.scope]
    for_day = None if special.for_day == NO_DAY else special.for_day
    return (special.day, scope, special.kind, for_day, special.document)


def ids(punches: Iterable[Punch]) -> tuple[int, ...]:
    """Ids in order of time, terminal, id."""
    return tuple(punch.id for punch in sorted(punches, key=in_order))


def row_of(world: PlainWorld, case: Case, facts: Facts, covered: Spans, now: int) -> TwinRow:
    """One verdict (rules 4, 8)."""
    session, settings = case.session, case.session.settings
    judgement = judge(facts, covered, now)
    (punch_in, punch_out), (time_in, time_out) = marking_ids(case), marking_times(case)
    return TwinRow(
        person=session.person,
        day=session.day,
        unit=session.unit,
        regulation=session.regulation,
        kind=int(session.kind),
        name=session.name,
        start=session.start,
        end=session.end,
        due_from=case.expected.due_from,
        due_to=case.expected.due_to,
        window_from=case.group.window_from if case.group else NO_TIME,
        window_to=case.group.window_to if case.group else NO_TIME,
        time_in=time_in,
        time_out=time_out,
        punch_in=punch_in,
        punch_out=punch_out,
        status=int(judgement.status),
        late_seconds=counted(facts.late, settings.grace_late, settings.grace_counts),
        early_seconds=counted(facts.early, settings.grace_early, settings.grace_counts),
        worked_seconds=worked_seconds(facts, judgement.status),
        symbol=symbol_of(facts, judgement.status),
        cong=cong_of(facts, judgement.status),
        reasons=int(row_reasons(world, case, facts) | judgement.reasons),
        rule_version=version_of(world, session),
        extras=ids(case.extras),
        outside=ids(case.outside),
        uncovered=judgement.uncovered,
    )


def version_of(world: PlainWorld, session: Session) -> str:
    """Rules 8: a hash of the regulation and the calendar row used."""
    regulation = None if session.regulation == -1 else world.regulations[session.regulation]
    return rule_version(regulation, calendar_key(world, session.special_day))


def days_slowly(rows: Iterable[TwinRow]) -> list[TwinDay]:
    """One row per person and day: the worst status, sums, all reasons (rules 4)."""
    by_day: dict[tuple[int, int], list[TwinRow]] = {}
    for row in rows:
        by_day.setdefault((row.person, row.day), []).append(row)
    return [day_row(by_day[key]) for key in sorted(by_day)]


def day_row(rows: Sequence[TwinRow]) -> TwinDay:
    """The day of its sessions."""
    reasons = NONE
    for row in rows:
        reasons |= Reason(row.reasons)
    return TwinDay(
        person=rows[0].person,
        day=rows[0].day,
        unit=rows[0].unit,
        status=min(row.status for row in rows),
        late_seconds=sum(row.late_seconds for row in rows),
        early_seconds=sum(row.early_seconds for row in rows),
        worked_seconds=sum(row.worked_seconds for row in rows),
        cong=sum(row.cong for row in rows),
        reasons=int(reasons),
    )
