"""What became of each punch: the mark it is, or why it is none (rules 3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from monitor.store.queries.person_day import Evidence, PunchRow
from monitor.store.tables import SessionRecord

LONGEST_REPEAT_SECONDS = 30
"""Without a regulation roster sessions follow the default of rules 3.1."""


class Role(StrEnum):
    """What a punch counts as."""

    IN = "in"
    OUT = "out"
    REPEAT = "repeat"
    EXTRA = "extra"
    OUTSIDE = "outside"
    OTHER_DAY = "other_day"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPunch:
    """A punch with its role; `session` is the record it belongs to, None while it is not judged."""

    punch: PunchRow
    role: Role
    session: SessionRecord | None


def seen_punches(found: Evidence) -> tuple[SeenPunch, ...]:
    """Every punch of the day's windows with its role, in order of time.

    A punch that no record names is a repeat when it lies in a run with one that is named (rules
    3.1); otherwise it came after the records were made and waits to be judged.
    """
    named = {punch_id: (role, record) for punch_id, role, record in _named(found)}
    return tuple(_seen(found, punch, named) for punch in found.punches)


def _named(found: Evidence) -> Iterator[tuple[int, Role, SessionRecord]]:
    """What the records say; the day's own come last, so that they win over the days beside it."""
    for record in (*found.beside, *found.sessions):
        own = record.day == found.day
        yield from (
            (int(one), Role.OUTSIDE if own else Role.OTHER_DAY, record) for one in record.outside.split()
        )
        yield from (
            (int(one), Role.EXTRA if own else Role.OTHER_DAY, record) for one in record.extras.split()
        )
        if record.punch_in:
            yield record.punch_in, Role.IN if own else Role.OTHER_DAY, record
        if record.punch_out:
            yield record.punch_out, Role.OUT if own else Role.OTHER_DAY, record


def _seen(found: Evidence, punch: PunchRow, named: dict[int, tuple[Role, SessionRecord]]) -> SeenPunch:
    if punch.id in named:
        role, record = named[punch.id]
        return SeenPunch(punch=punch, role=role, session=record)
    for other in _run_of(found, punch, found.punches):
        if other.id in named:
            role, record = named[other.id]
            told = role if role == Role.OTHER_DAY else Role.REPEAT
            return SeenPunch(punch=punch, role=told, session=record)
    return SeenPunch(punch=punch, role=Role.WAITING, session=None)


def _run_of(found: Evidence, punch: PunchRow, punches: Sequence[PunchRow]) -> Iterator[PunchRow]:
    """The other punches of its run, the nearest first on each side."""
    longest = repeat_within(found)
    place = punches.index(punch)
    for side in (punches[place::-1], punches[place:]):
        for before, after in pairwise(side):
            if abs(after.time - before.time) > longest:
                break
            yield after


def repeat_within(found: Evidence) -> int:
    """The longest pause inside a run on this day, in seconds."""
    return max(
        (one.repeat_within_seconds for one in found.regulations.values()), default=LONGEST_REPEAT_SECONDS
    )
