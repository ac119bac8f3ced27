"""Who is expected when (rules 2): postings, regulations, day types, sessions, roster, overlaps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.rules.codes import DayKind, RosterKind, SessionKind
from monitor.rules.columns import DAY_SECONDS, NO_DAY
from monitor.rules.regulation import DEFAULT_REGULATION, Regulation
from tests.rules.twin.plain import PlainWorld, RosterEntry, SpecialDay

FRIDAY = 5
ROSTER_MARKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One session `[start, end)` of one person, as it stands after releases and overlaps."""

    person: int
    day: int
    unit: int
    regulation: int
    settings: Regulation
    special_day: SpecialDay | None
    kind: SessionKind
    name: str
    start: int
    end: int
    marks: int
    cong: float
    overlap_cut: bool = False


def iso_weekday(day: int) -> int:
    """ISO weekday, 1 = Monday, of a day counted from 1970-01-01, which was a Thursday."""
    return (day + 3) % 7 + 1


def day_of(instant: int) -> int:
    """The date of an instant."""
    return instant // DAY_SECONDS


def unit_on(world: PlainWorld, person: int, day: int) -> int | None:
    """Rules 2.1: the unit of the posting valid on the day; the one that began last, then the smaller code."""
    valid = [p for p in world.postings if p.person == person and p.first_day <= day <= p.last_day]
    if not valid:
        return None
    valid.sort(key=lambda p: (-p.first_day, world.unit_codes[p.unit]))
    return valid[0].unit


def unit_and_ancestors(world: PlainWorld, unit: int) -> list[int]:
    """The unit, its parent, and so on to the root."""
    line = []
    while unit != -1:
        line.append(unit)
        unit = world.unit_parents[unit]
    return line


def regulation_on(world: PlainWorld, person: int, unit: int, day: int) -> int:
    """Rules 2.2: position of the regulation in force, -1 for none."""
    levels = [("person", person)]
    levels += [("unit", u) for u in unit_and_ancestors(world, unit)]
    levels += [("*", -1)]
    for level in levels:
        versions = [
            (regulation.valid_from, position)
            for position, regulation in enumerate(world.regulations)
            if regulation.valid_from <= day
            and any((target.kind, target.index) == level for target in regulation.targets)
        ]
        if versions:
            return max(versions)[1]
    return -1


def special_day_on(world: PlainWorld, unit: int, day: int) -> SpecialDay | None:
    """Rules 2.3: the calendar row of the day, most specific scope first."""
    for scope in [*unit_and_ancestors(world, unit), -1]:
        for row in world.calendar:
            if row.day == day and row.scope == scope:
                return row
    return None


def weekday_asked(special: SpecialDay | None, day: int) -> int | None:
    """Rules 2.4: the weekday whose sessions are expected on the day, None on a day off."""
    if special is None or special.kind == DayKind.WORK:
        return iso_weekday(day)
    if special.kind == DayKind.OFF:
        return None
    return FRIDAY if special.for_day == NO_DAY else iso_weekday(special.for_day)


def office_sessions(world: PlainWorld, person: int, day: int) -> list[Session]:
    """Rules 2.1-2.4: the office sessions of one date."""
    unit = unit_on(world, person, day)
    if unit is None:
        return []
    position = regulation_on(world, person, unit, day)
    special = special_day_on(world, unit, day)
    weekday = weekday_asked(special, day)
    if position == -1 or weekday is None:
        return []
    settings = world.regulations[position]
    listed = settings.sessions_of(weekday)
    return [
        Session(
            person=person,
            day=day,
            unit=unit,
            regulation=position,
            settings=settings,
            special_day=special,
            kind=SessionKind.OFFICE,
            name=session.name,
            start=day * DAY_SECONDS + session.start_seconds,
            end=day * DAY_SECONDS + session.end_seconds,
            marks=settings.marks,
            cong=1 / len(listed) if session.cong is None else session.cong,
        )
        for session in listed
    ]


def roster_session(world: PlainWorld, entry: RosterEntry) -> Session | None:
    """Rules 2.5: the session of a duty or extra entry, with marks 4; it needs a posting on its date."""
    day = day_of(entry.start)
    unit = unit_on(world, entry.person, day)
    if unit is None:
        return None
    position = regulation_on(world, entry.person, unit, day)
    return Session(
        person=entry.person,
        day=day,
        unit=unit,
        regulation=position,
        settings=DEFAULT_REGULATION if position == -1 else world.regulations[position],
        special_day=special_day_on(world, unit, day),
        kind=SessionKind.DUTY if entry.kind == RosterKind.DUTY else SessionKind.EXTRA,
        name=entry.kind,
        start=entry.start,
        end=entry.end,
        marks=ROSTER_MARKS,
        cong=0.0,
    )


def roster_sessions(world: PlainWorld, person: int, first_day: int, last_day: int) -> list[Session]:
    """Rules 2.5: the sessions that duty and extra entries add."""
    sessions = []
    for entry in world.roster:
        wanted = entry.person == person and entry.kind in {RosterKind.DUTY, RosterKind.EXTRA}
        if wanted and first_day <= day_of(entry.start) <= last_day:
            session = roster_session(world, entry)
            if session is not None:
                sessions.append(session)
    return sessions


def without_released(world: PlainWorld, person: int, sessions: Sequence[Session]) -> list[Session]:
    """Rules 2.5: a release removes each session that lies wholly inside it; it needs a posting too."""
    releases = [
        entry
        for entry in world.roster
        if entry.person == person
        and entry.kind == RosterKind.RELEASE
        and unit_on(world, person, day_of(entry.start)) is not None
    ]
    return [s for s in sessions if not any(r.start <= s.start and s.end <= r.end for r in releases)]


def overlap(one: Session, other: Session) -> bool:
    """Whether two sessions share an instant; `[start, end)`, so touching is not overlapping."""
    return one.start < other.end and other.start < one.end


def roster_without_overlaps(sessions: Sequence[Session]) -> list[Session]:
    """Rules 2: of two roster sessions the first to start, then to end, stays; a lost one cuts nothing."""
    kept: list[Session] = []
    for session in sorted(sessions, key=lambda s: (s.start, s.end, s.kind)):
        if not any(overlap(session, other) for other in kept):
            kept.append(session)
    return kept


def office_before_roster(session: Session, roster: Sequence[Session]) -> Session | None:
    """Rules 2: an office session keeps only the part before the roster sessions that overlap it."""
    starts = [other.start for other in roster if overlap(session, other)]
    if not starts:
        return session
    if min(starts) <= session.start:
        return None
    return replace(session, end=min(starts), overlap_cut=True)


def sessions_of(world: PlainWorld, person: int, first_day: int, last_day: int) -> list[Session]:
    """Rules 2: every session of a person whose work date lies in the days given, sorted by start."""
    office: list[Session] = []
    for day in range(first_day, last_day + 1):
        office += office_sessions(world, person, day)
    roster = roster_without_overlaps(
        without_released(world, person, roster_sessions(world, person, first_day, last_day))
    )
    remaining = [office_before_roster(s, roster) for s in without_released(world, person, office)]
    sessions = [s for s in remaining if s is not None] + roster
    return sorted(sessions, key=lambda s: (s.start, s.end))
