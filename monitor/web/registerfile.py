"""A file of excuses or roster entries in the browser: read, narrowed to one's scope, tried, applied."""

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.preview import PreviewReport, PreviewRow, preview_change
from monitor.registers.days import day_bounds
from monitor.registers.listing import stays_of
from monitor.registers.reach import Stay, within
from monitor.setup import ImportRefused, ImportReport, ReadFile, import_into, read_bytes
from monitor.setup.lines import Line, Lines
from monitor.store.queries.trail import person_ids
from monitor.store.session import transaction
from monitor.store.tables import Excuse, ExcuseType, RosterEntry
from monitor.web.context import scope, site
from monitor.web.registerpage import may_see_sensitive
from monitor.web.registerscope import row_in_scope
from monitor.web.sign_in import holder

LARGEST_FILE = 1024 * 1024
LARGEST_FORM = 2 * LARGEST_FILE
LONGEST_NAME = 100
KEEP_ROWS = 50
CHUNK = 5000

Key = tuple[int, str, int]
"""Person id, type or kind, start: what tells an entry from every other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it came; `packed` travels through the pages until it is applied, nothing is kept here."""

    kind: str
    name: str
    data: bytes

    @property
    def packed(self) -> str:
        """The bytes for a hidden field."""
        return base64.b64encode(self.data).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What applying would do, and the rows of it that the reader may see."""

    report: PreviewReport
    rows: list[PreviewRow]


class _NotApplied(Exception):
    """Ends the transaction without keeping anything of it."""


def unpacked(kind: str, name: str, packed: str) -> Upload:
    """The upload of a hidden field. Raises ImportRefused `file_unreadable`."""
    try:
        return Upload(kind=kind, name=name[:LONGEST_NAME], data=base64.b64decode(packed, validate=True))
    except (binascii.Error, ValueError):
        raise ImportRefused("file_unreadable", file=name[:LONGEST_NAME]) from None


def try_out(upload: Upload) -> Tried:
    """Apply the file, see what becomes of whom, and keep nothing. Raises ImportRefused."""
    rows: list[PreviewRow] = []

    def keep(row: PreviewRow) -> None:
        if len(rows) < KEEP_ROWS and row_in_scope(row):
            rows.append(row)

    report = preview_change(
        site().engine,
        lambda database: _import(database, upload),
        now=site().now(),
        settings=site().settings,
        keep_rows=0,
        each=keep,
    )
    return Tried(report=report, rows=rows)


def put_in(upload: Upload) -> ImportReport:
    """Apply the file whole, or nothing of it. Raises ImportRefused when it cannot be read at all."""
    report = None
    try:
        with transaction(site().engine) as database:
            report = _import(database, upload)
            if not report.applied:
                raise _NotApplied
    except _NotApplied:
        pass
    assert report is not None  # noqa: S101 - whatever else went wrong was raised
    return report


def _import(database: Session, upload: Upload) -> ImportReport:
    file = read_bytes(upload.kind, upload.data, upload.name)
    _narrow(database, file)
    zone = site().settings.site.timezone
    return import_into(database, file, now=site().now(), zone=zone, actor=holder().user_name)


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
