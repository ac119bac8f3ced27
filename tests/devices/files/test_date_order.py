"""Days and months: one order a file, proven by its own dates or named, never guessed."""

import pytest

from devices.files import read_punch_file
from tests.devices.files.told import aside, refusal, told

HEADER = "No\tTMNo\tEnNo\tName\tINOUT\tMode\tDateTime\n"


def glg(*dates: str) -> bytes:
    """A file with one punch at ten past two on each date."""
    return (HEADER + "".join(f"{n}\t1\t7\t\t1\t1\t{day} 14:10:00\n" for n, day in enumerate(dates))).encode()


@pytest.mark.parametrize(
    ("dates", "order", "days"),
    [
        (["02/03/2026", "01/19/2026"], "mdy", ["2026-02-03", "2026-01-19"]),
        (["02/03/2026", "19/01/2026"], "dmy", ["2026-03-02", "2026-01-19"]),
        (["2.3.2026", "19.1.2026"], "dmy", ["2026-03-02", "2026-01-19"]),
        (["03/03/2026", "03-03-2026"], "", ["2026-03-03", "2026-03-03"]),
        (["2026/02/03"], "", ["2026-02-03"]),
        (["2000/01/02", "19/01/2026"], "dmy", ["2000-01-02", "2026-01-19"]),
    ],
)
def test_one_date_that_leaves_no_doubt_decides_for_the_file(
    dates: list[str], order: str, days: list[str]
) -> None:
    reading = read_punch_file(glg(*dates))
    assert (reading.date_order, reading.bad) == (order, ())
    assert [time[:10] for _, time, _ in told(reading)] == days


def test_a_file_of_doubtful_dates_is_refused_with_the_first_of_them() -> None:
    error = refusal(glg("03/03/2026", "2026/01/02", "02/03/2026", "04/05/2026"))
    assert (error.code, error.values) == ("date_order_ambiguous", {"line": 4, "layout": "glg"})


def test_dates_that_contradict_each_other_are_refused_with_both_lines() -> None:
    error = refusal(glg("01/02/2026", "13/01/2026", "01/14/2026"))
    assert (error.code, error.values) == ("date_order_mixed", {"line": 4, "other": 3, "layout": "glg"})


@pytest.mark.parametrize(
    ("layout", "day"), [("glg:dmy", "2026-03-02"), ("glg:mdy", "2026-02-03"), ("auto:mdy", "2026-02-03")]
)
def test_the_order_may_be_named(layout: str, day: str) -> None:
    reading = read_punch_file(glg("02/03/2026", "2026/01/02"), layout)
    assert reading.date_order == layout[-3:]
    assert [time[:10] for _, time, _ in told(reading)] == [day, "2026-01-02"]


def test_a_date_that_the_named_order_makes_impossible_is_kept_aside() -> None:
    assert aside(read_punch_file(glg("01/02/2026", "01/14/2026"), "glg:dmy")) == [(3, "impossible_date")]


def test_dates_that_no_order_makes_real_prove_nothing() -> None:
    reading = read_punch_file(glg("00/14/2026", "14/15/2026", "14/01/2026", "99/01/2026"))
    assert (reading.date_order, len(reading.batch)) == ("dmy", 1)
    assert [reason for _, reason in aside(reading)] == ["impossible_date"] * 3


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("8:02 AM", "08:02:00"),
        ("12:00:01 AM", "00:00:01"),
        ("12:00 PM", "12:00:00"),
        ("1:05 pm", "13:05:00"),
        ("8:02 SA", "08:02:00"),
        ("5:05 CH", "17:05:00"),
        ("8:02\u202fAM", "08:02:00"),
        (" 08:02:03.999", "08:02:03"),
    ],
)
def test_twelve_hour_times_and_those_of_vietnamese_windows_are_read(written: str, clock: str) -> None:
    data = f"AC-No.,Time\n7,3/3/2026 {written}\n".encode()
    assert told(read_punch_file(data)) == [("7", f"2026-03-03 {clock}", -1)]
