"""A board: the people of a unit on a day, grouped by what needs attention, each person once."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from monitor.access import Scope
from monitor.groups import ALWAYS, QUIET, Group, group_of
from monitor.rules.codes import SessionKind
from monitor.rules.columns import DAY_SECONDS
from monitor.store.queries.board import CalendarWord, calendar_word, excused_spans, sessions_of
from monitor.store.queries.freshness import covered, relevant_terminals, terminals
from monitor.store.queries.seats import Seat, seats
from monitor.store.queries.staffing import minima
from monitor.store.queries.tree import Tree, UnitRow
from monitor.text.vietnamese import fold
from monitor.web import daybar, fresh
from monitor.web.arrivals import Arrivals, arrivals
from monitor.web.daybar import Axis
from monitor.web.desks import PublicDesk, desks
from monitor.web.fresh import Freshness
from monitor.web.rows import Row, RowMaker

MOST_ROWS = 400
OVERVIEW_ROWS = 150
"""Rows of a board that is neither filtered nor searched; a group that is cut leads to itself as a filter."""
WHOLE = 60
"""A board of more people leaves the rows of its folded groups out until they are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The shown rows of one group; `total` counts all of the group that match the search.

    A `folded` group stands closed; it has no rows when the board is large (WHOLE).
    """

    group: Group
    rows: tuple[Row, ...]
    total: int
    folded: bool

    @property
    def later(self) -> bool:
        """Whether its rows must be asked for."""
        return self.folded and not self.rows


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
    arrivals: Arrivals | None
    several_units: bool
    recorded: bool

    @property
    def large(self) -> bool:
        """Whether people may be missing from the page, so that only the server can search them all."""
        return self.strength > WHOLE

    @property
    def people(self) -> frozenset[int]:
        """Ids of those whose rows are shown."""
        return frozenset(row.seat.person_id for section in self.sections for row in section.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for; `unfolded` groups are shown although they are quiet."""

    unit: UnitRow
    day: int
    now: int
    zone: str
    pull_every_seconds: int
    language: str
    group: Group | None = None
    search: str = ""
    unfolded: frozenset[Group] = frozenset()


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
        desks=desks(units, found, grouped, sessions, minima(database, asked.day), asked.now),
        arrivals=arrivals(sessions, asked.day),
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


def _sections(
    make: RowMaker, found: Sequence[Seat], grouped: Mapping[int, Group], asked: Asked
) -> tuple[Section, ...]:
    """The groups in order of attention, each at most as far as the rows for the board reach."""
    wanted_text = fold(asked.search).strip()
    matching = [seat for seat in found if _matches(seat, wanted_text)]
    of_group: dict[Group, list[Seat]] = {group: [] for group in Group}
    for seat in matching:
        of_group[grouped[seat.person_id]].append(seat)
    filtered = asked.group or wanted_text or asked.unfolded
    sections, left = [], MOST_ROWS if filtered else OVERVIEW_ROWS
    for group, people in of_group.items():
        if not people or (asked.group and group is not asked.group):
            continue
        folded = group in QUIET and not (asked.group or wanted_text or group in asked.unfolded)
        shown = [] if folded and len(matching) > WHOLE else people[:left]
        rows = tuple(make.row(seat, group) for seat in shown)
        sections.append(Section(group=group, rows=rows, total=len(people), folded=folded))
        left -= len(rows)
    return tuple(sections)


def _matches(seat: Seat, folded: str) -> bool:
    return folded in seat.search_key or folded in fold(seat.code)
