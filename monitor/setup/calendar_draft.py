"""A draft of next year's calendar.csv, for the office to correct, confirm and import (rules 2.3, 9)."""

import csv
from io import StringIO

from monitor.rules.holidays import DraftedDay, draft_year
from monitor.setup.calendar import COLUMNS


def draft_calendar(year: int) -> str:
    """A year's days off as the text of a calendar.csv; what only a notice can decide has status P.

    Raises YearRefused as `draft_year` does.
    """
    text = StringIO(newline="")
    sheet = csv.DictWriter(text, [column.name for column in COLUMNS], restval="", lineterminator="\n")
    sheet.writeheader()
    sheet.writerows(_cells(day) for day in draft_year(year))
    return text.getvalue()


def _cells(day: DraftedDay) -> dict[str, str]:
    """The filled cells of a row; national days off have neither a scope nor a swapped day."""
    return {
        "date": day.on_date.isoformat(),
        "kind": day.kind,
        "name": day.name,
        "document": day.document,
        "status": day.status,
    }
