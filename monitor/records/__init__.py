"""Session and day records: derived data, made from punches and rules and replaced by person-day.

Every function reads what is stored, calls the pure `reconcile` and replaces the records of whole
person-days within one transaction; a closed period's records stay as they are (rules 8).
"""

from monitor.records.due import first_judged_day
from monitor.records.refresh import (
    Foreseen,
    foreseen,
    rebuild,
    reconcile_range,
    refresh,
    refresh_within,
)

__all__ = [
    "Foreseen",
    "first_judged_day",
    "foreseen",
    "rebuild",
    "reconcile_range",
    "refresh",
    "refresh_within",
]
