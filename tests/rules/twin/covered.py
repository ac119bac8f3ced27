"""For which times the terminals of a person are known to be read completely (rules 7)."""

from monitor.rules.columns import ANY_TERMINAL, DAY_SECONDS, NO_DAY
from tests.rules.twin.expected import unit_and_ancestors
from tests.rules.twin.plain import CoveredSpan, PlainWorld

Spans = dict[int, list[tuple[int, int]]]


def without_silent_days(world: PlainWorld, span: CoveredSpan) -> list[tuple[int, int]]:
    """Rules 7: silent dates are taken out of observed coverage; declared coverage stands as it is."""
    pieces = [(span.start, span.end)]
    if span.declared:
        return pieces
    for terminal, day in sorted(world.silent):
        if terminal == span.terminal:
            before, after = day * DAY_SECONDS - 1, (day + 1) * DAY_SECONDS
            cut = []
            for start, end in pieces:
                cut += [(start, min(end, before)), (max(start, after), end)]
            pieces = [(start, end) for start, end in cut if start <= end]
    return pieces


def covered_spans(world: PlainWorld) -> Spans:
    """Rules 7: every terminal's closed intervals; those that touch or overlap are joined (whole seconds:
    none lies between 23:59:59 and 00:00:00)."""
    covered: Spans = {terminal: [] for terminal in range(len(world.terminals))}
    pieces = []
    for span in world.coverage:
        pieces += [(span.terminal, start, end) for start, end in without_silent_days(world, span)]
    for terminal, start, end in sorted(pieces):
        joined = covered[terminal]
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return covered


def uncovered(covered: Spans, relevant: list[int], first: int, last: int) -> set[int]:
    """The relevant terminals that do not cover the whole closed window; an empty window asks nothing."""
    if first > last:
        return set()
    return {t for t in relevant if not any(start <= first and last <= end for start, end in covered[t])}


def badge_terminals(world: PlainWorld, person: int, day: int) -> list[int]:
    """Rules 7: the terminals, installed by then, at which a badge of the person is valid on the date."""
    badges = [b for b in world.badges if b.person == person and b.first_day <= day <= b.last_day]
    return [
        position
        for position, terminal in enumerate(world.terminals)
        if (terminal.installed_on == NO_DAY or terminal.installed_on <= day)
        and any(badge.terminal in {position, ANY_TERMINAL} for badge in badges)
    ]


def relevant_terminals(world: PlainWorld, person: int, unit: int, day: int) -> list[int]:
    """Rules 7: from the unit to the root, the first that owns one of the person's terminals decides."""
    terminals = badge_terminals(world, person, day)
    for one in unit_and_ancestors(world, unit):
        owned = [t for t in terminals if world.terminals[t].unit == one]
        if owned:
            return owned
    return terminals
