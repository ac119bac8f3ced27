"""The evidence of a unit's year as a file for the agency's evaluation software: Excel, CSV, JSON."""

import json
from typing import Any

from monitor.exports.formats import as_csv_for_people, as_workbook
from monitor.exports.trace import Handed
from monitor.rules.wallclock import date_of
from monitor.store.queries.tree import Tree
from monitor.yearly.tables import Row, frame, tables_of
from monitor.yearly.unit import UnitYear

SCHEMA = "attendance-monitor/yearly-evidence/1"
SUFFIXES = ("xlsx", "csv", "json")
OF_A_PERSON = ("months", "reminders", "commendations", "findings")
"""Tables whose rows lie with their person in JSON."""


def content_of(found: UnitYear, units: Tree, suffix: str) -> bytes:
    """The file of one of SUFFIXES; CSV holds the table of people alone."""
    tables = tables_of(found, units)
    if suffix == "json":
        return as_json(found, tables)
    if suffix == "csv":
        return as_csv_for_people(frame("people", tables["people"]))
    return as_workbook({name: frame(name, rows) for name, rows in tables.items()})


def as_json(found: UnitYear, tables: dict[str, list[Row]]) -> bytes:
    """Everything, people with what belongs to them; null where nothing is known."""
    people = []
    for row in tables["people"]:
        told: dict[str, Any] = dict(row)
        told["excused_by_symbol"] = _symbols(str(row["excused_by_symbol"]))
        told["perfect_months"] = str(row["perfect_months"]).split(";") if row["perfect_months"] else []
        told |= {name: _of_person(tables[name], row["person"]) for name in OF_A_PERSON}
        people.append(told)
    content = {
        "schema": SCHEMA,
        "unit": found.unit.code,
        "unit_name": found.unit.name,
        "from": date_of(found.period.first_day).isoformat(),
        "to": date_of(found.period.last_day).isoformat(),
        "people": people,
        "leaders": tables["leaders"],
        "unit_commendations": [row for row in tables["commendations"] if row["unit"]],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _symbols(text: str) -> dict[str, int]:
    pairs = (part.rpartition("=") for part in text.split(";") if part)
    return {symbol: int(count) for symbol, _, count in pairs}


def _of_person(rows: list[Row], person: object) -> list[Row]:
    return [
        {name: value for name, value in row.items() if name not in {"person", "unit"}}
        for row in rows
        if row["person"] == person
    ]


def handed(found: UnitYear, content: bytes, suffix: str, file: str = "") -> Handed:
    """What the trail is told of the file before it is handed over."""
    return Handed(
        what=f"yearly.{suffix}",
        content=content,
        rows=len(found.people),
        people=[one.who.code for one in found.people],
        first_day=found.period.first_day,
        last_day=found.period.last_day,
        unit=found.unit.code,
        file=file,
    )


def file_name(found: UnitYear, suffix: str) -> str:
    """A name of plain letters, whatever the unit's code is made of."""
    code = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in found.unit.code)
    return f"minh-chung-nam_{code}_{found.period.text}.{suffix}"
