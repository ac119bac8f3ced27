"""The optional columns of units.csv that say which units one came from, how, when, by which document."""

from collections.abc import Container, Mapping, Sequence
from datetime import date

from sqlalchemy import delete
from sqlmodel import Session, col

from monitor.setup.cells import CellRefused, day, one_of, text
from monitor.setup.changes import insert_rows, stored_rows
from monitor.setup.form import Column
from monitor.setup.lines import Line, Lines
from monitor.setup.table import Cell
from monitor.setup.unit_row import UnitRow
from monitor.store.tables import UnitOrigin
from monitor.store.tables.origins import ORIGINS

BETWEEN = ";"
ONE_ONLY = frozenset({"split", "rename"})
"""A part, or a new name, comes from one unit; several come together in a merger."""

Link = tuple[int, str, date, str]
"""Predecessor's id, kind, date, document."""


def codes(cell: Cell) -> tuple[str, ...]:
    """Codes with `;` between them. Refuses `code_twice`."""
    found = tuple(code for part in text(cell).split(BETWEEN) if (code := part.strip()))
    if len(set(found)) < len(found):
        raise CellRefused("code_twice", value=text(cell))
    return found


COLUMNS = (
    Column("predecessors", codes, default=()),
    Column("origin", one_of(*ORIGINS), default=""),
    Column("origin_on", day),
    Column("origin_document", text, default=""),
)


def check_origins(lines: Lines[UnitRow], known: Container[str]) -> None:
    """Refuse predecessors nobody knows, and origins that are told by half. `known`: stored codes."""
    named = {line.item.code for line in lines.good}
    unread = set() if lines.partial else lines.unread.get("code", set())
    for line in lines.good:
        row = line.item
        for code in row.predecessors:
            if code == row.code:
                lines.refuse(line, "predecessors", "own_predecessor", unit=code)
            elif code not in known and code not in named and code not in unread:
                lines.refuse(line, "predecessors", "unknown_predecessor", unit=code)
        _check_whole(lines, line)


def _check_whole(lines: Lines[UnitRow], line: Line[UnitRow]) -> None:
    row = line.item
    if not row.predecessors and (row.origin or row.origin_on or row.origin_document):
        lines.refuse(line, "predecessors", "origin_of_nothing")
    if row.predecessors and not row.origin:
        lines.refuse(line, "origin", "origin_missing")
    if row.predecessors and row.origin_on is None and row.valid_from is None:
        lines.refuse(line, "origin_on", "origin_undated")
    if row.origin in ONE_ONLY and len(row.predecessors) > 1:
        lines.refuse(line, "predecessors", "origin_of_many")


def write_origins(session: Session, rows: Sequence[UnitRow], ids: Mapping[str, int]) -> frozenset[str]:
    """Store where units come from, in place of what is stored; gives the codes whose origin changed."""
    before = stored_origins(session)
    changed = {
        row.code: (before.get(ids[row.code], []), links)
        for row in rows
        if (links := _links(row, ids)) != before.get(ids[row.code], [])
    }
    units = [ids[code] for code in changed]
    session.connection().execute(delete(UnitOrigin).where(col(UnitOrigin.unit_id).in_(units)))
    named = ("predecessor_id", "kind", "since", "document")
    new = [(ids[code], link) for code, (_, links) in changed.items() for link in links]
    insert_rows(
        session,
        "unit_origin",
        [{"unit_id": unit, **dict(zip(named, link, strict=True))} for unit, link in new],
    )
    session.info.setdefault("differences", []).extend(
        {"table": "unit_origin", "id": ids[code], "before": {"links": old}, "after": {"links": links}}
        for code, (old, links) in changed.items()
    )
    return frozenset(changed)


def _links(row: UnitRow, ids: Mapping[str, int]) -> list[Link]:
    """By the predecessor's id; one that is not known stands in a file that is refused."""
    since = row.origin_on or row.valid_from
    found = [ids[code] for code in row.predecessors if code in ids]
    return [(unit, row.origin, since, row.origin_document) for unit in sorted(found) if since is not None]


def stored_origins(session: Session) -> dict[int, list[Link]]:
    """Unit id -> where it comes from, by the predecessor's id."""
    found: dict[int, list[Link]] = {}
    for row in stored_rows(session, "unit_origin"):
        link = (row["predecessor_id"], row["kind"], row["since"], row["document"])
        found.setdefault(row["unit_id"], []).append(link)
    return found
