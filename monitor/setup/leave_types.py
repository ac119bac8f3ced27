"""leave_types.csv: the catalogue of reasons for being away and their timesheet symbols (rules 5, 9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, update
from sqlmodel import Session

from monitor.setup.cells import CellRefused, flag, text
from monitor.setup.changes import Change, Counts, compare, stored_rows, table_of
from monitor.setup.form import Column
from monitor.setup.lines import Lines
from monitor.setup.spans import Site
from monitor.setup.table import Cell
from monitor.store.queries import stale

LONGEST_CODE = 40
LONGEST_SYMBOL = 4
OWN_SYMBOLS = {
    "+": "worked",
    "(+)": "worked",
    "X": "worked",
    "KP": "unexcused",
    "TR": "on_duty",
    "L": "holiday",
    "?": "undecided",
}
"""Symbols that the sheets themselves write, and what for: no reason for being away may look like them."""

JUDGED = ("symbol", "counts_cong")
"""Columns that verdicts depend on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveTypeRow:
    """A row of leave_types.csv."""

    code: str
    name: str
    symbol: str
    paid: bool
    counts_cong: bool
    needs_document: bool
    sensitive: bool


def _code(cell: Cell) -> str:
    """Small letters, digits and _: files name a type by it. Refuses `bad_type_code`."""
    found = text(cell)
    plain = found.isascii() and found.replace("_", "a").isalnum() and found == found.lower()
    if not plain or len(found) > LONGEST_CODE:
        raise CellRefused("bad_type_code", value=found[:LONGEST_CODE])
    return found


def _symbol(cell: Cell) -> str:
    """What fits a cell of the sheet. Refuses `symbol_too_long`."""
    found = text(cell)
    if len(found) > LONGEST_SYMBOL:
        raise CellRefused("symbol_too_long", value=found[:LONGEST_CODE], most=LONGEST_SYMBOL)
    return found


COLUMNS = (
    Column("code", _code, required=True),
    Column("name", text, required=True),
    Column("symbol", _symbol, required=True),
    Column("paid", flag, default=True),
    Column("counts_cong", flag, default=True),
    Column("needs_document", flag, default=False),
    Column("sensitive", flag, default=False),
)


def apply(session: Session, lines: Lines[LeaveTypeRow], site: Site) -> Counts:
    """Check and store the rows; a type that is stored stays, for excuses name it."""
    stored = {row["code"]: row for row in stored_rows(session, "excuse_type")}
    lines.refuse_twice("code", lambda row: row.code)
    lines.settle(lambda: _check_symbols(lines, stored))
    changes = compare(lines.good, lambda row: row.code, _values, stored)
    added = [change for change in changes if change.fresh]
    changed = [change for change in changes if not change.fresh and change.touches()]
    _write(session, added, changed)
    _mark(session, changed, site)
    return Counts(added=len(added), changed=len(changed), unchanged=len(changes) - len(added) - len(changed))


def same_symbol(symbol: str) -> str:
    """What makes two symbols one to a reader: capitals do not tell Ts from TS."""
    return symbol.casefold()


def _values(row: LeaveTypeRow) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in COLUMNS}


def _check_symbols(lines: Lines[LeaveTypeRow], stored: Mapping[str, RowMapping]) -> None:
    """One symbol means one thing: among the types, and beside what the sheets write themselves.

    A type that shares its symbol already and keeps it is left alone: no file makes it worse.
    """
    good = lines.good
    coming = {line.item.code for line in good}
    taken = {same_symbol(row["symbol"]): code for code, row in stored.items() if code not in coming}
    own = {same_symbol(symbol): meaning for symbol, meaning in OWN_SYMBOLS.items()}
    for line in good:
        row = line.item
        key = same_symbol(row.symbol)
        if key in own:
            lines.refuse(line, "symbol", f"symbol_own_{own[key]}", symbol=row.symbol)
            continue
        owner = taken.setdefault(key, row.code)
        if owner != row.code and not _as_before(row, stored):
            lines.refuse(line, "symbol", "symbol_taken", symbol=row.symbol, other=owner)


def _as_before(row: LeaveTypeRow, stored: Mapping[str, RowMapping]) -> bool:
    before = stored.get(row.code)
    return before is not None and before["symbol"] == row.symbol


def _write(session: Session, added: list[Change[LeaveTypeRow]], changed: list[Change[LeaveTypeRow]]) -> None:
    source = table_of("excuse_type")
    session.info.setdefault("differences", []).extend(_difference(change) for change in changed)
    for change in changed:
        statement = update(source).where(source.c.code == bindparam("row_code"))
        names = {name: value for name, value in change.values.items() if name != "code"}
        session.connection().execute(statement.values(names), {"row_code": change.values["code"]})
    if added:
        session.connection().execute(insert(source), [change.values for change in added])


def _difference(change: Change[LeaveTypeRow]) -> dict[str, Any]:
    before: Mapping[Any, Any] = change.before or {}
    names = [name for name, value in change.values.items() if before[name] != value]
    return {
        "table": "excuse_type",
        "id": change.values["code"],
        "before": {name: before[name] for name in names},
        "after": {name: change.values[name] for name in names},
    }


def _mark(session: Session, changed: Iterable[Change[LeaveTypeRow]], site: Site) -> None:
    """Mark the days of everybody whose excuse of the type is now written or counted otherwise."""
    codes = [change.values["code"] for change in changed if change.touches(*JUDGED)]
    excuse = table_of("excuse").c
    mine = select(excuse.person_id, excuse.starts, excuse.ends).where(excuse.type_code.in_(codes))
    rows = session.connection().execute(mine) if codes else ()
    stale.mark(session, ((person, *site.days_of_seconds(starts, ends)) for person, starts, ends in rows))
