"""A month's sheets as one file, and whom it is about: what the command line and the pages hand over."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor.exports.timesheet.excel import as_xlsx
from monitor.exports.timesheet.open_formats import as_csv, as_json
from monitor.exports.timesheet.pdf import as_pdf
from monitor.exports.timesheet.sheet import Sheet, State
from monitor.exports.timesheet.supplement import Supplement
from monitor.exports.timesheet.wanted import Wanted
from monitor.exports.trace import Handed

SUFFIXES = (".xlsx", ".pdf", ".csv", ".json")


@dataclass(slots=True, kw_only=True)
class Seen:
    """What went by: how many units and drafts, whose rows, how many sessions without a verdict."""

    units: int = 0
    drafts: int = 0
    pending: int = 0
    people: list[str] = field(default_factory=list)

    def watch(
        self,
        sheets: Iterable[Sheet],
        units: int = 0,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> Iterator[Sheet]:
        """The same sheets, counted."""
        for sheet in sheets:
            yield sheet
            self.units += 1
            self.drafts += sheet.state is State.DRAFT
            self.pending += sheet.missing_count if sheet.state is State.DRAFT else 0
            self.people += [line.code for line in sheet.lines]
            progress(self.units, units)


def content_of_file(
    sheets: Iterable[Sheet], wanted: Wanted, suffix: str, *, folder: Path, whole: bool
) -> bytes:
    """The file that a suffix of SUFFIXES stands for; `folder` is where the office's fonts lie.

    Raises StoreError `sheet_too_long_for_pdf`.
    """
    if suffix == ".csv":
        return as_csv(sheets)
    if suffix == ".json":
        return as_json(sheets)
    if suffix == ".xlsx":
        return as_xlsx(sheets, wanted.zone, wanted.now, whole=whole)
    return as_pdf(sheets, wanted.zone, wanted.now, style=wanted.forms.print, folder=folder)


def handed_over(content: bytes, wanted: Wanted, seen: Seen, unit: str, file: str) -> Handed:
    """What the trail is told of a file of sheets; `file` is its name."""
    what = f"timesheet.{wanted.form_name}{Path(file).suffix.lower()}"
    return _handed(what, content, wanted, seen.people, unit, file)


def supplement_handed(
    content: bytes, wanted: Wanted, rows: Sequence[Supplement], unit: str, file: str
) -> Handed:
    """What the trail is told of a list of pending adjustments."""
    what = f"timesheet.supplement{Path(file).suffix.lower()}"
    return _handed(what, content, wanted, [row.person for row in rows], unit, file)


def _handed(what: str, content: bytes, wanted: Wanted, people: list[str], unit: str, file: str) -> Handed:
    return Handed(
        what=what,
        content=content,
        rows=len(people),
        people=people,
        first_day=wanted.month.first_day,
        last_day=wanted.month.last_day,
        unit=unit,
        file=file,
    )
