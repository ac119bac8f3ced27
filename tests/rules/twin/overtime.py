"""Overtime a second time: who was present inside an approved entry, and of what class (rules 4.1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.rules.codes import DayKind, OvertimeClass, RosterKind
from monitor.rules.columns import DAY_SECONDS, NO_TIME, World
from monitor.rules.regulation import DEFAULT_REGULATION, Regulation
from tests.rules.twin.cases import Case, cases_of
from tests.rules.twin.excused import expected_of
from tests.rules.twin.expected import (
    Session,
    day_of,
    iso_weekday,
    regulation_on,
    sessions_of,
    special_day_on,
    unit_on,
)
from tests.rules.twin.matched import first_in, last_out
from tests.rules.twin.plain import PlainWorld, Punch, RosterEntry, plain_world
from tests.rules.twin.punched import punches_by_person, runs_of

MARGIN_DAYS = 10
MORNING, EVENING = 6 * 3600, 22 * 3600
"""Night lasts from 22:00 to 06:00 (rules 4.1)."""
SATURDAY = 6

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinOvertime:
    """One row, with the fields of `OvertimeRecords` as plain values."""

    person: int
    day: int
    unit: int
    entry: int
    kind: int
    start: int
    end: int
    present_from: int
    present_to: int
    seconds: int
    night_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What an entry stands for: all of it, but for what an earlier entry has already (rules 4.1)."""

    entry: RosterEntry
    unit: int
    settings: Regulation
    start: int
    end: int


def overtime_slowly(world: World, asked: Iterable[tuple[int, int]], now: int) -> list[TwinOvertime]:
    """The overtime of the person-days asked, sorted by person, day and start."""
    plain = plain_world(world)
    punches = punches_by_person(plain, now)
    pairs = set(asked)
    rows: list[TwinOvertime] = []
    for person in {person for person, _ in pairs}:
        days = {day for one, day in pairs if one == person}
        rows += rows_of_person(plain, person, days, punches[person])
    return sorted(rows, key=lambda row: (row.person, row.day, row.start))


def rows_of_person(
    world: PlainWorld, person: int, days: set[int], punches: list[Punch]
) -> list[TwinOvertime]:
    """The rows of one person: every part, cut at midnight."""
    parts = parts_of(world, person)
    sessions = sessions_of(world, person, min(days) - MARGIN_DAYS, max(days) + MARGIN_DAYS)
    cases = cases_of(world, expected_of(world, person, sessions), punches)
    present = presence_of(world, cases, free_parts(parts, sessions), punches)
    return [
        row_of(world, part, day, without(present, sessions))
        for part in parts
        for day in range(day_of(part.start), day_of(part.end - 1) + 1)
        if day in days
    ]


def parts_of(world: PlainWorld, person: int) -> list[Part]:
    """Entries with a posting on their date; of two that overlap the earlier has what they share."""
    entries = [e for e in world.roster if e.person == person and e.kind == RosterKind.OVERTIME]
    parts: list[Part] = []
    taken = -(10**12)
    for entry in sorted(entries, key=lambda e: (e.start, e.end, e.id)):
        unit = unit_on(world, person, day_of(entry.start))
        if unit is None:
            continue
        position = regulation_on(world, person, unit, day_of(entry.start))
        settings = DEFAULT_REGULATION if position == -1 else world.regulations[position]
        start = max(entry.start, taken)
        if start < entry.end:
            parts.append(Part(entry=entry, unit=unit, settings=settings, start=start, end=entry.end))
        taken = max(taken, entry.end)
    return parts


def cut_out(span: Interval, holes: Iterable[Interval]) -> list[Interval]:
    """An interval without some others."""
    pieces = [span]
    for begin, end in holes:
        cut = []
        for first, last in pieces:
            cut += [(first, min(last, begin)), (max(first, end), last)]
        pieces = [(first, last) for first, last in cut if first < last]
    return pieces


def without(spans: Iterable[Interval], sessions: Sequence[Session]) -> list[Interval]:
    """Rules 4.1: what is done in a session is the session's work."""
    holes = [(session.start, session.end) for session in sessions]
    return [piece for span in spans for piece in cut_out(span, holes)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Free:
    """What of a part lies in no session, with the sessions around it."""

    part: Part
    start: int
    end: int
    before: tuple[Session, ...]
    after: tuple[Session, ...]

    @property
    def gap(self) -> tuple[int, int | None, int | None]:
        """The date of the entry, the end of the session before, the start of the session after."""
        last_end = max((session.end for session in self.before), default=None)
        next_start = min((session.start for session in self.after), default=None)
        return day_of(self.part.entry.start), last_end, next_start

    @property
    def inside_a_day(self) -> bool:
        """Whether it lies between two sessions of one date."""
        return any(b.day >= a.day for b in self.before for a in self.after)


def free_parts(parts: Sequence[Part], sessions: Sequence[Session]) -> list[Free]:
    """The parts without the sessions, in order."""
    found = []
    for part in parts:
        for start, end in sorted(without([(part.start, part.end)], sessions)):
            before = tuple(session for session in sessions if session.end <= start)
            after = tuple(session for session in sessions if session.start >= end)
            found.append(Free(part=part, start=start, end=end, before=before, after=after))
    return found


def presence_of(
    world: PlainWorld, cases: Sequence[Case], free: Sequence[Free], punches: Sequence[Punch]
) -> list[Interval]:
    """Rules 4.1: from IN to OUT of the sessions attended, and from the first to the last punch around."""
    present = []
    marks: set[int] = set()
    for case in cases:
        if case.presence is None:
            continue
        for run in (case.presence.run_in, case.presence.run_out):
            marks |= {punch.id for punch in run.punches} if run else set()
        if case.presence.attended and case.presence.stretch_in and case.presence.stretch_out:
            present.append((case.presence.stretch_in.first, case.presence.stretch_out.last))
    gaps: dict[object, list[Free]] = {}
    for one in free:
        gaps.setdefault(one.gap, []).append(one)
    for together in gaps.values():
        usable = [p for p in punches if not (together[0].inside_a_day and p.id in marks)]
        present += around(world, together, usable)
    return present


def around(world: PlainWorld, together: Sequence[Free], punches: Sequence[Punch]) -> list[Interval]:
    """Rules 4.1: overtime between two sessions has a window of its own, in which 3.2 is applied."""
    settings = together[0].part.settings
    start, end = min(one.start for one in together), max(one.end for one in together)
    _, session_before, session_after = together[0].gap
    opens, closes = start - settings.open_before, end + settings.close_after
    if session_before is not None:
        opens = max(opens, -(-(session_before + start) // 2))
    if session_after is not None:
        closes = min(closes, -(-(end + session_after) // 2) - 1)
    runs = runs_of(world, [p for p in punches if opens <= p.time <= closes], settings)
    if len(runs) < 2:
        return []
    run_in = first_in(runs)
    run_out = last_out(runs, after=run_in)
    return [(run_in.first, run_out.last)] if run_in and run_out else []


def class_of(world: PlainWorld, unit: int, day: int) -> OvertimeClass:
    """Rules 4.1: a day off is a holiday, but for days in lieu and days swapped away."""
    special = special_day_on(world, unit, day)
    if special is None:
        return OvertimeClass.REST if iso_weekday(day) >= SATURDAY else OvertimeClass.WORKDAY
    if special.kind != DayKind.OFF:
        return OvertimeClass.WORKDAY
    swapped = any(
        row.kind == DayKind.MAKEUP and row.for_day == day and row.scope == special.scope
        for row in world.calendar
    )
    return OvertimeClass.REST if special.in_lieu or swapped else OvertimeClass.HOLIDAY


def merged(spans: Iterable[Interval]) -> list[Interval]:
    """Intervals joined where they meet."""
    joined: list[Interval] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def shared(spans: Iterable[Interval], first: int, last: int) -> list[Interval]:
    """What intervals have in common with [first, last)."""
    cut = [(max(begin, first), min(end, last)) for begin, end in spans]
    return [(begin, end) for begin, end in cut if begin < end]


def length(spans: Iterable[Interval]) -> int:
    """Seconds in intervals that do not overlap."""
    return sum(end - begin for begin, end in spans)


def row_of(world: PlainWorld, part: Part, day: int, present: Sequence[Interval]) -> TwinOvertime:
    """What a part comes to on one date."""
    midnight = day * DAY_SECONDS
    start, end = max(part.start, midnight), min(part.end, midnight + DAY_SECONDS)
    spans = shared(merged(present), start, end)
    by_day = shared(spans, midnight + MORNING, midnight + EVENING)
    return TwinOvertime(
        person=part.entry.person,
        day=day,
        unit=part.unit,
        entry=part.entry.id,
        kind=int(class_of(world, part.unit, day)),
        start=start,
        end=end,
        present_from=spans[0][0] if spans else NO_TIME,
        present_to=spans[-1][1] if spans else NO_TIME,
        seconds=length(spans),
        night_seconds=length(spans) - length(by_day),
    )
