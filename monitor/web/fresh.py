"""The freshness line: how far the data of a day reach, which terminals are silent, who is undecided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.rules.codes import Reason, Status
from monitor.rules.columns import DAY_SECONDS
from monitor.store.queries.board import SessionRow
from monitor.store.queries.freshness import Covered
from monitor.store.queries.spans import Span, gaps

MISSED_READINGS = 2
SLACK_SECONDS = 300
NAMED = 5
_NO_DATA = int(Reason.NO_DATA)  # a plain integer: a board tests thousands, and flags are slow at it


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A terminal whose log is not known to be complete; `since` None: nothing was ever read."""

    code: str
    name: str
    since: int | None
    silent_seconds: int
    undecided: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """`until` is how far the data of all `total` terminals reach, None when one of them has none.

    `whole` says that the day's windows are covered to their end.
    """

    until: int | None
    whole: bool
    answering: int
    total: int
    silent: tuple[Silent, ...]

    @property
    def told(self) -> tuple[Silent, ...]:
        """The silent terminals that a page names: those that leave most people undecided."""
        return tuple(sorted(self.silent, key=lambda one: -one.undecided)[:NAMED])

    @property
    def further(self) -> int:
        """How many more are silent; in a power cut it may be hundreds."""
        return len(self.silent) - len(self.told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The time for which a page needs data: the windows of its sessions, up to now."""

    first: int
    last: int
    now: int

    @property
    def today(self) -> bool:
        """Whether the time still runs."""
        return self.last >= self.now


def wanted(day: int, sessions: Sequence[SessionRow], now: int) -> Wanted:
    """The windows of the sessions, or the whole day where there are none."""
    starts, ends = [s.window_from for s in sessions], [s.window_to for s in sessions]
    first = min((start for start in starts if start is not None), default=day * DAY_SECONDS)
    last = max((end for end in ends if end is not None), default=(day + 1) * DAY_SECONDS - 1)
    return Wanted(first=first, last=min(last, now), now=now)


def freshness(
    relevant: frozenset[int],
    covers: Mapping[int, Covered],
    undecided: Mapping[int, int],
    time: Wanted,
    *,
    pull_every_seconds: int,
) -> Freshness:
    """How fresh the terminals that matter are; `undecided` counts people by terminal.

    A terminal is silent when two readings in a row brought nothing, or, of a time that is over, when
    its log is not known to the end.
    """
    allowed = MISSED_READINGS * pull_every_seconds + SLACK_SECONDS if time.today else 0
    found = [covers[terminal] for terminal in sorted(relevant)]
    quiet = [cover for cover in found if cover.until is None or cover.until < time.last - allowed]
    named = quiet + [cover for cover in found if cover not in quiet and undecided.get(cover.terminal.id)]
    reached = [cover.until for cover in found]
    until = None if None in reached else min((end for end in reached if end is not None), default=None)
    return Freshness(
        until=until,
        whole=until is not None and not time.today and until >= time.last,
        answering=len(found) - len(quiet),
        total=len(found),
        silent=tuple(_silent(cover, undecided, time) for cover in named),
    )


def _silent(cover: Covered, undecided: Mapping[int, int], time: Wanted) -> Silent:
    open_parts = gaps(cover.spans, time.first, time.last)
    since = cover.until
    if since is not None and since >= time.last and open_parts:
        since = open_parts[0][0] - 1
    return Silent(
        code=cover.terminal.code,
        name=cover.terminal.name,
        since=since,
        silent_seconds=0 if since is None else time.last - since,
        undecided=undecided.get(cover.terminal.id, 0),
    )


def undecided_by_terminal(sessions: Iterable[Iterable[SessionRow]]) -> dict[int, int]:
    """How many people cannot be judged because of each terminal; one item of `sessions` is one person's."""
    counted: dict[int, int] = {}
    for one in sessions:
        open_sessions = [s for s in one if s.reasons & _NO_DATA and s.status == Status.PENDING]
        for terminal in {terminal for session in open_sessions for terminal in session.uncovered}:
            counted[terminal] = counted.get(terminal, 0) + 1
    return counted


def gaps_by_terminal(covers: Mapping[int, Covered], time: Wanted) -> dict[int, list[Span]]:
    """What each terminal's log leaves open of the time."""
    return {terminal: gaps(cover.spans, time.first, time.last) for terminal, cover in covers.items()}
