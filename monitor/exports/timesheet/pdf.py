"""The sheets as PDF, ready to print: data goes into the typesetter as JSON and is never its markup."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

import typst

from monitor.config import ConfigError
from monitor.exports.timesheet.form import OFFICE_FILE, Print, filled
from monitor.exports.timesheet.qr import as_svg
from monitor.exports.timesheet.sheet import (
    Line,
    Remark,
    Sheet,
    State,
    month_words,
    vietnamese,
)
from monitor.exports.timesheet.words import (
    code_to_scan,
    legends,
    notes,
    signing_date,
    state_lines,
    word,
)
from monitor.store.session import StoreError

TEMPLATE = Path(__file__).with_name("sheet.typ")
STANDARD: Literal["a-2b"] = "a-2b"
"""PDF/A: readable in decades, fonts inside."""
MOST_PEOPLE = 3_000
"""Beyond, the typesetter's memory grows into gigabytes, and nobody prints 200 pages in one piece."""


def as_pdf(sheets: Iterable[Sheet], zone: str, made_at: datetime, *, style: Print, folder: Path) -> bytes:
    """One document, each unit on pages of its own; the same data and time give the same bytes.

    `style` is the office's, `folder` where its file lies. Raises ConfigError `sheet_font_missing`, StoreError
    `sheet_too_long_for_pdf`.
    """
    listed = _at_most(sheets)
    fonts = _fonts(str(folder / style.font_folder) if style.font_folder else "")
    if style.font not in fonts.families():
        raise ConfigError("sheet_font_missing", font=style.font, path=str(folder / OFFICE_FILE))
    values = {
        "title": f"{listed[0].form.title} {month_words(listed[0].month)}",
        "font": style.font,
        "sheets": [_values(sheet, zone) for sheet in listed],
    }
    told = json.dumps(values, ensure_ascii=False)
    try:
        return _compiled(told, fonts, made_at, STANDARD)
    except typst.TypstError:
        # A letter that the font lacks (a name in another script): PDF/A refuses it, a plain PDF shows a box.
        return _compiled(told, fonts, made_at, None)


def _compiled(told: str, fonts: typst.Fonts, made_at: datetime, standard: Literal["a-2b"] | None) -> bytes:
    # A compiler that has failed once does not find its own template again.
    compiler = typst.Compiler(TEMPLATE.read_bytes(), font_paths=fonts, sys_inputs={"sheets": told})
    made = compiler.compile(format="pdf", pdf_standards=standard, timestamp=int(made_at.timestamp()))
    if not isinstance(made, bytes):
        msg = "a PDF is one file"
        raise TypeError(msg)
    return made


@lru_cache(maxsize=4)
def _fonts(folder: str) -> typst.Fonts:
    """The built-in fonts and those of a folder; never the machine's, whose letters may lack marks."""
    return typst.Fonts(include_system_fonts=False, font_paths=[folder] if folder else [])


def _at_most(sheets: Iterable[Sheet]) -> list[Sheet]:
    found: list[Sheet] = []
    people = 0
    for sheet in sheets:
        found.append(sheet)
        people += len(sheet.lines)
        if people > MOST_PEOPLE:
            raise StoreError("sheet_too_long_for_pdf", people=people, most=MOST_PEOPLE)
    return found


def _values(sheet: Sheet, zone: str) -> dict[str, object]:
    form, code = sheet.form, code_to_scan(sheet)
    return {
        "heading": [filled(line, sheet.heading) for line in form.heading],
        "number": form.number,
        "legal": form.legal,
        "title": form.title,
        "month": month_words(sheet.month),
        "to_number": word("sheet_number") if form.has_number else "",
        "draft": word("sheet_draft") if sheet.state is State.DRAFT else "",
        "position_title": form.position_title,
        "totals_title": form.totals_title,
        "words": {
            "line_number": word("sheet_line_number"),
            "name": word("sheet_name"),
            "days": word("sheet_days"),
            "sum": word("sheet_sum"),
        },
        "days": [
            {"number": str(head.on.day), "letters": head.letters, "off": head.kind.is_off}
            for head in sheet.days
        ],
        "columns": [{"number": str(column.number), "title": column.title} for column in form.columns],
        "lines": [_line(line) for line in sheet.lines],
        "totals": [vietnamese(total) for total in sheet.totals],
        "legends": [
            {"title": title, "lines": [f"- {meaning}: {symbol}" for symbol, meaning in pairs]}
            for title, pairs in legends(sheet)
        ],
        "notes": notes(sheet),
        "signing_date": signing_date(sheet),
        "signatories": list(form.signatories),
        "signature": form.signature,
        "state": state_lines(sheet, zone),
        "qr": as_svg(code) if code else "",
        "qr_text": code,
        "lists": list(_lists(sheet)),
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "name": line.name,
        "position": line.position,
        "cells": list(line.cells),
        "away": sorted(line.away),
        "totals": [vietnamese(total) for total in line.totals],
    }


def _lists(sheet: Sheet) -> Iterable[dict[str, object]]:
    more = sheet.missing_count - len(sheet.missing)
    if sheet.missing:
        yield _list("sheet_missing", sheet.missing, word("sheet_missing_more", count=more) if more else "")
    if sheet.remarks:
        yield _list("sheet_remarks", sheet.remarks, "")


def _list(title: str, remarks: Sequence[Remark], more: str) -> dict[str, object]:
    heads = [word("sheet_column_person"), word("sheet_name")]
    heads += [word(f"sheet_column_{name}") for name in ("date", "session", "what")]
    rows = [
        [remark.person, remark.name, f"{remark.on:%d/%m/%Y}", remark.session, remark.what]
        for remark in remarks
    ]
    return {"title": word(title), "heads": heads, "rows": rows, "more": more}
