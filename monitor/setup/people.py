"""people.csv: staff and their postings, one row a posting (rules 2.1, 9)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping
from sqlmodel import Session

from monitor.setup.cells import OPEN_START, day, name, one_of, text
from monitor.setup.changes import Change, Counts, compare, ids, stored_rows, write
from monitor.setup.checks import check_period
from monitor.setup.form import Column
from monitor.setup.lines import Line, Lines
from monitor.setup.overlaps import Held, clashes, day_bounds
from monitor.setup.spans import Days, Site
from monitor.store.queries import stale
from monitor.text.vietnamese import fold, sort_key

Posting = tuple[str, str, date]
"""Person code, unit code, first day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """A row of people.csv: a person in a unit for a time."""

    code: str
    name: str
    unit: str
    position: str
    role: str
    valid_from: date
    valid_to: date | None

    @property
    def posting(self) -> Posting:
        """What tells this posting from every other."""
        return self.code, self.unit, self.valid_from


COLUMNS = (
    Column("code", text, required=True),
    Column("name", name, required=True),
    Column("unit", text, required=True),
    Column("position", text, default=""),
    Column("role", one_of("staff", "deputy", "head"), default="staff"),
    Column("valid_from", day, default=OPEN_START),
    Column("valid_to", day),
)


def apply(session: Session, lines: Lines[PersonRow], site: Site) -> Counts:
    """Check and store the rows: the person's name first, then the postings."""
    units = ids(session, "unit")
    check_period(lines)
    lines.refuse_unknown("unit", "unit", units, lambda row: row.unit)
    lines.refuse_twice("code", lambda row: row.posting)
    stored = _stored_postings(session, lines, units)
    lines.settle(lambda: _check_overlaps(lines, stored))
    renamed = _write_people(session, lines)
    people = ids(session, "person")
    changes = compare(lines.good, lambda row: row.posting, lambda row: _values(row, people, units), stored)
    counts = write(session, "posting", changes)
    stale.mark(session, _touched(changes, site))
    return _with_renamed(counts, changes, renamed)


def _values(row: PersonRow, people: Mapping[str, int], units: Mapping[str, int]) -> dict[str, Any]:
    return {
        "person_id": people[row.code],
        "unit_id": units[row.unit],
        "position": row.position,
        "role": row.role,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def _stored_postings(
    session: Session, lines: Lines[PersonRow], units: Mapping[str, int]
) -> dict[Posting, RowMapping]:
    """The stored postings of everybody in the file."""
    mentioned = {line.item.code for line in lines.good}
    codes = {key: code for code, key in ids(session, "person").items() if code in mentioned}
    unit_codes = {key: code for code, key in units.items()}
    rows = stored_rows(session, "posting", "person_id", codes)
    return {(codes[row["person_id"]], unit_codes[row["unit_id"]], row["valid_from"]): row for row in rows}


def _check_overlaps(lines: Lines[PersonRow], stored: Mapping[Posting, RowMapping]) -> None:
    """A person is in one unit once at a time; posts in different units may run side by side."""
    good = lines.good
    replaced = {line.item.posting for line in good}
    held = [_held(line.item.posting, line.item.valid_to, line) for line in good]
    held += [_held(key, row["valid_to"], None) for key, row in stored.items() if key not in replaced]
    for line, other in clashes(held):
        lines.refuse(line, "valid_from", "posting_overlap", unit=line.item.unit, other=other.label)


def _held(posting: Posting, valid_to: date | None, line: Line[PersonRow] | None) -> Held[PersonRow]:
    person, unit, valid_from = posting
    first, last = day_bounds(valid_from, valid_to)
    label = f"{'…' if valid_from == OPEN_START else valid_from} → {valid_to or '…'}"
    return Held(holder=(person, unit), first=first, last=last, line=line, label=label)


def _write_people(session: Session, lines: Lines[PersonRow]) -> set[int]:
    """Store the name of each person's latest row; gives the numbers of lines that changed a stored name."""
    latest: dict[str, Line[PersonRow]] = {}
    for line in lines.good:
        held = latest.get(line.item.code)
        if held is None or line.item.valid_from >= held.item.valid_from:
            latest[line.item.code] = line
    stored = {row["code"]: row for row in stored_rows(session, "person", "code", latest)}
    changes = compare(latest.values(), lambda row: row.code, _person, stored)
    write(session, "person", changes)
    return {change.line.number for change in changes if not change.fresh and change.touches()}


def _person(row: PersonRow) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "sort_key": sort_key(row.name),
        "search_key": fold(row.name),
    }


def _touched(changes: Iterable[Change[PersonRow]], site: Site) -> Iterator[tuple[int, *Days]]:
    """Days on which somebody came to or left a unit; position and role decide nothing."""
    for change in changes:
        if change.touches("valid_to"):
            person, first = change.values["person_id"], change.values["valid_from"]
            yield person, *site.days(first, change.values["valid_to"])
            if change.before is not None:
                yield person, *site.days(first, change.before["valid_to"])


def _with_renamed(counts: Counts, changes: Iterable[Change[PersonRow]], renamed: set[int]) -> Counts:
    """A row whose posting is as stored, but whose name is not, changed something as well."""
    also = sum(1 for c in changes if not c.touches() and c.line.number in renamed)
    return Counts(added=counts.added, changed=counts.changed + also, unchanged=counts.unchanged - also)
