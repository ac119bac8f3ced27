"""Writing a table as CSV, Excel or JSON, without ever making a formula of somebody's text."""

from io import BytesIO

import pandas as pd
import xlsxwriter


def as_csv(table: pd.DataFrame) -> bytes:
    """UTF-8, comma-separated, a header row always (rules 9)."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def as_json(table: pd.DataFrame) -> bytes:
    """An array of objects, one per row."""
    return (table.to_json(orient="records", force_ascii=False) or "[]").encode()


def as_xlsx(table: pd.DataFrame) -> bytes:
    """One sheet; text stays text even where it begins like a formula."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "constant_memory": False}) as book:
        sheet = book.add_worksheet()
        heading = book.add_format({"bold": True})
        for column, name in enumerate(table.columns):
            sheet.write_string(0, column, str(name), heading)
        for row, values in enumerate(table.itertuples(index=False), start=1):
            for column, value in enumerate(values):
                if isinstance(value, int | float):
                    sheet.write_number(row, column, value)
                else:
                    sheet.write_string(row, column, str(value))
        sheet.freeze_panes(1, 0)
    return target.getvalue()


FORMATS = {"csv": as_csv, "json": as_json, "xlsx": as_xlsx}
