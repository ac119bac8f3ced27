"""Điều chỉnh chờ: what a closed month's rows would become, in words; the sealed sheet stays as it is.

A supplement is a list beside the sheet: whoever pays by the sealed one adds these in a later month.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlmodel import Session

from monitor.exports.records import moment, number, rounded_up
from monitor.periods import Adjustment, Month, list_adjustments
from monitor.periods.codes import code_of
from monitor.periods.found import period_of
from monitor.rules.codes import Status, reason_codes
from monitor.rules.wallclock import date_of
from monitor.store.queries.differences import OVERTIME_SEQ
from monitor.store.queries.tree import UnitRow
from monitor.text import sentence

COLUMNS = (
    "unit", "month", "code", "person", "name", "date", "record", "kind", "before", "after", "why",
    "found_at",
)  # fmt: skip
TOLD = ("status", "symbol", "cong", "late_seconds", "early_seconds", "time_in", "time_out", "seconds")
"""What is said of a record; a mere change of the evidence changes nobody's sheet."""
NOTHING = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """One record that would change: `before` and `after` in words, `why` the reasons of what it would become.

    `kind`: `changes`, `appears` or `vanishes`. `code` is that of the sealed sheet.
    """

    unit: str
    month: str
    code: str
    person: str
    name: str
    on: date
    record: str
    kind: str
    before: str
    after: str
    why: str
    found_at: str


def supplements(
    session: Session, unit: UnitRow, month: Month, language: str | None = None
) -> list[Supplement]:
    """What waits in a unit's closed month and would change somebody's sheet; [] while it is open."""
    found = period_of(session, unit.id, month)
    if found is None or not found.is_closed or found.seal is None:
        return []
    code = code_of(found.seal.seal)
    return [
        _supplement(unit, month, code, adjustment, language)
        for adjustment in list_adjustments(session, unit.code, month.text)
        if adjustment.changes_verdict
    ]


def _supplement(
    unit: UnitRow, month: Month, code: str, adjustment: Adjustment, language: str | None
) -> Supplement:
    before, after = adjustment.before, adjustment.after
    return Supplement(
        unit=unit.code,
        month=month.text,
        code=code,
        person=adjustment.person,
        name=adjustment.name,
        on=date_of(adjustment.day),
        record=_record(adjustment.seq, language),
        kind="changes" if before and after else "appears" if after else "vanishes",
        before=_told(before, language),
        after=_told(after, language),
        why="; ".join(_reasons(after or {}, language)),
        found_at=adjustment.found_at.isoformat(timespec="seconds"),
    )


def _record(seq: int | None, language: str | None) -> str:
    if seq is None:
        return _say("adjustment_day", language)
    if seq <= OVERTIME_SEQ:
        return _say("adjustment_overtime", language, number=OVERTIME_SEQ - seq + 1)
    return _say("adjustment_session", language, number=seq + 1)


def _told(row: Mapping[str, Any] | None, language: str | None) -> str:
    """The columns that readers know, in words; those that did not change are not in the row."""
    return "; ".join(_words(row or {}, language)) or NOTHING


def _words(row: Mapping[str, Any], language: str | None) -> Iterator[str]:
    for name in TOLD:
        if name in row:
            value = row[name]
            yield f"{_say(f'adjusted_{name}', language)} {_value(name, value, language)}"


def _value(name: str, value: Any, language: str | None) -> str:
    if name == "status":
        return _say(f"status_{Status(value).name.lower()}", language)
    if name in {"time_in", "time_out"}:
        return moment(value) or NOTHING
    if name.endswith("seconds"):
        return str(rounded_up(value))
    return str(number(value)).replace(".", ",") if name == "cong" else value or NOTHING


def _reasons(row: Mapping[str, Any], language: str | None) -> Iterable[str]:
    return (_say(f"reason_{code}", language) for code in reason_codes(int(row.get("reasons") or 0)))


def _say(code: str, language: str | None, **values: object) -> str:
    return sentence(code, values, language) if language else sentence(code, values)


def supplement_table(found: Iterable[Supplement]) -> pd.DataFrame:
    """One row per record, with the columns of docs/timesheets.md."""
    rows = [
        (
            *(one.unit, one.month, one.code, one.person, one.name, one.on.isoformat(), one.record),
            *(one.kind, one.before, one.after, one.why, one.found_at),
        )
        for one in found
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
