"""A month's overtime against its caps as a table (docs/yearly-evidence.md)."""

import pandas as pd

from monitor.yearly.overtime import NIGHT, OvertimeLine

MINUTE = 60
COLUMNS = (
    *("person", "name", "position", "month", "approved_minutes", "planned_minutes", "worked_minutes"),
    *("workday_minutes", "rest_minutes", "holiday_minutes", "night_minutes"),
    *("unapproved_presence_minutes", "unapproved_presence_days"),
    *("month_cap_hours", "month_percent", "year_minutes", "year_cap_hours", "year_percent"),
    *("level", "part_of_year_elsewhere", "documents", "entries_without_document"),
)


def overtime_table(lines: list[OvertimeLine], month: str) -> pd.DataFrame:
    """One row per person; minutes are rounded down, per cent count what was worked."""
    rows = [_row(line, month) for line in lines]
    cells = {name: pd.Series([row[name] for row in rows], dtype=object) for name in COLUMNS}
    return pd.DataFrame(cells, columns=list(COLUMNS), dtype=object)


def _row(line: OvertimeLine, month: str) -> dict[str, str | int]:
    return {
        "person": line.who.code,
        "name": line.who.name,
        "position": line.who.position,
        "month": month,
        "approved_minutes": line.approved // MINUTE,
        "planned_minutes": line.planned // MINUTE,
        "worked_minutes": line.worked // MINUTE,
        "workday_minutes": line.classes.get("workday", 0) // MINUTE,
        "rest_minutes": line.classes.get("rest", 0) // MINUTE,
        "holiday_minutes": line.classes.get("holiday", 0) // MINUTE,
        "night_minutes": line.classes.get(NIGHT, 0) // MINUTE,
        "unapproved_presence_minutes": line.unapproved.seconds // MINUTE,
        "unapproved_presence_days": line.unapproved.days,
        "month_cap_hours": line.month.cap_hours,
        "month_percent": line.month.percent,
        "year_minutes": line.year.used_seconds // MINUTE,
        "year_cap_hours": line.year.cap_hours,
        "year_percent": line.year.percent,
        "level": line.level.value,
        "part_of_year_elsewhere": int(line.partly),
        "documents": ";".join(line.documents),
        "entries_without_document": line.undocumented,
    }
