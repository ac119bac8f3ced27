"""A board: the people of a unit on a day, grouped by what needs attention, each person once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from monitor.access import Scope
from monitor.groups import ALWAYS, PRESENT, QUIET, Group, group_of
from monitor.rules.codes import SessionKind
from monitor.rules.columns import DAY_SECONDS
from monitor.store.queries.board import CalendarWord, calendar_word, excused_spans, sessions_of
from monitor.store.queries.freshness import covered, relevant_terminals, terminals
from monitor.store.queries.seats import Seat, seats
from monitor.store.queries.tree import Tree, UnitRow
from monitor.text.vietnamese import fold
from monitor.web import daybar, fresh
from monitor.web.daybar import Axis
from monitor.web.fresh import Freshness
from monitor.web.rows import Row, RowMaker

MOST_ROWS = 400
_NOT_EXPECTED = frozenset({Group.EXCUSED, Group.NO_SESSIONS, Group.NOT_DUE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The shown rows of one group; `total` counts all of the group that match the search."""

    group: Group
    rows: tuple[Row, ...]
    total: int
    folded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDesk:
    """A public-facing unit of the board: how many of those expected came."""

    unit: UnitRow
    present: int
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the page shows; `counts` add up to `strength`, whatever the filter."""

    unit: UnitRow
    day: int
    counts: Mapping[Group, int]
    strength: int
    sections: tuple[Section, ...]
    axis: Axis
    freshness: Freshness
    calendar: CalendarWord | None
    desks: tuple[PublicDesk, ...]
    several_units: bool
    recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for."""

    unit: UnitRow
    day: int
    now: int
    zone: str
    pull_every_seconds: int
    language: str
    group: Group | None = None
    search: str = ""


def board(database: Session, scope: Scope, units: Tree, asked: Asked) -> Board:
    """The board of a unit and its sub-units that the scope may see."""
    reach = scope.reach
    shown_units = reach.within(units.subtree(asked.unit.id), asked.day)
    found = seats(database, reach, shown_units, asked.day)
    sessions = sessions_of(database, found, asked.day)
    everything = [session for one in sessions.values() for session in one]
    # One duty over the night must not shrink everybody's day: its bar is cut at the edge here, and
    # shown whole on the person's own page.
    usual = [session for session in everything if session.kind == SessionKind.OFFICE]
    axis = daybar.axis_of(asked.day, usual, asked.now)
    time = fresh.wanted(asked.day, everything, asked.now)
    known = terminals(database)
    covers = covered(database, known, time.first, time.last, asked.zone)
    relevant = relevant_terminals(database, found, asked.day, units=units, known=known)
    grouped = {seat.person_id: group_of(seat, sessions.get(seat.person_id, ())) for seat in found}
    counts = _counts(grouped.values())
    make = RowMaker(
        units=units,
        axis=axis,
        sessions=sessions,
        excused=excused_spans(database, found, asked.day),
        gaps=fresh.gaps_by_terminal(covers, time),
        terminal_names={terminal.id: terminal.name for terminal in known.values()},
        namesakes=_namesakes(found),
        language=asked.language,
    )
    return Board(
        unit=asked.unit,
        day=asked.day,
        counts=counts,
        strength=len(found),
        sections=_sections(make, found, grouped, asked),
        axis=axis,
        freshness=fresh.freshness(
            frozenset().union(*relevant.values()),
            covers,
            fresh.undecided_by_terminal(sessions.values()),
            time,
            pull_every_seconds=asked.pull_every_seconds,
        ),
        calendar=calendar_word(database, units, asked.unit.id, asked.day),
        desks=_desks(units, found, grouped),
        several_units=len({seat.unit_id for seat in found}) > 1,
        recorded=bool(everything) or asked.day * DAY_SECONDS > asked.now,
    )


def _counts(groups: Iterable[Group]) -> dict[Group, int]:
    """Counts of the tiles in their order: the usual ones always, the others when not zero."""
    counted = dict.fromkeys([*ALWAYS, *(group for group in Group if group not in ALWAYS)], 0)
    for group in groups:
        counted[group] += 1
    return {group: count for group, count in counted.items() if count or group in ALWAYS}


def _namesakes(found: Sequence[Seat]) -> frozenset[str]:
    names = Counter(seat.name for seat in found)
    return frozenset(name for name, count in names.items() if count > 1)


def _desks(units: Tree, found: Sequence[Seat], grouped: Mapping[int, Group]) -> tuple[PublicDesk, ...]:
    """Public-facing units, with those present against those expected (not excused, with sessions)."""
    expected: dict[int, list[Group]] = {}
    for seat in found:
        group = grouped[seat.person_id]
        if units.units[seat.unit_id].public_facing and group not in _NOT_EXPECTED:
            expected.setdefault(seat.unit_id, []).append(group)
    return tuple(
        PublicDesk(unit=units.units[unit], present=sum(g in PRESENT for g in groups), expected=len(groups))
        for unit, groups in sorted(expected.items(), key=lambda item: units.units[item[0]].code)
    )


def _sections(
    make: RowMaker, found: Sequence[Seat], grouped: Mapping[int, Group], asked: Asked
) -> tuple[Section, ...]:
    """The groups in order of attention, at most `MOST_ROWS` rows in all."""
    wanted_text = fold(asked.search).strip()
    matching = [seat for seat in found if _matches(seat, wanted_text)]
    sections, left = [], MOST_ROWS
    for group in [asked.group] if asked.group else list(Group):
        people = [seat for seat in matching if grouped[seat.person_id] == group]
        if people:
            rows = tuple(make.row(seat, group) for seat in people[:left])
            folded = group in QUIET and not asked.group and not wanted_text
            sections.append(Section(group=group, rows=rows, total=len(people), folded=folded))
            left -= len(rows)
    return tuple(sections)


def _matches(seat: Seat, folded: str) -> bool:
    return folded in seat.search_key or folded in fold(seat.code)
