"""The oracle, by hand: which punch becomes which mark (rules 3.1-3.6)."""

import pytest

from monitor.rules.codes import Direction
from tests.rules.worlds.office import Office, clock, office


def seen(one: Office) -> list[str]:
    """`in-out` of the Monday's sessions."""
    return [text.rsplit(" ", 1)[1] for text in one.verdicts()]


@pytest.mark.parametrize(
    ("punches", "expected"),
    [
        ("", ["-", "-"]),
        ("07:30 11:30 13:30 17:00", ["07:30-11:30", "13:30-17:00"]),
        # The gap: two punches, or one that goes to the nearer mark, at equal distance to the OUT.
        ("07:30 12:00 12:10 12:40 17:00", ["07:30-12:00", "12:40-17:00"]),
        ("07:30 12:30 17:00", ["07:30-12:30", "-17:00"]),
        ("07:30 12:30:01 17:00", ["07:30-", "12:30:01-17:00"]),
        # The gap is closed: its ends belong to it.
        ("07:30 11:29:59 13:30:01 17:00", ["07:30-11:29:59", "13:30:01-17:00"]),
        ("11:30", ["-11:30", "-"]),
        ("13:30", ["-", "13:30-"]),
        # A single punch of a side goes by nearness, at equal distance to the IN.
        ("09:30", ["09:30-", "-"]),
        ("09:30:01", ["-09:30:01", "-"]),
        ("15:15", ["-", "15:15-"]),
        ("15:15:01", ["-", "-15:15:01"]),
        # Two of a side: first and last; in between nothing.
        ("07:00 09:00 11:00", ["07:00-11:00", "-"]),
        ("14:00 15:00 18:00", ["-", "14:00-18:00"]),
        # OUT(A) from the gap, then IN(A) is the first of the left whatever its distance.
        ("11:00 11:40", ["11:00-11:40", "-"]),
        ("13:20 13:40", ["-", "13:20-13:40"]),
    ],
)
def test_four_marks(punches: str, expected: list[str]) -> None:
    one = office()
    one.punch(punches)
    assert seen(one) == expected


@pytest.mark.parametrize(
    ("punches", "expected"),
    [
        ("07:30 17:00", ["07:30-", "-17:00"]),
        ("07:30 11:30 13:30 17:00", ["07:30-", "-17:00"]),
        # 07:30 and 17:00 are equally far from 12:15: that is IN, after the end of Sáng.
        ("12:15", ["-", "12:15-"]),
        ("12:15:01", ["-12:15:01", "-"]),
        # The boundary instant falls on the side of "not attended".
        ("11:29:59 17:00", ["11:29:59-", "-17:00"]),
        ("11:30 17:00", ["-", "11:30-17:00"]),
        ("07:30 13:30:01", ["07:30-", "-13:30:01"]),
        ("07:30 13:30", ["07:30-13:30", "-"]),
        # Neither session attended: both marks are in the break.
        ("11:40 13:00", ["-", "-"]),
    ],
)
def test_two_marks(punches: str, expected: list[str]) -> None:
    one = office(marks=2)
    one.punch(punches)
    assert seen(one) == expected


def test_the_sessions_of_two_marks_that_were_not_attended_are_absent_and_their_punches_extra() -> None:
    one = office(marks=2)
    first, second = one.punch("11:40 13:00")
    assert one.verdicts() == ["Sáng absent -", "Chiều absent -"]
    assert (one.row("Sáng").extras, one.row("Chiều").extras) == ((first,), (second,))
    assert one.reasons("Sáng") == ["extra"]


def test_with_one_mark_the_first_punch_is_shown_on_every_session_and_the_rest_are_extra() -> None:
    one = office(marks=1)
    first, second = one.punch("12:00 16:00")
    assert one.verdicts() == ["Sáng on_time 12:00-", "Chiều on_time 12:00-"]
    assert [row.punch_in for row in one.rows()] == [first, first]
    assert one.row("Chiều").extras == (second,)


def test_with_no_marks_every_punch_is_outside() -> None:
    one = office(marks=0)
    ids = one.punch("07:30 17:00")
    assert one.verdicts() == ["Sáng exempt -", "Chiều exempt -"]
    assert [row.outside for row in one.rows()] == [(ids[0],), (ids[1],)]
    assert one.reasons("Sáng") == ["outside_window", "exempt"]


@pytest.mark.parametrize(
    ("punches", "expected"),
    [
        ("07:30 07:30:30 07:31:00", ["07:30-", "-"]),  # each within 30 s of the one before: one run
        ("07:30 07:30:31", ["07:30-07:30:31", "-"]),
        ("11:30 11:30:20", ["-11:30:20", "-"]),  # as an OUT a run counts at its last time
        ("11:29:50 11:30:10", ["-11:30:10", "-"]),  # it begins before the end of Sáng: left side
    ],
)
def test_repeats_are_one_punch(punches: str, expected: list[str]) -> None:
    one = office()
    one.punch(punches)
    assert seen(one) == expected


def test_a_mark_names_the_punch_that_counted_and_an_extra_run_all_of_its_punches() -> None:
    one = office("07:30-11:30")
    ids = one.punch("07:30 07:30:10 09:00 09:00:10 11:30 11:30:10")
    row = one.row("Sáng")
    assert (row.punch_in, row.punch_out, row.extras) == (ids[0], ids[5], (ids[2], ids[3]))


@pytest.mark.parametrize(
    ("punches", "expected"),
    [
        ("06:00 06:30", ["-", "-"]),  # OUT before the start
        ("06:00 07:30", ["-", "-"]),  # OUT at the start
        ("06:00 07:30:01", ["06:00-07:30:01", "-"]),
        ("17:00 18:00", ["-", "-"]),  # IN at the end
        ("16:59:59 18:00", ["-", "16:59:59-18:00"]),
    ],
)
def test_an_untouched_session_shows_no_marks(punches: str, expected: list[str]) -> None:
    one = office()
    ids = one.punch(punches)
    assert seen(one) == expected
    extras = [number for row in one.rows() for number in row.extras]
    assert extras == ([] if any(text != "-" for text in expected) else ids)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((0, 1), ["07:30-11:00", "-"]),
        ((1, 0), ["11:00-", "-"]),  # the OUT does not begin after the first IN
        ((1, 1), ["-11:00", "-"]),
        ((4, 3), ["07:30-", "-"]),
        ((7, 7), ["07:30-11:00", "-"]),
    ],
)
def test_states_say_what_a_punch_may_be(states: tuple[int, int], expected: list[str]) -> None:
    one = office(direction=Direction.STATE)
    for time, state in zip(("07:30", "11:00"), states, strict=True):
        one.punch(time, states=1 << state)
    assert seen(one) == expected


@pytest.mark.parametrize(("state", "expected"), [(0, "11:29-"), (1, "-11:29"), (7, "-11:29")])
def test_a_single_punch_that_may_be_one_thing_only_is_that(state: int, expected: str) -> None:
    one = office(direction=Direction.STATE)
    one.punch("11:29", states=1 << state)
    assert seen(one)[0] == expected


def test_a_punch_with_several_states_may_be_either_and_so_may_a_manual_one() -> None:
    one = office("07:30-11:30", direction=Direction.STATE)
    one.punch("11:00", states=0b11)
    assert seen(one) == ["-11:00"]
    one.draft.punches.clear()
    one.draft.manual_punch(0, clock("11:00"))
    assert seen(one) == ["-11:00"]
    assert one.reasons("Sáng") == ["manual"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (1, 0, ["-11:40", "13:20-"]),
        (0, 1, ["-13:20", "-"]),  # IN(B) would have to begin after OUT(A)
        (0, 0, ["-", "13:20-"]),
        (1, 1, ["-11:40", "-"]),
    ],
)
def test_the_gap_with_directions(first: int, second: int, expected: list[str]) -> None:
    one = office(direction=Direction.STATE)
    one.punch("11:40", states=1 << first)
    one.punch("13:20", states=1 << second)
    assert seen(one) == expected


@pytest.mark.parametrize(("direction", "expected"), [("in", "11:29-"), ("out", "-11:29"), ("", "-11:29")])
def test_the_direction_of_the_terminal(direction: str, expected: str) -> None:
    one = office("07:30-11:30", direction=Direction.TERMINAL)
    one.draft.terminals[0] = ("cong", 0, -(2**31), direction)
    one.punch("11:29")
    assert seen(one) == [expected]


def test_three_sessions_give_their_gaps_first_from_left_to_right() -> None:
    one = office("07:30-09:30 10:00-11:30 13:30-17:00")
    one.punch("07:30 09:40 10:30 11:40 13:20 17:00")
    assert seen(one) == ["07:30-09:40", "10:30-11:40", "13:20-17:00"]


def test_a_middle_session_takes_only_what_begins_strictly_inside_it() -> None:
    one = office("07:30-10:00 10:00-13:00 14:00-17:00")
    one.punch("10:00 11:00 12:00")
    assert seen(one) == ["-10:00", "11:00-12:00", "-"]


def test_a_punch_after_now_is_not_used_nor_listed() -> None:
    one = office()
    one.now = clock("07:45")
    one.punch("07:30 07:45:01 03:00")
    assert one.row("Sáng").punch_in == 1
    assert [row.extras + row.outside for row in one.rows()] == [(3,), ()]
