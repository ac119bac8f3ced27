"""Copies of a plan: what is laid out for one person, for everybody whose days are laid out alike."""

from dataclasses import dataclass, replace

import numpy as np

from monitor.rules.alike import Alike
from monitor.rules.arrays import Integers, expand
from monitor.rules.columns import Bool, Int32, Int64
from monitor.rules.plan import Plan

Rows = Int64 | slice
"""Positions; `slice(None)` for all of them, which costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The plan of everybody; `rows` are the sessions asked, by person, start, end.

    `session_at`, `group_at`: where a row of the models' whole plan went, -1 where it was left out (the
    last entry stands for none); `session_shift`, `group_shift`: what is to be added for each person.
    """

    plan: Plan
    rows: Rows
    session_at: Int64
    group_at: Int64
    session_shift: Int64
    group_shift: Int64

    def groups_of(self, group: Int64, person: Integers) -> Int64:
        """The people's own groups, of the models' groups; -1 where it was left out, or is none."""
        at = self.group_at[group]
        return np.where(at >= 0, at + self.group_shift[person], -1)

    def sessions_of(self, session: Int64, person: Integers) -> Int64:
        """The people's own sessions, of the models' sessions; -1 where it was left out, or is none."""
        at = self.session_at[session]
        return np.where(at >= 0, at + self.session_shift[person], -1)


def copied(models: Plan, rows: Int64, also: Bool, people: Alike) -> Copies:
    """What the models' plan comes to for everybody, without the days around that were only context.

    `rows` are the models' sessions asked, by person, start, end; all groups are kept of people in `also`.
    """
    kept = also[models.groups.person]
    kept[models.group[rows]] = True
    plan, session_at = models.of_groups(kept), _places(kept[models.group])
    sessions = _Copied.made(plan.sessions.person, people)
    groups = _Copied.made(plan.groups.person, people)
    asked = _Copied.made(models.sessions.person[rows], people)
    found = session_at[rows][asked.row] + sessions.shift[asked.of]
    whole = np.array_equal(found, np.arange(len(sessions.row)))
    return Copies(
        plan=plan if people.all_differ else _for_everybody(plan, people, sessions, groups),
        rows=slice(None) if whole else found,
        session_at=session_at,
        group_at=_places(kept),
        session_shift=people.by_person(sessions.shift, len(also)),
        group_shift=people.by_person(groups.shift, len(also)),
    )


def _places(kept: Bool) -> Int64:
    """The new position of each row, -1 of one that is left out and, last, of none."""
    return np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copied:
    """Rows of a set ordered by person, copied for others.

    `row` are the rows, one person's after the other's; `of` the place of the person each is for;
    `shift` by how much the position of a row grows from the model's to each person's.
    """

    row: Int64
    of: Int64
    shift: Int64

    @classmethod
    def made(cls, owner: Int32, people: Alike) -> "_Copied":
        """`owner` is the person of each row, ascending."""
        first = np.searchsorted(owner, people.like)
        count = np.searchsorted(owner, people.like, side="right") - first
        place, rank = expand(count)
        return cls(row=first[place] + rank, of=place, shift=np.cumsum(count) - count - first)


def _for_everybody(plan: Plan, people: Alike, sessions: _Copied, groups: _Copied) -> Plan:
    stretches = _Copied.made(plan.groups.person[plan.stretches.group], people)
    lots, own = plan.stretches.take(stretches.row), plan.groups.take(groups.row)
    by_row, by_group = sessions.shift[stretches.of], sessions.shift[groups.of]
    return Plan(
        sessions=replace(plan.sessions.take(sessions.row), person=people.person[sessions.of]),
        excused=plan.excused.take(sessions.row),
        settings=plan.settings,
        groups=replace(
            own, person=people.person[groups.of], first=own.first + by_group, last=own.last + by_group
        ),
        group=plan.group[sessions.row] + groups.shift[sessions.of],
        stretches=replace(
            lots,
            group=lots.group + groups.shift[stretches.of],
            first=np.where(lots.first >= 0, lots.first + by_row, -1),
            last=np.where(lots.last >= 0, lots.last + by_row, -1),
        ),
        stretch=plan.stretch[sessions.row] + stretches.shift[sessions.of],
        by_start=plan.by_start[sessions.row] + sessions.shift[sessions.of],
    )
