"""What approved excuses do to sessions: cover them, or move their start or end (rules 5)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import Integers, expand, keyed, running_max
from monitor.rules.codes import Reason
from monitor.rules.columns import (
    DAY_SECONDS,
    NO_DAY,
    NO_TIME,
    Bool,
    Columns,
    Excuses,
    Int64,
    UInt32,
)
from monitor.rules.expectation import Sessions
from monitor.rules.spans import Spans, joined


@dataclass(frozen=True, slots=True, kw_only=True)
class Excused(Columns):
    """Per session: the excuse type that covers it whole (-1 none), and what partial excuses leave.

    `due_from`, `due_to` are start' and end' before allowances; on covered sessions start and end.
    """

    kind: Int64
    due_from: Int64
    due_to: Int64
    reasons: UInt32

    @property
    def whole(self) -> Bool:
        """Sessions that are covered whole."""
        return self.kind >= 0


def excused(excuses: Excuses, sessions: Sessions) -> Excused:
    """The effect of approved, merged excuses on sessions sorted by person and start."""
    approved = excuses.only(excuses.approved)
    approved = approved.take(np.argsort(approved.id, kind="stable"))
    merged = joined(approved.person, approved.start, approved.end)
    kind = np.full(len(sessions), -1, np.int64)
    due_from, due_to = sessions.start.copy(), sessions.end.copy()
    reasons = np.zeros(len(sessions), np.uint32)
    if len(merged):
        at_start = merged.at(sessions.person, sessions.start)
        covered = (at_start >= 0) & (merged.end[at_start] >= sessions.end)
        kind[covered] = approved.kind[merged.begun_by[at_start[covered]]]
        _partial(merged, sessions, np.flatnonzero(~covered), due_from, due_to, reasons)
        reasons[_documented_late(approved, sessions)] |= np.uint32(Reason.DOCUMENT_AFTER_THE_FACT)
    return Excused(kind=kind, due_from=due_from, due_to=due_to, reasons=reasons)


def _partial(
    merged: Spans, sessions: Sessions, rows: Int64, due_from: Int64, due_to: Int64, reasons: UInt32
) -> None:
    """Move start' and end' of the sessions in `rows` that an excuse covers in part."""
    person, start, end = sessions.person[rows], sessions.start[rows], sessions.end[rows]
    first, last = merged.at(person, start), merged.at(person, end - 1)
    at_start = (first >= 0) & (merged.end[first] > start)
    at_end = (last >= 0) & (merged.start[last] > start) & (merged.end[last] >= end)
    inside = last - np.maximum(first, _before_first(merged, person)) - at_end > 0
    due_from[rows[at_start]] = merged.end[first[at_start]]
    due_to[rows[at_end]] = merged.start[last[at_end]]
    reasons[rows[at_start]] |= np.uint32(Reason.EXCUSED_START)
    reasons[rows[at_end]] |= np.uint32(Reason.EXCUSED_END)
    reasons[rows[inside & (last >= 0)]] |= np.uint32(Reason.EXCUSED_MIDDLE)


def _before_first(merged: Spans, person: Integers) -> Int64:
    """The position before each person's first span, so that spans after a start can be counted."""
    return np.searchsorted(merged.owner, person, side="left") - 1


def _documented_late(approved: Excuses, sessions: Sessions) -> Int64:
    """Sessions that overlap an excuse entered, or with a document dated, after they ended."""
    stated = np.flatnonzero((approved.document_day != NO_DAY) | (approved.entered_at != NO_TIME))
    row, session = _overlaps(approved, stated, sessions)
    end = sessions.end[session]
    document, entered = approved.document_day[row], approved.entered_at[row]
    # NO_DAY and NO_TIME are the smallest numbers, so that "none" is never after anything.
    return session[(document > end // DAY_SECONDS) | (entered > end)]


def _overlaps(excuses: Excuses, rows: Int64, sessions: Sessions) -> tuple[Int64, Int64]:
    """Pairs (excuse row, session) of one person that share more than an instant."""
    person, start, end = excuses.person[rows], excuses.start[rows], excuses.end[rows]
    reach = keyed(sessions.person, running_max(sessions.person, sessions.end))
    first = np.searchsorted(reach, keyed(person, start), side="right")
    stop = np.searchsorted(keyed(sessions.person, sessions.start), keyed(person, end), side="left")
    pair, rank = expand(np.maximum(stop - first, 0))
    session = first[pair] + rank
    shared = sessions.end[session] > start[pair]
    return rows[pair[shared]], session[shared]
