"""Writing a table as CSV, Excel or JSON, without ever making a formula of somebody's text."""

import csv
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO

import pandas as pd
import xlsxwriter

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""A spreadsheet takes the wide forms of East Asian keyboards for the narrow ones."""
UNDATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's properties know no zone
"""What a workbook says of when it was made: the same rows are the same bytes, whose hash the trail keeps."""


def as_csv(table: pd.DataFrame) -> bytes:
    """UTF-8, comma-separated, a header row always (rules 9)."""
    written = table.to_csv(index=False, lineterminator="\n")
    if "\r" in written:
        # It is quoted only where it ends lines, and a reader would begin a row of somebody's own there.
        written = table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    return written.encode()


def as_csv_for_people(table: pd.DataFrame) -> bytes:
    """As `as_csv`, for readers who open it in a spreadsheet: no text begins as a formula does."""
    cells = {name: [_defused(value) for value in table[name]] for name in table.columns}
    return as_csv(pd.DataFrame(cells, columns=table.columns, dtype=object))


def _defused(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value


def as_json(table: pd.DataFrame) -> bytes:
    """An array of objects, one per row."""
    return (table.to_json(orient="records", force_ascii=False) or "[]").encode()


def as_xlsx(table: pd.DataFrame) -> bytes:
    """One sheet; text stays text even where it begins like a formula."""
    return as_workbook({"Sheet1": table})


def as_workbook(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """A sheet for each table, by its name; cells of no value stay empty."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "constant_memory": False}) as book:
        book.set_properties({"created": UNDATED})
        heading = book.add_format({"bold": True})
        for name, table in sheets.items():
            sheet = book.add_worksheet(name)
            for column, title in enumerate(table.columns):
                sheet.write_string(0, column, str(title), heading)
            for row, values in enumerate(table.itertuples(index=False), start=1):
                for column, value in enumerate(values):
                    if isinstance(value, int | float):
                        sheet.write_number(row, column, value)
                    elif value is not None:
                        sheet.write_string(row, column, str(value))
            sheet.freeze_panes(1, 0)
    return target.getvalue()


FORMATS = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}
"""The open exports: scripts read them, so the cells are exactly what rules 9 says."""
FORMATS_FOR_PEOPLE = FORMATS | {"csv": as_csv_for_people}
"""Everything else that is written as a table."""
