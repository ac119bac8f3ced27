"""What is true, kept apart from the product: who was there, what was acknowledged, what a day comes to."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.simulation.terminals import Record, SimTerminal

DAY = 86_400
START, END = 7 * 3600 + 1800, 16 * 3600 + 1800
"""The only session of a day."""
OPEN, CLOSE = START - 2 * 3600, END + 4 * 3600
"""The window in which its punches count."""
GRACE, REPEAT = 300, 30
FUTURE_TOLERANCE = 600
ABSENT, MISSING_IN, MISSING_OUT, LATE_EARLY, LATE, EARLY, PENDING, EXCUSED, ON_TIME = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    9,
)

Identity = tuple[int, str, int]
"""Terminal, device user id, what its clock showed."""
RawRecord = tuple[int, bytes]
"""Terminal and bytes of a record that is no punch."""
Holder = tuple[int, str, int, int]
"""Person, device user id, first and last day."""


@dataclass(slots=True)
class Ledger:
    """What the product owes: identities it acknowledged (`must`), and those it was ever shown (`may`).

    `known_until` is how far each terminal's clock had gone when its whole log was last handed over.
    """

    must: set[Identity] = field(default_factory=set)
    may: set[Identity] = field(default_factory=set)
    must_raw: set[RawRecord] = field(default_factory=set)
    may_raw: set[RawRecord] = field(default_factory=set)
    known_until: dict[int, int] = field(default_factory=dict)

    def show(self, terminal: int, records: Iterable[Record], *, raw: bytes | None = None) -> None:
        """The product sees records; whether it keeps them is its own affair until it says so."""
        for record in records:
            if record.impossible:
                self.may_raw.add((terminal, record.line if raw is None else raw))
            else:
                self.may.add((terminal, record.user, record.shown))

    def owe(self, terminal: int, records: Iterable[Record], *, raw: bytes | None = None) -> None:
        """It said that it keeps them."""
        for record in records:
            if record.impossible:
                self.must_raw.add((terminal, record.line if raw is None else raw))
            else:
                self.must.add((terminal, record.user, record.shown))

    def know(self, terminal: int, shown: int) -> None:
        """Everything was handed over while the clock showed this."""
        self.known_until[terminal] = max(shown, self.known_until.get(terminal, 0))

    def copy(self) -> "Ledger":
        """What a backup of this moment owes."""
        return Ledger(
            set(self.must), set(self.may), set(self.must_raw), set(self.may_raw), dict(self.known_until)
        )


@dataclass(slots=True)
class Truth:
    """People, whose id is whose, who is excused when, and what may leave a day without a verdict."""

    holders: list[Holder] = field(default_factory=list)
    excused: set[tuple[int, int]] = field(default_factory=set)
    muddled: set[tuple[int, str]] = field(default_factory=set)
    """People about whom an operator has entered something untrue, and what: each is put right by itself."""
    disturbed: set[int] = field(default_factory=set)
    """Terminals whose log lost something or whose clock cannot be trusted: days may stay undecided."""

    def muddle(self, people: Iterable[int], what: str) -> None:
        """Something untrue of these people is in the product from now on."""
        self.muddled.update((person, what) for person in people)

    def put_right(self, people: Iterable[int], what: str) -> None:
        """It is no longer; other untrue things may be."""
        self.muddled.difference_update((person, what) for person in people)

    def is_muddled(self, person: int) -> bool:
        """Whether anything untrue is entered of somebody."""
        return any(one == person for one, _ in self.muddled)

    def person_of(self, user: str, day: int) -> int | None:
        """Whose id it is on a day."""
        return next((p for p, u, first, last in self.holders if u == user and first <= day <= last), None)

    def was_recorded(self, person: int, day: int, terminals: Iterable[SimTerminal]) -> bool:
        """Whether some terminal ever saw the person in the day's window, by its own clock (rules 7).

        A clock that is wrong by hours puts a punch on another day; that is shown, and never put right.
        """
        return any(
            self.person_of(record.user, day) == person
            and not record.impossible
            and day * DAY + OPEN <= record.shown <= day * DAY + CLOSE
            for terminal in terminals
            for record in terminal.history
        )


def runs_of(times: Iterable[int]) -> list[tuple[int, int]]:
    """First and last time of each run of punches that repeat one another."""
    found: list[tuple[int, int]] = []
    for time in sorted(times):
        if found and time - found[-1][1] <= REPEAT:
            found[-1] = (found[-1][0], time)
        else:
            found.append((time, time))
    return found


def verdict(times: Iterable[int], *, excused: bool) -> int:
    """What a day of one session comes to, all logs being known; times from the day's midnight."""
    if excused:
        return EXCUSED
    runs = runs_of(time for time in times if OPEN <= time <= CLOSE)
    if not runs:
        return ABSENT
    if len(runs) == 1:
        return MISSING_OUT if runs[0][0] - START <= END - runs[0][0] else MISSING_IN
    came, left = runs[0][0], runs[-1][1]
    if came >= END or left <= START:
        return ABSENT  # not attended at all (rules 3.5)
    late, early = came - START > GRACE, left < END
    return {(True, True): LATE_EARLY, (True, False): LATE, (False, True): EARLY}.get((late, early), ON_TIME)
