"""The oracle, by hand: statuses, minutes, credit, công (rules 4)."""

import pytest

from monitor.rules.codes import GraceCounts, Status, reason_codes
from tests.rules.twin import TwinRow, days_slowly
from tests.rules.worlds.office import Office, clock, office

MINUTE = 60


def status(row: TwinRow) -> str:
    """The status by name."""
    return Status(row.status).name.lower()


def seen(one: Office) -> list[str]:
    """Statuses of the Monday's sessions."""
    return [status(row) for row in one.rows()]


@pytest.mark.parametrize(
    ("punch", "expected", "late"),
    [("07:35", "on_time", 0), ("07:35:01", "late", 301), ("07:40", "late", 600)],
)
def test_exactly_on_the_grace_is_not_late_and_beyond_it_all_counts(
    punch: str, expected: str, late: int
) -> None:
    one = office("07:30-11:30", grace_late=5 * MINUTE)
    one.punch(f"{punch} 11:30")
    assert (status(one.row("Sáng")), one.row("Sáng").late_seconds) == (expected, late)


def test_with_excess_only_the_part_beyond_the_grace_counts() -> None:
    one = office("07:30-11:30", grace_late=300, grace_early=60, grace_counts=GraceCounts.EXCESS)
    one.punch("07:40 11:20")
    row = one.row("Sáng")
    assert (status(row), row.late_seconds, row.early_seconds) == ("late_early", 300, 540)


@pytest.mark.parametrize(
    ("punch", "expected", "early"), [("11:25", "on_time", 0), ("11:24:59", "early", 301)]
)
def test_early_is_the_mirror_image(punch: str, expected: str, early: int) -> None:
    one = office("07:30-11:30", grace_early=5 * MINUTE)
    one.punch(f"07:30 {punch}")
    assert (status(one.row("Sáng")), one.row("Sáng").early_seconds) == (expected, early)


def test_truncating_cuts_punches_to_the_minute_for_lateness_only() -> None:
    one = office("07:30-11:30", truncate_to_minute=True)
    one.punch("07:30:59 11:30:10")
    row = one.row("Sáng")
    assert (status(row), row.time_in, row.worked_seconds) == ("on_time", clock("07:30:59"), 4 * 3600 - 59)
    one.draft.punches.clear()
    one.punch("07:30 11:29:59")
    assert one.row("Sáng").early_seconds == 60


@pytest.mark.parametrize(("punch", "expected"), [("08:30", "late"), ("08:30:01", "absent")])
def test_late_beyond_the_limit_is_absent_and_the_minutes_stay(punch: str, expected: str) -> None:
    one = office("07:30-11:30", late_is_absent_after=3600)
    one.punch(f"{punch} 11:30")
    row = one.row("Sáng")
    assert (status(row), row.late_seconds) == (expected, row.time_in - row.start)
    assert row.worked_seconds == row.time_out - row.time_in
    assert ("late_is_absent" in reason_codes(row.reasons)) is (expected == "absent")
    assert (row.symbol, row.cong) == (("KP", 0.0) if expected == "absent" else ("+", 1.0))


def test_late_beyond_the_limit_is_absent_whatever_the_other_mark() -> None:
    one = office("07:30-11:30", late_is_absent_after=3600)
    one.punch("09:00")
    assert one.verdicts() == ["Sáng absent 09:00-"]


def test_a_limit_below_the_grace_asks_only_where_the_session_is_late() -> None:
    one = office("07:30-11:30", grace_late=600, late_is_absent_after=0)
    one.punch("07:40 11:30")
    assert seen(one) == ["on_time"]


def test_missing_marks_keep_their_cong_and_get_the_credit() -> None:
    one = office(missing_mark_credit=10 * 3600)
    one.punch("07:30 17:00")
    assert seen(one) == ["missing_out", "missing_in"]
    assert [(row.cong, row.symbol) for row in one.rows()] == [(0.5, "+"), (0.5, "+")]
    assert [row.worked_seconds for row in one.rows()] == [4 * 3600, 3 * 3600 + 1800]  # at most its length


def test_two_marks_give_one_presence_over_both_sessions() -> None:
    one = office(marks=2)
    one.punch("07:40 16:30")
    late, early = one.rows()
    assert (status(late), late.late_seconds, late.early_seconds) == ("late", 600, 0)
    assert (status(early), early.late_seconds, early.early_seconds) == ("early", 0, 1800)
    assert (late.worked_seconds, early.worked_seconds) == (clock("11:30") - clock("07:40"), 3 * 3600)


def test_a_missing_outer_mark_of_two_leaves_the_other_session_on_time() -> None:
    one = office(marks=2)
    one.punch("07:30")
    assert one.verdicts() == ["Sáng on_time 07:30-", "Chiều missing_out -"]
    assert [row.worked_seconds for row in one.rows()] == [0, 0]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("07:34:59", "pending not_due"),
        ("07:35", "pending not_in_yet"),
        ("13:29:59", "pending not_in_yet"),
        ("13:30", "absent "),
    ],
)
def test_a_morning_without_a_punch(now: str, expected: str) -> None:
    one = office(grace_late=5 * MINUTE)
    one.now = clock(now)
    assert f"{status(one.row('Sáng'))} {';'.join(one.reasons('Sáng'))}" == expected


@pytest.mark.parametrize(("now", "expected"), [("08:00", "at_work"), ("13:29:59", "at_work"), ("13:30", "")])
def test_who_is_in_is_at_work_until_the_window_of_the_out_ends(now: str, expected: str) -> None:
    one = office()
    one.punch("07:30")
    one.now = clock(now)
    assert ";".join(one.reasons("Sáng")) == expected
    assert status(one.row("Sáng")) == ("pending" if expected else "missing_out")


@pytest.mark.parametrize(("now", "expected"), [("13:29:59", "pending"), ("13:30", "early")])
def test_who_left_early_may_come_back(now: str, expected: str) -> None:
    one = office()
    one.punch("07:30 11:00")
    one.now = clock(now)
    assert status(one.row("Sáng")) == expected
    assert one.row("Sáng").early_seconds == 1800
    assert ("left" in one.reasons("Sáng")) is (expected == "pending")


@pytest.mark.parametrize(
    ("punches", "now", "expected"),
    [
        ("", "07:29:59", ["not_due", "not_due"]),
        ("", "07:30", ["not_in_yet", "not_due"]),
        ("07:20", "07:30", ["", "not_due"]),
        ("07:20", "13:30", ["", ""]),
        ("", "20:59:59", ["not_in_yet", "not_in_yet"]),
        ("", "21:00", ["", ""]),
    ],
)
def test_one_mark_waits_for_its_punch_until_the_blocks_window_ends(
    punches: str, now: str, expected: list[str]
) -> None:
    one = office(marks=1)
    one.punch(punches)
    one.now = clock(now)
    assert [";".join(reason_codes(row.reasons)) for row in one.rows()] == expected
    assert seen(one)[1] == ("pending" if expected[1] else "on_time" if punches else "absent")


def test_an_inner_session_is_not_due_before_its_own_start() -> None:
    one = office("07:30-09:30 10:00-11:30 13:30-17:00", marks=2)
    one.punch("07:30")
    one.now = clock("09:59:59")
    assert [one.reasons(name) for name in ("Sáng", "Chiều", "Tối")] == [[], ["not_due"], ["at_work"]]
    one.now = clock("10:00")
    assert seen(one) == ["on_time", "on_time", "pending"]


def test_a_session_of_two_marks_not_attended_asks_for_both_marks() -> None:
    one = office(marks=2)
    one.punch("13:00 17:00")
    one.now = clock("20:59:59")
    assert seen(one) == ["pending", "on_time"]
    one.now = clock("21:00")
    assert seen(one) == ["absent", "on_time"]


def test_symbols_and_cong_of_roster_sessions() -> None:
    one = office("07:30-11:30", chain_within=0)
    one.duty("18:00 to 20:00")
    one.duty("22:00 to 23:00", "extra")
    one.punch("18:00 20:00 22:00 23:00")
    assert [(row.name, row.symbol, row.cong) for row in one.rows()] == [
        ("Sáng", "KP", 0.0),
        ("duty", "TR", 0.0),
        ("extra", "+", 0.0),
    ]


def test_the_day_is_as_bad_as_its_worst_session_and_sums_the_rest() -> None:
    one = office()
    one.punch("07:45 11:30")
    (day,) = days_slowly(one.rows())
    assert (day.status, day.late_seconds, day.cong) == (Status.ABSENT, 900, 0.5)
    assert day.worked_seconds == clock("11:30") - clock("07:45")


@pytest.mark.parametrize(("punch", "expected"), [("10:30", "early"), ("10:29:59", "absent")])
def test_early_beyond_the_limit_is_absent(punch: str, expected: str) -> None:
    one = office("07:30-11:30", early_is_absent_after=3600)
    one.punch(f"07:30 {punch}")
    row = one.row("Sáng")
    assert (status(row), row.early_seconds) == (expected, row.end - row.time_out)
    assert one.reasons("Sáng") == ([] if expected == "early" else ["early_is_absent"])
