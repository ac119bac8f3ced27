"""A file of excuses or roster entries in the browser: read, narrowed to one's scope, tried, applied."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.registers.days import day_bounds
from monitor.registers.listing import stays_of
from monitor.registers.reach import Stay, within
from monitor.setup import ImportReport, ReadFile
from monitor.setup.lines import Line, Lines
from monitor.store.queries.trail import person_ids
from monitor.store.tables import Excuse, ExcuseType, RosterEntry
from monitor.web import uploads
from monitor.web.context import scope
from monitor.web.registerpage import may_see_sensitive
from monitor.web.uploads import Tried, Upload

CHUNK = 5000

Key = tuple[int, str, int]
"""Person id, type or kind, start: what tells an entry from every other."""


def try_out(upload: Upload) -> Tried:
    """Apply the file, see what becomes of whom, and keep nothing. Raises ImportRefused."""
    return uploads.try_out(upload, _narrow)


def put_in(upload: Upload) -> ImportReport:
    """Apply the file whole, or nothing of it. Raises ImportRefused when it cannot be read at all."""
    return uploads.put_in(upload, _narrow)


def _narrow(database: Session, file: ReadFile) -> None:
    """Refuse rows about days out of scope just as those about nobody, and rows about oneself."""
    lines = file.lines
    known = person_ids(database, {line.item.person for line in lines.read})
    stays = stays_of(database, known.values())
    stored = _stored(database, file.kind, known.values())
    secret = _secret_types(database)
    for line in lines.read:
        person_id = known.get(line.item.person)
        if person_id is not None:
            _narrow_line(lines, line, person_id, stays.get(person_id, []), stored)
            if getattr(line.item, "type", "") in secret:
                lines.refuse(line, "type", "excuse_type_not_yours")


def _narrow_line(
    lines: Lines[Any],
    line: Line[Any],
    person_id: int,
    stays: list[Stay],
    stored: Mapping[Key, int],
) -> None:
    item = line.item
    kind = item.type if hasattr(item, "type") else item.kind
    # What is stored under the same identity would be changed with it: its days count as well.
    ends = max(item.starts, item.ends, stored.get((person_id, kind, item.starts), 0))
    if not within(scope().reach, stays, *day_bounds(item.starts, ends)):
        lines.refuse(line, "person", "unknown_person", person=item.person)
    elif person_id == scope().person_id:
        lines.refuse(line, "person", "register_own")


def _stored(database: Session, kind: str, people: Collection[int]) -> Mapping[Key, int]:
    """The ends of what is stored for some people."""
    table, named = (Excuse, Excuse.type_code) if kind == "excuses" else (RosterEntry, RosterEntry.kind)
    columns = (col(table.person_id), col(named), col(table.starts), col(table.ends))
    found: dict[Key, int] = {}
    wanted = sorted(people)
    for start in range(0, len(wanted), CHUNK):
        mine = select(*columns).where(col(table.person_id).in_(wanted[start : start + CHUNK]))
        for person, name, starts, ends in database.connection().execute(mine):
            key = (person, name, starts)
            found[key] = max(ends, found.get(key, ends))
    return found


def _secret_types(database: Session) -> frozenset[str]:
    if may_see_sensitive():
        return frozenset()
    wanted = select(col(ExcuseType.code)).where(col(ExcuseType.sensitive))
    return frozenset(database.scalars(wanted))
