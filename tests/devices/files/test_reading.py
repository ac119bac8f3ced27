"""Punch files: layouts found by content, lines that are kept aside, files that are refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.errors import BadReply, DeviceError, NotSupported
from devices.files import LAYOUTS, FileReading, read_punch_file

SECONDS = 1_772_436_595
"""2026-03-02 07:29:55 on a wall clock."""

SIX = b"        1\t2026-03-02 07:29:55\t1\t0\t15\t7"
FOUR = b"1001\t2026-03-02 07:29:55\t1\t1"
SEVEN = b"982\t2026-03-02 07:29:55\t4\t15\t0\t\t"
TEN = b"11\t2026-03-02 07:29:55\t0\t25\t0\t0\t0\t0\t0\t0"


def punches(reading: FileReading) -> list[tuple[str, int, int, int, int]]:
    """Id, seconds, state, verify method, work code."""
    batch = reading.batch
    columns = (batch.device_user_id, batch.device_seconds, batch.state, batch.verify, batch.work_code)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (SIX, ("1", SECONDS, 0, 15, 7)),
        (FOUR, ("1001", SECONDS, 1, -1, 0)),
        (SEVEN, ("982", SECONDS, 4, 15, 0)),
        (TEN, ("11", SECONDS, 0, 25, 0)),
    ],
)
def test_the_number_of_columns_says_what_they_mean(
    line: bytes, expected: tuple[str, int, int, int, int]
) -> None:
    reading = read_punch_file(line + b"\n")
    assert (reading.layout, reading.lines, reading.bad) == ("attlog", 1, ())
    assert punches(reading) == [expected]
    assert reading.batch.raw[0] == line


def test_leading_zeros_of_an_id_stay_and_padding_goes() -> None:
    reading = read_punch_file(b"   0012  \t2026-03-02 07:29:55\t1\t0\t1\t0\n")
    assert reading.batch.device_user_id.tolist() == ["0012"]


@pytest.mark.parametrize(
    "data",
    [
        SIX + b"\r\n" + FOUR + b"\r\n",
        b"\xef\xbb\xbf" + SIX + b"\n" + FOUR,
        SIX + b"\n" + FOUR + b"\n\x1a",
        SIX + b"\n" + FOUR + b"\n" + b"\x00" * 40,
        SIX + b"\n\n   \n" + FOUR + b"\n\n",
        b"\xff\xfe" + (SIX + b"\r\n" + FOUR + b"\r\n").decode().encode("utf-16-le"),
        (SIX + b"\n" + FOUR).decode().encode("utf-16-le"),
        (SIX + b"\n" + FOUR + b"\x00").decode().encode("utf-16-le"),
    ],
)
def test_marks_line_ends_padding_and_wide_characters_do_not_matter(data: bytes) -> None:
    reading = read_punch_file(data)
    assert (reading.lines, reading.bad) == (2, ())
    assert [punch[:2] for punch in punches(reading)] == [("1", SECONDS), ("1001", SECONDS)]


def test_the_raw_bytes_of_a_wide_line_are_its_own() -> None:
    wide = b"\xff\xfe" + (SIX + b"\r\n").decode().encode("utf-16-le")
    assert read_punch_file(wide).batch.raw[0] == SIX.decode().encode("utf-16-le")


@pytest.mark.parametrize(
    ("line", "reason", "device_user_id", "device_time"),
    [
        (b"5\t2026-02-30 07:00:00\t1\t0\t1\t0", "impossible_date", "5", "2026-02-30 07:00:00"),
        (b"5\t2026-03-02 24:00:00\t1\t0\t1\t0", "impossible_date", "5", "2026-03-02 24:00:00"),
        (b"5\t0000-00-00 00:00:00\t1\t0\t1\t0", "impossible_date", "5", "0000-00-00 00:00:00"),
        (b"   \t2026-03-02 07:00:00\t1\t0\t1\t0", "bad_user_id", "", "2026-03-02 07:00:00"),
        (b"\xff\xfd\t2026-03-02 07:00:00\t1\t0\t1\t0", "bad_user_id", "", "2026-03-02 07:00:00"),
        (b"1" * 25 + b"\t2026-03-02 07:00:00\t1\t0\t1\t0", "bad_user_id", "", "2026-03-02 07:00:00"),
        (b"5\t2026-03-02 07:00:00\t1\t0\t1", "bad_line", "5", "2026-03-02 07:00:00"),
        (b"5\t2026-03-02 07:00:00\tx\tx\tx\tx", "bad_line", "5", "2026-03-02 07:00:00"),
        (b"5\t2026-03-02 07:00:00\t1\t256\t1\t0", "bad_line", "5", "2026-03-02 07:00:00"),
        (b"5\t2026/03/02 07:00:00\t1\t0\t1\t0", "bad_line", "5", ""),
        (b"5\t\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa6-03-02 07:00:00\t1\t0\t1\t0", "bad_line", "5", ""),
        (b"no line at all", "bad_line", "no line at all", ""),
    ],
)
def test_a_line_that_is_no_punch_is_kept_aside_with_its_number(
    line: bytes, reason: str, device_user_id: str, device_time: str
) -> None:
    reading = read_punch_file(SIX + b"\n\n" + line + b"\r\n" + FOUR)
    assert (reading.lines, len(reading.batch)) == (3, 2)
    (bad,) = reading.bad
    assert (bad.reason, bad.line, bad.raw) == (reason, 3, line)
    assert (bad.device_user_id, bad.device_time) == (device_user_id, device_time)


@pytest.mark.parametrize(
    ("data", "error", "code"),
    [
        (b"\x01\x00\x37\x13" * 200, NotSupported, "file_binary"),
        (b"1\x00\x02\x00\x55\x00\x13\x00" * 100, NotSupported, "file_binary"),
        ("1\t2026".encode("utf-16"), BadReply, "layout_unknown"),
        (b"\xfe\xff" + "1\t2026".encode("utf-16-be"), NotSupported, "file_utf16_swapped"),
        (b"Name,Time\nAn,07:30\n", BadReply, "layout_unknown"),
        (b"", BadReply, "file_without_lines"),
        (b"\xef\xbb\xbf\r\n\r\n\x1a", BadReply, "file_without_lines"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused(
    data: bytes, error: type[DeviceError], code: str
) -> None:
    with pytest.raises(error) as caught:
        read_punch_file(data)
    assert caught.value.code == code


def test_a_layout_may_be_named_and_then_any_file_is_read_as_it() -> None:
    reading = read_punch_file(b"Name,Time\n", "attlog")
    assert (reading.layout, reading.lines, len(reading.batch), len(reading.bad)) == ("attlog", 1, 0, 1)
    assert read_punch_file(b"", "attlog").lines == 0


def test_an_unknown_layout_names_the_known_ones() -> None:
    with pytest.raises(NotSupported) as caught:
        read_punch_file(SIX, "zkt")
    known = "auto, attlog, glg, alog, acno, checkinout, biotime, pairs"
    assert caught.value.values == {"layout": "zkt", "known": known}


def test_every_layout_is_registered_under_its_own_name() -> None:
    assert all(name == layout.name for name, layout in LAYOUTS.items())


def test_twelve_thousand_lines_are_twelve_thousand_punches() -> None:
    data = b"\n".join(SIX.replace(b"       1", b"%8d" % (n % 90)) for n in range(12_000))
    reading = read_punch_file(data)
    assert (reading.lines, len(reading.batch)) == (12_000, 12_000)


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(
            st.sampled_from([SIX, FOUR, SEVEN, b"x", b"", b"\t", b"\xff", b"1\t2026-13-01 00:00:00"])
        ).map(b"\n".join),
    ),
    st.sampled_from(["auto", "attlog"]),
)
def test_whatever_the_bytes_lines_are_punches_or_kept_aside(data: bytes, layout: str) -> None:
    try:
        reading = read_punch_file(data, layout)
    except DeviceError:
        return
    assert reading.lines == len(reading.batch) + len(reading.bad)
    assert all(record.raw in data for record in reading.bad)
