"""Vietnamese sheets of processed pairs: Vào and Ra of a person's day."""

import unicodedata

import pytest

from devices.files import read_punch_file
from tests.devices.files.told import aside, refusal, told

TITLE = "CHI TIẾT CHẤM CÔNG\nTừ ngày 01/01/2026 đến ngày 31/01/2026\n"
HEADER = "Mã N.Viên;Tên nhân viên;Phòng ban;Chức vụ;Ngày;Thứ;Vào;Ra;Vào trễ;Ra sớm\n"


def sheet(*rows: str) -> bytes:
    """A sheet as CSV; a row is date, Vào and Ra."""
    lines = ("2;Nguyễn Văn A;Văn phòng;Nhân viên;{};Sáu;{};{};5;0".format(*row.split(" ")) for row in rows)
    return (TITLE + HEADER + "\n".join(lines)).encode()


def test_each_time_is_a_line_and_an_empty_ra_stays_empty() -> None:
    reading = read_punch_file(sheet("02/01/2026 7:53 17:25", "05/01/2026 8:00 ", "06/01/2026  "))
    assert (reading.layout, reading.lines, reading.processed_pairs) == ("pairs", 3, True)
    assert told(reading) == [
        ("2", "2026-01-02 07:53:00", 0),
        ("2", "2026-01-02 17:25:00", 1),
        ("2", "2026-01-05 08:00:00", 0),
    ]
    assert reading.batch.raw[0] == b"2\t02/01/2026\t7:53"


def test_two_pairs_a_day_have_columns_of_their_own() -> None:
    data = "STT,Mã NV,Ngày,Vào 1,Ra 1,Vào 2,Ra 2,Tổng giờ\n1,5.0,13/01/2026,7:30,11:30,13:25,17:02,7.5\n"
    reading = read_punch_file(data.encode())
    assert told(reading) == [
        ("5", "2026-01-13 07:30:00", 0),
        ("5", "2026-01-13 11:30:00", 1),
        ("5", "2026-01-13 13:25:00", 0),
        ("5", "2026-01-13 17:02:00", 1),
    ]


@pytest.mark.parametrize(
    ("row", "times", "reasons"),
    [
        ("03/01/2026 22:00 6:00", ["2026-01-03 22:00:00", "2026-01-04 06:00:00"], []),
        ("31/01/2026 17:00 7:30", ["2026-01-31 17:00:00", "2026-02-01 07:30:00"], []),
        ("03/01/2026 7:30 7:00", ["2026-01-03 07:30:00"], ["pair_out_of_order"]),
        ("03/01/2026  6:00", ["2026-01-03 06:00:00"], []),
    ],
)
def test_a_ra_before_its_vao_is_of_the_next_day_unless_that_is_too_long(
    row: str, times: list[str], reasons: list[str]
) -> None:
    reading = read_punch_file(sheet(row))
    assert [time for _, time, _ in told(reading)] == times
    assert [reason for _, reason in aside(reading)] == reasons


def test_a_day_that_would_need_two_midnights_is_kept_aside() -> None:
    data = "Mã NV,Ngày,Vào 1,Ra 1,Vào 2,Ra 2\n5,2026-01-13,22:00,2:00,1:00,6:00\n"
    reading = read_punch_file(data.encode())
    assert (len(reading.batch), aside(reading)) == (3, [(2, "pair_out_of_order")])


@pytest.mark.parametrize(
    ("row", "reasons"),
    [
        ("30/02/2026 7:30 17:00", ["impossible_date", "impossible_date"]),
        ("Tổng 7:30 17:00", ["bad_line", "bad_line"]),
        ("02/01/2026 7:30 9x", ["bad_line"]),
        ("02/01/2026 25:30 17:00", ["impossible_date"]),
        ("02/01/2026 0 17:00", ["bad_line"]),
        ("02/01/2026 P Nghỉ", []),
        ("31/12/9999 22:00 6:00", ["impossible_date"]),
    ],
)
def test_a_time_that_is_none_is_kept_aside_and_a_word_is_nothing(row: str, reasons: list[str]) -> None:
    reading = read_punch_file(sheet(row))
    assert aside(reading) == [(4, reason) for reason in reasons]
    assert reading.lines == len(reading.batch) + len(reading.bad)


def test_a_row_without_an_id_is_kept_aside() -> None:
    data = "Mã NV,Ngày,Vào,Ra\n,13/01/2026,7:30,17:00\n"
    assert aside(read_punch_file(data.encode())) == [(2, "bad_user_id"), (2, "bad_user_id")]


def test_a_date_with_a_time_behind_it_is_no_day_unless_that_is_midnight() -> None:
    data = "Mã NV,Ngày,Vào,Ra\n5,13/01/2026 00:00:00,7:30,\n5,13/01/2026 07:00,7:30,\n"
    reading = read_punch_file(data.encode())
    assert told(reading) == [("5", "2026-01-13 07:30:00", 0)]
    assert aside(reading) == [(3, "bad_line")]


def test_a_file_without_the_header_is_refused() -> None:
    assert refusal(TITLE.encode(), "pairs").code == "header_missing"


def test_vietnamese_dates_are_day_first_unless_the_file_proves_otherwise() -> None:
    assert read_punch_file(sheet("02/01/2026 7:30 ")).date_order == "dmy"
    assert told(read_punch_file(sheet("02/01/2026 7:30 ", "01/14/2026 7:30 ")))[0][1] == "2026-02-01 07:30:00"
    assert refusal(sheet("13/01/2026 7:30 ", "01/14/2026 7:30 ")).code == "date_order_mixed"
    assert told(read_punch_file(sheet("02/01/2026 7:30 "), "pairs:mdy"))[0][1] == "2026-02-01 07:30:00"


def test_the_id_on_the_terminal_comes_before_the_code_of_the_person() -> None:
    data = "Mã nhân viên,Mã chấm công,Ngày,Vào,Ra\nNV01,5,13/01/2026,7:30,\n"
    assert told(read_punch_file(data.encode())) == [("5", "2026-01-13 07:30:00", 0)]


@pytest.mark.parametrize(
    "names",
    [
        "Mã N.Viên,Ngày,Vào,Ra",
        "MÃ NV,NGÀY,VÀO,RA",
        "Mã nhân viên,Ngày,Giờ vào,Giờ ra",
        "M· N.Viªn,Ngµy,Vµo,Ra",
        "Maõ N.Vieân,Ngaøy,Vaøo,Ra",
        unicodedata.normalize("NFD", "Mã N.Viên,Ngày,Vào,Ra"),
    ],
)
def test_headers_are_known_in_capitals_in_old_fonts_and_with_separate_marks(names: str) -> None:
    assert told(read_punch_file(f"{names}\n5,13/01/2026,7h30,\n".encode())) == [
        ("5", "2026-01-13 07:30:00", 0)
    ]


def test_the_code_page_of_vietnamese_windows_is_read() -> None:
    line = "Ma\u0303 NV,Nga\u0300y,Va\u0300o,Ra\n5,13/01/2026,7:30,17:00\n"
    assert read_punch_file(line.encode("cp1258")).lines == 2
