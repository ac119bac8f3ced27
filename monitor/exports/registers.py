"""Registered excuses and roster entries as the workbooks that an import takes back unchanged (rules 9).

Times and days are text exactly as an import reads them; text that looks like a formula stays text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from monitor.exports.formats import as_xlsx
from monitor.registers.listing import ListedEntry, ListedExcuse
from monitor.rules.wallclock import text_of
from monitor.setup import excuses, roster
from monitor.setup.form import Column

COLUMNS: Mapping[str, tuple[Column, ...]] = {"excuses": excuses.COLUMNS, "roster": roster.COLUMNS}
SAMPLES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "excuses": (
        (
            *("CB001", "leave", "2026-03-02 00:00:00", "2026-03-03 23:59:59"),
            *("approved", "Đơn số 7", "2026-02-27", ""),
        ),
        (
            *("CB002", "business_trip", "2026-03-04 07:30:00", "2026-03-04 11:30:00"),
            *("approved", "Giấy đi đường 12", "", ""),
        ),
    ),
    "roster": (
        ("CB001", "duty", "2026-03-07 07:00:00", "2026-03-07 19:00:00", "Trụ sở", "Lịch trực tháng 3"),
        ("CB002", "overtime", "2026-03-04 17:00:00", "2026-03-04 19:30:00", "", "Giấy báo 5"),
    ),
}
"""Rows of the sample files; whoever uses one writes their own over them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A workbook, how many rows it has, and the staff codes in it."""

    content: bytes
    rows: int
    people: tuple[str, ...]


def excuses_workbook(listed: Iterable[ListedExcuse]) -> Sheet:
    """What counts or may come to count; what was rejected or withdrawn is history, not a register."""
    rows = [
        (
            *(one.person.code, one.excuse.type_code, text_of(one.excuse.starts), text_of(one.excuse.ends)),
            *(one.excuse.status, one.excuse.document),
            "" if one.excuse.document_date is None else one.excuse.document_date.isoformat(),
            "" if one.excuse.entered_at is None else text_of(one.excuse.entered_at),
        )
        for one in listed
        if one.excuse.status != "rejected"
    ]
    return _sheet("excuses", rows)


def roster_workbook(listed: Iterable[ListedEntry]) -> Sheet:
    """The roster entries."""
    rows = [
        (
            *(one.person.code, one.entry.kind, text_of(one.entry.starts), text_of(one.entry.ends)),
            *(one.entry.place, one.entry.document),
        )
        for one in listed
    ]
    return _sheet("roster", rows)


def sample_workbook(kind: str) -> bytes:
    """A file of the kind with two rows to write over."""
    return _sheet(kind, SAMPLES[kind]).content


def _sheet(kind: str, rows: Iterable[tuple[str, ...]]) -> Sheet:
    names = [column.name for column in COLUMNS[kind]]
    table = pd.DataFrame(list(rows), columns=names, dtype=object)
    return Sheet(content=as_xlsx(table), rows=len(table), people=tuple(table["person"]))
