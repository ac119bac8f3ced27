"""Windows of marks: where a punch could still become a session's IN or OUT (rules 3.6)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.blocks import ANY_PUNCH
from monitor.rules.columns import Columns, Int64
from monitor.rules.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkWindows(Columns):
    """Closed windows of IN and OUT per session; without meaning where a mark is not asked."""

    in_from: Int64
    in_to: Int64
    out_from: Int64
    out_to: Int64


def mark_windows(plan: Plan, rows: Int64, due_from: Int64, due_to: Int64) -> MarkWindows:
    """Windows of the marks of the sessions in `rows`, whose start' and end' are given.

    An IN may come from the end of the session before the stretch on, an OUT up to the start of the
    one after it; never outside the window of the block or chain. With marks 1 that is the window.
    """
    group, stretch = plan.group[rows], plan.stretch[rows]
    opens, closes = plan.groups.opens[group], plan.groups.closes[group]
    before, after = _session_before(plan)[stretch], _session_after(plan)[stretch]
    in_from = np.where(before >= 0, plan.sessions.end[before], opens)
    out_to = np.where(after >= 0, plan.sessions.start[after], closes)
    by_any = plan.groups.marks[group] == ANY_PUNCH
    return MarkWindows(
        in_from=np.clip(in_from, opens, closes),
        in_to=np.where(by_any, closes, np.clip(due_to, opens, closes)),
        out_from=np.where(by_any, opens, np.clip(due_from, opens, closes)),
        out_to=np.clip(out_to, opens, closes),
    )


def _session_before(plan: Plan) -> Int64:
    """The session before each stretch in its group, -1 for none."""
    first = np.searchsorted(plan.stretch, np.arange(len(plan.stretches)))
    inside = plan.groups.first[plan.stretches.group] < first
    return np.where(inside, first - 1, -1)


def _session_after(plan: Plan) -> Int64:
    """The session after each stretch in its group, -1 for none."""
    following = np.searchsorted(plan.stretch, np.arange(len(plan.stretches)), side="right")
    inside = following <= plan.groups.last[plan.stretches.group]
    return np.where(inside, following, -1)
