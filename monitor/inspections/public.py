"""The summary for the public: counts of units, never names, and none that would single anybody out."""

from collections.abc import Mapping

import pandas as pd

from monitor.exports.suppression import LEAST, Node, publishable
from monitor.inspections.report import Report
from monitor.rules.wallclock import date_of

WITHIN = {"expected": "expected", "present": "expected", "late": "present", "unexcused": "absent"}
"""Each count that is told, and of whom it is a part: neither it nor the rest of them may be few."""

COLUMNS = ("date", "unit", "unit_name", *WITHIN)
HIDDEN = ""


def public_table(everybody: Report, day: int, shown: frozenset[int]) -> pd.DataFrame:
    """Rows of COLUMNS for the units in `shown`; a count is empty where it is hidden.

    `everybody` must be the report over all units of the campaign, whoever asks: what is hidden is decided
    over all of them, otherwise two readers' summaries could be subtracted from each other.
    """
    lines = {line.unit.id: line for line in everybody.lines(day)}
    counts = {
        name: {unit: int(getattr(line.totals, name)) for unit, line in lines.items()}
        for name in {*WITHIN, *WITHIN.values()}
    }
    told: dict[str, frozenset[int]] = {}
    for name, people in WITHIN.items():
        # A part is told only where the whole is, and of those absent the rest, those present.
        allowed = told.get("present", told.get("expected", frozenset(lines)))
        told[name] = _publishable(everybody, counts[name], counts[people], allowed)
    rows = [
        (
            date_of(day).isoformat(),
            line.unit.code,
            line.unit.name,
            *(counts[name][unit] if unit in told[name] else HIDDEN for name in WITHIN),
        )
        for unit, line in lines.items()
        if unit in shown
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _publishable(
    report: Report, count: Mapping[int, int], people: Mapping[int, int], allowed: frozenset[int]
) -> frozenset[int]:
    """The units whose count may be told; counts are of subtrees, suppression asks for units' own."""
    places = report.places
    parents = {
        unit: places.ids[above] if above >= 0 else None
        for unit, above in zip(places.ids, places.parent, strict=True)
    }
    own, strength = dict.fromkeys(places.ids, 0) | dict(count), dict.fromkeys(places.ids, 0) | dict(people)
    for unit, parent in parents.items():
        if parent is not None:
            own[parent] -= count.get(unit, 0)
            strength[parent] -= people.get(unit, 0)
    nodes = {
        unit: Node(parent=parent, own=own[unit], strength=strength[unit]) for unit, parent in parents.items()
    }
    return publishable(nodes, allowed, LEAST)
