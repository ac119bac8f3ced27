"""Rooms that serve the public: who of a room is there, against the least number that must be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.groups import PRESENT, Group
from monitor.rules.codes import SessionKind, Status
from monitor.store.queries.board import SessionRow
from monitor.store.queries.seats import Seat
from monitor.store.queries.staffing import Minima, Minimum
from monitor.store.queries.tree import Tree, UnitRow
from monitor.web.daybar import AT_WORK, NO_DATA

_NOT_EXPECTED = frozenset({Group.EXCUSED, Group.NO_SESSIONS, Group.NOT_DUE})
_CAME = frozenset(
    {
        int(status)
        for status in (
            *(Status.ON_TIME, Status.LATE, Status.EARLY, Status.LATE_EARLY),
            *(Status.MISSING_IN, Status.MISSING_OUT),
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffed:
    """A session that has begun, of a room with a minimum; of `unknown` people data are wanting."""

    session: str
    present: int
    unknown: int
    minimum: Minimum

    @property
    def lacking(self) -> int:
        """How many are missing from the minimum, of whom we know that they are not there."""
        return max(0, self.minimum.people - self.present - self.unknown)

    @property
    def uncertain(self) -> bool:
        """Whether only those who cannot be judged decide it."""
        return not self.lacking and self.present < self.minimum.people


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDesk:
    """A room of the board that serves the public or has a minimum: how many of those expected came."""

    unit: UnitRow
    present: int
    expected: int
    sessions: tuple[Staffed, ...]

    @property
    def short(self) -> bool:
        """Whether a minimum is not met: today's now, on a past day in any session."""
        return any(one.lacking for one in self.sessions)

    @property
    def uncertain(self) -> bool:
        """Whether, for want of data, nobody can say that it is met."""
        return any(one.uncertain for one in self.sessions)


def desks(
    units: Tree,
    found: Sequence[Seat],
    grouped: Mapping[int, Group],
    sessions: Mapping[int, Sequence[SessionRow]],
    minima: Minima,
    now: int,
) -> tuple[PublicDesk, ...]:
    """The rooms in which people are expected or must be, those that lack people first."""
    of_unit: dict[int, list[int]] = {}
    for seat in found:
        if units.units[seat.unit_id].public_facing or minima.names(seat.unit_id):
            of_unit.setdefault(seat.unit_id, []).append(seat.person_id)
    rooms = [
        _desk(units.units[unit], people, grouped, sessions, minima, now) for unit, people in of_unit.items()
    ]
    shown = [room for room in rooms if room.expected or room.sessions]
    return tuple(sorted(shown, key=lambda room: (not room.short, room.unit.code)))


def _desk(
    unit: UnitRow,
    people: Sequence[int],
    grouped: Mapping[int, Group],
    sessions: Mapping[int, Sequence[SessionRow]],
    minima: Minima,
    now: int,
) -> PublicDesk:
    here = {person for person in people if _came(grouped[person], sessions.get(person, ()))}
    records = [session for person in people for session in sessions.get(person, ())]
    return PublicDesk(
        unit=unit,
        present=len(here),
        expected=len(here.union(person for person in people if grouped[person] not in _NOT_EXPECTED)),
        sessions=tuple(_staffed(unit.id, records, minima, now)),
    )


def _came(group: Group, sessions: Iterable[SessionRow]) -> bool:
    """Whether the person came; one who was on leave for half a day may have, in the other half."""
    return group in PRESENT or (group is Group.EXCUSED and any(map(_is_there, sessions)))


def _staffed(unit_id: int, records: Iterable[SessionRow], minima: Minima, now: int) -> list[Staffed]:
    """The sessions with a minimum: of those that run now, or, when none does, all that are over."""
    begun: dict[str, list[SessionRow]] = {}
    for record in sorted(records, key=lambda one: one.starts):
        if record.kind == SessionKind.OFFICE and record.starts <= now:
            begun.setdefault(record.name, []).append(record)
    running = {name: rows for name, rows in begun.items() if any(row.ends > now for row in rows)}
    counted = [(name, rows, minima.of(unit_id, name)) for name, rows in (running or begun).items()]
    return [
        Staffed(
            session=name,
            present=sum(_is_there(row) for row in rows),
            unknown=sum(row.status == Status.PENDING and bool(row.reasons & NO_DATA) for row in rows),
            minimum=minimum,
        )
        for name, rows, minimum in counted
        if minimum is not None
    ]


def _is_there(session: SessionRow) -> bool:
    """Whether the person is, or was, at the session; who is exempt from punching is not counted."""
    return session.status in _CAME or (session.status == Status.PENDING and bool(session.reasons & AT_WORK))
