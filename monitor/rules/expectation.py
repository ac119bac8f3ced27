"""Who is expected when: the sessions of each person-day before a single punch is looked at (rules 2)."""

from dataclasses import dataclass, fields

import numpy as np

from monitor.rules.arrays import expand, keyed, keyed_day
from monitor.rules.calendar import weekday_used
from monitor.rules.codes import Reason, RosterKind, SessionKind
from monitor.rules.columns import (
    DAY_SECONDS,
    Columns,
    Float64,
    Int8,
    Int32,
    Int64,
    PersonDays,
    RosterEntries,
    Text,
    UInt32,
    World,
)
from monitor.rules.places import Places, places_of
from monitor.rules.regulation import OfficeSession, Regulation
from monitor.rules.roster import cut_by_roster, disjoint, released

ROSTER_SESSIONS = {RosterKind.DUTY: SessionKind.DUTY, RosterKind.EXTRA: SessionKind.EXTRA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions(Columns):
    """Expected sessions `[start, end)`, sorted by person, start, end.

    `regulation` and `calendar` are positions of the rows used, -1 for none; `cong` is what an
    attended session is worth; `reasons` holds `no_regulation` and `overlap_cut`.
    """

    person: Int32
    day: Int32
    unit: Int32
    regulation: Int32
    calendar: Int32
    kind: Int8
    name: Text
    start: Int64
    end: Int64
    cong: Float64
    reasons: UInt32


def expected_sessions(world: World, days: PersonDays) -> Sessions:
    """Sessions of the given person-days (sorted, each once), and roster sessions that reach into them."""
    office = _office_sessions(world, places_of(world, days))
    entries = entries_posted(world, days)
    if not len(entries):
        return _sorted(office)
    roster = _roster_sessions(world, entries)
    releases = entries.only(entries.kind == RosterKind.RELEASE)
    roster = _sorted(roster.only(~released(releases, roster.person, roster.start, roster.end)))
    roster = roster.take(disjoint(roster.person, roster.start, roster.end))
    office = office.only(~released(releases, office.person, office.start, office.end))
    roster = roster.take(_reaching(roster, days))
    return _sorted(_together(_cut(office, roster), roster))


def _office_sessions(world: World, places: Places) -> Sessions:
    """The sessions that each person-day's regulation has for the weekday that counts (rules 2.4)."""
    week = _Week.of(world.regulations)
    weekday = weekday_used(world.calendar, places.calendar, places.day)
    slot = np.where(places.regulation >= 0, places.regulation * 8 + weekday, 0)
    row, rank = expand(week.count[slot])
    template = week.first[slot[row]] + rank
    midnight = places.day[row].astype(np.int64) * DAY_SECONDS
    return Sessions(
        **_place_columns(places, row),
        kind=np.full(len(row), SessionKind.OFFICE, np.int8),
        name=week.name[template],
        start=midnight + week.start[template],
        end=midnight + week.end[template],
        cong=week.cong[template],
        reasons=np.zeros(len(row), np.uint32),
    )


def _place_columns(places: Places, row: Int64) -> dict[str, Int32]:
    return {field.name: getattr(places, field.name)[row] for field in fields(Places)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Week:
    """Sessions of all regulations, ordered by slot (regulation * 8 + ISO weekday; weekday 0 has none)."""

    count: Int64
    first: Int64
    name: Text
    start: Int64
    end: Int64
    cong: Float64

    @classmethod
    def of(cls, regulations: tuple[Regulation, ...]) -> "_Week":
        slots: list[tuple[OfficeSession, ...]] = [()]
        for regulation in regulations:
            slots.extend(regulation.sessions_of(weekday) for weekday in range(1, 8))
            slots.append(())
        count = np.array([len(slot) for slot in slots], np.int64)
        templates = [(session, len(slot)) for slot in slots for session in slot]
        return cls(
            count=count,
            first=np.cumsum(count) - count,
            name=np.array([session.name for session, _ in templates], object),
            start=np.array([session.start_seconds for session, _ in templates], np.int64),
            end=np.array([session.end_seconds for session, _ in templates], np.int64),
            cong=np.array([1 / n if s.cong is None else s.cong for s, n in templates], np.float64),
        )


def entries_posted(world: World, days: PersonDays) -> RosterEntries:
    """Roster entries of the people asked that have a posting on the date they begin (rules 2.5)."""
    entries = world.roster.take(np.argsort(world.roster.id, kind="stable"))
    asked = np.zeros(len(world.people), bool)
    asked[days.person] = True
    entries = entries.only(asked[entries.person] & (entries.end > entries.start))
    if not len(entries):
        return entries
    begins_on = PersonDays(person=entries.person, day=_day_of(entries.start))
    posted = places_of(world, begins_on)
    keys = np.unique(keyed_day(posted.person, posted.day))
    return entries.only(np.isin(keyed_day(begins_on.person, begins_on.day), keys))


def _roster_sessions(world: World, entries: RosterEntries) -> Sessions:
    """A session for each duty and extra entry, named by its kind (rules 2.5)."""
    entries = entries.only(np.isin(entries.kind, list(ROSTER_SESSIONS)))
    places = places_of(world, PersonDays(person=entries.person, day=_day_of(entries.start)))
    unruled = places.regulation < 0
    return Sessions(
        **_place_columns(places, np.arange(len(places))),
        kind=np.where(entries.kind == RosterKind.DUTY, SessionKind.DUTY, SessionKind.EXTRA).astype(np.int8),
        name=entries.kind,
        start=entries.start,
        end=entries.end,
        cong=np.zeros(len(entries), np.float64),
        reasons=np.where(unruled, Reason.NO_REGULATION, 0).astype(np.uint32),
    )


def _day_of(time: Int64) -> Int32:
    return (time // DAY_SECONDS).astype(np.int32)


def _reaching(roster: Sessions, days: PersonDays) -> Int64:
    """Roster sessions that share a date with one of the person-days."""
    table = keyed_day(days.person, days.day)
    from_day = np.searchsorted(table, keyed_day(roster.person, roster.start // DAY_SECONDS))
    past_day = np.searchsorted(table, keyed_day(roster.person, roster.end // DAY_SECONDS), side="right")
    return np.flatnonzero(past_day > from_day)


def _cut(office: Sessions, roster: Sessions) -> Sessions:
    """Office sessions with what a roster session takes from them cut away (rules 2)."""
    end = cut_by_roster(office.person, office.start, office.end, roster.person, roster.start, roster.end)
    reasons = office.reasons | np.where(end < office.end, Reason.OVERLAP_CUT, 0).astype(np.uint32)
    columns = {field.name: getattr(office, field.name) for field in fields(Sessions)}
    cut = Sessions(**(columns | {"end": end, "reasons": reasons}))
    return cut.only(cut.end > cut.start)


def _together(first: Sessions, second: Sessions) -> Sessions:
    return Sessions(
        **{
            f.name: np.concatenate((getattr(first, f.name), getattr(second, f.name)))
            for f in fields(Sessions)
        }
    )


def _sorted(sessions: Sessions) -> Sessions:
    begun = keyed(sessions.person, sessions.start)
    if np.all(begun[1:] > begun[:-1]):  # as a rule they are: person-days come in order
        return sessions
    return sessions.take(np.lexsort((sessions.end, begun)))
