"""What a digest tells: counts by unit, and names where the office allows; codes and figures, no words yet.

Everything is read through the reach that the account has at the moment of sending.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from monitor.access import Action, Scope
from monitor.cases.duties import Duties
from monitor.groups import Group, group_of, group_of_status
from monitor.rules.codes import Status
from monitor.rules.wallclock import day_of
from monitor.store.queries.board import SessionRow, sessions_of
from monitor.store.queries.notices import days_by_status
from monitor.store.queries.seats import Seat, seats
from monitor.store.queries.tree import Tree, UnitRow

DIGESTS = ("morning", "evening", "monthly")
TOLD: Mapping[str, tuple[Group, ...]] = {
    "morning": (Group.NOT_IN, Group.ABSENT, Group.MISSING, Group.LATE, Group.NO_DATA),
    "evening": (Group.ABSENT, Group.NOT_IN, Group.MISSING, Group.LATE, Group.EARLY, Group.NO_DATA),
    "monthly": (Group.ABSENT, Group.MISSING, Group.LATE, Group.EARLY, Group.NO_DATA),
}
"""What is worth somebody's attention, in this order; of the others a summary tells the count."""
ALSO = {"morning": (), "evening": (Group.ON_TIME, Group.EXCUSED), "monthly": (Group.ON_TIME, Group.EXCUSED)}
NAMED_TOO = (Group.EXCUSED,)
"""With names, also who is away with a reason: by the symbol alone, as on the board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A person that a digest names, with minutes of lateness or the symbol of an excuse."""

    person_id: int
    name: str
    late_minutes: int = 0
    symbols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPart:
    """A unit in a digest; `names` only where names may leave the office."""

    unit: UnitRow
    counts: Mapping[Group, int]
    names: Mapping[Group, tuple[Named, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many explanations wait for the reader's decision; of these, overdue and come up from below."""

    count: int = 0
    overdue: int = 0
    escalated: int = 0

    @classmethod
    def of(cls, duties: Duties) -> "Waiting":
        """What an account has to decide, in figures."""
        found = duties.to_decide
        return cls(
            count=len(found),
            overdue=sum(one.overdue for one in found),
            escalated=sum(one.escalated for one in found),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """`first`..`last` are the days told; `recorded` False: nothing is known of them yet."""

    kind: str
    first: date
    last: date
    home: UnitRow
    parts: tuple[UnitPart, ...]
    recorded: bool
    waiting: Waiting = Waiting()

    @property
    def open(self) -> int:
        """How many persons (a month: person-days) need attention."""
        return sum(part.counts.get(group, 0) for part in self.parts for group in TOLD[self.kind])

    @property
    def named(self) -> frozenset[int]:
        """Whom it names."""
        return frozenset(
            one.person_id for part in self.parts for people in part.names.values() for one in people
        )


def kinds_for(scope: Scope) -> frozenset[str]:
    """The kinds of messages that a role can have."""
    digests = DIGESTS if scope.may(Action.SEE_UNITS) and scope.role not in {"inspector", "admin"} else ()
    alarms = ("alarm",) if scope.may(Action.SEE_TERMINALS) else ()
    asked = ("asked",) if scope.person_id is not None else ()
    return frozenset((*digests, *alarms, *asked))


def month_of(about: str) -> tuple[date, date]:
    """First and last day of a month written 2026-02."""
    first = date.fromisoformat(f"{about}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def digest(
    session: Session, scope: Scope, units: Tree, kind: str, about: str, *, names: bool
) -> Digest | None:
    """A digest about a day (2026-02-24) or month (2026-02); None when the account leads nobody then."""
    first, last = month_of(about) if kind == "monthly" else (date.fromisoformat(about),) * 2
    mine = scope.reach.units_on(day_of(last)) if scope.reach.terms else frozenset[int]()
    if kind not in kinds_for(scope) or not mine or scope.home is None:
        return None
    if kind == "monthly":
        counts = _month(session, scope, mine, first, last)
        parts = [_part(units.units[unit], counts[unit]) for unit in counts]
        recorded = bool(parts)
    else:
        found = seats(session, scope.reach, mine, day_of(last))
        sessions = sessions_of(session, found, day_of(last))
        parts = list(_day(found, sessions, units, kind, names=names))
        recorded = any(seat.status is not None for seat in found)
        if not found:
            return None
    ordered = tuple(sorted(parts, key=lambda part: part.unit.code))
    home = units.units[scope.home]
    return Digest(kind=kind, first=first, last=last, home=home, parts=ordered, recorded=recorded)


def _part(unit: UnitRow, counts: Mapping[Group, int]) -> UnitPart:
    return UnitPart(unit=unit, counts=counts, names={})


def _day(
    found: Sequence[Seat],
    sessions: Mapping[int, Sequence[SessionRow]],
    units: Tree,
    kind: str,
    *,
    names: bool,
) -> Iterable[UnitPart]:
    by_unit: defaultdict[int, list[tuple[Seat, Group]]] = defaultdict(list)
    for seat in found:
        by_unit[seat.unit_id].append((seat, group_of(seat, sessions.get(seat.person_id, ()))))
    for unit, people in by_unit.items():
        counts = Counter(group for _seat, group in people)
        told = _names(people, sessions, (*TOLD[kind], *NAMED_TOO)) if names else {}
        yield UnitPart(unit=units.units[unit], counts=counts, names=told)


def _names(
    people: Sequence[tuple[Seat, Group]],
    sessions: Mapping[int, Sequence[SessionRow]],
    groups: Iterable[Group],
) -> dict[Group, tuple[Named, ...]]:
    found = {
        group: tuple(
            _named(seat, sessions.get(seat.person_id, ())) for seat, which in people if which is group
        )
        for group in groups
    }
    return {group: named for group, named in found.items() if named}


def _named(seat: Seat, sessions: Sequence[SessionRow]) -> Named:
    symbols = dict.fromkeys(s.symbol for s in sessions if s.status == Status.EXCUSED and s.symbol)
    late = sum(-(-session.late_seconds // 60) for session in sessions)
    return Named(person_id=seat.person_id, name=seat.name, late_minutes=late, symbols=tuple(symbols))


def _month(
    session: Session, scope: Scope, mine: frozenset[int], first: date, last: date
) -> dict[int, Counter[Group]]:
    counts: defaultdict[int, Counter[Group]] = defaultdict(Counter)
    days = range(day_of(first), day_of(last) + 1)
    for unit, status, count in days_by_status(session, scope.reach, mine, days):
        # A day that is still open when its month is told lacks data.
        group = Group.NO_DATA if status == Status.PENDING else group_of_status(status, 0, 0)
        counts[unit][group] += count
    return counts
