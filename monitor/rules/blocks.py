"""Blocks, chains of blocks, and stretches: which sessions share a window and a pair of marks (rules 3)."""

from dataclasses import dataclass

import numpy as np

from monitor.rules.arrays import begins, first_of, last_of, picked
from monitor.rules.codes import SessionKind
from monitor.rules.columns import NO_TIME, Bool, Columns, Int8, Int32, Int64
from monitor.rules.expectation import Sessions
from monitor.rules.settings import Settings

NO_MARK, ANY_PUNCH, TWO_MARKS, FOUR_MARKS = 0, 1, 2, 4
"""Values of a regulation's `marks` (rules 2)."""
FIRM, YIELDING, EXEMPT = 0, 1, 2
"""Ranks of blocks: those that hold their window, those excused whole, those with marks 0 (rules 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks(Columns):
    """Blocks ordered by person, rank and start; `first`, `last` are rows of the sessions.

    `solid_start`, `solid_end` leave out sessions excused whole at either end (of a yielding block:
    none); `open_first`, `open_last` tell whether the outer sessions are not excused whole.
    """

    rank: Int8
    person: Int32
    regulation: Int32
    marks: Int64
    first: Int64
    last: Int64
    start: Int64
    end: Int64
    solid_start: Int64
    solid_end: Int64
    open_first: Bool
    open_last: Bool


def in_blocks(sessions: Sessions, whole: Bool, settings: Settings) -> tuple[Int64, Int64]:
    """The order of sessions that makes blocks contiguous, and each ordered session's block.

    `sessions` are sorted by person and start, `whole` marks those excused whole.
    """
    label = _labels(sessions, whole)
    marks = marks_of(sessions, settings)
    blocks = int(label.max(initial=-1)) + 1
    yields = last_of(label, np.flatnonzero(~whole), blocks) < 0
    rank = np.where(marks == NO_MARK, EXEMPT, np.where(yields[label], YIELDING, FIRM)).astype(np.int8)
    begun = first_of(label, np.arange(len(label)), blocks)
    order = np.lexsort((begun[label], rank, sessions.person))
    return order, np.cumsum(begins(label[order])) - 1


def marks_of(sessions: Sessions, settings: Settings) -> Int64:
    """Marks of each session: its regulation's, always 4 for roster sessions (rules 2.5)."""
    return np.where(sessions.kind == SessionKind.OFFICE, settings.marks[sessions.regulation], FOUR_MARKS)


def _labels(sessions: Sessions, whole: Bool) -> Int64:
    """A number for each session's block; office sessions of one date may be split by roster sessions."""
    roster = sessions.kind != SessionKind.OFFICE
    splits = np.cumsum(roster & ~whole)  # a roster session that yields splits nothing
    office = np.flatnonzero(~roster)
    new = begins(sessions.person[office], sessions.day[office], splits[office])
    label = np.empty(len(sessions), np.int64)
    label[office] = np.cumsum(new) - 1
    label[roster] = new.sum() + np.arange(roster.sum())
    return label


def blocks_of(sessions: Sessions, whole: Bool, block: Int64, settings: Settings) -> Blocks:
    """The blocks of sessions that stand in block order."""
    rows, count = np.arange(len(block)), int(block.max(initial=-1)) + 1
    first, last = first_of(block, rows, count), last_of(block, rows, count)
    solid = np.flatnonzero(~whole)
    solid_first, solid_last = first_of(block, solid, count), last_of(block, solid, count)
    marks = marks_of(sessions, settings)[first]
    yields = solid_first < 0
    return Blocks(
        rank=np.where(marks == NO_MARK, EXEMPT, np.where(yields, YIELDING, FIRM)).astype(np.int8),
        person=sessions.person[first],
        regulation=sessions.regulation[first],
        marks=marks,
        first=first,
        last=last,
        start=sessions.start[first],
        end=sessions.end[last],
        solid_start=sessions.start[np.where(yields, first, solid_first)],
        solid_end=sessions.end[np.where(yields, last, solid_last)],
        open_first=~whole[first],
        open_last=~whole[last],
    )


def chains_of(blocks: Blocks, settings: Settings) -> Int64:
    """Each block's group: a chain of blocks, or the block alone (rules 3, chained blocks)."""
    if not len(blocks):
        return np.zeros(0, np.int64)
    paired = (blocks.rank == FIRM) & (blocks.marks >= TWO_MARKS)
    apart = blocks.start[1:] - blocks.end[:-1]
    # Blocks that overlap are cut like others: the later one does not start after the earlier ends.
    near = (apart >= 0) & (apart <= settings.chain_within[blocks.regulation[:-1]])
    linked = np.zeros(len(blocks), bool)
    linked[1:] = paired[1:] & paired[:-1] & near & (blocks.person[1:] == blocks.person[:-1])
    linked[1:] &= blocks.open_last[:-1] & blocks.open_first[1:]
    return np.cumsum(~linked) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretches(Columns):
    """Stretches in session order; `paired` are those with one IN and one OUT for all their sessions.

    `first`, `last` are session rows; paired stretches leave out sessions excused whole at either
    end, -1 if nothing is left (rules 3.2). `after` is the end of the session before it in its group,
    `before` the start of the one after it; where there is none, no instant is earlier, or later.
    """

    group: Int64
    first: Int64
    last: Int64
    paired: Bool
    after: Int64
    before: Int64


def in_stretches(sessions: Sessions, block: Int64, group: Int64, settings: Settings) -> Int64:
    """Each session's stretch (rules 3, chained blocks): alone with marks 4, but together at a joint."""
    alone = (marks_of(sessions, settings) == FOUR_MARKS) & ~begins(block)
    return np.cumsum(begins(group) | alone) - 1


def stretches_of(
    sessions: Sessions, whole: Bool, group: Int64, stretch: Int64, settings: Settings
) -> Stretches:
    """The stretches of sessions that stand in block order; `group` is per session."""
    rows, count = np.arange(len(stretch)), int(stretch.max(initial=-1)) + 1
    first, last = first_of(stretch, rows, count), last_of(stretch, rows, count)
    paired = (first < last) | (marks_of(sessions, settings)[first] == TWO_MARKS)
    solid = np.flatnonzero(~whole)
    return Stretches(
        group=group[first],
        first=np.where(paired, first_of(stretch, solid, count), first),
        last=np.where(paired, last_of(stretch, solid, count), last),
        paired=paired,
        after=_beside(sessions.end, group, first, first - 1, NO_TIME),
        before=_beside(sessions.start, group, last, last + 1, np.iinfo(np.int64).max),
    )


def _beside(times: Int64, group: Int64, outer: Int64, beside: Int64, none: int) -> Int64:
    """Times of the sessions beside the outer ones of stretches, `none` where these are of another group."""
    at = np.clip(beside, 0, max(len(group) - 1, 0))
    return np.where((at == beside) & (group[at] == group[outer]), times[at], none)


def span_of(sessions: Sessions, stretches: Stretches) -> tuple[Int64, Int64]:
    """Start and end of each stretch, by its first and last session; 0, 0 where nothing is left."""
    return picked(sessions.start, stretches.first, 0), picked(sessions.end, stretches.last, 0)
