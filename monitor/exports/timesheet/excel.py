"""The workbook: one unit's sheet, or a whole agency's with a summary in front; lists at the end.

Rows go to disk as they are written, so that an agency of any size fits into memory.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from monitor.exports.timesheet.excel_formats import Formats
from monitor.exports.timesheet.excel_page import RowPage
from monitor.exports.timesheet.excel_sheet import lay_out, write_sheet
from monitor.exports.timesheet.sheet import Remark, Sheet, number
from monitor.exports.timesheet.words import word

LONGEST_NAME = 31
NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
LIST_WIDTHS = (14, 12, 28, 12, 14, 60)


def as_xlsx(sheets: Iterable[Sheet], zone: str, made_at: datetime, *, whole: bool) -> bytes:
    """The sheets, one worksheet each; `whole`: with a summary of all units in front."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        writer = _Book(book=book, formats=Formats(book), zone=zone)
        writer.fill(sheets, whole=whole)
    return target.getvalue()


@dataclass(slots=True, kw_only=True)
class _Book:
    """A workbook on its way: names taken, and what goes onto the lists at the end."""

    book: Any
    formats: Formats
    zone: str
    names: set[str] = field(default_factory=set)

    def fill(self, sheets: Iterable[Sheet], *, whole: bool) -> None:
        summary = _Summary(page=self._page(word("sheet_summary")), formats=self.formats) if whole else None
        missing: list[tuple[Sheet, Remark]] = []
        remarks: list[tuple[Sheet, Remark]] = []
        for sheet in sheets:
            write_sheet(self._page(sheet.unit), sheet, self.formats, self.zone)
            missing += [(sheet, remark) for remark in sheet.missing]
            remarks += [(sheet, remark) for remark in sheet.remarks]
            if summary:
                summary.add(sheet)
        for title, listed in (("sheet_missing", missing), ("sheet_remarks", remarks)):
            if listed:
                self._list(word(title), listed)

    def _page(self, title: str) -> Any:
        page = self.book.add_worksheet(self._name(title), RowPage)
        lay_out(page)
        return page

    def _name(self, title: str) -> str:
        """A worksheet's name that Excel takes and that no other has."""
        plain = NOT_IN_A_NAME.sub("_", title).strip("' ")[:LONGEST_NAME] or "_"
        name, count = plain, 1
        while name.casefold() in self.names:
            count += 1
            name = f"{plain[: LONGEST_NAME - 5]}~{count}"
        self.names.add(name.casefold())
        return name

    def _list(self, title: str, listed: Sequence[tuple[Sheet, Remark]]) -> None:
        page = self._page(title)
        heads = ("unit", "person", "name", "date", "session", "what")
        for column, (head, width) in enumerate(zip(heads, LIST_WIDTHS, strict=True)):
            page.set_column(column, column, width)
            text = word("sheet_name") if head == "name" else word(f"sheet_column_{head}")
            page.write_string(0, column, text, self.formats.head)
        page.freeze_panes(1, 0)
        page.repeat_rows(0)
        for row, (sheet, remark) in enumerate(listed, start=1):
            cells = (sheet.unit, remark.person, remark.name, f"{remark.on:%d/%m/%Y}", remark.session)
            for column, text in enumerate((*cells, remark.what)):
                page.write_string(row, column, text, self.formats.name)


@dataclass(slots=True, kw_only=True)
class _Summary:
    """One row for each unit, written as the units come by."""

    page: Any
    formats: Formats
    row: int = 0

    def add(self, sheet: Sheet) -> None:
        if not self.row:
            self._head(sheet)
        closing = sheet.closing
        texts = (word(f"sheet_state_{sheet.state}"), closing.code if closing else "")
        self.row += 1
        self.page.write_string(self.row, 0, sheet.unit, self.formats.name)
        self.page.write_string(self.row, 1, sheet.unit_name, self.formats.name)
        for column, value in enumerate((len(sheet.lines), *sheet.totals), start=2):
            self.page.write_number(self.row, column, number(value), self.formats.number)
        for column, text in enumerate(texts, start=3 + len(sheet.totals)):
            self.page.write_string(self.row, column, text, self.formats.name)

    def _head(self, sheet: Sheet) -> None:
        codes = ("unit", "unit_name", "people")
        titles = [word(f"sheet_column_{code}") for code in codes]
        titles += [f"{column.number}. {column.title}" for column in sheet.form.columns]
        titles += [word("sheet_column_state"), word("sheet_column_code")]
        self.page.set_column(0, 0, 14)
        self.page.set_column(1, 1, 40)
        self.page.set_column(2, len(titles) - 1, 16)
        self.page.set_column(len(titles) - 1, len(titles) - 1, 24)
        self.page.freeze_panes(1, 0)
        self.page.repeat_rows(0)
        for column, title in enumerate(titles):
            self.page.write_string(0, column, title, self.formats.head)
