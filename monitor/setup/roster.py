"""roster.csv: duties, extra sessions, overtime and releases (rules 2.5, 9)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping
from sqlmodel import Session

from monitor.rules.wallclock import text_of
from monitor.setup.cells import moment, one_of, text
from monitor.setup.changes import Change, Counts, compare, ids, stored_rows, write
from monitor.setup.checks import check_interval
from monitor.setup.form import Column
from monitor.setup.lines import Line, Lines
from monitor.setup.overlaps import Held, clashes
from monitor.setup.spans import Days, Site
from monitor.store.queries import stale

SESSION_KINDS = ("duty", "extra")
"""Kinds that add a session; only those exclude each other."""

OVERTIME_SECONDS = 24 * 60 * 60
"""No overtime is approved for longer at a time; what decides about it lies no farther away (rules 4.1)."""

Identity = tuple[str, str, int]
"""Person code, kind, start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """A row of roster.csv; times are seconds since 1970 of the installation's clock."""

    person: str
    kind: str
    starts: int
    ends: int
    place: str
    document: str

    @property
    def identity(self) -> Identity:
        """What tells this entry from every other."""
        return self.person, self.kind, self.starts


COLUMNS = (
    Column("person", text, required=True),
    Column("kind", one_of("duty", "extra", "overtime", "release"), required=True),
    Column("from", moment, required=True, field="starts"),
    Column("to", moment, required=True, field="ends"),
    Column("place", text, default=""),
    Column("document", text, default=""),
)


def apply(session: Session, lines: Lines[RosterRow], site: Site) -> Counts:
    """Check and store the rows."""
    people = ids(session, "person")
    check_interval(lines, least_seconds=1)
    _check_overtime(lines)
    lines.refuse_unknown("person", "person", people, lambda row: row.person)
    lines.refuse_twice("from", lambda row: row.identity)
    codes = {people[line.item.person]: line.item.person for line in lines.good}
    rows = stored_rows(session, "roster_entry", "person_id", codes)
    stored = {(codes[row["person_id"]], row["kind"], row["starts"]): row for row in rows}
    lines.settle(lambda: _check_overlaps(lines, stored))
    changes = compare(lines.good, lambda row: row.identity, lambda row: _values(row, people), stored)
    counts = write(session, "roster_entry", changes)
    stale.mark(session, _touched(changes, site))
    return counts


def _values(row: RosterRow, people: Mapping[str, int]) -> dict[str, Any]:
    return {
        "person_id": people[row.person],
        "kind": row.kind,
        "starts": row.starts,
        "ends": row.ends,
        "place": row.place,
        "document": row.document,
    }


def _check_overtime(lines: Lines[RosterRow]) -> None:
    """Overtime longer than a day is refused (rules 4.1)."""
    for line in lines.read:
        row = line.item
        if row.kind == "overtime" and row.ends - row.starts > OVERTIME_SECONDS:
            lines.refuse(line, "to", "overtime_too_long", start=text_of(row.starts), end=text_of(row.ends))


def _check_overlaps(lines: Lines[RosterRow], stored: Mapping[Identity, RowMapping]) -> None:
    """Two rostered sessions of one person at one time are refused (rules 2); they may touch."""
    good = lines.good
    replaced = {line.item.identity for line in good}
    held = [_held(line.item.identity, line.item.ends, line) for line in good]
    held += [_held(key, row["ends"], None) for key, row in stored.items() if key not in replaced]
    for line, other in clashes(h for h in held if h.holder is not None):
        lines.refuse(line, "from", "roster_overlap", person=line.item.person, other=other.label)


def _held(identity: Identity, ends: int, line: Line[RosterRow] | None) -> Held[RosterRow]:
    """The session of an entry; one that adds none has no holder. A session does not contain its end."""
    person, kind, starts = identity
    label = f"{kind} {text_of(starts)} → {text_of(ends)}"
    holder = person if kind in SESSION_KINDS else None
    return Held(holder=holder, first=starts, last=ends - 1, line=line, label=label)


def _touched(changes: Iterable[Change[RosterRow]], site: Site) -> Iterator[tuple[int, *Days]]:
    """Days of the entry as it is now and as it was."""
    for change in changes:
        if change.touches():
            starts, ends = change.values["starts"], change.values["ends"]
            longest = ends if change.before is None else max(ends, change.before["ends"])
            yield change.values["person_id"], *site.days_of_seconds(starts, longest)
