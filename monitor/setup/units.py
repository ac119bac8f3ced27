"""units.csv: the tree of organisational units (rules 9)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from monitor.setup.cells import day, flag, name, text
from monitor.setup.changes import (
    Change,
    Counts,
    compare,
    ids,
    insert_rows,
    remember_differences,
    stored_rows,
    update_rows,
)
from monitor.setup.checks import check_period
from monitor.setup.form import Column
from monitor.setup.lines import Line, Lines
from monitor.setup.origins import COLUMNS as ORIGIN_COLUMNS
from monitor.setup.origins import check_origins, write_origins
from monitor.setup.spans import Site
from monitor.setup.unit_row import UnitRow
from monitor.store.queries import stale

COLUMNS = (
    Column("code", text, required=True),
    Column("name", name, required=True),
    Column("parent", text),
    Column("public_facing", flag, default=False),
    Column("bloc", text, default=""),
    Column("valid_from", day),
    Column("valid_to", day),
    *ORIGIN_COLUMNS,
)


def apply(session: Session, lines: Lines[UnitRow], site: Site) -> Counts:
    """Check and store the rows."""
    stored = stored_rows(session, "unit")
    code_of = {row["id"]: row["code"] for row in stored}
    parents: dict[str, str | None] = {row["code"]: code_of.get(row["parent_id"]) for row in stored}
    check_period(lines)
    lines.refuse_twice("code", lambda row: row.code)
    lines.settle(lambda: _check_tree(lines, parents))
    lines.settle(lambda: check_origins(lines, parents))
    known = ids(session, "unit")
    before = {row["code"]: row for row in stored}
    changes = compare(lines.good, lambda row: row.code, lambda row: _values(row, known), before)
    origins = [line.item for line in lines.good if "predecessors" in lines.columns]
    return _write(session, changes, site, origins)


def _values(row: UnitRow, known: Mapping[str, int]) -> dict[str, Any]:
    """Columns to store; a parent that comes with the same file has no id yet and is filled in later."""
    return {
        "code": row.code,
        "name": row.name,
        "parent_id": known.get(row.parent, -1) if row.parent else None,
        "public_facing": row.public_facing,
        "bloc": row.bloc,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def _check_tree(lines: Lines[UnitRow], stored_parents: Mapping[str, str | None]) -> None:
    """Every parent is known, and no unit is above itself: among the rows and with what is stored."""
    parents = dict(stored_parents)
    parents |= {line.item.code: line.item.parent for line in lines.good}
    unread = set() if lines.partial else lines.unread.get("code", set())
    for line in lines.good:
        parent = line.item.parent
        if parent is not None and parent not in parents and parent not in unread:
            lines.refuse(line, "parent", "unknown_parent", parent=parent)
    for line in lines.good:
        if circle := _circle(line.item.code, parents):
            lines.refuse(line, "parent", "unit_circle", path=" → ".join(circle))


def _circle(code: str, parents: Mapping[str, str | None]) -> list[str]:
    """The way from a unit up to itself; empty when it leads to a root."""
    path = [code]
    above = parents.get(code)
    while above is not None and above not in path:
        path.append(above)
        above = parents.get(above)
    return [*path, code] if above == code else []


def _write(
    session: Session, changes: list[Change[UnitRow]], site: Site, origins: Sequence[UnitRow]
) -> Counts:
    """Store units, then who is under whom: a parent may stand below its child in the file.

    A file without the columns of origins leaves what is stored about them alone.
    """
    added = [change for change in changes if change.fresh]
    changed = [change for change in changes if not change.fresh and change.touches()]
    insert_rows(session, "unit", [{**change.values, "parent_id": None} for change in added])
    known = ids(session, "unit")
    remember_differences(session, "unit", changed)
    update_rows(session, "unit", [_linked(change.line, known) for change in (*added, *changed)])
    moved = [known[change.line.item.code] for change in changed if change.touches("parent_id")]
    _mark_moved(session, moved, site)
    touched = {change.line.item.code for change in (*added, *changed)}
    others = len(write_origins(session, origins, known) - touched)
    unchanged = len(changes) - len(added) - len(changed) - others
    return Counts(added=len(added), changed=len(changed) + others, unchanged=unchanged)


def _linked(line: Line[UnitRow], known: Mapping[str, int]) -> dict[str, Any]:
    """The columns with the parent's id.

    A parent may be missing only where its own row has an error, and then nothing of the file is kept.
    """
    row = line.item
    return {"id": known[row.code], **_values(row, known), "parent_id": known.get(row.parent or "")}


def _mark_moved(session: Session, moved: Iterable[int], site: Site) -> None:
    """Regulations, calendar and terminals come down the tree: mark whoever was posted below a moved unit."""
    below = set(moved)
    if not below:
        return
    rows = stored_rows(session, "unit")
    while grown := {row["id"] for row in rows if row["parent_id"] in below} - below:
        below |= grown
    postings = stored_rows(session, "posting", "unit_id", below)
    stale.mark(session, ((p["person_id"], *site.days(p["valid_from"], p["valid_to"])) for p in postings))
