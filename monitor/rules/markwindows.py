"""Windows of marks: where a punch could still become a session's IN or OUT (rules 3.6)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.blocks import ANY_PUNCH
from monitor.rules.columns import Columns, Int64
from monitor.rules.copies import Rows
from monitor.rules.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkWindows(Columns):
    """Closed windows of IN and OUT per session; without meaning where a mark is not asked.

    `opens`, `closes` is the window of the block or chain, `NO_TIME` with marks 0.
    """

    opens: Int64
    closes: Int64
    in_from: Int64
    in_to: Int64
    out_from: Int64
    out_to: Int64


def mark_windows(plan: Plan, rows: Rows, due_from: Int64, due_to: Int64) -> MarkWindows:
    """Windows of the marks of the sessions in `rows`, whose start' and end' are given.

    An IN may come from the end of the session before the stretch on, an OUT up to the start of the
    one after it; never outside the window of the block or chain. With marks 1 that is the window.
    """
    group, stretch = plan.group[rows], plan.stretch[rows]
    opens, closes = plan.groups.opens[group], plan.groups.closes[group]
    in_to, out_from = _within(due_to, opens, closes), _within(due_from, opens, closes)
    by_any = plan.groups.marks == ANY_PUNCH
    if by_any.any():
        in_to, out_from = np.where(by_any[group], closes, in_to), np.where(by_any[group], opens, out_from)
    return MarkWindows(
        opens=opens,
        closes=closes,
        in_from=_within(plan.stretches.after[stretch], opens, closes),
        in_to=in_to,
        out_from=out_from,
        out_to=_within(plan.stretches.before[stretch], opens, closes),
    )


def _within(time: Int64, opens: Int64, closes: Int64) -> Int64:
    return np.minimum(np.maximum(time, opens), closes)
