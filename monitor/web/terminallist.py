"""What the page of all terminals shows: of hundreds the worst first, those of a state or found by a word."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from monitor.alarms import OpenAlarm, open_alarms
from monitor.store.queries.pulls import open_requests
from monitor.store.queries.terminal_cards import (
    GOOD,
    LATE,
    LOST,
    OFF,
    pending_terminals,
    state_of,
    terminal_cards,
)
from monitor.store.queries.tree import tree
from monitor.store.queries.watch import Watched, watched
from monitor.store.tables import PendingTerminal
from monitor.text.vietnamese import fold
from monitor.web.context import scope, site
from monitor.web.forms import small_number
from monitor.web.language import _
from monitor.web.terminalpage import Shown, may_admit, period, shown_as, state_word

WORST_FIRST = (LOST, LATE, GOOD, OFF)
SERVER_CLOCK = "server_clock"
SERIOUS = "serious"
CARDS = 24
"""Terminals on one page; an office with no more is asked for no choice."""
ALARMS = 20
"""Alarms above them; in a power cut there are hundreds, and all are a link away."""
STATE, WORD, AFTER = "loc", "tim", "sau"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which terminals are asked for: those of a state ('' any) with a word in code, name or unit.

    `after`: how many of these come before the first one shown.
    """

    state: str = ""
    word: str = ""
    after: int = 0

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Wanted":
        """From an address or a form; what is nonsense asks for nothing."""
        state = given.get(STATE, "")
        return cls(
            state=state if state in WORST_FIRST else "",
            word=given.get(WORD, "").strip()[:100],
            after=small_number(given.get(AFTER)) or 0,
        )

    def address(self) -> dict[str, Any]:
        """The same as an address says it."""
        said = {STATE: self.state, WORD: self.word, AFTER: str(self.after or "")}
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Terminals in scope, worst first; `waiting` None where new ones are no business of the account.

    `shown` are those asked for, of `found` that there are; `states` counts all in scope. `reading` is how
    many readings of theirs were asked for and are not over.
    """

    wanted: Wanted
    shown: list[Shown]
    found: int
    states: Mapping[str, int]
    reading: int
    alarms: list[OpenAlarm]
    waiting: list[PendingTerminal] | None

    @property
    def server_clock(self) -> OpenAlarm | None:
        """The alarm that our own clock is wrong."""
        return next((alarm for alarm in self.alarms if alarm.kind == SERVER_CLOCK), None)

    @property
    def others(self) -> list[OpenAlarm]:
        """All other alarms, the serious first."""
        return [alarm for alarm in self.alarms if alarm.kind != SERVER_CLOCK]

    @property
    def every(self) -> int:
        """How many terminals there are in scope."""
        return sum(self.states.values())

    @property
    def to_choose(self) -> bool:
        """Whether there are so many that one has to look for one's own."""
        return self.every > CARDS

    @property
    def totals(self) -> str:
        """The states with their counts, in words: read aloud when they change."""
        found = [f"{state_word(state)} {self.states[state]}" for state in WORST_FIRST if self.states[state]]
        reading = [_("đang đọc {count}", count=self.reading)] if self.reading else []
        return ", ".join([*found, *reading])

    @property
    def choices(self) -> list[str]:
        """The states that can be asked for; '' for any."""
        return ["", *(state for state in WORST_FIRST if self.states[state])]

    def of_state(self, state: str) -> dict[str, Any]:
        """The address of those of a state."""
        return replace(self.wanted, state=state, after=0).address()

    @property
    def before(self) -> dict[str, Any] | None:
        """The address of the page before this one."""
        if not self.wanted.after:
            return None
        return replace(self.wanted, after=max(0, self.wanted.after - CARDS)).address()

    @property
    def further(self) -> dict[str, Any] | None:
        """The address of the next page."""
        after = self.wanted.after + len(self.shown)
        return replace(self.wanted, after=after).address() if self.shown and after < self.found else None


def overview_of(database: Session, wanted: Wanted) -> Overview:
    """What is asked for, in a constant number of queries; only of what is shown the details are looked up."""
    now = site().now()
    mine = [one for one in watched(database, now) if scope().sees_terminal(one.unit_id)]
    states = {one.id: state_of(one, now, period()) for one in mine}
    alarms, requests = open_alarms(database), open_requests(database)
    serious = Counter(alarm.terminal_id for alarm in alarms if alarm.severity == SERIOUS)
    found = [one for one in _with_word(database, mine, wanted.word) if wanted.state in {"", states[one.id]}]
    found.sort(key=lambda one: (WORST_FIRST.index(states[one.id]), -serious[one.id], one.code))
    here = found[wanted.after : wanted.after + CARDS]
    cards = terminal_cards(database, here, now=now, period=period())
    return Overview(
        wanted=wanted,
        shown=[shown_as(card, alarms, requests, now) for card in cards],
        found=len(found),
        states=Counter(states.values()),
        reading=len(states.keys() & requests.keys()),
        alarms=[alarm for alarm in alarms if _concerns(alarm, states)],
        waiting=pending_terminals(database) if may_admit() else None,
    )


def _with_word(database: Session, terminals: Iterable[Watched], word: str) -> list[Watched]:
    """Those with a word in their code, name or unit's name, whatever marks it is typed with."""
    if not word:
        return list(terminals)
    units, looked_for = tree(database).units, fold(word)

    def names(one: Watched) -> Iterable[str]:
        home = None if one.unit_id is None else units.get(one.unit_id)
        return (one.code, one.name, "" if home is None else home.name)

    return [one for one in terminals if any(looked_for in fold(name) for name in names(one))]


def _concerns(alarm: OpenAlarm, terminal_ids: Collection[int]) -> bool:
    """A terminal's alarm concerns whoever sees it; our own clock everybody; the rest who tends everything."""
    if alarm.terminal_id is not None:
        return alarm.terminal_id in terminal_ids
    return alarm.kind == SERVER_CLOCK or scope().tended is None
