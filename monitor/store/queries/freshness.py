"""How far the terminals' logs are known to be complete, for the freshness line and for gaps."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.seats import Seat
from monitor.store.queries.spans import Span, joined
from monitor.store.queries.tree import Tree
from monitor.store.queries.zones import in_zone
from monitor.store.tables import Badge, CoverageInterval, Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalRow:
    """A terminal, without its secrets."""

    id: int
    code: str
    name: str
    unit_id: int | None
    timezone: str
    installed_day: int | None


def terminals(session: Session) -> dict[int, TerminalRow]:
    """Every terminal by id."""
    columns = (
        col(Terminal.id),
        col(Terminal.code),
        col(Terminal.name),
        col(Terminal.unit_id),
        col(Terminal.timezone),
        col(Terminal.installed_on),
    )
    found = {}
    for row in session.connection().execute(select(*columns).order_by(col(Terminal.code))):
        found[row[0] or 0] = TerminalRow(
            id=row[0] or 0,
            code=row[1],
            name=row[2],
            unit_id=row[3],
            timezone=row[4],
            installed_day=None if row[5] is None else day_of(row[5]),
        )
    return found


def relevant_terminals(
    session: Session, found: Sequence[Seat], day: int, *, units: Tree, known: Mapping[int, TerminalRow]
) -> dict[int, frozenset[int]]:
    """By person: ids of the terminals at which a mark of the day would be looked for (rules 7)."""
    on = date_of(day)
    badges = session.connection().execute(
        select(col(Badge.person_id), col(Badge.terminal_id))
        .where(col(Badge.person_id).in_([seat.person_id for seat in found]))
        .where(or_(col(Badge.valid_from).is_(None), col(Badge.valid_from) <= on))
        .where(or_(col(Badge.valid_to).is_(None), col(Badge.valid_to) >= on))
    )
    held: defaultdict[int, set[int]] = defaultdict(set)
    for person, terminal in badges:
        held[person] |= set(known) if terminal is None else {terminal}
    near = _Nearest(units=units, known=known, day=day)
    return {seat.person_id: near.of(seat.unit_id, frozenset(held[seat.person_id])) for seat in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Nearest:
    """The walk from a unit to the root, done once for each unit and set of terminals."""

    units: Tree
    known: Mapping[int, TerminalRow]
    day: int
    done: dict[tuple[int, frozenset[int]], frozenset[int]] = field(default_factory=dict)

    def of(self, unit_id: int, held: frozenset[int]) -> frozenset[int]:
        """Those of the terminals that the first unit owns that owns any of them, else all."""
        if (unit_id, held) not in self.done:
            self.done[(unit_id, held)] = self._walk(unit_id, held)
        return self.done[(unit_id, held)]

    def _walk(self, unit_id: int, held: frozenset[int]) -> frozenset[int]:
        counting = frozenset(terminal for terminal in held if self._installed(terminal))
        for unit in self.units.path(unit_id):
            if own := frozenset(terminal for terminal in counting if self.known[terminal].unit_id == unit):
                return own
        return counting

    def _installed(self, terminal_id: int) -> bool:
        installed = self.known[terminal_id].installed_day
        return installed is None or installed <= self.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What is known of one terminal's log: joined spans around a day, and how far it reaches.

    Wall-clock seconds of the installation's zone; `until` None means that nothing is covered.
    """

    terminal: TerminalRow
    spans: tuple[Span, ...]
    until: int | None


def covered(
    session: Session, known: Mapping[int, TerminalRow], first: int, last: int, zone: str
) -> dict[int, Covered]:
    """Coverage of all terminals between two wall-clock seconds of the zone, and its reach up to `last`."""
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    starts_before = col(CoverageInterval.starts) <= last + DAY_SECONDS  # a day's slack for other zones
    near = (col(CoverageInterval.ends) >= first - DAY_SECONDS) & starts_before
    columns = (col(CoverageInterval.terminal_id), col(CoverageInterval.starts), col(CoverageInterval.ends))
    for terminal, starts, ends in session.connection().execute(select(*columns).where(near)):
        own = known[terminal].timezone
        spans[terminal].append((in_zone(starts, own, zone), in_zone(ends, own, zone)))
    reach = _reach(session, known, last, zone)
    return {
        terminal: Covered(terminal=row, spans=tuple(joined(spans[terminal])), until=reach.get(terminal))
        for terminal, row in known.items()
    }


def _reach(session: Session, known: Mapping[int, TerminalRow], last: int, zone: str) -> dict[int, int]:
    """The latest covered second of each terminal that is not after `last`."""
    rows = session.connection().execute(
        select(col(CoverageInterval.terminal_id), func.max(col(CoverageInterval.ends)))
        .where(col(CoverageInterval.starts) <= last)
        .group_by(col(CoverageInterval.terminal_id))
    )
    return {row[0]: min(in_zone(row[1], known[row[0]].timezone, zone), last) for row in rows}
