"""What is stored of a kind of file, as the file that an import takes back unchanged (rules 9)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlmodel import Session

from monitor.exports.formats import as_xlsx
from monitor.exports.regulations import regulations_toml
from monitor.setup import badges, calendar, leave_types, people, staffing, terminals, units
from monitor.setup.cells import OPEN_START
from monitor.setup.changes import stored_rows
from monitor.setup.form import Column
from monitor.setup.origins import BETWEEN, Link, stored_origins
from monitor.store.queries.tree import tree

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "units": units.COLUMNS,
    "people": people.COLUMNS,
    "terminals": terminals.COLUMNS,
    "badges": badges.COLUMNS,
    "calendar": calendar.COLUMNS,
    "leave_types": leave_types.COLUMNS,
    "staffing": staffing.COLUMNS,
}
SECRET = frozenset({"comm_key", "push_key"})
"""Columns that never leave; an import without them leaves what is stored alone."""

TOML = "regulations"
Units = frozenset[int] | None
"""Ids of the units whose rows are wanted; None: every row."""
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file, how many rows it has, and the staff codes in it."""

    content: bytes
    suffix: str
    rows: int
    people: tuple[str, ...]


def stored_file(session: Session, kind: str, within: Units) -> StoredFile:
    """What is stored of a kind, as far as it belongs to some units; keys of terminals are left out."""
    if kind == TOML:
        content, count, named = regulations_toml(session, within)
        return StoredFile(content=content, suffix=".toml", rows=count, people=named)
    rows = ROWS[kind](session, within)
    names = written_columns(kind)
    table = pd.DataFrame(rows, columns=list(names), dtype=object)
    who = {"people": "code", "badges": "person"}.get(kind)
    named = tuple(dict.fromkeys(table[who])) if who else ()
    return StoredFile(content=as_xlsx(table), suffix=".xlsx", rows=len(rows), people=named)


def written_columns(kind: str) -> tuple[str, ...]:
    """The columns of a kind's file as it is given out."""
    return tuple(column.name for column in COLUMNS[kind] if column.name not in SECRET)


def _codes(session: Session, table: str) -> dict[int | None, str]:
    return {None: "", **{row["id"]: row["code"] for row in stored_rows(session, table)}}


def _units(session: Session, within: Units) -> list[Cells]:
    """Parents before children, so that the file reads as a tree."""
    known, codes = tree(session), _codes(session, "unit")
    rows, origins = {row["id"]: row for row in stored_rows(session, "unit")}, stored_origins(session)
    order = [unit for root in known.children.get(None, ()) for unit, _depth in known.walk(root)]
    return [
        (
            *(row["code"], row["name"], codes[row["parent_id"]], _flag(row["public_facing"]), row["bloc"]),
            *(_day(row["valid_from"]), _day(row["valid_to"])),
            *_origin(origins.get(row["id"], []), codes, within),
        )
        for row in (rows[unit] for unit in order if within is None or unit in within)
    ]


def _origin(links: list[Link], codes: Mapping[int | None, str], within: Units) -> Cells:
    """Where a unit comes from, as far as its predecessors may be named."""
    named = [link for link in links if within is None or link[0] in within]
    if not named:
        return ("", "", "", "")
    _unit, kind, since, document = named[0]
    return BETWEEN.join(codes[link[0]] for link in named), kind, _day(since), document


def _people(session: Session, within: Units) -> list[Cells]:
    held = {row["id"]: row for row in stored_rows(session, "person")}
    codes = _codes(session, "unit")
    found = [
        (
            *(held[row["person_id"]]["code"], held[row["person_id"]]["name"], codes[row["unit_id"]]),
            *(row["position"], row["role"], _day(row["valid_from"]), _day(row["valid_to"])),
        )
        for row in stored_rows(session, "posting")
        if within is None or row["unit_id"] in within
    ]
    return sorted(found, key=lambda cells: (cells[0], cells[5]))


def _terminals(session: Session, within: Units) -> list[Cells]:
    codes = _codes(session, "unit")
    return [
        (
            *(row["code"], row["name"], row["kind"], row["host"], str(row["port"]), row["transport"]),
            *(row["serial"] or "", codes[row["unit_id"]], row["timezone"], row["direction"]),
            *(_flag(row["push"]), row["push_network"], row["push_timezone"], _day(row["installed_on"])),
        )
        for row in stored_rows(session, "terminal")
        if within is None or row["unit_id"] in within
    ]


def _badges(session: Session, within: Units) -> list[Cells]:
    postings = stored_rows(session, "posting")
    mine = {row["person_id"] for row in postings if within is None or row["unit_id"] in within}
    people_codes, terminal_codes = _codes(session, "person"), _codes(session, "terminal")
    terminal_codes[None] = badges.ANY
    found = [
        (
            *(people_codes[row["person_id"]], terminal_codes[row["terminal_id"]], row["device_user_id"]),
            *(_day(row["valid_from"]), _day(row["valid_to"])),
        )
        for row in stored_rows(session, "badge")
        if within is None or row["person_id"] in mine
    ]
    return sorted(found)


def _calendar(session: Session, within: Units) -> list[Cells]:
    codes = _codes(session, "unit")
    found = [
        (
            *(_day(row["on_date"]), row["kind"], row["name"], _day(row["for_date"])),
            *(codes[row["unit_id"]], row["document"], row["status"]),
        )
        for row in stored_rows(session, "calendar_day")
        if within is None or row["unit_id"] is None or row["unit_id"] in within
    ]
    return sorted(found)


def _leave_types(session: Session, _within: Units) -> list[Cells]:
    flags = ("paid", "counts_cong", "needs_document", "sensitive")
    return [
        (row["code"], row["name"], row["symbol"], *(_flag(row[name]) for name in flags))
        for row in stored_rows(session, "excuse_type")
    ]


def _staffing(session: Session, within: Units) -> list[Cells]:
    codes = _codes(session, "unit")
    found = [
        (
            *(codes[row["unit_id"]], row["session"], str(row["people"])),
            *(_day(row["valid_from"]), row["document"]),
        )
        for row in stored_rows(session, "minimum_staffing")
        if within is None or row["unit_id"] in within
    ]
    return sorted(found)


ROWS: Mapping[str, Callable[[Session, Units], list[Cells]]] = {
    "units": _units,
    "people": _people,
    "terminals": _terminals,
    "badges": _badges,
    "calendar": _calendar,
    "leave_types": _leave_types,
    "staffing": _staffing,
}


def _day(on: date | None) -> str:
    """A date as an import reads it; an open end is an empty cell."""
    return "" if on is None or on == OPEN_START else on.isoformat()


def _flag(value: bool) -> str:
    return "1" if value else "0"
