"""allowances.csv: minutes a day that a person may use in working time (rules 6, 9)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from monitor.setup.cells import OPEN_START, day, one_of, text, whole
from monitor.setup.changes import Change, Counts, compare, ids, stored_rows, write
from monitor.setup.checks import check_period
from monitor.setup.form import Column
from monitor.setup.lines import Lines
from monitor.setup.spans import Days, Site
from monitor.store.queries import stale

MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceRow:
    """A row of allowances.csv."""

    person: str
    kind: str
    minutes: int
    where: str
    valid_from: date
    valid_to: date | None
    document: str


COLUMNS = (
    Column("person", text, required=True),
    Column("kind", one_of("nursing", "pregnancy", "other"), required=True),
    Column("minutes", whole(1, 1440), required=True),
    Column("where", one_of("start", "end", "either"), required=True),
    Column("valid_from", day, default=OPEN_START),
    Column("valid_to", day),
    Column("document", text, default=""),
)


def apply(session: Session, lines: Lines[AllowanceRow], site: Site) -> Counts:
    """Check and store the rows. Several allowances of one day add up, so they may overlap."""
    people = ids(session, "person")
    check_period(lines)
    lines.refuse_unknown("person", "person", people, lambda row: row.person)
    lines.refuse_twice("person", lambda row: (row.person, row.kind, row.where, row.valid_from))
    _check_length(session, lines)
    mentioned = {people[line.item.person] for line in lines.good}
    rows = stored_rows(session, "allowance", "person_id", mentioned)
    stored = {(row["person_id"], row["kind"], row["place"], row["valid_from"]): row for row in rows}
    changes = compare(
        lines.good,
        lambda row: (people[row.person], row.kind, row.where, row.valid_from),
        lambda row: _values(row, people),
        stored,
    )
    counts = write(session, "allowance", changes)
    stale.mark(session, _touched(changes, site))
    return counts


def _check_length(session: Session, lines: Lines[AllowanceRow]) -> None:
    """Refuse an allowance longer than the longest working day of any stored regulation: a slip of the pen."""
    days: Counter[tuple[int, str]] = Counter()
    for row in stored_rows(session, "regulation_session"):
        for weekday in row["weekdays"]:
            days[row["regulation_id"], weekday] += (row["end_seconds"] - row["start_seconds"]) // MINUTE
    longest = max(days.values(), default=None)
    for line in lines.read if longest is not None else ():
        if line.item.minutes > (longest or 0):
            lines.refuse(line, "minutes", "allowance_over_day", minutes=line.item.minutes, longest=longest)


def _values(row: AllowanceRow, people: Mapping[str, int]) -> dict[str, Any]:
    return {
        "person_id": people[row.person],
        "kind": row.kind,
        "minutes": row.minutes,
        "place": row.where,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "document": row.document,
    }


def _touched(changes: Iterable[Change[AllowanceRow]], site: Site) -> Iterator[tuple[int, *Days]]:
    """Days on which the allowance holds now, or held; its document decides nothing."""
    for change in changes:
        if change.touches("minutes", "valid_to"):
            person, first = change.values["person_id"], change.values["valid_from"]
            yield person, *site.days(first, change.values["valid_to"])
            if change.before is not None:
                yield person, *site.days(first, change.before["valid_to"])
