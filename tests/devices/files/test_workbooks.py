"""Workbooks and HTML under their name: the same layouts, opened at arm's length and within limits."""

import io
import time
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import pytest
import xlsxwriter

from devices.files import html_table, read_punch_file, workbook
from devices.files.content import file_lines
from tests.devices.files.biff import xls
from tests.devices.files.told import aside, refusal, told

PAIR_HEADER = ["STT", "Mã N.Viên", "Tên N.Viên", "Ngày", "Thứ", "Vào", "Ra"]
SEVEN_53 = (7 * 60 + 53) / 1440
HTML = (
    "<html><head><style>td{mso-number-format:'\\@'}</style></head><body>\n<table border=1>"
    "<tr><td colspan=3>CHI TIẾT CHẤM CÔNG</td></tr>"
    "<tr><th>Mã NV</th><th>Tên</th><th>Ngày</th><th>Vào</th><th>Ra</th></tr>"
    "<tr><td rowspan=2>5</td><td rowspan='2'>Nguy&#7877;n A</td><td>13/01/2026</td><td>7:30</td>"
    "<td>&nbsp;</td></tr>\n<TR><TD>14/01/2026<TD><b>7:31</b><br><TD>17:00</TR>"
    "<tr><td>6</td><td>Trần B</td><td>14/01/2026</td><td>8:00</td><td></td></tr></table></body></html>"
)


def xlsx(*sheets: Sequence[Sequence[object]]) -> bytes:
    """A workbook; dates and times of Python become dates and times of Excel."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        stamp = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    style = stamp if isinstance(value, datetime) else None
                    sheet.write(number, place, value, style)
    return stream.getvalue()


def test_dates_serials_texts_and_fractions_of_a_day_mean_the_same() -> None:
    data = xlsx(
        [["Tổng hợp"], ["Mã N.Viên", "Công"], [5, 22]],
        [
            ["CHI TIẾT CHẤM CÔNG"],
            [],
            PAIR_HEADER,
            [1, 5.0, "Nguyễn", date(2026, 1, 2), "Sáu", SEVEN_53, "17:25"],
            [2, "0006", "Trần", 46024, "Sáu", "7:53", None],
        ],
    )
    reading = read_punch_file(data)
    assert (reading.layout, reading.processed_pairs, reading.bad) == ("pairs", True, ())
    assert told(reading) == [
        ("5", "2026-01-02 07:53:00", 0),
        ("5", "2026-01-02 17:25:00", 1),
        ("0006", "2026-01-02 07:53:00", 0),
    ]
    assert b"Nguy" not in b"".join(reading.batch.raw)


def test_every_minute_of_a_day_survives_as_a_fraction() -> None:
    rows = [[1, 5, "", 46024, "", minute / 1440 if minute else "0:00"] for minute in range(1440)]
    reading = read_punch_file(xlsx([PAIR_HEADER, *rows]))
    first = datetime(2026, 1, 2).timestamp() - datetime(1970, 1, 1).timestamp()
    assert reading.batch.device_seconds.tolist() == [int(first) + 60 * minute for minute in range(1440)]


def test_times_a_little_beside_the_second_are_rounded() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["emp_code", "date", "punch_time"])
        stamp, clock, length = (
            book.add_format({"num_format": form}) for form in ("yyyy-mm-dd hh:mm:ss", "hh:mm:ss", "[h]:mm:ss")
        )
        sheet.write_row(1, 0, [1, ""])
        sheet.write_number(1, 2, 46083.312442, stamp)  # 07:29:54.99
        sheet.write_row(2, 0, [2, "2026-03-02"])
        sheet.write_number(2, 2, 0.312442, clock)
        sheet.write_row(3, 0, [3, "2026-03-02"])
        sheet.write_number(3, 2, 0.312442, length)
        sheet.write_row(4, 0, [4, "2026-03-02", 0.312442])
        sheet.write_row(5, 0, [5, "", 46083.312442])
    times = [time for _, time, _ in told(read_punch_file(stream.getvalue()))]
    assert times == ["2026-03-02 07:29:55"] * 5


def test_an_empty_column_in_a_header_moves_nothing() -> None:
    header = ["Mã NV", "", "Ngày", "Vào", "Ra"]
    reading = read_punch_file(xlsx([header, [5, "A", "13/01/2026", "7:53", ""]]))
    assert told(reading) == [("5", "2026-01-13 07:53:00", 0)]


def test_a_row_is_named_by_its_number_in_the_sheet() -> None:
    data = xlsx([[], [], PAIR_HEADER, [], [1, 5, "", "30/02/2026", "", "7:53"]])
    assert aside(read_punch_file(data)) == [(5, "impossible_date")]


def test_a_transaction_log_may_be_a_workbook_with_real_times() -> None:
    rows = [[101, "An", datetime(2026, 3, 2, 7, 29, 55), 0, 15], ["007", "Bo", 46083.5, "Check Out", 1]]
    header = ["emp_code", "first_name", "punch_time", "punch_state", "verify_type"]
    reading = read_punch_file(xlsx([header, *rows]))
    assert reading.layout == "biotime"
    assert told(reading) == [("101", "2026-03-02 07:29:55", 0), ("007", "2026-03-02 12:00:00", 1)]


@pytest.mark.parametrize("text", ["02/03/2026", "13/03/2026"])
def test_a_workbook_whose_dates_are_partly_text_is_refused(text: str) -> None:
    data = xlsx([PAIR_HEADER, [1, 5, "", text, "", "7:53"], [2, 5, "", date(2026, 4, 1), "", "7:53"]])
    assert refusal(data).values == {"line": 3, "other": 2, "layout": "pairs"}
    assert read_punch_file(data, "pairs:dmy").lines == 2


def test_the_old_binary_kind_is_read() -> None:
    rows: list[list[str | float]] = [["CHI TIẾT CHẤM CÔNG"], [*PAIR_HEADER]]
    rows.append([1.0, 5.0, "Nguyễn", 46024.0, "Sáu", SEVEN_53, "17:25"])
    reading = read_punch_file(xls(rows))
    assert told(reading) == [("5", "2026-01-02 07:53:00", 0), ("5", "2026-01-02 17:25:00", 1)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_html_under_the_name_of_a_workbook_is_read(encoding: str) -> None:
    reading = read_punch_file(HTML.encode(encoding))
    assert (reading.layout, reading.bad) == ("pairs", ())
    assert told(reading) == [
        ("5", "2026-01-13 07:30:00", 0),
        ("5", "2026-01-14 07:31:00", 0),
        ("5", "2026-01-14 17:00:00", 1),
        ("6", "2026-01-14 08:00:00", 0),
    ]


def test_a_cell_that_spans_several_columns_keeps_the_next_ones_in_place() -> None:
    (line,) = file_lines(b"<table><tr><td colspan=2>a</td><td>b &amp;\n c</td></tr><tr></tr></table>")
    assert line.text == "a\t\tb & c"


def test_a_cell_that_spans_rows_stands_in_each_of_them_and_no_further() -> None:
    rows = "".join(f"<tr><td>{row}</td></tr>" for row in "bcd")
    lines = file_lines(f"<table><tr><td rowspan=3>x</td><td>a</td></tr>{rows}</table>".encode())
    assert [line.text for line in lines] == ["x\ta", "x\tb", "x\tc", "d"]


@pytest.mark.parametrize(
    "data",
    [
        b"<table>" + b"<td" * 1_000_000,
        b"<table>" + b"<" * 2_000_000,
        b"<table><t" + b"d" * 2_000_000,
        b"<table>" + b"<tr><td rowspan=9999>" * 50_000,
    ],
)
def test_no_html_takes_long(data: bytes) -> None:
    started = time.perf_counter()
    refusal(data)
    assert time.perf_counter() - started < 60


def test_columns_no_workbook_has_are_refused() -> None:
    assert refusal(b"<table><tr><td colspan=9999><td colspan=9999>x").code == "workbook_too_large"


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 500, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\1" * 2000],
)
def test_a_damaged_workbook_is_refused(data: bytes) -> None:
    assert refusal(data).code == "workbook_unreadable"


def test_a_workbook_that_unpacks_to_gigabytes_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("x", b"x")
    data = bytearray(stream.getvalue())
    place = data.index(b"PK\x01\x02") + 24  # what the directory says of the part's size
    data[place : place + 4] = (2**31).to_bytes(4, "little")
    assert refusal(bytes(data)).code == "workbook_too_large"


def test_a_cell_in_the_far_corner_is_refused() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "x")
        sheet.write(1_048_575, 16_383, "y")
    assert refusal(stream.getvalue()).code in {"workbook_too_large", "workbook_unreadable"}


def test_a_file_above_the_limit_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "SIZE_LIMIT_BYTES", 100)
    monkeypatch.setattr(html_table, "SIZE_LIMIT_BYTES", 100)
    assert refusal(xlsx([PAIR_HEADER])).code == "workbook_too_large"
    assert refusal(HTML.encode()).code == "workbook_too_large"


def test_a_workbook_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "DEADLINE_SECONDS", 0.001)
    assert refusal(xlsx([PAIR_HEADER])).code == "workbook_unreadable"


def test_a_workbook_without_anything_is_refused_like_an_empty_file() -> None:
    assert refusal(xlsx([])).code == "file_without_lines"
