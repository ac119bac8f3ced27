"""The paper as PDF, typeset as the timesheets are: data goes in as JSON and is never markup."""

import json
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

import typst

from monitor.exports.timesheet.form import Print
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.paper import Cell, Paper, vietnamese, word
from monitor.inspections.paper_excel import people_heads

TEMPLATE = Path(__file__).with_name("report.typ")
STANDARD: Literal["a-2b"] = "a-2b"
MOST_ROWS = 5_000


def as_pdf(paper: Paper, *, style: Print, folder: Path) -> bytes:
    """One document; the same paper gives the same bytes. `folder` is where the office's fonts lie.

    Raises InspectionRefused `paper_font_missing`, `paper_too_long`.
    """
    rows = len(paper.rows) + len(paper.people)
    if rows > MOST_ROWS:
        raise InspectionRefused("paper_too_long", rows=rows, most=MOST_ROWS)
    fonts = _fonts(str(folder / style.font_folder) if style.font_folder else "")
    if style.font not in fonts.families():
        raise InspectionRefused("paper_font_missing", font=style.font)
    told = json.dumps({"font": style.font, **_values(paper)}, ensure_ascii=False)
    try:
        return _compiled(told, fonts, paper, STANDARD)
    except typst.TypstError:
        # A letter that the font lacks: PDF/A refuses it, a plain PDF shows a box.
        return _compiled(told, fonts, paper, None)


def _compiled(told: str, fonts: typst.Fonts, paper: Paper, standard: Literal["a-2b"] | None) -> bytes:
    compiler = typst.Compiler(TEMPLATE.read_bytes(), font_paths=fonts, sys_inputs={"paper": told})
    made = compiler.compile(format="pdf", pdf_standards=standard, timestamp=int(paper.made_at.timestamp()))
    if not isinstance(made, bytes):
        msg = "a PDF is one file"
        raise TypeError(msg)
    return made


@lru_cache(maxsize=4)
def _fonts(folder: str) -> typst.Fonts:
    """The built-in fonts and those of a folder; never the machine's, whose letters may lack marks."""
    return typst.Fonts(include_system_fonts=False, font_paths=[folder] if folder else [])


def _values(paper: Paper) -> dict[str, object]:
    made = paper.made_at
    return {
        "agency": paper.agency,
        "body": paper.body,
        "nation": word("paper_nation"),
        "motto": word("paper_motto"),
        "dated": word("paper_dated", place=paper.place, day=f"{made:%d}", month=f"{made:%m}", year=made.year),
        "heading": word("paper_heading"),
        "title": paper.title,
        "about": list(paper.about),
        "heads": list(paper.heads),
        "rows": [
            {"sum": row.depth is None, "depth": row.depth or 0, "cells": [_cell(cell) for cell in row.cells]}
            for row in paper.rows
        ],
        "notes": list(paper.notes),
        "compared_title": word("paper_compared_title"),
        "compared": [list(row) for row in paper.compared],
        "exemplary_title": word("paper_exemplary"),
        "exemplary": list(paper.exemplary),
        "signatories": list(paper.signatories),
        "signature": word("paper_signature"),
        "people_title": word("paper_people_title"),
        "people": [list(row) for row in (people_heads(), *paper.people)] if paper.people else [],
        "foot": word("paper_foot", made_at=f"{made:%H:%M %d/%m/%Y}"),
    }


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return word("paper_not_enough")
        case Decimal():
            return vietnamese(cell)
        case _:
            return str(cell)
