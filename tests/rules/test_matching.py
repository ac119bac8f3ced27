"""Kept punches become marks: repeats, two marks, four marks, one mark, directions (rules 3.1 to 3.5)."""

import pytest

from monitor.rules.codes import Direction
from tests.rules.builder import MONDAY, Office, office_session, regulation

Marks = list[tuple[str, str, str, str]]
TWO = regulation(marks=2)


def marks(*times: str, **settings: object) -> Marks:
    office = Office(regulations=[regulation(**settings)])
    office.punch(MONDAY, *times)
    return office.marks(MONDAY)


def ins_and_outs(*times: str, **settings: object) -> list[tuple[str, str]]:
    return [(in_, out) for _, in_, out, _ in marks(*times, **settings)]


class TestRepeats:
    def test_a_punch_within_thirty_seconds_of_the_previous_raw_punch_joins_its_run(self) -> None:
        office = Office()
        office.punch(MONDAY, "07:30", "07:30:30", "07:31", "11:30", "13:30", "17:00")
        sang, _ = office.rows(MONDAY)
        assert (sang.in_, sang.out, sang.extras) == ("07:30", "11:30", [])

    def test_one_second_more_is_another_punch(self) -> None:
        office = Office()
        office.punch(MONDAY, "07:30", "07:30:31", "11:30", "13:30", "17:00")
        assert office.rows(MONDAY)[0].extras == ["07:30:31"]

    def test_as_an_out_a_run_counts_at_its_last_time(self) -> None:
        assert ins_and_outs("07:30", "11:29:50", "11:30:10", "13:30", "17:00")[0] == ("07:30", "11:30:10")

    def test_the_ids_of_a_run_that_is_out_name_its_last_punch_and_of_in_its_first(self) -> None:
        office = Office()
        office.punch(MONDAY, "07:30", "07:30:20", "17:00", "17:00:20")
        sessions = office.verdicts(MONDAY).sessions
        assert (sessions.punch_in[0], sessions.punch_out[1]) == (1, 4)

    def test_runs_are_built_across_terminals(self) -> None:
        office = Office(terminals=[("cong", "ubnd", "", ""), ("sau", "ubnd", "", "")])
        office.punch(MONDAY, "07:30", terminal="cong")
        office.punch(MONDAY, "07:30:15", terminal="sau")
        assert office.rows(MONDAY)[0].extras == []

    def test_repeat_within_is_a_setting(self) -> None:
        office = Office(regulations=[regulation(repeat_within=0)])
        office.punch(MONDAY, "07:30", "07:30:01", "11:30")
        assert office.rows(MONDAY)[0].extras == ["07:30:01"]


class TestFourMarks:
    def test_four_punches_are_four_marks(self) -> None:
        assert ins_and_outs("07:25", "11:32", "13:20", "17:05") == [("07:25", "11:32"), ("13:20", "17:05")]

    def test_a_lone_punch_in_the_gap_goes_to_the_nearer_session_a_tie_to_the_earlier(self) -> None:
        assert ins_and_outs("07:30", "12:29:59", "17:00") == [("07:30", "12:29:59"), ("", "17:00")]
        assert ins_and_outs("07:30", "12:30", "17:00") == [("07:30", "12:30"), ("", "17:00")]
        assert ins_and_outs("07:30", "12:30:01", "17:00") == [("07:30", ""), ("12:30:01", "17:00")]

    def test_of_many_in_the_gap_the_first_is_out_and_the_last_is_in(self) -> None:
        assert ins_and_outs("07:30", "11:35", "12:00", "13:25", "17:00") == [
            ("07:30", "11:35"),
            ("13:25", "17:00"),
        ]

    def test_punches_at_the_gap_s_own_edges_belong_to_it(self) -> None:
        assert ins_and_outs("11:30", "13:30") == [("", "11:30"), ("13:30", "")]

    def test_two_on_the_left_are_in_and_out_when_the_gap_is_empty(self) -> None:
        assert ins_and_outs("07:30", "11:20") == [("07:30", "11:20"), ("", "")]

    @pytest.mark.parametrize(
        ("time", "expected"),
        [("09:30", ("09:30", "")), ("09:30:01", ("", "09:30:01")), ("05:30", ("05:30", ""))],
    )
    def test_one_on_the_left_goes_to_the_nearer_mark(self, time: str, expected: tuple[str, str]) -> None:
        assert ins_and_outs(time)[0] == expected

    @pytest.mark.parametrize(
        ("time", "expected"),
        [("15:15", ("15:15", "")), ("15:15:01", ("", "15:15:01")), ("21:00", ("", "21:00"))],
    )
    def test_one_on_the_right_goes_to_the_nearer_mark(self, time: str, expected: tuple[str, str]) -> None:
        assert ins_and_outs(time)[1] == expected

    def test_with_an_out_from_the_gap_the_first_on_the_left_is_in_and_the_rest_are_extra(self) -> None:
        office = Office()
        office.punch(MONDAY, "07:30", "09:00", "11:20", "11:40")
        sang, chieu = office.rows(MONDAY)
        assert (sang.in_, sang.out, sang.extras, sang.reasons) == (
            "07:30",
            "11:40",
            ["09:00", "11:20"],
            ["extra"],
        )
        assert chieu.status == "absent"

    def test_with_an_in_from_the_gap_the_last_on_the_right_is_out(self) -> None:
        assert ins_and_outs("13:00", "15:00", "16:59")[1] == ("13:00", "16:59")

    def test_three_sessions_fill_gaps_from_left_to_right_then_sides(self) -> None:
        sessions = tuple(office_session(s) for s in ("A 07:00-10:00", "B 11:00-14:00", "C 15:00-18:00"))
        punches = ("07:00", "10:00", "10:55", "12:00", "14:40", "18:00")
        assert ins_and_outs(*punches, sessions=sessions) == [
            ("07:00", "10:00"),
            ("10:55", "12:00"),
            ("14:40", "18:00"),
        ]

    def test_a_middle_session_takes_what_begins_inside_it(self) -> None:
        sessions = tuple(office_session(s) for s in ("A 07:00-10:00", "B 11:00-14:00", "C 15:00-18:00"))
        assert ins_and_outs("11:10", "13:50", sessions=sessions) == [("", ""), ("11:10", "13:50"), ("", "")]
        assert ins_and_outs("12:31", sessions=sessions)[1] == ("", "12:31")


class TestUntouchedSessions:
    def test_an_in_at_or_after_the_end_is_no_attendance(self) -> None:
        states = {"direction": Direction.STATE}
        office = Office(regulations=[regulation(sessions=(office_session("Sáng 07:30-11:30"),), **states)])
        office.punch(MONDAY, "11:30", state=0)
        (row,) = office.rows(MONDAY)
        assert row.marks == ("Sáng", "", "", "absent")
        assert row.extras == ["11:30"]

    def test_an_out_at_or_before_the_start_is_no_attendance(self) -> None:
        states = {"direction": Direction.STATE}
        office = Office(regulations=[regulation(sessions=(office_session("Sáng 07:30-11:30"),), **states)])
        office.punch(MONDAY, "07:00", state=0)
        office.punch(MONDAY, "07:30", state=1)
        (row,) = office.rows(MONDAY)
        assert row.marks == ("Sáng", "", "", "absent")
        assert (row.extras, row.worked) == (["07:00", "07:30"], 0)

    def test_an_out_one_second_after_the_start_is_attendance(self) -> None:
        states = {"direction": Direction.STATE}
        office = Office(regulations=[regulation(sessions=(office_session("Sáng 07:30-11:30"),), **states)])
        office.punch(MONDAY, "07:30:01", state=1)
        assert office.marks(MONDAY) == [("Sáng", "", "07:30:01", "missing_in")]


class TestTwoMarks:
    def test_the_first_and_the_last_punch_are_in_and_out(self) -> None:
        assert marks("07:20", "11:30", "13:30", "17:10", marks=2) == [
            ("Sáng", "07:20", "", "on_time"),
            ("Chiều", "", "17:10", "on_time"),
        ]

    def test_a_single_punch_goes_to_the_nearer_end_of_the_block_and_in_the_middle_is_in(self) -> None:
        assert ins_and_outs("12:15", marks=2) == [("", ""), ("12:15", "")]
        assert ins_and_outs("11:00", marks=2) == [("11:00", ""), ("", "")]
        assert ins_and_outs("12:15:01", marks=2) == [("", "12:15:01"), ("", "")]

    def test_an_in_at_the_end_of_the_first_session_means_it_was_not_attended(self) -> None:
        assert marks("11:30", "17:00", marks=2) == [
            ("Sáng", "", "", "absent"),
            ("Chiều", "11:30", "17:00", "on_time"),
        ]
        assert marks("11:29:59", "17:00", marks=2)[0] == ("Sáng", "11:29:59", "", "late")

    def test_lateness_is_measured_against_the_first_session_attended(self) -> None:
        office = Office(regulations=[TWO])
        office.punch(MONDAY, "13:40", "17:00")
        assert [(row.status, row.late) for row in office.rows(MONDAY)] == [("absent", 0), ("late", 600)]

    def test_an_out_at_the_start_of_the_last_session_means_it_was_not_attended(self) -> None:
        assert marks("07:30", "13:30", marks=2) == [
            ("Sáng", "07:30", "13:30", "on_time"),
            ("Chiều", "", "", "absent"),
        ]
        assert marks("07:30", "13:30:01", marks=2)[1] == ("Chiều", "", "13:30:01", "early")

    def test_earliness_is_measured_against_the_last_session_attended(self) -> None:
        office = Office(regulations=[TWO])
        office.punch(MONDAY, "07:30", "11:20")
        assert [(row.status, row.early) for row in office.rows(MONDAY)] == [("early", 600), ("absent", 0)]

    def test_both_punches_between_the_sessions_attend_neither(self) -> None:
        office = Office(regulations=[TWO])
        office.punch(MONDAY, "11:40", "13:00")
        rows = office.rows(MONDAY)
        assert [row.marks for row in rows] == [("Sáng", "", "", "absent"), ("Chiều", "", "", "absent")]
        assert [row.extras for row in rows] == [["11:40"], ["13:00"]]

    def test_work_is_the_overlap_of_the_block_s_presence_with_each_session(self) -> None:
        office = Office(regulations=[TWO])
        office.punch(MONDAY, "08:00", "16:00")
        assert [row.worked for row in office.rows(MONDAY)] == [3.5 * 3600, 2.5 * 3600]

    def test_sessions_excused_whole_at_an_end_of_the_block_are_left_out_first(self) -> None:
        office = Office(regulations=[TWO])
        office.excuse(f"{MONDAY} 07:30", f"{MONDAY} 11:30")
        office.punch(MONDAY, "13:40")
        assert office.marks(MONDAY) == [("Sáng", "", "", "excused"), ("Chiều", "13:40", "", "missing_out")]


class TestOneMark:
    def test_any_punch_makes_every_session_on_time_and_is_its_in(self) -> None:
        assert marks("16:00", "18:00", marks=1) == [
            ("Sáng", "16:00", "", "on_time"),
            ("Chiều", "16:00", "", "on_time"),
        ]

    def test_none_makes_every_session_absent(self) -> None:
        assert [mark[3] for mark in marks(marks=1)] == ["absent", "absent"]

    def test_there_are_no_minutes(self) -> None:
        office = Office(regulations=[regulation(marks=1)])
        office.punch(MONDAY, "16:00")
        assert {(row.late, row.early, row.worked) for row in office.rows(MONDAY)} == {(0, 0, 0)}


class TestNoMarks:
    def test_the_exempt_are_present_whatever_they_punch(self) -> None:
        office = Office(regulations=[regulation(marks=0)])
        office.punch(MONDAY, "09:00")
        rows = office.rows(MONDAY, now=f"{MONDAY} 07:00")
        assert [row.marks for row in rows] == [("Sáng", "", "", "exempt"), ("Chiều", "", "", "exempt")]
        assert [(row.worked, row.cong, row.symbol, row.window) for row in rows] == [(0, 0.5, "+", "-")] * 2

    def test_an_excuse_goes_before_the_exemption(self) -> None:
        office = Office(regulations=[regulation(marks=0)])
        office.excuse(f"{MONDAY} 07:30", f"{MONDAY} 11:30")
        assert [row.status for row in office.rows(MONDAY)] == ["excused", "exempt"]


class TestDirections:
    def by_state(self, *punches: tuple[str, int], marks: int = 4) -> Marks:
        office = Office(regulations=[regulation(direction=Direction.STATE, marks=marks)])
        for time, state in punches:
            office.punch(MONDAY, time, state=state)
        return office.marks(MONDAY)

    def test_states_are_ignored_unless_the_regulation_asks(self) -> None:
        office = Office()
        office.punch(MONDAY, "07:30", state=1)
        assert office.marks(MONDAY)[0][1:3] == ("07:30", "")

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            (0, ("07:30", "")),
            (1, ("", "07:31")),
            (2, ("", "07:31")),
            (3, ("07:30", "")),
            (4, ("07:30", "")),
            (5, ("", "07:31")),
            (255, ("07:30", "")),
        ],
    )
    def test_a_single_punch_is_what_its_state_allows(self, state: int, expected: tuple[str, str]) -> None:
        time = expected[0] or expected[1]
        assert self.by_state((time, state))[0][1:3] == expected

    def test_the_first_that_may_be_in_and_the_last_that_may_be_out_after_it(self) -> None:
        found = self.by_state(("07:20", 1), ("07:30", 0), ("11:00", 1), ("11:20", 0))
        assert found[0] == ("Sáng", "07:30", "11:00", "early")

    def test_an_out_that_begins_before_the_in_is_not_taken(self) -> None:
        assert self.by_state(("07:20", 1), ("07:40", 0))[0][1:3] == ("07:40", "")

    def test_a_gap_in_which_nothing_may_be_in_leaves_it_to_the_side(self) -> None:
        found = self.by_state(("07:30", 0), ("11:35", 1), ("12:00", 1), ("13:40", 0), ("17:00", 1))
        assert [mark[1:3] for mark in found] == [("07:30", "11:35"), ("13:40", "17:00")]

    def test_in_of_a_gap_begins_after_its_out(self) -> None:
        found = self.by_state(("11:35", 0), ("12:00", 1))
        assert [mark[1:3] for mark in found] == [("", "12:00"), ("", "")]

    def test_a_run_may_be_what_one_of_its_punches_may_be(self) -> None:
        assert self.by_state(("07:30", 1), ("07:30:10", 0))[0][1:3] == ("07:30", "")

    def test_terminals_may_say_the_direction(self) -> None:
        office = Office(
            regulations=[regulation(direction=Direction.TERMINAL, marks=2)],
            terminals=[("vao", "ubnd", "", "in"), ("ra", "ubnd", "", "out")],
        )
        office.punch(MONDAY, "07:00", terminal="ra")
        office.punch(MONDAY, "07:30", "16:00", terminal="vao")
        office.punch(MONDAY, "15:00", terminal="ra")
        assert [mark[1:3] for mark in office.marks(MONDAY)] == [("07:30", ""), ("", "15:00")]

    def test_a_manual_punch_has_no_direction(self) -> None:
        office = Office(
            regulations=[regulation(direction=Direction.TERMINAL)], terminals=[("vao", "ubnd", "", "in")]
        )
        office.punch(MONDAY, "07:30", terminal="vao")
        office.by_hand.append(("an", f"{MONDAY} 11:30"))
        sang, _ = office.rows(MONDAY)
        assert (sang.out, sang.reasons) == ("11:30", ["manual"])


class TestBadges:
    def test_a_terminal_s_own_badge_goes_before_one_for_any_terminal(self) -> None:
        office = Office(people=["an", "binh"], ready=False)
        for person in office.people:
            office.post(person)
        office.cover()
        office.badge("an", "*", "7")
        office.badge("binh", "cong", "7")
        office.punch(MONDAY, "07:30", who="7")
        assert [row.in_ for row in office.rows(MONDAY)] == ["", "", "07:30", ""]

    def test_a_badge_is_asked_at_the_punch_s_own_time(self) -> None:
        office = Office(people=["an", "binh"], ready=False)
        for person in office.people:
            office.post(person)
        office.badge("an", "*", "7", until="2026-03-01")
        office.badge("binh", "*", "7", since=MONDAY)
        office.punch(MONDAY, "07:30", who="7")
        assert [row.in_ for row in office.rows(MONDAY)] == ["", "", "07:30", ""]

    def test_an_unknown_id_is_nobody(self) -> None:
        office = Office()
        office.punch(MONDAY, "07:30", who="999")
        assert office.marks(MONDAY)[0][1:3] == ("", "")
