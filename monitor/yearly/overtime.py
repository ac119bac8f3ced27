"""A month's overtime of people: approved, worked, and how much of the month's and the year's cap is used."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlmodel import Session

from monitor.config.overtime import Overtime
from monitor.periods import Month
from monitor.rules.caps import HOUR, PROFILES, CapLevel, Caps, Use, worst
from monitor.rules.codes import OvertimeClass
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.overtime_hours import (
    ApprovedRow,
    WorkedRow,
    approved_entries,
    session_times,
    worked_overtime,
)
from monitor.store.queries.reach import Reach
from monitor.store.queries.stays import Named, Stay, members_between, named, stays_of, within_reach
from monitor.store.queries.tree import Tree
from monitor.yearly.presence import Unapproved, unapproved_presence

NIGHT = "night"
Row = TypeVar("Row", WorkedRow, ApprovedRow)


def caps_of(settings: Overtime) -> Caps:
    """The caps of the configured profile; hours that are given replace its own."""
    profile = PROFILES[settings.profile]
    return Caps(
        month_hours=settings.month_hours or profile.month_hours,
        year_hours=settings.year_hours or profile.year_hours,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeLine:
    """One person's month. Seconds; `planned` is approved for dates that are not judged yet.

    `classes` are worked seconds by class of the date (`workday`, `rest`, `holiday`) and, among them, at
    `night`. `month` and `year` are what was worked, the `…_planned` with what is approved ahead. `partly`:
    days of this year so far lie in units that are not shown, and are not in the sums.
    """

    who: Named
    approved: int
    planned: int
    worked: int
    classes: Mapping[str, int]
    unapproved: Unapproved
    documents: tuple[str, ...]
    undocumented: int
    month: Use
    month_planned: Use
    year: Use
    year_planned: Use
    partly: bool

    @property
    def has_approved(self) -> bool:
        """Whether anything was approved in the year so far; else there is unapproved presence alone."""
        return bool(self.approved or self.year_planned.used_seconds)

    @property
    def level(self) -> CapLevel:
        """The nearest cap, with what is approved ahead."""
        return worst(self.month_planned, self.year_planned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose overtime is asked for: people of units as far as the reach goes, in a month; `caps` hold."""

    units: Tree
    reach: Reach
    unit_ids: frozenset[int]
    month: Month
    caps: Caps

    @property
    def days(self) -> range:
        """The days of the month."""
        return range(self.month.first_day, self.month.last_day + 1)

    @property
    def year_to_date(self) -> range:
        """From the first of January to the month's last day."""
        january = day_of(date(date_of(self.month.first_day).year, 1, 1))
        return range(january, self.month.last_day + 1)


def overtime_month(session: Session, whose: Whose) -> list[OvertimeLine]:
    """Everybody with approved overtime in the year so far, or unapproved presence in the month; by name."""
    year = whose.year_to_date
    worked = worked_overtime(session, whose.reach, whose.unit_ids, year)
    people = members_between(session, whose.unit_ids, year) | {row.person_id for row in worked}
    every = stays_of(session, whose.units, people, year)
    seen = [stay for stay in within_reach(every, whose.reach) if stay.unit_id in whose.unit_ids]
    stays = _by_person(seen)
    approved = _visible(approved_entries(session, people, year), stays)
    times = session_times(session, whose.reach, whose.unit_ids, whose.days)
    presence = unapproved_presence(times, _windows(worked))
    shown = {row.person_id for row in worked} | {row.person_id for row in approved} | presence.keys()
    names = named(session, shown, whose.unit_ids, year)
    elsewhere = frozenset(stay.person_id for stay in set(every) - set(seen))
    made = _Maker(whose=whose, worked=_group(worked), approved=_group(approved), elsewhere=elsewhere)
    return [
        made.line(names[person], presence.get(person, Unapproved()))
        for person in sorted(shown, key=lambda one: (names[one].sort_key, names[one].code))
    ]


def _by_person(stays: Iterable[Stay]) -> dict[int, list[Stay]]:
    found: defaultdict[int, list[Stay]] = defaultdict(list)
    for stay in stays:
        found[stay.person_id].append(stay)
    return found


def _visible(entries: Iterable[ApprovedRow], stays: Mapping[int, list[Stay]]) -> list[ApprovedRow]:
    """Entries that begin on a day on which the person belongs to the units (rules 2.5)."""
    return [
        entry
        for entry in entries
        if any(
            stay.first_day <= entry.starts // DAY_SECONDS <= stay.last_day
            for stay in stays.get(entry.person_id, ())
        )
    ]


def _group(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(row)
    return found


def _windows(worked: Iterable[WorkedRow]) -> dict[tuple[int, int], list[tuple[int, int]]]:
    found: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for row in worked:
        found[row.person_id, row.day].append((row.starts, row.ends))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Maker:
    """Makes lines of what was read of everybody."""

    whose: Whose
    worked: Mapping[int, Sequence[WorkedRow]]
    approved: Mapping[int, Sequence[ApprovedRow]]
    elsewhere: frozenset[int]

    def line(self, who: Named, presence: Unapproved) -> OvertimeLine:
        rows, entries = self.worked.get(who.person_id, ()), self.approved.get(who.person_id, ())
        month = [row for row in rows if row.day in self.whose.days]
        ahead_month = _ahead(entries, rows, self.whose.days)
        ahead_year = _ahead(entries, rows, self.whose.year_to_date)
        done_month, done_year = _seconds(month), _seconds(rows)
        touching = _touching(entries, self.whose.days)
        caps = self.whose.caps
        return OvertimeLine(
            who=who,
            approved=sum(row.ends - row.starts for row in month) + ahead_month,
            planned=ahead_month,
            worked=done_month,
            classes=_classes(month),
            unapproved=presence,
            documents=tuple(dict.fromkeys(entry.document for entry in touching if entry.document)),
            undocumented=sum(not entry.document for entry in touching),
            month=Use(used_seconds=done_month, cap_hours=caps.month_hours),
            month_planned=Use(used_seconds=done_month + ahead_month, cap_hours=caps.month_hours),
            year=Use(used_seconds=done_year, cap_hours=caps.year_hours),
            year_planned=Use(used_seconds=done_year + ahead_year, cap_hours=caps.year_hours),
            partly=who.person_id in self.elsewhere,
        )


def _seconds(rows: Iterable[WorkedRow]) -> int:
    return sum(row.seconds for row in rows)


def _classes(rows: Iterable[WorkedRow]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[OvertimeClass(row.kind).name.lower()] += row.seconds
        found[NIGHT] += row.night_seconds
    return found


def _touching(entries: Iterable[ApprovedRow], days: range) -> list[ApprovedRow]:
    return [entry for entry in entries if _length(entry, days)]


def _ahead(entries: Iterable[ApprovedRow], rows: Collection[WorkedRow], days: range) -> int:
    """Seconds of the days that are approved and on a date without a record yet."""
    recorded = {(row.entry_id, row.day) for row in rows}
    return sum(
        _length(entry, range(day, day + 1))
        for entry in entries
        for day in range(entry.starts // DAY_SECONDS, (entry.ends - 1) // DAY_SECONDS + 1)
        if day in days and (entry.id, day) not in recorded
    )


def _length(entry: ApprovedRow, days: range) -> int:
    return max(0, min(entry.ends, days.stop * DAY_SECONDS) - max(entry.starts, days.start * DAY_SECONDS))


def warnings_of(lines: Iterable[OvertimeLine]) -> list[OvertimeLine]:
    """Those who are near a cap or have reached it, with what is approved ahead."""
    return [line for line in lines if line.level is not CapLevel.BELOW]


def hours(seconds: int) -> float:
    """Hours to two places."""
    return round(seconds / HOUR, 2)
