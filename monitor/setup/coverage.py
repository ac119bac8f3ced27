"""coverage.csv: hours for which somebody declares a terminal's log complete (rules 7, 9)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from monitor.setup.cells import moment, text
from monitor.setup.changes import Change, Counts, compare, ids, stored_rows, write
from monitor.setup.checks import check_interval
from monitor.setup.form import Column
from monitor.setup.lines import Lines
from monitor.setup.spans import Days, Site, joined
from monitor.store.queries import stale

SOURCE = "declared"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """A row of coverage.csv: a closed interval of the terminal's own clock, in seconds since 1970."""

    terminal: str
    starts: int
    ends: int


COLUMNS = (
    Column("terminal", text, required=True),
    Column("from", moment, required=True, field="starts"),
    Column("to", moment, required=True, field="ends"),
)


def apply(session: Session, lines: Lines[CoverageRow], site: Site) -> Counts:
    """Check and store the rows. Overlapping intervals are fine: they are joined when they are read."""
    terminals = ids(session, "terminal")
    check_interval(lines)
    lines.refuse_unknown("terminal", "terminal", terminals, lambda row: row.terminal)
    lines.refuse_twice("from", lambda row: (row.terminal, row.starts))
    mentioned = {terminals[line.item.terminal] for line in lines.good}
    rows = stored_rows(session, "coverage_interval", "terminal_id", mentioned)
    stored = {(row["terminal_id"], row["starts"]): row for row in rows if row["source"] == SOURCE}

    def values(row: CoverageRow) -> dict[str, Any]:
        key = {"terminal_id": terminals[row.terminal], "starts": row.starts}
        return {**key, "ends": row.ends, "source": SOURCE}

    changes = compare(lines.good, lambda row: (terminals[row.terminal], row.starts), values, stored)
    counts = write(session, "coverage_interval", changes)
    _mark(session, changes, site)
    return counts


def _mark(session: Session, changes: Iterable[Change[CoverageRow]], site: Site) -> None:
    """Mark the holders of badges there, over what is covered now and what was."""
    spans: dict[int, list[Days]] = defaultdict(list)
    for change in changes:
        if change.touches():
            row = change.line.item
            old_end = row.ends if change.before is None else change.before["ends"]
            days = site.days_of_seconds(row.starts, max(row.ends, old_end))
            spans[change.values["terminal_id"]].append(days)
    for terminal_id, found in spans.items():
        for first, last in joined(found):
            stale.mark_badge_holders(session, terminal_id, first, last)
