"""The national calendar that is shipped, as rows for the rules, and short ways to write days."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from monitor.setup import shipped_calendar


@dataclass(frozen=True, slots=True)
class Row:
    on_date: date
    kind: str
    status: str = "F"
    name: str = ""
    document: str = ""
    for_date: date | None = None


def on(text: str) -> date:
    """A date written as dd/mm/yyyy."""
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


def shipped() -> tuple[Row, ...]:
    with shipped_calendar().open(encoding="utf-8", newline="") as source:
        return tuple(_row(cells) for cells in csv.DictReader(source))


def dates(rows: Iterable[Row]) -> set[date]:
    return {row.on_date for row in rows}


def _row(cells: dict[str, str]) -> Row:
    return Row(
        on_date=date.fromisoformat(cells["date"]),
        kind=cells["kind"],
        status=cells["status"],
        name=cells["name"],
        document=cells["document"],
        for_date=date.fromisoformat(cells["for_date"]) if cells["for_date"] else None,
    )


SHIPPED = shipped()
