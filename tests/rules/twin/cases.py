"""Sessions together with the punches that their groups made marks, extras or outsiders (rules 3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.rules.columns import DAY_SECONDS
from tests.rules.twin.blocks import Group, groups_of
from tests.rules.twin.excused import Expected
from tests.rules.twin.expected import Session
from tests.rules.twin.matched import Presence, presences_of_group
from tests.rules.twin.plain import PlainWorld, Punch
from tests.rules.twin.punched import Run, runs_of

OUTSIDE_REACH = 2 * DAY_SECONDS
"""A punch outside every window is shown at a session at most this far away."""


@dataclass(slots=True, kw_only=True)
class Case:
    """One session on its way to a row."""

    expected: Expected
    group: Group | None  # None: marks 0, no window
    presence: Presence | None
    extras: list[Punch]
    outside: list[Punch]

    @property
    def session(self) -> Session:
        """The session itself."""
        return self.expected.session

    def distance(self, instant: int) -> int:
        """Seconds from [start, end] to the instant, 0 inside."""
        return max(self.session.start - instant, instant - self.session.end, 0)


def cases_of(world: PlainWorld, expected: Sequence[Expected], punches: list[Punch]) -> list[Case]:
    """Rules 3: every session with what its group's punches made of it, extras and outsiders attached."""
    holding, yielding = groups_of(expected)
    holders = [holder_of(holding, yielding, punch.time) for punch in punches]
    grouped: list[Case] = []
    for group in [*holding, *yielding]:
        own = [punch for punch, holder in zip(punches, holders, strict=True) if holder is group]
        grouped += cases_of_group(world, group, own)
    exempt = [
        Case(expected=e, group=None, presence=None, extras=[], outside=[])
        for e in expected
        if e.session.marks == 0
    ]
    cases = sorted(grouped + exempt, key=lambda c: (c.session.start, c.session.end, c.session.day))
    attach_outside(cases, [p for p, holder in zip(punches, holders, strict=True) if holder is None])
    return cases


def holder_of(holding: Sequence[Group], yielding: Sequence[Group], instant: int) -> Group | None:
    """Rules 3: the group that a punch counts for; a block that yields takes only what no other window holds.

    Only windows of blocks that lie inside each other (a yielding block around a yielding duty) can still
    have an instant in common after the cuts; the later one has it, as it has the cut point itself.
    """
    for groups in (holding, yielding):
        for group in reversed(groups):
            if group.holds(instant):
                return group
    return None


def cases_of_group(world: PlainWorld, group: Group, punches: list[Punch]) -> list[Case]:
    """Rules 3.1-3.6 for one chain or block."""
    runs = runs_of(world, punches, group.settings)
    presences = presences_of_group(group, runs)
    cases = [
        Case(expected=item, group=group, presence=presences[item.start], extras=[], outside=[])
        for item in group.items
    ]
    attach_extras(cases, runs)
    return cases


def attach_extras(cases: list[Case], runs: Sequence[Run]) -> None:
    """Rules 3.3, 3.5: a run that ended up as no mark is extra, shown at the nearest session of its group."""
    for run in runs:
        marks = [p.run_in for p in presences(cases)] + [p.run_out for p in presences(cases)]
        if not any(mark is run for mark in marks):
            nearest(cases, run.first).extras.extend(run.punches)


def presences(cases: Sequence[Case]) -> list[Presence]:
    """The presences of cases that have one."""
    return [case.presence for case in cases if case.presence is not None]


def attach_outside(cases: list[Case], punches: Sequence[Punch]) -> None:
    """Rules 3: a punch outside every window is shown at the session nearest in time."""
    for punch in punches:
        if cases and nearest(cases, punch.time).distance(punch.time) <= OUTSIDE_REACH:
            nearest(cases, punch.time).outside.append(punch)


def nearest(cases: list[Case], instant: int) -> Case:
    """The case nearest in time, of two equally near the earlier one."""
    return min(cases, key=lambda case: (case.distance(instant), case.session.start, case.session.end))
