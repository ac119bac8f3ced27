"""The oracle, by hand: blocks, chains and their windows (rules 3)."""

import pytest

from tests.rules.worlds.office import MONDAY, Office, clock, office

SANG, CHIEU = "07:30-11:30", "13:30-17:00"


def seen(one: Office) -> list[str]:
    """`in-out` of the Monday's sessions."""
    return [text.rsplit(" ", 1)[1] for text in one.verdicts()]


@pytest.mark.parametrize(
    ("punch", "inside"), [("05:30", True), ("05:29:59", False), ("15:30", True), ("15:30:01", False)]
)
def test_both_ends_of_a_window_are_inside(punch: str, inside: bool) -> None:
    one = office("07:30-11:30")
    (number,) = one.punch(punch)
    row = one.row("Sáng")
    assert (row.outside == ()) is inside
    assert (number in {row.punch_in, row.punch_out, *row.extras}) is inside


def test_neighbours_are_cut_at_the_midpoint_which_belongs_to_the_later_one() -> None:
    one = office("07:30-11:30", close_after=20 * 3600)
    one.duty("13:30:01 to 17:00")
    one.set(chain_within=0)
    assert one.window("Sáng") == "05:30 to 12:30"  # half the sum is 12:30:00,5: the later one begins at :01
    assert one.window("duty").startswith("12:30:01 to ")


def test_a_cut_point_outside_the_overlap_is_moved_into_it() -> None:
    one = office("07:30-11:30", open_before=600, close_after=10 * 3600, chain_within=0)
    one.duty("13:30 to 17:00")
    assert one.window("Sáng") == "07:20 to 13:19:59"
    assert one.window("duty") == "13:20 to +03:00"


def test_a_window_is_never_made_longer() -> None:
    one = office("07:30-11:30", open_before=0, close_after=0)
    one.duty("13:30 to 17:00")
    assert one.window("Sáng") == "07:30 to 11:30"


def test_an_excused_session_at_the_end_of_a_block_does_not_count_for_the_cut() -> None:
    one = office(close_after=20 * 3600, open_before=10 * 3600)
    one.duty("19:00 to 21:00")
    assert one.window("Sáng").endswith("to 17:59:59")
    one.excuse("13:30 to 17:00")
    assert one.window("Sáng").endswith("to 15:14:59")


def test_after_a_night_duty_the_excused_next_day_does_not_take_its_out() -> None:
    one = office()
    one.duty("-18:00 to 06:00")
    one.excuse("07:30 to 17:00", 1)
    one.punch("-18:00 06:10 16:00")
    (duty,) = (text for text in one.verdicts(MONDAY - 1) if text.startswith("duty"))
    assert duty == "duty on_time -18:00-06:10"
    assert one.verdicts() == ["Sáng excused -", "Chiều excused -16:00"]
    assert one.window("Sáng") == "05:30 to 21:00"  # its own, cut by nobody


def test_a_duty_between_two_office_sessions_splits_the_block() -> None:
    one = office(marks=2, chain_within=0)
    one.duty("12:00 to 13:00")
    one.punch("07:30 11:30 12:00 13:00 13:30 17:00")
    assert seen(one) == [SANG, "12:00-13:00", CHIEU]
    assert one.window("duty") == "11:45 to 13:14:59"


def test_an_excused_duty_splits_nothing_and_takes_what_nobody_holds() -> None:
    one = office(marks=2, chain_within=0)
    one.duty("12:00 to 13:00")
    one.excuse("12:00 to 13:00")
    one.punch("07:30 12:10 17:00")
    assert one.verdicts() == ["Sáng on_time 07:30-", "duty excused -", "Chiều on_time -17:00"]


@pytest.mark.parametrize(
    ("punches", "expected"),
    [
        # The example of the rule book: marks 4, duty 17:00-21:00.
        ("07:30 11:30 13:30 21:00", [SANG, "13:30-", "-21:00"]),
        ("07:30 11:30 13:30 17:00", [SANG, "13:30-17:00", "-"]),
        # OUT at or before the duty's start: not attended; a second later it is.
        ("07:30 11:30 13:30 17:00:01", [SANG, "13:30-", "-17:00:01"]),
        ("07:30 11:30 17:00 21:00", [SANG, "-", "17:00-21:00"]),
    ],
)
def test_office_and_duty_without_a_joint_to_punch_at(punches: str, expected: list[str]) -> None:
    one = office()
    one.duty("17:00 to 21:00")
    one.punch(punches)
    assert seen(one) == expected


def test_the_sessions_of_the_rule_books_chain_are_on_time() -> None:
    one = office()
    one.duty("17:00 to 21:00")
    one.punch("07:30 11:30 13:30 21:00")
    assert [text.split()[1] for text in one.verdicts()] == ["on_time"] * 3
    assert [row.worked_seconds // 1800 for row in one.rows()] == [8, 7, 8]
    assert {(row.window_from, row.window_to) for row in one.rows()} == {(clock("05:30"), clock("+01:00"))}


def test_with_an_out_at_the_joint_the_duty_is_absent() -> None:
    one = office()
    one.duty("17:00 to 21:00")
    one.punch("07:30 11:30 13:30 17:00")
    assert one.verdicts()[2] == "duty absent -"


@pytest.mark.parametrize(
    ("within", "start", "chained"),
    [
        (3600, "18:00", True),
        (3600, "18:00:01", False),
        (0, "17:00", True),
        (0, "17:00:01", False),
    ],
)
def test_blocks_are_chained_up_to_the_limit(within: int, start: str, chained: bool) -> None:
    one = office(chain_within=within)
    one.duty(f"{start} to 21:00")
    assert (one.window("Sáng") == one.window("duty")) is chained


@pytest.mark.parametrize("excused", ["13:30 to 17:00", "17:00 to 21:00"])
def test_an_excused_session_at_the_joint_keeps_blocks_apart(excused: str) -> None:
    one = office()
    one.duty("17:00 to 21:00")
    one.excuse(excused)
    assert one.window("Sáng") != one.window("duty")


def test_blocks_with_one_mark_are_not_chained() -> None:
    one = office(marks=1)
    one.duty("17:00 to 21:00")
    assert one.window("Sáng") == "05:30 to 16:59:59"


def test_a_chain_holds_many_blocks_across_midnight() -> None:
    one = office("07:30-11:30")
    one.duty("11:30 to 23:00")
    one.duty("23:00 to +07:30", "extra")
    one.punch("07:30 +11:30")
    assert seen(one) == ["07:30-", "-", "-"]
    assert [text.split()[1] for text in one.verdicts()] == ["on_time"] * 3
    assert one.verdicts(MONDAY + 1) == ["Sáng on_time -+11:30"]


def test_two_marks_put_the_whole_block_into_the_stretch_of_a_chain() -> None:
    one = office(marks=2)
    one.duty("17:00 to 21:00")
    one.punch("07:30 11:30 13:30 21:00")
    assert seen(one) == ["07:30-", "-", "-21:00"]


def test_a_chain_of_two_marks_leaves_out_the_excused_start_of_its_block() -> None:
    one = office(marks=2)
    one.duty("17:00 to 21:00")
    one.excuse("07:30 to 11:30")
    one.punch("13:40 21:00")
    assert one.verdicts() == ["Sáng excused -", "Chiều late 13:40-", "duty on_time -21:00"]


def test_a_punch_outside_every_window_goes_to_the_nearest_session_within_two_days() -> None:
    one = office("07:30-11:30")
    one.draft.regulations.clear()
    one.duty("07:30 to 11:30")
    ids = one.punch("03:00 +20:00")
    assert one.row("duty").outside == tuple(ids)
    assert one.reasons("duty") == ["no_regulation", "outside_window"]
    far = clock("11:30") + 2 * 86_400
    at_limit, _ = one.draft.punch(7, far), one.draft.punch(7, far + 1)
    one.now = far + 9
    assert one.row("duty").outside == (*ids, at_limit)


def test_a_duty_that_touches_both_sessions_splits_them_and_all_are_one_chain() -> None:
    one = office()
    one.duty("11:30 to 13:30")
    one.punch("07:30 17:00")
    assert seen(one) == ["07:30-", "-", "-17:00"]
    assert [text.split()[1] for text in one.verdicts()] == ["on_time"] * 3


def test_only_the_gap_in_which_the_duty_lies_splits() -> None:
    one = office("07:30-09:30 10:00-11:30 13:30-17:00", marks=2, chain_within=0)
    one.duty("12:00 to 13:00")
    one.punch("07:30 11:30 13:30 17:00")
    assert [text.rsplit(" ", 1)[1] for text in one.verdicts()] == ["07:30-", "-11:30", "-", "13:30-17:00"]


def test_windows_that_touch_at_one_instant_are_cut_too() -> None:
    one = office("07:30-11:30", open_before=3600, close_after=3600, chain_within=0)
    one.duty("13:30 to 17:00")
    assert one.window("Sáng") == "06:30 to 12:29:59"
    assert one.window("duty") == "12:30 to 18:00"


def test_an_excused_session_at_the_beginning_of_a_block_does_not_count_for_the_cut() -> None:
    one = office(open_before=10 * 3600, chain_within=0)
    one.duty("04:00 to 05:30")
    assert one.window("Sáng").startswith("06:30 to ")
    one.excuse("07:30 to 11:30")
    assert one.window("Sáng").startswith("09:30 to ")


def test_a_chain_follows_the_repeats_of_its_first_block_and_the_windows_of_both_ends() -> None:
    one = office("07:30-11:30", open_before=3600, repeat_within=0)
    one.duty("-23:00 to 07:30")
    one.set(valid_from=MONDAY)  # the duty begins the day before, without a regulation: defaults
    one.punch("-23:00 -23:00:20 11:30 11:30:20")
    assert one.window("Sáng") == "-21:00 to 15:30"
    assert one.verdicts() == ["Sáng on_time -11:30:20"]
    assert [row.extras for row in one.rows(MONDAY - 1, MONDAY)] == [(), ()]  # two runs, no repeats apart


def test_blocks_chain_by_the_limit_of_the_earlier_ones_regulation() -> None:
    one = office("07:30-11:30", chain_within=0)
    one.duty("-23:00 to 07:00")
    one.set(valid_from=MONDAY)
    assert one.window("Sáng").startswith("-21:00 to ")
    one = office("07:30-11:30", chain_within=0)
    one.duty("12:00 to 16:00")
    assert one.window("Sáng").endswith(" to 11:44:59")


def test_two_marks_leave_out_the_excused_ends_of_the_block() -> None:
    one = office("07:30-09:30 10:00-11:30 13:30-17:00", marks=2)
    one.excuse("07:30 to 09:30")
    one.punch("12:00")  # nearer to 10:00 than to 17:00, but not to 07:30: IN, after the second session
    assert one.verdicts() == ["Sáng excused -", "Chiều absent -", "Tối missing_out 12:00-"]
    one.excuse("13:30 to 17:00")
    assert one.verdicts() == ["Sáng excused -", "Chiều missing_in -12:00", "Tối excused -"]


def test_yielding_blocks_inside_each_other_never_share_a_punch() -> None:
    one = office("07:30-11:30 20:00-02:00")
    one.duty("12:30 to 13:15")
    one.duty("13:16 to 14:16", "extra")
    one.excuse("07:30 to +02:00")
    ids = one.punch("07:30 14:17")
    used = [n for row in one.rows() for n in (row.punch_in, row.punch_out, *row.extras, *row.outside) if n]
    assert sorted(used) == ids
    assert one.row("extra").punch_out == ids[1]


def test_a_punch_at_this_very_second_counts() -> None:
    one = office()
    one.now = clock("07:30")
    one.punch("07:30")
    one.draft.manual_punch(0, clock("11:30"))
    assert seen(one) == ["07:30-", "-"]
    one.now = clock("11:30")
    assert seen(one) == ["07:30-11:30", "-"]


def test_a_cut_point_after_the_overlap_is_moved_into_it_too() -> None:
    one = office("07:30-11:30", open_before=10 * 3600, close_after=600, chain_within=0)
    one.duty("13:30 to 17:00")
    assert one.window("Sáng") == "-21:30 to 11:39:59"
    assert one.window("duty") == "11:40 to 17:10"


def test_a_duty_is_chained_to_the_first_session_of_the_office_after_it() -> None:
    one = office()
    one.duty("02:00 to 07:00")
    one.punch("02:00 11:30 13:30 17:00")
    assert seen(one) == ["02:00-", "-11:30", "13:30-17:00"]
