"""A world that is still being written: rows in lists, turned into columns at the end."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, TypeVar

import numpy as np

from monitor.rules.columns import (
    ANY_TERMINAL,
    DAY_MAX,
    DAY_MIN,
    NO_DAY,
    NO_TIME,
    Allowances,
    Badges,
    Bool,
    CalendarRows,
    Columns,
    Coverage,
    Excuses,
    ExcuseTypes,
    Explained,
    Findings,
    Int32,
    Int64,
    ManualPunches,
    PersonDays,
    Postings,
    Punches,
    RosterEntries,
    SilentDays,
    Terminals,
    Text,
    UInt8,
    Units,
    World,
)
from monitor.rules.regulation import Regulation

DTYPES: dict[Any, Any] = {Int32: np.int32, Int64: np.int64, UInt8: np.uint8, Bool: np.bool_, Text: np.object_}
ALWAYS = (DAY_MIN, DAY_MAX)
NO_STATE = 1 << 7
EXCUSE_TYPES = (
    ("leave", "P", True),
    ("business_trip", "CT", True),
    ("unpaid", "KL", False),
    ("sick", "O", False),
)
"""Code, symbol, counts công."""

Row = tuple[Any, ...]
Set = TypeVar("Set", bound=Columns)


def at(text: str) -> int:
    """The instant of `YYYY-MM-DD HH:MM` or `YYYY-MM-DD HH:MM:SS`, wall-clock."""
    return int((datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds())


def on(text: str) -> int:
    """The day of `YYYY-MM-DD`."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def columns(kind: type[Set], rows: Sequence[Row]) -> Set:
    """A column set of the rows given, each in the order of the set's fields."""
    arrays = {}
    for position, one in enumerate(fields(kind)):
        array = np.empty(len(rows), dtype=DTYPES[one.type])
        array[:] = [row[position] for row in rows]
        arrays[one.name] = array
    return kind(**arrays)


def person_days(pairs: Sequence[tuple[int, int]]) -> PersonDays:
    """The (person, day) pairs as columns."""
    return columns(PersonDays, pairs)


@dataclass(slots=True, kw_only=True)
class Draft:
    """Rows of every column set, in the order of its fields; `world()` gives the columns."""

    people: list[str] = field(default_factory=list)
    units: list[Row] = field(default_factory=list)
    postings: list[Row] = field(default_factory=list)
    regulations: list[Regulation] = field(default_factory=list)
    calendar: list[Row] = field(default_factory=list)
    terminals: list[Row] = field(default_factory=list)
    badges: list[Row] = field(default_factory=list)
    punches: list[Row] = field(default_factory=list)
    manual: list[Row] = field(default_factory=list)
    excuses: list[Row] = field(default_factory=list)
    roster: list[Row] = field(default_factory=list)
    allowances: list[Row] = field(default_factory=list)
    coverage: list[Row] = field(default_factory=list)
    silent: list[Row] = field(default_factory=list)
    explained: list[Row] = field(default_factory=list)
    findings: list[Row] = field(default_factory=list)

    def unit(self, code: str, parent: int = -1) -> int:
        """Add a unit; its position."""
        self.units.append((code, parent))
        return len(self.units) - 1

    def person(self, code: str) -> int:
        """Add a person without a posting; codes must be added in order. Its position."""
        self.people.append(code)
        return len(self.people) - 1

    def post(self, person: int, unit: int, valid: tuple[int, int] = ALWAYS) -> None:
        """Add a posting."""
        self.postings.append((person, unit, *valid))

    def terminal(self, code: str, unit: int = -1, installed_on: int = NO_DAY, direction: str = "") -> int:
        """Add a terminal; its position."""
        self.terminals.append((code, unit, installed_on, direction))
        return len(self.terminals) - 1

    def badge(
        self, person: int, device_user: int, terminal: int = ANY_TERMINAL, valid: tuple[int, int] = ALWAYS
    ) -> None:
        """Add a badge."""
        self.badges.append((person, terminal, device_user, *valid))

    def punch(self, device_user: int, time: int, terminal: int = 0, states: int = NO_STATE) -> int:
        """Add a punch; its id."""
        self.punches.append((len(self.punches) + 1, terminal, device_user, time, states))
        return len(self.punches)

    def manual_punch(self, person: int, time: int) -> int:
        """Add an approved manual punch; its id."""
        self.manual.append((-len(self.manual) - 1, person, time))
        return -len(self.manual)

    def special_day(self, day: int, kind: str, scope: int = -1, for_day: int = NO_DAY) -> None:
        """Add a confirmed calendar row."""
        self.calendar.append((day, scope, kind, for_day, "", True, False))

    def excuse(
        self,
        person: int,
        span: tuple[int, int],
        kind: int = 0,
        *,
        document_day: int = NO_DAY,
        entered_at: int = NO_TIME,
    ) -> None:
        """Add an approved excuse; `kind` is a position in `EXCUSE_TYPES`."""
        self.excuses.append((len(self.excuses) + 1, person, kind, *span, True, document_day, entered_at))

    def roster_entry(self, person: int, kind: str, span: tuple[int, int]) -> None:
        """Add a roster entry."""
        self.roster.append((len(self.roster) + 1, person, kind, *span))

    def allowance(self, person: int, seconds: int, where: str, valid: tuple[int, int] = ALWAYS) -> None:
        """Add an allowance."""
        self.allowances.append((person, seconds, where, *valid))

    def covered(self, terminal: int, span: tuple[int, int], *, declared: bool = True) -> None:
        """Add a coverage interval."""
        self.coverage.append((terminal, *span, declared))

    def world(self) -> World:
        """The columns of everything written so far."""
        return World(
            people=np.array(self.people, dtype=np.object_),
            units=columns(Units, self.units),
            postings=columns(Postings, self.postings),
            regulations=tuple(self.regulations),
            calendar=columns(CalendarRows, self.calendar),
            terminals=columns(Terminals, self.terminals),
            badges=columns(Badges, self.badges),
            punches=columns(Punches, self.punches),
            manual=columns(ManualPunches, self.manual),
            excuse_types=columns(ExcuseTypes, EXCUSE_TYPES),
            excuses=columns(Excuses, self.excuses),
            roster=columns(RosterEntries, self.roster),
            allowances=columns(Allowances, self.allowances),
            coverage=columns(Coverage, self.coverage),
            silent=columns(SilentDays, self.silent),
            explained=columns(Explained, self.explained),
            findings=columns(Findings, self.findings),
        )
