"""Where two sets of rows part, said so that a person can look it up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from monitor.rules.codes import SessionKind, Status, reason_codes
from monitor.rules.columns import (
    DAY_SECONDS,
    NO_TIME,
    DayRecords,
    OvertimeRecords,
    Ragged,
    SessionRecords,
    World,
)
from tests.rules.twin.overtime import TwinOvertime
from tests.rules.twin.plain import rows_of
from tests.rules.twin.rows import TwinDay, TwinRow

EPOCH = datetime(1970, 1, 1)
CONG_TOLERANCE = 1e-9
"""The sum of a day's công may be added in another order."""
INSTANTS = {
    *("start", "end", "due_from", "due_to", "window_from", "window_to", "time_in", "time_out"),
    *("present_from", "present_to"),
}
AnyRow = TwinRow | TwinDay | TwinOvertime


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of one row that two implementations see differently; or a row that one does not have."""

    place: str
    field: str
    slow: str
    fast: str

    def __str__(self) -> str:
        """Person, day, session, field, both values."""
        return f"{self.place}: {self.field}: twin {self.slow}, engine {self.fast}"


def session_rows(records: SessionRecords) -> list[TwinRow]:
    """The records of the engine as rows of the twin."""
    columns: dict[str, list[Any]] = {}
    for one in fields(records):
        column = getattr(records, one.name)
        if isinstance(column, Ragged):
            columns[one.name] = [tuple(column.of(row).tolist()) for row in range(len(records))]
        else:
            columns[one.name] = column.tolist()
    return [TwinRow(**{name: columns[name][row] for name in columns}) for row in range(len(records))]


def day_rows(records: DayRecords) -> list[TwinDay]:
    """The day records of the engine as days of the twin."""
    return [TwinDay(**row) for row in rows_of(records)]


def overtime_rows(records: OvertimeRecords) -> list[TwinOvertime]:
    """The overtime records of the engine as rows of the twin."""
    return [TwinOvertime(**row) for row in rows_of(records)]


def differences(world: World, slow: Sequence[AnyRow], fast: Sequence[AnyRow]) -> list[Difference]:
    """Every field in which rows of the same person, day and session differ, and rows without a partner."""
    slow_rows, fast_rows = {key_of(row): row for row in slow}, {key_of(row): row for row in fast}
    found = []
    for key in sorted(slow_rows.keys() | fast_rows.keys()):
        if key not in fast_rows:
            found.append(lone(world, slow_rows[key], slow="has the row", fast="has not"))
        elif key not in slow_rows:
            found.append(lone(world, fast_rows[key], slow="has no row", fast="has one"))
        else:
            found += field_differences(world, slow_rows[key], fast_rows[key])
    if not found and [key_of(row) for row in slow] != [key_of(row) for row in fast]:
        found.append(Difference(place="all rows", field="order", slow="sorted", fast="in another order"))
    return found


def key_of(row: AnyRow) -> tuple[int, ...]:
    """What makes two rows the same session, or the same day."""
    if isinstance(row, TwinRow):
        return (row.person, row.day, row.start, row.end, row.kind)
    if isinstance(row, TwinOvertime):
        return (row.person, row.day, row.start, row.entry)
    return (row.person, row.day)


def field_differences(world: World, slow: AnyRow, fast: AnyRow) -> Iterable[Difference]:
    """The fields in which two rows differ."""
    for one in fields(slow):
        value, other = getattr(slow, one.name), getattr(fast, one.name)
        if not same(value, other):
            yield Difference(
                place=place_of(world, slow),
                field=one.name,
                slow=readable(one.name, value),
                fast=readable(one.name, other),
            )


def same(value: object, other: object) -> bool:
    """Equal, or floats that differ by rounding only."""
    if isinstance(value, float) and isinstance(other, float):
        return abs(value - other) <= CONG_TOLERANCE
    return value == other


def lone(world: World, row: AnyRow, slow: str, fast: str) -> Difference:
    """A row that only one of the two has."""
    return Difference(place=place_of(world, row), field="row", slow=slow, fast=fast)


def place_of(world: World, row: AnyRow) -> str:
    """Person, day and session, readable."""
    place = f"{world.people[row.person]} {instant_text(row.day * DAY_SECONDS)[:10]}"
    if isinstance(row, TwinRow):
        kind = SessionKind(row.kind).name.lower()
        place += f" {row.name} ({kind} {instant_text(row.start)} to {instant_text(row.end)})"
    if isinstance(row, TwinOvertime):
        place += f" overtime {instant_text(row.start)} to {instant_text(row.end)}"
    return place


def instant_text(instant: int) -> str:
    """An instant as text."""
    return "none" if instant == NO_TIME else str(EPOCH + timedelta(seconds=instant))


def readable(name: str, value: Any) -> str:
    """A field's value as a person would say it."""
    if name in INSTANTS:
        return instant_text(value)
    if name == "status":
        return Status(value).name
    if name == "reasons":
        return ";".join(reason_codes(value)) or "none"
    return repr(value)
