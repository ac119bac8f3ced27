"""The export of overtime records (rules 4.1, 9): what was approved, and how much of it was worked."""

import pandas as pd

from monitor.exports.records import moment, whole_minutes
from monitor.rules.codes import OvertimeClass
from monitor.rules.wallclock import date_of, text_of

OVERTIME_COLUMNS = (
    "person",
    "date",
    "unit",
    "class",
    "from",
    "to",
    "present_from",
    "present_to",
    "overtime_minutes",
    "night_minutes",
)


def overtime_table(records: pd.DataFrame) -> pd.DataFrame:
    """Stored overtime records -> one row per entry and date; minutes are rounded down (rules 0)."""
    table = pd.DataFrame(
        {
            "person": records["person"],
            "date": records["day"].map(lambda day: date_of(day).isoformat()),
            "unit": records["unit"],
            "class": records["kind"].map(lambda kind: OvertimeClass(kind).name.lower()),
            "from": records["starts"].map(text_of),
            "to": records["ends"].map(text_of),
            "present_from": records["present_from"].map(moment),
            "present_to": records["present_to"].map(moment),
            "overtime_minutes": records["seconds"].map(whole_minutes),
            "night_minutes": records["night_seconds"].map(whole_minutes),
        },
        dtype=object,
    )
    return table[list(OVERTIME_COLUMNS)]
