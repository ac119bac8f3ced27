"""findings.csv: when inspections found exempt people away (rules 2, 9)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from monitor.setup.cells import moment, text
from monitor.setup.changes import Change, Counts, compare, ids, stored_rows, write
from monitor.setup.checks import check_interval
from monitor.setup.form import Column
from monitor.setup.lines import Lines
from monitor.setup.spans import Days, Site
from monitor.store.queries import stale


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A row of findings.csv; times are seconds since 1970 of the installation's clock."""

    person: str
    starts: int
    ends: int
    document: str


COLUMNS = (
    Column("person", text, required=True),
    Column("from", moment, required=True, field="starts"),
    Column("to", moment, required=True, field="ends"),
    Column("document", text, required=True),
)


def apply(session: Session, lines: Lines[FindingRow], site: Site) -> Counts:
    """Check and store the rows."""
    people = ids(session, "person")
    check_interval(lines)
    lines.refuse_unknown("person", "person", people, lambda row: row.person)
    lines.refuse_twice("from", lambda row: (row.person, row.starts))
    mentioned = {people[line.item.person] for line in lines.good}
    rows = stored_rows(session, "exempt_finding", "person_id", mentioned)
    stored = {(row["person_id"], row["starts"]): row for row in rows}
    changes = compare(
        lines.good,
        lambda row: (people[row.person], row.starts),
        lambda row: _values(row, people),
        stored,
    )
    counts = write(session, "exempt_finding", changes)
    stale.mark(session, _touched(changes, site))
    return counts


def _values(row: FindingRow, people: Mapping[str, int]) -> dict[str, Any]:
    return {
        "person_id": people[row.person],
        "starts": row.starts,
        "ends": row.ends,
        "document": row.document,
    }


def _touched(changes: Iterable[Change[FindingRow]], site: Site) -> Iterator[tuple[int, *Days]]:
    """Days of the finding as it is now and as it was; its document decides nothing."""
    for change in changes:
        if change.touches("ends"):
            starts, ends = change.values["starts"], change.values["ends"]
            longest = ends if change.before is None else max(ends, change.before["ends"])
            yield change.values["person_id"], *site.days_of_seconds(starts, longest)
