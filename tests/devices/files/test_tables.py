"""Punch logs with a header: GLG and ALOG text, AC-No and CHECKINOUT exports, BioTime transactions."""

import time

import pytest

from devices.errors import NotSupported
from devices.files import read_punch_file
from tests.devices.files.told import aside, refusal, told

IOMD = "No\tMchn\tEnNo\tName\tMode\tIOMd\tDateTime\n1\t1\t50014\t\t0\t0\t2026/03/01 08:05:23\n"
PADDED = (
    "No\tMchn\tEnNo\t\tName\t\tMode\tIOMd\tDateTime\t\r\n"
    "000001\t1\t000000052\tHenrique      \t1\t0\t2025/12/01  07:41:00\r\n"
    "000002\t1\t000000003\t\t1\t1\t2000/01/01  00:00:12\r\n"
)
DUTY = (
    "# DeviceModel = S362E\n"
    "No\tTMNo\tEnNo\tName\tGMNo\tMode\tIn/Out\tAntipass\tProxyWork\tDateTime\n"
    "1\t1\t00000001\tan\t1\tFP\tDutyOff\t0\t0\t2026-02-14 16:40:09\n"
    "# end\n"
)
ALOG = (
    "No\tDN\tUID              \tName           \tStatus\tAction\tAPB\tJobCode\tDateTime\n\n"
    "000000\t0001\t000000000000000004\tAn          \t06\t01\t0\t007\t2015/11/14 08:56:11\n\n"
)
ACNO = (
    "Attendance Record Report\n\nAC-No.,No.,Name,Time,State\n"
    '1023,1,"Tran, An",3/10/2026 8:02 AM,C/In\n'
    "1023,2,An,3/13/2026 12:01 PM,C/Out\n"
    "0088,3,Bo,3/13/2026 12:00:30 AM,Out\n"
)
CHECKINOUT = (
    "USERID,CHECKTIME,CHECKTYPE,VERIFYCODE\n5,2026-03-02 07:29:55,I,1\n5,2026-03-02 17:30:05.000,O,1\n"
)
BIOTIME = (
    "emp_code,first_name,punch_time,punch_state,verify_type,terminal_sn\n"
    "0005,An,2026-03-02 07:29:55,0,15,CKJ1\n"
    "5,An,2026-03-02 17:30:05,Check Out,Face,CKJ2\n"
)


@pytest.mark.parametrize(
    ("text", "layout", "expected"),
    [
        (IOMD, "glg", [("50014", "2026-03-01 08:05:23", 0)]),
        (PADDED, "glg", [("52", "2025-12-01 07:41:00", 0), ("3", "2000-01-01 00:00:12", 1)]),
        (DUTY, "glg", [("1", "2026-02-14 16:40:09", 1)]),
        (ALOG, "alog", [("4", "2015-11-14 08:56:11", -1)]),
        (
            ACNO,
            "acno",
            [
                ("1023", "2026-03-10 08:02:00", 0),
                ("1023", "2026-03-13 12:01:00", 1),
                ("0088", "2026-03-13 00:00:30", 2),
            ],
        ),
        (CHECKINOUT, "checkinout", [("5", "2026-03-02 07:29:55", 0), ("5", "2026-03-02 17:30:05", 1)]),
        (BIOTIME, "biotime", [("0005", "2026-03-02 07:29:55", 0), ("5", "2026-03-02 17:30:05", 1)]),
    ],
)
def test_a_layout_is_known_by_its_header_and_its_titles_and_comments_are_no_lines(
    text: str, layout: str, expected: list[tuple[str, str, int]]
) -> None:
    reading = read_punch_file(text.encode())
    assert (reading.layout, reading.lines, reading.bad) == (layout, len(expected), ())
    assert told(reading) == expected
    assert not reading.processed_pairs


@pytest.mark.parametrize("text", [PADDED, ACNO])
def test_bytes_of_two_make_no_difference(text: str) -> None:
    wide = read_punch_file(text.encode("utf-16"))
    assert told(wide) == told(read_punch_file(text.encode()))


def test_the_raw_line_keeps_the_padded_id_and_no_name() -> None:
    reading = read_punch_file(PADDED.encode())
    assert reading.batch.raw[0].split() == [b"000000052", b"1", b"0", b"2025/12/01", b"07:41:00"]


def test_a_line_of_unknown_columns_is_kept_without_what_may_be_a_name() -> None:
    reading = read_punch_file((CHECKINOUT + "7,Tran,An,2026-03-02 07:30:00,I,1\n").encode())
    assert aside(reading) == [(4, "bad_line")]
    assert reading.bad[0].raw == b"7,,,2026-03-02 07:30:00,,1"


@pytest.mark.parametrize(
    ("line", "reason", "device_user_id", "device_time"),
    [
        ("5,2026-02-30 07:00:00,I,1", "impossible_date", "5", "2026-02-30 07:00:00"),
        ("5,2026-02-03 25:00:00,I,1", "impossible_date", "5", "2026-02-03 25:00:00"),
        ("5,2026-02-03 13:00 PM,I,1", "impossible_date", "5", ""),
        (",2026-02-03 07:00:00,I,1", "bad_user_id", "", "2026-02-03 07:00:00"),
        ("Nguyễn,2026-02-03 07:00:00,I,1", "bad_user_id", "", "2026-02-03 07:00:00"),
        ("5,2026-02-03,I,1", "bad_line", "5", "2026-02-03"),
        ("5,hôm qua,I,1", "bad_line", "5", ""),
        ("5", "bad_line", "", ""),
    ],
)
def test_a_line_that_is_no_punch_is_kept_aside(
    line: str, reason: str, device_user_id: str, device_time: str
) -> None:
    reading = read_punch_file((CHECKINOUT + line + "\n").encode())
    assert (reading.lines, aside(reading)) == (3, [(4, reason)])
    assert (reading.bad[0].device_user_id, reading.bad[0].device_time) == (device_user_id, device_time)


def test_a_code_nobody_knows_costs_no_punch() -> None:
    reading = read_punch_file(b"EnNo\tMode\tIOMd\tDateTime\n5\tIRIS\tXYZ\t2026-03-02 07:00:00\n")
    assert told(reading) == [("5", "2026-03-02 07:00:00", -1)]
    assert reading.batch.verify.tolist() == [-1]


def test_a_header_that_is_repeated_on_every_page_is_no_line() -> None:
    reading = read_punch_file((CHECKINOUT + CHECKINOUT).encode())
    assert (reading.lines, reading.bad) == (4, ())


def test_codes_are_taken_as_the_terminal_gives_them() -> None:
    reading = read_punch_file(BIOTIME.encode())
    assert reading.batch.verify.tolist() == [15, 15]
    assert read_punch_file(ALOG.encode()).batch.work_code.tolist() == [7]


def test_overtime_of_the_windows_programs_is_told_by_small_letters_and_figures_are_not_trusted() -> None:
    lines = "".join(f"5,2026-03-02 0{n}:00:00,{kind},1\n" for n, kind in enumerate("IOio01"))
    reading = read_punch_file(("USERID,CHECKTIME,CHECKTYPE,VERIFYCODE\n" + lines).encode())
    assert reading.batch.state.tolist() == [0, 1, 4, 5, -1, -1]


def test_the_id_on_the_terminal_comes_before_the_row_number_of_a_program() -> None:
    reading = read_punch_file(b"USERID,Badgenumber,CHECKTIME\n7,1023,2026-03-02 07:00:00\n")
    assert told(reading) == [("1023", "2026-03-02 07:00:00", -1)]


def test_wise_eye_s_names_of_the_columns_are_known() -> None:
    reading = read_punch_file(b"UserEnrollNumber;TimeStr;MachineNo\n9;2026-03-02 07:00:00;1\n")
    assert (reading.layout, told(reading)) == ("checkinout", [("9", "2026-03-02 07:00:00", -1)])


def test_date_and_time_may_stand_in_two_columns() -> None:
    reading = read_punch_file(b"Employee ID,Date,Time,Punch State\n5,2026-03-02,07:29:55,0\n")
    assert told(reading) == [("5", "2026-03-02 07:29:55", 0)]


def test_the_serial_numbers_of_a_file_are_told() -> None:
    assert read_punch_file(BIOTIME.encode()).serials == ("CKJ1", "CKJ2")
    assert read_punch_file(ACNO.encode()).serials == ()


def test_a_spreadsheet_s_5_0_is_the_id_5_and_short_zeros_stay() -> None:
    lines = "".join(f"{written}\t2026-03-02 07:00:00\n" for written in ["5.0", "0012", "00000000"])
    reading = read_punch_file(("EnNo\tDateTime\n" + lines).encode())
    assert reading.batch.device_user_id.tolist() == ["5", "0012", "0"]


def test_a_file_that_has_a_header_and_nothing_else_is_an_empty_log() -> None:
    reading = read_punch_file(IOMD.splitlines()[0].encode())
    assert (reading.layout, reading.lines) == ("glg", 0)


def test_a_named_layout_without_its_header_is_refused() -> None:
    error = refusal(CHECKINOUT.encode(), "glg")
    assert (error.code, error.values) == ("header_missing", {"layout": "glg"})


@pytest.mark.parametrize("layout", ["glg:ymd", "glg:", "attlog:dmy", "auto:x", ":dmy"])
def test_an_order_that_does_not_exist_is_refused(layout: str) -> None:
    error = refusal(IOMD.encode(), layout)
    assert isinstance(error, NotSupported)
    assert error.code == "layout_not_known"


def test_fifty_thousand_lines_take_seconds() -> None:
    lines = "".join(
        f"{n}\t1\t{n % 90:08d}\tan\t1\t0\t2026/03/{n % 28 + 1:02d} 07:30:00\n" for n in range(50_000)
    )
    started = time.perf_counter()
    reading = read_punch_file((IOMD.splitlines()[0] + "\n" + lines).encode())
    assert time.perf_counter() - started < 60
    assert len(reading.batch) == 50_000
