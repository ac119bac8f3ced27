"""The exports of session and day records (rules 9): exact columns, for scripts and spreadsheets."""

import pandas as pd

from monitor.rules.codes import Status, reason_codes
from monitor.rules.wallclock import date_of, text_of

SESSION_COLUMNS = (
    "person",
    "date",
    "unit",
    "session",
    "start",
    "end",
    "in",
    "out",
    "status",
    "late_minutes",
    "early_minutes",
    "worked_minutes",
    "symbol",
    "cong",
    "reasons",
    "rule_version",
)
DAY_COLUMNS = (
    "person",
    "date",
    "unit",
    "status",
    "late_minutes",
    "early_minutes",
    "worked_minutes",
    "symbols",
    "cong",
    "reasons",
)
MINUTE = 60


def sessions_table(records: pd.DataFrame) -> pd.DataFrame:
    """Stored session records -> the columns of rules 9, text and numbers as they are written.

    Lateness and earliness are rounded up to the minute, worked time down (rules, introduction).
    """
    table = pd.DataFrame(
        {
            "person": records["person"],
            "date": records["day"].map(lambda day: date_of(day).isoformat()),
            "unit": records["unit"],
            "session": records["session"],
            "start": records["starts"].map(text_of),
            "end": records["ends"].map(text_of),
            "in": records["time_in"].map(moment),
            "out": records["time_out"].map(moment),
            "status": records["status"].map(_status),
            "late_minutes": records["late_seconds"].map(rounded_up),
            "early_minutes": records["early_seconds"].map(rounded_up),
            "worked_minutes": records["worked_seconds"].map(lambda seconds: seconds // MINUTE),
            "symbol": records["symbol"],
            # A list, because a column of pandas would make one type of whole and half numbers.
            "cong": pd.Series([number(value) for value in records["cong"]], dtype=object),
            "reasons": records["reasons"].map(lambda reasons: ";".join(reason_codes(reasons))),
            "rule_version": records["rule_version"],
        },
        dtype=object,
    )
    return table[list(SESSION_COLUMNS)]


def days_table(records: pd.DataFrame) -> pd.DataFrame:
    """Stored session records -> one row per person and date; minutes are sums of what sessions show."""
    minutes = records.assign(
        late_minutes=records["late_seconds"].map(rounded_up),
        early_minutes=records["early_seconds"].map(rounded_up),
        worked_minutes=records["worked_seconds"].map(lambda seconds: seconds // MINUTE),
    )
    rows = [_day_row(day) for _, day in minutes.groupby(["person", "day"], sort=True)]
    return pd.DataFrame(rows, columns=list(DAY_COLUMNS), dtype=object)


def _day_row(day: pd.DataFrame) -> tuple[object, ...]:
    reasons = 0
    for value in day["reasons"]:
        reasons |= int(value)
    return (
        day["person"].iloc[0],
        date_of(day["day"].iloc[0]).isoformat(),
        day["unit"].iloc[0],
        _status(min(day["status"])),
        sum(day["late_minutes"]),
        sum(day["early_minutes"]),
        sum(day["worked_minutes"]),
        ";".join(day["symbol"]),
        number(sum(day["cong"])),
        ";".join(reason_codes(reasons)),
    )


def moment(seconds: int | None) -> str:
    """A time as the files have it, nothing for none."""
    return "" if seconds is None else text_of(seconds)


def _status(value: int) -> str:
    return Status(value).name.lower()


def whole_minutes(seconds: int) -> int:
    """Whole minutes, a started one left out."""
    return seconds // MINUTE


def rounded_up(seconds: int) -> int:
    """Whole minutes, a started one counted."""
    return -(-seconds // MINUTE)


def number(value: float) -> int | float:
    """0.5 stays, 1.0 becomes 1; sums of thirds lose their last digits."""
    rounded = round(float(value), 4)
    return int(rounded) if rounded == int(rounded) else rounded
