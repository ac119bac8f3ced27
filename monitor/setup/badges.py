"""badges.csv: which device user id means whom, where and when (rules 7, 9)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping
from sqlmodel import Session

from monitor.setup.cells import day, device_id, text
from monitor.setup.changes import Change, Counts, compare, ids, stored_rows, write
from monitor.setup.checks import check_period
from monitor.setup.form import Column
from monitor.setup.lines import Line, Lines
from monitor.setup.overlaps import Held, clashes, day_bounds
from monitor.setup.spans import Days, Site
from monitor.store.queries import stale

ANY = "*"

Identity = tuple[str, str, str, date | None]
"""Person code, terminal code or `*`, device user id, first day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeRow:
    """A row of badges.csv."""

    person: str
    terminal: str
    device_user_id: str
    valid_from: date | None
    valid_to: date | None

    @property
    def identity(self) -> Identity:
        """What tells this badge from every other."""
        return self.person, self.terminal, self.device_user_id, self.valid_from


COLUMNS = (
    Column("person", text, required=True),
    Column("terminal", text, required=True),
    Column("device_user_id", device_id, required=True),
    Column("valid_from", day),
    Column("valid_to", day),
)


def apply(session: Session, lines: Lines[BadgeRow], site: Site) -> Counts:
    """Check and store the rows."""
    people, terminals = ids(session, "person"), ids(session, "terminal")
    check_period(lines)
    lines.refuse_unknown("person", "person", people, lambda row: row.person)
    lines.refuse_unknown("terminal", "terminal", {ANY: 0, **terminals}, lambda row: row.terminal)
    lines.refuse_twice("device_user_id", lambda row: row.identity)
    stored = _stored_badges(session, lines, people, terminals)
    lines.settle(lambda: _check_ambiguous(lines, stored))
    changes = compare(
        lines.good, lambda row: row.identity, lambda row: _values(row, people, terminals), stored
    )
    counts = write(session, "badge", changes)
    stale.mark(session, _touched(changes, _holders(changes, stored.values()), site))
    return counts


def _values(row: BadgeRow, people: Mapping[str, int], terminals: Mapping[str, int]) -> dict[str, Any]:
    return {
        "person_id": people[row.person],
        "terminal_id": None if row.terminal == ANY else terminals[row.terminal],
        "device_user_id": row.device_user_id,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def _stored_badges(
    session: Session, lines: Lines[BadgeRow], people: Mapping[str, int], terminals: Mapping[str, int]
) -> dict[Identity, RowMapping]:
    """The stored badges with a device user id that the file mentions, whoever holds them."""
    mentioned = {line.item.device_user_id for line in lines.good}
    person_of = {key: code for code, key in people.items()}
    terminal_of: dict[int | None, str] = {None: ANY, **{key: code for code, key in terminals.items()}}
    return {
        (
            person_of[row["person_id"]],
            terminal_of[row["terminal_id"]],
            row["device_user_id"],
            row["valid_from"],
        ): row
        for row in stored_rows(session, "badge", "device_user_id", mentioned)
    }


def _check_ambiguous(lines: Lines[BadgeRow], stored: Mapping[Identity, RowMapping]) -> None:
    """Two equally specific badges for one id at one time are refused (rules 7)."""
    good = lines.good
    replaced = {line.item.identity for line in good}
    held = [_held(line.item.identity, line.item.valid_to, line) for line in good]
    held += [_held(key, row["valid_to"], None) for key, row in stored.items() if key not in replaced]
    for line, other in clashes(held):
        row = line.item
        lines.refuse(
            line,
            "device_user_id",
            "badge_ambiguous",
            device_user_id=row.device_user_id,
            terminal=row.terminal,
            other=other.label,
        )


def _held(identity: Identity, valid_to: date | None, line: Line[BadgeRow] | None) -> Held[BadgeRow]:
    person, terminal, device_user_id, valid_from = identity
    first, last = day_bounds(valid_from, valid_to)
    return Held(holder=(terminal, device_user_id), first=first, last=last, line=line, label=person)


Claim = tuple[str, bool]
"""A device user id, and whether it is meant at any terminal or at one of its own."""


def _holders(changes: Iterable[Change[BadgeRow]], stored: Iterable[RowMapping]) -> dict[Claim, set[int]]:
    """Everybody who has or had a device user id, by how it is claimed."""
    claims = [(row["device_user_id"], row["terminal_id"], row["person_id"]) for row in stored]
    new = [change.values for change in changes]
    claims += [(row["device_user_id"], row["terminal_id"], row["person_id"]) for row in new]
    found: dict[Claim, set[int]] = defaultdict(set)
    for device_user_id, terminal_id, person_id in claims:
        found[device_user_id, terminal_id is None].add(person_id)
    return found


def _touched(
    changes: Iterable[Change[BadgeRow]], holders: Mapping[Claim, set[int]], site: Site
) -> Iterator[tuple[int, *Days]]:
    """Days on which a punch came to mean somebody, or ceased to.

    A terminal's own badge goes before one that is good anywhere (rules 7), so with either of them
    the holders of the other gain or lose punches.
    """
    for change in changes:
        if change.touches():
            values = change.values
            ends = {values["valid_to"]} | (set() if change.before is None else {change.before["valid_to"]})
            rivals = holders.get((values["device_user_id"], values["terminal_id"] is not None), set())
            for end in ends:
                span = site.days(values["valid_from"], end)
                yield from ((person, *span) for person in {values["person_id"], *rivals})
