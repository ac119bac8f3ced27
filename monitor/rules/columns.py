"""The column sets that go into and come out of the rules: names, dtypes, units.

Conventions, valid for every column here:

* an *instant* is int64: whole seconds from 1970-01-01 00:00:00 to the wall-clock reading in the
  installation's zone (naive, no offset); `NO_TIME` stands for none;
* a *day* is int32: days since 1970-01-01; `NO_DAY` stands for none; a validity is
  [`first_day`, `last_day`], both inclusive, `DAY_MIN`/`DAY_MAX` where it is open;
* `person`, `unit`, `terminal` are int32 positions in `World.people`, `World.units`,
  `World.terminals`; -1 stands for none (said where it is allowed);
* all arrays of one set have the same length; the order of rows never matters (rules 8).
"""

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from monitor.rules.regulation import Regulation

Int8 = NDArray[np.int8]
UInt8 = NDArray[np.uint8]
Int32 = NDArray[np.int32]
UInt32 = NDArray[np.uint32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]
Text = NDArray[np.object_]
"""Object array of `str`."""

DAY_SECONDS = 86_400
NO_TIME = int(np.iinfo(np.int64).min)
NO_DAY = int(np.iinfo(np.int32).min)
DAY_MIN = -1_000_000
DAY_MAX = 1_000_000
ANY_TERMINAL = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """A set of equally long columns."""

    def __len__(self) -> int:
        """Number of rows."""
        return len(getattr(self, next(iter(self.__dataclass_fields__))))

    def take(self, rows: Any) -> Self:
        """The same set with only the given rows (positions, slice or mask)."""
        return type(self)(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})

    def only(self, holds: Bool) -> Self:
        """The same set with only the rows for which something holds; itself when it holds for all."""
        return self if holds.all() else self.take(np.flatnonzero(holds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Units(Columns):
    """Organisation tree. `parent` is a position in this set, -1 at a root."""

    code: Text
    parent: Int32


@dataclass(frozen=True, slots=True, kw_only=True)
class Postings(Columns):
    """Unit membership of people (rules 2.1)."""

    person: Int32
    unit: Int32
    first_day: Int32
    last_day: Int32


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminals(Columns):
    """Punch sources. `unit` is the owner, -1 for none; `installed_on` is a day or `NO_DAY`.

    `direction` holds `TerminalDirection` values as text.
    """

    code: Text
    unit: Int32
    installed_on: Int32
    direction: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Badges(Columns):
    """Who is meant by a device user id, at one terminal or at any (`ANY_TERMINAL`), and when.

    `device_user` is the position of the id's text in a vocabulary shared with `Punches`.
    The day asked is the day of the punch's own time (rules 7).
    """

    person: Int32
    terminal: Int32
    device_user: Int32
    first_day: Int32
    last_day: Int32


@dataclass(frozen=True, slots=True, kw_only=True)
class Punches(Columns):
    """Stored punches: `id` is the punch's database id, `time` an instant.

    `states` is a bit set of the terminal's in/out states: bit *n* for state *n* in 0..5, bit 7 for
    any other (255 = none chosen); several bits when deliveries of one identity differ (rules 9).
    """

    id: Int64
    terminal: Int32
    device_user: Int32
    time: Int64
    states: UInt8


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualPunches(Columns):
    """Approved manual punches (rules 5). `id` is negative, so that it never meets a punch's id."""

    id: Int64
    person: Int32
    time: Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRows(Columns):
    """Special days (rules 2.3). `scope` is a unit or -1 for national; `kind` a `DayKind` value.

    `for_day` is the day swapped away of a make-up day, or `NO_DAY`. Rows that are only proposed
    (status P) have `confirmed` False and never apply. `in_lieu` (status C): the day stands for a
    holiday that fell on a day of rest, so overtime on it is of that class (rules 4.1).
    """

    day: Int32
    scope: Int32
    kind: Text
    for_day: Int32
    document: Text
    confirmed: Bool
    in_lieu: Bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Excuses(Columns):
    """Excuses of any approval state (rules 5); interval closed, `kind` a position in `ExcuseTypes`.

    `document_day` is a day or `NO_DAY`; `entered_at` an instant or `NO_TIME`.
    """

    id: Int64
    person: Int32
    kind: Int32
    start: Int64
    end: Int64
    approved: Bool
    document_day: Int32
    entered_at: Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcuseTypes(Columns):
    """Catalogue of excuse types. `counts_cong`: a session excused by it keeps its công."""

    code: Text
    symbol: Text
    counts_cong: Bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntries(Columns):
    """Roster entries (rules 2.5); `kind` holds `RosterKind` values as text; `[start, end)`."""

    id: Int64
    person: Int32
    kind: Text
    start: Int64
    end: Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances(Columns):
    """Minutes a person may use in working time (rules 6), here in seconds.

    `where` holds `AllowanceWhere` values as text.
    """

    person: Int32
    seconds: Int32
    where: Text
    first_day: Int32
    last_day: Int32


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage(Columns):
    """Closed intervals for which a terminal's log is known to be complete here (rules 7).

    `declared` intervals (coverage.csv, a file's operator) are taken as they stand; the others are
    cut by silent days.
    """

    terminal: Int32
    start: Int64
    end: Int64
    declared: Bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentDays(Columns):
    """Terminal days taken out of observed coverage because the clock seems to have been off (rules 7)."""

    terminal: Int32
    day: Int32


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained(Columns):
    """Days whose explanation was accepted: adds a reason, changes nothing else (rules 5)."""

    person: Int32
    day: Int32


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings(Columns):
    """Closed intervals in which an inspection found a person away (rules 2): they end an exemption."""

    person: Int32
    start: Int64
    end: Int64


def no_findings() -> Findings:
    """Nothing found about anybody."""
    no_time = np.zeros(0, np.int64)
    return Findings(person=np.zeros(0, np.int32), start=no_time, end=no_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDays(Columns):
    """The person-days asked for."""

    person: Int32
    day: Int32


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything `reconcile` may look at. `people` are codes, sorted; positions in it are `person`."""

    people: Text
    units: Units
    postings: Postings
    regulations: tuple[Regulation, ...]
    calendar: CalendarRows
    terminals: Terminals
    badges: Badges
    punches: Punches
    manual: ManualPunches
    excuse_types: ExcuseTypes
    excuses: Excuses
    roster: RosterEntries
    allowances: Allowances
    coverage: Coverage
    silent: SilentDays
    explained: Explained
    findings: Findings = field(default_factory=no_findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ragged:
    """Lists of different length, one per record: list *i* is `values[offsets[i]:offsets[i + 1]]`."""

    offsets: Int64
    values: Int64

    def of(self, row: int) -> Int64:
        """The list of one record."""
        return self.values[self.offsets[row] : self.offsets[row + 1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecords:
    """One verdict per person, work date and session, sorted by person, day, start, end (rules 4, 9).

    `unit` is the person's unit on the day; `regulation` a position in `World.regulations`, -1 for
    none; `kind` a `SessionKind`; `name` the session's name, for roster sessions their kind.
    `time_in`/`time_out` are the times that counted or `NO_TIME`; `punch_in`/`punch_out` the id of
    the punch with that time (negative: manual), 0 for none. `due_from`/`due_to` are start' and end'
    after partial excuses and start/end allowances. `window_from`/`window_to` bound the punches that
    could count for the session's block or chain, `NO_TIME` with marks 0.

    `late_seconds`, `early_seconds` are what counts once grace is exceeded (rules 4: 0 otherwise);
    minutes are shown rounded up. `worked_seconds` is shown rounded down. `status` is a `Status`,
    `reasons` a bit set of `Reason`, `cong` timesheet units. `extras` lists punches of the session's
    block that became no mark, at the session nearest to them; `outside` the punches outside every
    window, at the session nearest in time; `uncovered` positions in `World.terminals` of relevant
    terminals whose log is not known to be complete where it would have to be.
    """

    person: Int32
    day: Int32
    unit: Int32
    regulation: Int32
    kind: Int8
    name: Text
    start: Int64
    end: Int64
    due_from: Int64
    due_to: Int64
    window_from: Int64
    window_to: Int64
    time_in: Int64
    time_out: Int64
    punch_in: Int64
    punch_out: Int64
    status: Int8
    late_seconds: Int32
    early_seconds: Int32
    worked_seconds: Int32
    symbol: Text
    cong: Float64
    reasons: UInt32
    rule_version: Text
    extras: Ragged
    outside: Ragged
    uncovered: Ragged

    def __len__(self) -> int:
        """Number of records."""
        return len(self.person)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRecords(Columns):
    """One row per person and work date that has sessions, sorted by person, day (rules 4).

    `status` is the worst of the sessions'; seconds and công are sums over them; `reasons` the union.
    """

    person: Int32
    day: Int32
    unit: Int32
    status: Int8
    late_seconds: Int32
    early_seconds: Int32
    worked_seconds: Int32
    cong: Float64
    reasons: UInt32


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertimeRecords(Columns):
    """One row per overtime entry and calendar date it touches, by person, day, start (rules 4.1).

    `[start, end)` is what is approved on the date, without what an earlier entry has already; `unit`
    the person's on the date the entry begins, `entry` the id of the roster entry, `kind` an
    `OvertimeClass`. `seconds` is the time the person was present in it and in no session, from
    `present_from` to `present_to` (`NO_TIME`: never); `night_seconds` what of it lies between 22:00
    and 06:00. Minutes are shown rounded down.
    """

    person: Int32
    day: Int32
    unit: Int32
    entry: Int64
    kind: Int8
    start: Int64
    end: Int64
    present_from: Int64
    present_to: Int64
    seconds: Int64
    night_seconds: Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What `reconcile` returns."""

    sessions: SessionRecords
    days: DayRecords
    overtime: OvertimeRecords
