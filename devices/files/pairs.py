"""Vietnamese sheets "Chi tiết chấm công" (Wise Eye and similar): a person's day with its Vào and Ra.

These are arrivals and departures that a program has arranged, not a terminal's log, and the reading says
so. An empty Ra stays empty. A Ra, or a second Vào, that is earlier than the time before it belongs to the
next day; when that would make a stay longer than eighteen hours, or happens twice, it is set aside.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from devices.base import BadRecord
from devices.errors import BadReply
from devices.files.layout import FileLine, FileReading, Layout
from devices.files.punch import Punch, is_id, reading_of, seconds_of
from devices.files.rows import Section, sections
from devices.files.times import DAY_FIRST, Clock, Stamp, WrittenDate, order_of, read_clock, read_date

NAME = "pairs"
_LONGEST_STAY = timedelta(hours=18)
_STATES = {"vao": 0, "ra": 1}
_TIME_COLUMN = re.compile(r"(?:gio)?(vao|ra)(?:lan)?[0-9]?")  # and not Vào trễ, Ra sớm
_DATE_COLUMNS = ("ngay", "ngaycham", "ngaychamcong")
_ID_COLUMNS = (
    "machamcong", "macc", "machemcong", "maochaamcoang",  # the id on the terminal, where it is given
    "manvien", "manv", "manhanvien", "maonviean", "maonv", "maonhaanviean",  # TCVN3 and VNI fonts, too
)  # fmt: skip
_ID_AS_NUMBER = re.compile(r"([0-9]+)\.0+")
_FIGURE = re.compile(r"[0-9]")


class _Columns(NamedTuple):
    """Places of a header's columns; `times` with the state that each column's times have."""

    id: int
    date: int
    times: tuple[tuple[int, int], ...]


class _Row(NamedTuple):
    """A day of a person as it is written: its times as (state, text)."""

    line: FileLine
    device_user_id: str
    date: str
    written: WrittenDate | None
    times: tuple[tuple[int, str], ...]


def fits(lines: Sequence[FileLine]) -> int:
    """How many lines stand under a header of this layout, and the headers."""
    return sum(1 + len(section.lines) for section in sections(lines, _accepts))


def read(lines: Sequence[FileLine], order: str) -> FileReading:
    """Every time that is filled in as a punch, state 0 for Vào and 1 for Ra, or a bad record.

    Dates are day first unless the file proves the other order. `pair_out_of_order` is the reason of a
    time that fits on neither this day nor the next.
    """
    found = sections(lines, _accepts)
    if not found:
        raise BadReply("header_missing", layout=NAME)
    rows = [row for section in found for row in _rows(section)]
    dates = ((row.line, row.written) for row in rows if row.written)
    order = order or order_of(dates, NAME, usual=DAY_FIRST)
    records = (record for row in rows for record in _records(row, order))
    return reading_of(NAME, records, processed_pairs=True, date_order=order)


def _accepts(names: Sequence[str]) -> bool:
    return _columns(names) is not None


def _columns(names: Sequence[str]) -> _Columns | None:
    ids = [names.index(name) for name in _ID_COLUMNS if name in names]
    dates = [names.index(name) for name in _DATE_COLUMNS if name in names]
    found = ((place, _TIME_COLUMN.fullmatch(name)) for place, name in enumerate(names))
    times = tuple((place, _STATES[name[1]]) for place, name in found if name)
    return _Columns(ids[0], dates[0], times) if ids and dates and times else None


def _rows(section: Section) -> Iterator[_Row]:
    """Rows with a time; one without tells of no punch, and neither does a word like P or Nghỉ."""
    columns = _columns(section.names)
    if columns is None:
        return
    for line in section.lines:
        cells = [*section.cells(line), *[""] * len(section.names)]
        times = tuple((state, cells[place]) for place, state in columns.times if _FIGURE.search(cells[place]))
        number = _ID_AS_NUMBER.fullmatch(cells[columns.id])
        device_user_id = number[1] if number else cells[columns.id]
        date = cells[columns.date]
        if times:
            yield _Row(line, device_user_id, date, read_date(date), times)


def _records(row: _Row, order: str) -> Iterator[Punch | BadRecord]:
    """The times of a row in their order."""
    if not is_id(row.device_user_id) or row.written is None:
        reason = "bad_line" if row.written is None else "bad_user_id"
        yield from (_bad(row, text, reason) for _, text in row.times)
        return
    before: datetime | None = None
    for state, text in row.times:
        found = _moment(row.written, read_clock(text), order, before)
        if isinstance(found, str):
            yield _bad(row, text, found)
        else:
            before = found
            yield Punch(row.device_user_id, seconds_of(found), _raw(row, text), state=state)


def _moment(day: WrittenDate, clock: Clock | None, order: str, before: datetime | None) -> datetime | str:
    """When a time was, after the one before it; otherwise the reason why it is none."""
    if clock is None:
        return "bad_line"
    try:
        moment = Stamp(day, clock).at(order)
        if before is None or moment >= before:
            return moment
        moment += timedelta(days=1)
    except (ValueError, OverflowError):
        return "impossible_date"
    return moment if timedelta() <= moment - before <= _LONGEST_STAY else "pair_out_of_order"


def _raw(row: _Row, text: str) -> bytes:
    return f"{row.device_user_id}\t{row.date}\t{text}".encode()


def _bad(row: _Row, text: str, reason: str) -> BadRecord:
    return BadRecord(
        raw=_raw(row, text),
        reason=reason,
        device_user_id=row.device_user_id if is_id(row.device_user_id) else "",
        device_time=f"{row.date} {text}" if row.written and read_clock(text) else "",
        line=row.line.number,
    )


PAIRS = Layout(name=NAME, fits=fits, read=read)
