"""The sentences around a sheet's table, the same on every kind of paper; documents are in Vietnamese."""

from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from monitor.exports.timesheet.sheet import DayKind, Sheet, State, local_legend
from monitor.text import sentence


def word(code: str, /, **values: object) -> str:
    """A sentence in the language of documents."""
    return sentence(code, values)


def state_lines(sheet: Sheet, zone: str) -> list[str]:
    """What the foot says of how final the sheet is, the code of a closed month included."""
    if sheet.closing is None:
        return [word("sheet_open") if sheet.state is State.OPEN else _why_draft(sheet)]
    closing = sheet.closing
    closed_at = f"{closing.closed_at.astimezone(ZoneInfo(zone)):%H:%M %d/%m/%Y}"
    lines = [word("sheet_closed", closed_at=closed_at, closed_by=closing.closed_by)]
    if sheet.missing_count:
        values = {"count": sheet.missing_count, "pending": sheet.form.pending}
        lines.append(word("sheet_closed_undecided", **values))
    lines.append(word("sheet_code", code=closing.code))
    lines.append(word("sheet_check", code=closing.code, unit=sheet.unit, month=sheet.month))
    return lines


def _why_draft(sheet: Sheet) -> str:
    why = word("sheet_draft_why", count=sheet.missing_count)
    return f"{why} {word('sheet_draft_behind')}" if sheet.behind else why


def _special_days(sheet: Sheet) -> str:
    """The month's days off and make-up days by name, so that shading is not all that tells of them."""
    special = [head for head in sheet.days if head.kind not in {DayKind.WORK, DayKind.WEEKEND} and head.name]
    if not special:
        return ""
    return word("sheet_special_days", days="; ".join(f"{head.on:%d/%m} {head.name}" for head in special))


def notes(sheet: Sheet) -> list[str]:
    """The lines under the legend: days off by name, what splitting and stripes mean where they occur."""
    found = [_special_days(sheet)]
    if any(len(cell.split()) > 1 for line in sheet.lines for cell in line.cells):
        found.append(sheet.form.split_note)
    if any(line.away for line in sheet.lines):
        found.append(word("sheet_away"))
    return [note for note in found if note]


def legends(sheet: Sheet) -> list[tuple[str, list[tuple[str, str]]]]:
    """Titles and (symbol, meaning) pairs: the form's own, and of the office's those that occur."""
    own = [(meaning.symbol, meaning.meaning) for meaning in sheet.form.legend]
    both = ((word("sheet_legend"), own), (word("sheet_local_legend"), local_legend(sheet)))
    return [(title, pairs) for title, pairs in both if pairs]


def signing_date(sheet: Sheet) -> str:
    """The dotted date above the signatures, with the place if the office has said it."""
    place = sheet.office.place
    return word("sheet_date", place=f"{place}, n" if place else "N")


def code_to_scan(sheet: Sheet) -> str:
    """The text behind the QR of a closed month."""
    if sheet.closing is None:
        return ""
    if sheet.check_url:
        asked = {"ma": sheet.closing.code, "don-vi": sheet.unit, "thang": sheet.month}
        return f"{sheet.check_url}?{urlencode(asked)}"
    return f"{sheet.form_name} {sheet.unit} {sheet.month} {sheet.closing.code}"
