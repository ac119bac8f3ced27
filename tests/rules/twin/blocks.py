"""Blocks, stretches, chains and the windows in which punches count for them (rules 3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.rules.codes import SessionKind
from monitor.rules.regulation import Regulation
from tests.rules.twin.excused import Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One roster session, or the office sessions of one date, or the part of them between two splits."""

    items: tuple[Expected, ...]

    @property
    def settings(self) -> Regulation:
        """The block's regulation; all its sessions have the same."""
        return self.items[0].session.settings

    @property
    def marks(self) -> int:
        """Marks of the block's sessions."""
        return self.items[0].session.marks

    @property
    def yields(self) -> bool:
        """Rules 3: all its sessions are excused in full."""
        return all(item.excused for item in self.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Sessions with one IN on the first and one OUT on the last attended (rules 3, 3.4).

    `own_marks`: a single session under marks 4, which shows its marks even if it is excused.
    """

    items: tuple[Expected, ...]
    own_marks: bool

    @property
    def start(self) -> int:
        """Start of its first session."""
        return self.items[0].start

    @property
    def end(self) -> int:
        """End of its last session."""
        return self.items[-1].end


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A chain of blocks, or a single block: what shares one window and is matched together."""

    blocks: tuple[Block, ...]
    window_from: int
    window_to: int

    @property
    def items(self) -> tuple[Expected, ...]:
        """All sessions in order."""
        return tuple(item for block in self.blocks for item in block.items)

    @property
    def marks(self) -> int:
        """Marks of its first block; a chain has blocks with marks 2 or 4 only."""
        return self.blocks[0].marks

    @property
    def settings(self) -> Regulation:
        """Repeats and directions follow the first block's regulation (rules 3)."""
        return self.blocks[0].settings

    @property
    def yields(self) -> bool:
        """A block that yields is in no chain, so it is the only one here."""
        return self.blocks[0].yields

    @property
    def cut_start(self) -> int:
        """Start that counts for the cut: excused sessions at the beginning do not (rules 3)."""
        counting = [item for item in self.items if not item.excused or self.yields]
        return counting[0].start

    @property
    def cut_end(self) -> int:
        """End that counts for the cut: excused sessions at the end do not (rules 3)."""
        counting = [item for item in self.items if not item.excused or self.yields]
        return counting[-1].end

    def holds(self, instant: int) -> bool:
        """Whether the instant lies in the window, both ends inclusive."""
        return self.window_from <= instant <= self.window_to


def blocks_of_date(office: Sequence[Expected], splitting: Sequence[Expected]) -> list[Block]:
    """Rules 3: the office sessions of one date, split where a roster session lies between two of them."""
    parts: list[list[Expected]] = []
    for item in office:
        split = not parts or any(
            parts[-1][-1].end <= roster.start and roster.end <= item.start for roster in splitting
        )
        if split:
            parts.append([item])
        else:
            parts[-1].append(item)
    return [Block(items=tuple(part)) for part in parts]


def blocks_of(expected: Sequence[Expected]) -> list[Block]:
    """Rules 3: all blocks of one person, in order of start; an excused roster session splits nothing."""
    roster = [item for item in expected if item.session.kind != SessionKind.OFFICE]
    splitting = [item for item in roster if not item.excused]
    blocks = [Block(items=(item,)) for item in roster]
    for day in sorted({item.session.day for item in expected}):
        office = [i for i in expected if i.session.day == day and i.session.kind == SessionKind.OFFICE]
        blocks += blocks_of_date(office, splitting)
    return sorted(blocks, key=lambda b: (b.items[0].start, b.items[-1].end))


def chained(earlier: Block, later: Block) -> bool:
    """Rules 3: nobody punches at this joint."""
    last, first = earlier.items[-1], later.items[0]
    if earlier.marks not in {2, 4} or later.marks not in {2, 4} or last.excused or first.excused:
        return False
    return 0 <= first.start - last.end <= earlier.settings.chain_within


def group_of(blocks: Sequence[Block]) -> Group:
    """Rules 3: blocks with one window, before any cut."""
    return Group(
        blocks=tuple(blocks),
        window_from=blocks[0].items[0].start - blocks[0].settings.open_before,
        window_to=blocks[-1].items[-1].end + blocks[-1].settings.close_after,
    )


def chains_of(blocks: Sequence[Block]) -> list[Group]:
    """Rules 3: neighbouring blocks put together where they are chained."""
    runs: list[list[Block]] = []
    for block in blocks:
        if runs and chained(runs[-1][-1], block):
            runs[-1].append(block)
        else:
            runs.append([block])
    return [group_of(run) for run in runs]


def cut_point(earlier: Group, later: Group) -> int | None:
    """Rules 3: the first instant that belongs to the later one, None where the windows do not overlap.

    An instant k is the later one's if 2k >= end + start, so the point is half the sum, rounded up;
    it is moved into the overlap of the two windows if it lies outside.
    """
    overlap_from = max(earlier.window_from, later.window_from)
    overlap_to = min(earlier.window_to, later.window_to)
    if overlap_from > overlap_to:
        return None
    middle = -(-(earlier.cut_end + later.cut_start) // 2)
    return min(max(middle, overlap_from), overlap_to)


def cut_windows(groups: Sequence[Group]) -> list[Group]:
    """Rules 3: neighbours never share a punch; every cut is found on the windows before the cuts."""
    result = list(groups)
    for i in range(len(groups) - 1):
        point = cut_point(groups[i], groups[i + 1])
        if point is not None:
            result[i] = replace(result[i], window_to=min(result[i].window_to, point - 1))
            result[i + 1] = replace(result[i + 1], window_from=max(result[i + 1].window_from, point))
    return result


def groups_of(expected: Sequence[Expected]) -> tuple[list[Group], list[Group]]:
    """Rules 3: the groups that hold their windows, and the blocks that yield, each cut among themselves.

    A block with marks 0 has no window: it is no one's neighbour here, and in neither list.
    """
    with_window = [block for block in blocks_of(expected) if block.marks != 0]
    holding = chains_of([block for block in with_window if not block.yields])
    yielding = [group_of([block]) for block in with_window if block.yields]
    return cut_windows(holding), cut_windows(yielding)


def trimmed(items: Sequence[Expected]) -> tuple[Expected, ...]:
    """Rules 3.2: sessions excused in full at either end are left out first."""
    rest = list(items)
    while rest and rest[0].excused:
        rest.pop(0)
    while rest and rest[-1].excused:
        rest.pop()
    return tuple(rest)


def stretches_of(group: Group) -> list[Stretch]:
    """Rules 3: the sessions at a joint, and all of a block with marks 2, are one stretch; others alone."""
    parts: list[list[Expected]] = []
    by_two: list[bool] = []
    for block in group.blocks:
        for position, item in enumerate(block.items):
            at_joint = position == 0 and bool(parts)
            within_two = position > 0 and block.marks == 2
            if at_joint or within_two:
                parts[-1].append(item)
                by_two[-1] = True
            else:
                parts.append([item])
                by_two.append(block.marks == 2)
    return [
        Stretch(items=trimmed(part) if two else tuple(part), own_marks=not two)
        for part, two in zip(parts, by_two, strict=True)
    ]
