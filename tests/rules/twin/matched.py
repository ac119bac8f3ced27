"""Which punch becomes which mark, and in which window each mark may be met (rules 3.2-3.6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.rules.twin.blocks import Group, Stretch, stretches_of
from tests.rules.twin.excused import Expected
from tests.rules.twin.punched import Run

Window = tuple[int, int]


@dataclass(slots=True, kw_only=True)
class Pair:
    """The IN and the OUT of a stretch while they are being found."""

    run_in: Run | None = None
    run_out: Run | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What was found of one session.

    `asks_in`, `asks_out`: the session has this mark of its own (for marks 1: presence counts as IN).
    `stretch_in`, `stretch_out`: between these the person was at work (rules 4, worked seconds).
    """

    attended: bool
    asks_in: bool = False
    asks_out: bool = False
    run_in: Run | None = None
    run_out: Run | None = None
    stretch_in: Run | None = None
    stretch_out: Run | None = None
    in_window: Window
    out_window: Window


def first_in(runs: Sequence[Run]) -> Run | None:
    """The first that may be IN."""
    return next((run for run in runs if run.may_in), None)


def last_out(runs: Sequence[Run], after: Run | None) -> Run | None:
    """The last that may be OUT and begins after the run given, if there is one."""
    fitting = [run for run in runs if run.may_out and (after is None or run.first > after.first)]
    return fitting[-1] if fitting else None


def nearer_to_left(run: Run, left: int, right: int) -> bool:
    """Rules 3.2, 3.3: a single punch is the left one's if it is at most as far from it as from the right.

    A punch that may be only one thing is that (3.1); the caller asks about those first.
    """
    return run.first - left <= right - run.first


def is_in(run: Run, start: int, end: int) -> bool:
    """Whether a single punch of a side is IN (rules 3.1, 3.2)."""
    if run.may_in and run.may_out:
        return nearer_to_left(run, start, end)
    return run.may_in


def fill_side(pair: Pair, runs: Sequence[Run], start: int, end: int) -> None:
    """Rules 3.2, 3.3: fill the open marks from what begins inside the stretch."""
    if not runs:
        return
    if pair.run_in is None and pair.run_out is None:
        if len(runs) == 1:
            if is_in(runs[0], start, end):
                pair.run_in = runs[0]
            else:
                pair.run_out = runs[0]
        else:
            pair.run_in = first_in(runs)
            pair.run_out = last_out(runs, after=pair.run_in)
    elif pair.run_in is None:
        pair.run_in = first_in(runs)
    elif pair.run_out is None:
        pair.run_out = last_out(runs, after=None)


def fill_gap(left: Pair, right: Pair, runs: Sequence[Run], gap_from: int, gap_to: int) -> None:
    """Rules 3.3, 3.1: a gap gives OUT of its left and IN of its right stretch."""
    if len(runs) == 1:
        run = runs[0]
        both = run.may_in and run.may_out
        if (both and nearer_to_left(run, gap_from, gap_to)) or not run.may_in:
            left.run_out = run
        else:
            right.run_in = run
    elif runs:
        out = next((run for run in runs if run.may_out), None)
        after = [run for run in runs if run.may_in and (out is None or run.first > out.first)]
        left.run_out = out
        right.run_in = after[-1] if after else None


def match(stretches: Sequence[Stretch], runs: Sequence[Run]) -> list[Pair]:
    """Rules 3.2 (one stretch) and 3.3 (several): the gaps from left to right, then the inside of each."""
    pairs = [Pair() for _ in stretches]
    last = len(stretches) - 1
    for i in range(last):
        gap_from, gap_to = stretches[i].end, stretches[i + 1].start
        in_gap = [run for run in runs if gap_from <= run.first <= gap_to]
        fill_gap(pairs[i], pairs[i + 1], in_gap, gap_from, gap_to)
    for i, stretch in enumerate(stretches):
        inside = [
            run
            for run in runs
            if (i == 0 or run.first > stretch.start) and (i == last or run.first < stretch.end)
        ]
        fill_side(pairs[i], inside, stretch.start, stretch.end)
    return pairs


def attended(item: Expected, pair: Pair) -> bool:
    """Rules 3.4, 3.5: IN at or after the end, or OUT at or before the start, is not attended.

    A session of a stretch without any mark is not attended either (3.6: it asks for both).
    """
    if pair.run_in is None and pair.run_out is None:
        return False
    if pair.run_in is not None and pair.run_in.first >= item.end:
        return False
    return pair.run_out is None or pair.run_out.last > item.start


def clipped(group: Group, first: int, last: int) -> Window:
    """Rules 3.6: windows never leave the block's window."""
    return max(first, group.window_from), min(last, group.window_to)


def presence_in_stretch(
    stretch: Stretch, pair: Pair, item: Expected, in_window: Window, out_window: Window
) -> Presence:
    """Rules 3.4, 3.5, 4: the marks that one session of a stretch has of its own, and what met them."""
    if not attended(item, pair):
        return Presence(
            attended=False, asks_in=True, asks_out=True, in_window=in_window, out_window=out_window
        )
    bearers = [i for i in stretch.items if attended(i, pair) and (stretch.own_marks or not i.excused)]
    bears_in = bool(bearers) and bearers[0] is item
    bears_out = bool(bearers) and bearers[-1] is item
    return Presence(
        attended=True,
        asks_in=bears_in,
        asks_out=bears_out,
        run_in=pair.run_in if bears_in else None,
        run_out=pair.run_out if bears_out else None,
        stretch_in=pair.run_in,
        stretch_out=pair.run_out,
        in_window=in_window,
        out_window=out_window,
    )


def presences_of_group(group: Group, runs: Sequence[Run]) -> dict[int, Presence]:
    """Presence of every session of a group, by the session's start; marks 1 apart (rules 3, 3.6, 4)."""
    if group.marks == 1:
        return one_mark_presences(group, runs)
    whole = (group.window_from, group.window_to)
    found = {item.start: Presence(attended=False, in_window=whole, out_window=whole) for item in group.items}
    stretches = [stretch for stretch in stretches_of(group) if stretch.items]
    pairs = match(stretches, runs)
    for i, (stretch, pair) in enumerate(zip(stretches, pairs, strict=True)):
        in_from = group.window_from if i == 0 else stretches[i - 1].end
        out_to = group.window_to if i == len(stretches) - 1 else stretches[i + 1].start
        for item in stretch.items:
            in_window = clipped(group, in_from, item.due_to)
            out_window = clipped(group, item.due_from, out_to)
            found[item.start] = presence_in_stretch(stretch, pair, item, in_window, out_window)
    return found


def one_mark_presences(group: Group, runs: Sequence[Run]) -> dict[int, Presence]:
    """Rules 2, 4: any one punch in the window is presence; it is shown as IN of every session."""
    window = (group.window_from, group.window_to)
    first = runs[0] if runs else None
    return {
        item.start: Presence(
            attended=first is not None,
            asks_in=first is None,
            run_in=first,
            in_window=window,
            out_window=window,
        )
        for item in group.items
    }
