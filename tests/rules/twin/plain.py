"""The inputs of the rules as plain objects, one per row, instead of columns."""

from dataclasses import dataclass, fields
from typing import Any

from monitor.rules.columns import Columns, World
from monitor.rules.regulation import Regulation

MANUAL_TERMINAL = -1
"""The terminal named `manual` (rules 5): it has no place among the terminals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A person belongs to a unit."""

    person: int
    unit: int
    first_day: int
    last_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDay:
    """A confirmed calendar row."""

    day: int
    scope: int
    kind: str
    for_day: int
    document: str
    in_lieu: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A punch source."""

    unit: int
    installed_on: int
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A device user id means a person, at one terminal or at any."""

    person: int
    terminal: int
    device_user: int
    first_day: int
    last_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Punch:
    """A raw punch; a manual one has no device user id (-1) and no states (0)."""

    id: int
    terminal: int
    device_user: int
    time: int
    states: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuse:
    """An approved excuse."""

    id: int
    person: int
    symbol: str
    counts_cong: bool
    start: int
    end: int
    document_day: int
    entered_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry:
    """A roster entry, `[start, end)`."""

    id: int
    person: int
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """Seconds a person may use in working time."""

    person: int
    seconds: int
    where: str
    first_day: int
    last_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredSpan:
    """A closed interval for which a terminal's log is known."""

    terminal: int
    start: int
    end: int
    declared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainWorld:
    """All inputs; `person`, `unit`, `terminal` are positions as in `World`."""

    people: tuple[str, ...]
    unit_codes: tuple[str, ...]
    unit_parents: tuple[int, ...]
    regulations: tuple[Regulation, ...]
    postings: tuple[Posting, ...]
    calendar: tuple[SpecialDay, ...]
    terminals: tuple[Terminal, ...]
    badges: tuple[Badge, ...]
    punches: tuple[Punch, ...]
    manual: tuple[tuple[int, Punch], ...]
    """Manual punches with their persons."""
    excuses: tuple[Excuse, ...]
    roster: tuple[RosterEntry, ...]
    allowances: tuple[Allowance, ...]
    coverage: tuple[CoveredSpan, ...]
    silent: frozenset[tuple[int, int]]
    explained: frozenset[tuple[int, int]]
    findings: tuple[tuple[int, int, int], ...]
    """Person, and the closed interval in which an inspection found the person away."""


def rows_of(columns: Columns) -> list[dict[str, Any]]:
    """Every row of a column set as a dictionary of plain Python values."""
    names = [field.name for field in fields(columns)]
    lists = [getattr(columns, name).tolist() for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*lists, strict=True)]


def plain_world(world: World) -> PlainWorld:
    """The same world as plain objects."""
    return PlainWorld(
        people=tuple(world.people.tolist()),
        unit_codes=tuple(world.units.code.tolist()),
        unit_parents=tuple(world.units.parent.tolist()),
        regulations=world.regulations,
        postings=tuple(Posting(**row) for row in rows_of(world.postings)),
        calendar=_confirmed_days(world),
        terminals=_terminals(world),
        badges=tuple(Badge(**row) for row in rows_of(world.badges)),
        punches=tuple(Punch(**row) for row in rows_of(world.punches)),
        manual=_manual_punches(world),
        excuses=_approved_excuses(world),
        roster=tuple(RosterEntry(**row) for row in rows_of(world.roster)),
        allowances=tuple(Allowance(**row) for row in rows_of(world.allowances)),
        coverage=tuple(CoveredSpan(**row) for row in rows_of(world.coverage)),
        silent=frozenset((row["terminal"], row["day"]) for row in rows_of(world.silent)),
        explained=frozenset((row["person"], row["day"]) for row in rows_of(world.explained)),
        findings=tuple((row["person"], row["start"], row["end"]) for row in rows_of(world.findings)),
    )


def _confirmed_days(world: World) -> tuple[SpecialDay, ...]:
    """Rules 2.3: proposed rows never apply."""
    rows = [row for row in rows_of(world.calendar) if row.pop("confirmed")]
    return tuple(SpecialDay(**row) for row in rows)


def _terminals(world: World) -> tuple[Terminal, ...]:
    return tuple(
        Terminal(unit=row["unit"], installed_on=row["installed_on"], direction=row["direction"])
        for row in rows_of(world.terminals)
    )


def _manual_punches(world: World) -> tuple[tuple[int, Punch], ...]:
    """Rules 5: a manual punch counts as a punch at a terminal of its own, without direction."""
    return tuple(
        (
            row["person"],
            Punch(id=row["id"], terminal=MANUAL_TERMINAL, device_user=-1, time=row["time"], states=0),
        )
        for row in rows_of(world.manual)
    )


def _approved_excuses(world: World) -> tuple[Excuse, ...]:
    """Rules 5: only approved excuses count."""
    types = rows_of(world.excuse_types)
    excuses = []
    for row in rows_of(world.excuses):
        if row.pop("approved"):
            kind = types[row.pop("kind")]
            excuses.append(Excuse(**row, symbol=kind["symbol"], counts_cong=kind["counts_cong"]))
    return tuple(excuses)
