"""The minutes as PDF: data goes into the typesetter as JSON and is never its markup."""

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Literal

import typst

from monitor.exports.timesheet.form import Print
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.minutes_paper import MinutesPaper
from monitor.inspections.paper import word

TEMPLATE = Path(__file__).with_name("minutes.typ")
STANDARD: Literal["a-2b"] = "a-2b"


def as_pdf(paper: MinutesPaper, *, style: Print, folder: Path) -> bytes:
    """One document; the same version gives the same bytes. Raises InspectionRefused `paper_font_missing`."""
    return typeset(TEMPLATE, {**asdict(paper), **_fixed()}, paper.made_at_seconds, style=style, folder=folder)


def typeset(
    template: Path, data: dict[str, object], made_at_seconds: int, *, style: Print, folder: Path
) -> bytes:
    """A template's PDF from these data. Raises InspectionRefused `paper_font_missing`."""
    fonts = _fonts(str(folder / style.font_folder) if style.font_folder else "")
    if style.font not in fonts.families():
        raise InspectionRefused("paper_font_missing", font=style.font)
    told = json.dumps({"font": style.font, **data}, ensure_ascii=False)
    compiler = typst.Compiler(template.read_bytes(), font_paths=fonts, sys_inputs={"paper": told})
    try:
        return _compiled(compiler, made_at_seconds, STANDARD)
    except typst.TypstError:
        # A letter that the font lacks: PDF/A refuses it, a plain PDF shows a box.
        return _compiled(compiler, made_at_seconds, None)


def _fixed() -> dict[str, str]:
    """What all minutes say."""
    return {
        "nation": word("paper_nation"),
        "motto": word("paper_motto"),
        "signature": word("paper_signature"),
        "recipients_title": word("minutes_recipients"),
    }


def _compiled(compiler: typst.Compiler, made_at_seconds: int, standard: Literal["a-2b"] | None) -> bytes:
    made = compiler.compile(format="pdf", pdf_standards=standard, timestamp=made_at_seconds)
    if not isinstance(made, bytes):
        msg = "a PDF is one file"
        raise TypeError(msg)
    return made


@lru_cache(maxsize=4)
def _fonts(folder: str) -> typst.Fonts:
    """The built-in fonts and those of a folder; never the machine's, whose letters may lack marks."""
    return typst.Fonts(include_system_fonts=False, font_paths=[folder] if folder else [])
