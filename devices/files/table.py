"""Punch logs with a header row, one punch a line: the columns are found by their names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from devices.base import BadRecord
from devices.errors import BadReply
from devices.files.layout import FileLine, FileReading, Layout
from devices.files.punch import ABSENT, BYTE, Punch, is_id, reading_of, seconds_of
from devices.files.rows import Section, fold, sections
from devices.files.times import Stamp, order_of, read_clock, read_stamp

_ID_AS_NUMBER = re.compile(r"([0-9]+)\.0+")  # spreadsheets make 5.0 of an id
_CODE = re.compile(r"[0-9]{1,9}")
_TIME_SIGNS = re.compile(r"[0-9:./ \-]{1,40}")
STATES = {
    "in": 0, "checkin": 0, "dutyon": 0,
    "out": 1, "checkout": 1, "dutyoff": 1,
    "breakout": 2, "goout": 2,
    "breakin": 3, "comeback": 3, "return": 3,
    "overtimein": 4, "overtimeon": 4,
    "overtimeout": 5, "overtimeoff": 5,
}  # fmt: skip
"""What programs call the states that ZK terminals number."""
METHODS = {"fp": 1, "fingerprint": 1, "face": 15}
"""What programs call the verify methods that ZK terminals number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The columns of one kind of log.

    `columns`: field -> the folded names it goes by, the preferred one first; the fields are id, time,
    date, state, verify, work_code and serial, of which id and time must be there. `states` are words,
    exact or folded; figures count as states where `states_numbered`. Ids of at least `padded_from`
    figures are padded with zeros, which are taken off; 0 for ids that are kept as they are.
    """

    name: str
    columns: Mapping[str, Sequence[str]]
    states: Mapping[str, int] = field(default_factory=lambda: STATES)
    states_numbered: bool = True
    padded_from: int = 0

    def places(self, names: Sequence[str]) -> dict[str, int]:
        """Field -> place, of the fields that a header has."""
        found = {}
        for name, known in self.columns.items():
            for alias in known:
                if alias in names:
                    found[name] = names.index(alias)
                    break
        return found

    def accepts(self, names: Sequence[str]) -> bool:
        """Whether a row of folded names is the header of this form."""
        return {"id", "time"} <= self.places(names).keys()


class _Row(NamedTuple):
    """One line below a header: its cells by field, None when it has other columns than the header.

    `raw` is the line without the cells that no field comes from: names of people are not kept.
    """

    line: FileLine
    cells: dict[str, str] | None
    raw: bytes
    stamp: Stamp | None


def table_layout(form: Form) -> Layout:
    """The layout of punch files in this form."""

    def fits(lines: Sequence[FileLine]) -> int:
        return sum(1 + len(section.lines) for section in sections(lines, form.accepts))

    def read(lines: Sequence[FileLine], order: str) -> FileReading:
        return _read(form, lines, order)

    return Layout(name=form.name, fits=fits, read=read)


def _read(form: Form, lines: Sequence[FileLine], order: str) -> FileReading:
    found = sections(lines, form.accepts)
    if not found:
        raise BadReply("header_missing", layout=form.name)
    rows = [row for section in found for row in _rows(form, section)]
    order = order or order_of(((row.line, row.stamp.day) for row in rows if row.stamp), form.name)
    serials = {row.cells.get("serial", "") for row in rows if row.cells} - {""}
    records = (_record(form, row, order) for row in rows)
    return reading_of(form.name, records, date_order=order, serials=tuple(sorted(serials)))


def _rows(form: Form, section: Section) -> Iterator[_Row]:
    places = form.places(section.names)
    read = frozenset(places.values())
    for line in section.lines:
        cells = section.cells(line)
        values = {name: cells[place] for name, place in places.items() if place < len(cells)}
        if not cells or "time" not in values:
            yield _Row(line, None, _without_names(line, section), None)
        else:
            kept = (cell if place in read else "" for place, cell in enumerate(cells))
            yield _Row(line, values, section.separator.join(kept).encode(), _stamp(values))


def _without_names(line: FileLine, section: Section) -> bytes:
    """A line whose columns are unknown: what has letters may be somebody's name and is not kept."""
    cells = line.text.split(section.separator)
    return section.separator.join("" if any(map(str.isalpha, cell)) else cell for cell in cells).encode()


def _stamp(cells: Mapping[str, str]) -> Stamp | None:
    """Date and time from one column or from two."""
    if "date" in cells and read_clock(cells["time"]):
        day = cells["date"].split(maxsplit=1)[:1]  # a workbook may show midnight behind a date
        return read_stamp(" ".join((*day, cells["time"])))
    return read_stamp(cells["time"])


def _record(form: Form, row: _Row, order: str) -> Punch | BadRecord:
    """A line as a punch, or why it is none: `bad_line`, `bad_user_id` or `impossible_date`."""
    if row.cells is None or row.stamp is None:
        return _bad(form, row, "bad_line")
    device_user_id = _id(form, row.cells["id"])
    if not is_id(device_user_id):
        return _bad(form, row, "bad_user_id")
    try:
        moment = row.stamp.at(order)
    except ValueError:
        return _bad(form, row, "impossible_date")
    return Punch(
        device_user_id,
        seconds_of(moment),
        row.raw,
        verify=_code(row.cells.get("verify", ""), METHODS),
        state=_code(row.cells.get("state", ""), form.states, numbered=form.states_numbered),
        work_code=max(_code(row.cells.get("work_code", ""), {}, limit=2**31 - 1), 0),
    )


def _id(form: Form, text: str) -> str:
    number = _ID_AS_NUMBER.fullmatch(text)
    text = number[1] if number else text
    if form.padded_from and len(text) >= form.padded_from and text.isdecimal():
        return text.lstrip("0") or "0"
    return text


def _code(text: str, words: Mapping[str, int], *, numbered: bool = True, limit: int = BYTE) -> int:
    """A code in figures or words; -1 for one nobody knows: no punch is lost for it, and `raw` keeps it."""
    if _CODE.fullmatch(text):
        return int(text) if numbered and int(text) <= limit else ABSENT
    return words.get(text, words.get(fold(text), ABSENT))


def _bad(form: Form, row: _Row, reason: str) -> BadRecord:
    """A record to look at, with what of it may be shown."""
    cells = row.cells or {}
    device_user_id = _id(form, cells.get("id", ""))
    written = " ".join(cells[name] for name in ("date", "time") if cells.get(name))
    return BadRecord(
        raw=row.raw,
        reason=reason,
        device_user_id=device_user_id if is_id(device_user_id) else "",
        device_time=written if _TIME_SIGNS.fullmatch(written) else "",
        line=row.line.number,
    )
