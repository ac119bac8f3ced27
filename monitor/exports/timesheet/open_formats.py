"""The month for payroll programs: CSV and JSON with the columns of docs/timesheet-schema.md."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Literal

from monitor.exports.formats import FORMULA_SIGNS
from monitor.exports.timesheet.sheet import SPLIT, Line, Sheet, number

SCHEMA = "monitor timesheet 1"
DAYS = 31


def as_csv(sheets: Iterable[Sheet]) -> bytes:
    """One row per person and unit: `d01` to `d31`, then the form's columns as `c32` and so on."""
    rows: list[list[str | int | float]] = []
    for sheet in sheets:
        rows += [] if rows else [[*_csv_head(sheet)]]
        rows += [_csv_row(sheet, line) for line in sheet.lines]
    written = _written(rows, csv.QUOTE_MINIMAL)
    # A lone CR is quoted only where it ends lines, and a reader would begin a row of somebody's own there.
    return (_written(rows, csv.QUOTE_NONNUMERIC) if "\r" in written else written).encode("utf-8-sig")


def _written(rows: list[list[str | int | float]], quoting: Literal[0, 2]) -> str:
    target = io.StringIO()
    csv.writer(target, lineterminator="\n", quoting=quoting).writerows(rows)
    return target.getvalue()


def _csv_head(sheet: Sheet) -> list[str]:
    days = [f"d{day:02}" for day in range(1, DAYS + 1)]
    columns = [f"c{column.number}" for column in sheet.form.columns]
    return ["month", "unit", "unit_name", "person", "name", "position", *days, *columns, "state", "code"]


def _csv_row(sheet: Sheet, line: Line) -> list[str | int | float]:
    days = [cell.replace(SPLIT, "/") for cell in line.cells]
    days += [""] * (DAYS - len(days))
    texts = [plain(text) for text in (sheet.unit_name, line.code, line.name, line.position)]
    before = [sheet.month, plain(sheet.unit), *texts]
    code = sheet.closing.code if sheet.closing else ""
    return [*before, *days, *(number(total) for total in line.totals), str(sheet.state), code]


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before one that begins like one."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def as_json(sheets: Iterable[Sheet]) -> bytes:
    """One object: the schema's name, the form, the month, and the units with their people."""
    units: list[dict[str, object]] = []
    head: dict[str, object] = {"schema": SCHEMA}
    for sheet in sheets:
        head |= {"form": sheet.form_name, "month": sheet.month, "columns": _columns(sheet)}
        units.append(_unit(sheet))
    return json.dumps({**head, "units": units}, ensure_ascii=False).encode()


def _columns(sheet: Sheet) -> list[dict[str, object]]:
    return [{"number": column.number, "title": column.title} for column in sheet.form.columns]


def _unit(sheet: Sheet) -> dict[str, object]:
    closing = sheet.closing
    return {
        "unit": sheet.unit,
        "name": sheet.unit_name,
        "state": str(sheet.state),
        "pending_sessions": sheet.missing_count,
        "code": closing.code if closing else None,
        "seal": closing.seal if closing else None,
        "closed_at": closing.closed_at.isoformat() if closing else None,
        "days": [
            {"date": head.on.isoformat(), "kind": str(head.kind), "name": head.name} for head in sheet.days
        ],
        "people": [_person(sheet, line) for line in sheet.lines],
        "totals": _by_number(sheet, sheet.totals),
    }


def _person(sheet: Sheet, line: Line) -> dict[str, object]:
    return {
        "person": line.code,
        "name": line.name,
        "position": line.position,
        "days": dict(_days(sheet, line)),
        "totals": _by_number(sheet, line.totals),
    }


def _days(sheet: Sheet, line: Line) -> Iterator[tuple[str, list[str]]]:
    """The symbols of each day that has any."""
    for head, cell in zip(sheet.days, line.cells, strict=True):
        if cell:
            yield head.on.isoformat(), cell.split(SPLIT)


def _by_number(sheet: Sheet, totals: Iterable[float]) -> dict[str, int | float]:
    return {
        str(column.number): number(total) for column, total in zip(sheet.form.columns, totals, strict=True)
    }
