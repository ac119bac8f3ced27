"""Which punches count for which block: windows, cuts, yielding blocks, chains, strays (rules 3)."""

import pytest

from tests.rules.builder import (
    MONDAY,
    SATURDAY,
    SUNDAY,
    TUESDAY,
    TWO_SESSIONS,
    WEDNESDAY,
    Office,
    office_session,
    regulation,
)

NIGHT = f"{MONDAY} 17:00", f"{TUESDAY} 07:00"


def windows(office: Office, *days: str) -> dict[str, str]:
    return {f"{row.day[-2:]} {row.session}": row.window for row in office.rows(*days)}


class TestWindow:
    def test_it_runs_from_two_hours_before_to_four_hours_after(self) -> None:
        assert windows(Office(), MONDAY) == {"02 Sáng": "05:30-21:00", "02 Chiều": "05:30-21:00"}

    @pytest.mark.parametrize(
        ("time", "counts"), [("05:29:59", False), ("05:30", True), ("21:00", True), ("21:00:01", False)]
    )
    def test_both_ends_belong_to_it(self, time: str, counts: bool) -> None:
        office = Office()
        office.punch(MONDAY, time)
        rows = office.rows(MONDAY)
        assert any(row.in_ or row.out for row in rows) is counts
        assert any("outside_window" in row.reasons for row in rows) is not counts

    def test_its_margins_are_settings(self) -> None:
        office = Office(regulations=[regulation(open_before=600, close_after=0)])
        assert windows(office, MONDAY) == {"02 Sáng": "07:20-17:00", "02 Chiều": "07:20-17:00"}


class TestCuts:
    def test_neighbours_are_cut_at_the_midpoint_and_the_point_itself_belongs_to_the_later(self) -> None:
        office = Office()
        office.duty(f"{MONDAY} 19:00", f"{MONDAY} 21:00")
        assert windows(office, MONDAY)["02 Chiều"] == "05:30-17:59:59"
        assert windows(office, MONDAY)["02 duty"] == "18:00-01:00"
        office.punch(MONDAY, "17:59:59", "18:00")
        assert office.marks(MONDAY)[1:] == [
            ("Chiều", "", "17:59:59", "missing_in"),
            ("duty", "18:00", "", "missing_out"),
        ]

    def test_a_half_second_rounds_to_the_later_side(self) -> None:
        office = Office()
        office.duty(f"{MONDAY} 19:00:01", f"{MONDAY} 21:00")
        assert windows(office, MONDAY)["02 duty"] == "18:00:01-01:00"

    def test_a_midpoint_outside_the_overlap_is_moved_into_it(self) -> None:
        long_after = regulation(close_after=13 * 3600, open_before=3600)
        office = Office(regulations=[long_after])
        # Windows: Monday to 06:00 of Tuesday, Tuesday from 06:30 - no overlap, nothing is cut.
        assert windows(office, MONDAY)["02 Chiều"] == "06:30-06:00"
        office = Office(regulations=[regulation(close_after=13 * 3600 + 1800, open_before=3600)])
        # They share only the instant 06:30: it belongs to the later.
        assert windows(office, MONDAY, TUESDAY)["02 Chiều"] == "06:30-06:29:59"
        assert windows(office, MONDAY, TUESDAY)["03 Sáng"] == "06:30-06:29:59"

    def test_blocks_are_cut_across_midnight(self) -> None:
        office = Office()
        office.duty(f"{SUNDAY} 20:00", f"{SUNDAY} 23:30")
        office.duty("2026-03-09 03:30", "2026-03-09 05:30")
        assert windows(office, SUNDAY)["08 duty"] == "18:00-01:29:59"

    def test_an_excused_session_at_the_end_does_not_count_for_the_cut(self) -> None:
        office = Office()
        office.duty(f"{MONDAY} 19:30", f"{MONDAY} 21:00")
        office.excuse(f"{MONDAY} 13:30", f"{MONDAY} 17:00")
        # From 11:30 to 19:30 the middle is 15:30, moved to 17:30 where the duty's window opens.
        assert windows(office, MONDAY)["02 Sáng"] == "05:30-17:29:59"

    def test_a_block_without_marks_cuts_nothing(self) -> None:
        office = Office(regulations=[regulation(marks=0)])
        office.duty(f"{MONDAY} 19:00", f"{MONDAY} 21:00")
        assert windows(office, MONDAY)["02 duty"] == "17:00-01:00"


class TestSplitting:
    def test_a_duty_between_two_sessions_splits_the_block(self) -> None:
        office = Office(regulations=[regulation(marks=2, chain_within=0)])
        office.duty(f"{MONDAY} 12:00", f"{MONDAY} 13:00")
        office.punch(MONDAY, "07:30", "11:30", "12:00", "13:00", "13:30", "17:00")
        assert office.marks(MONDAY) == [
            ("Sáng", "07:30", "11:30", "on_time"),
            ("duty", "12:00", "13:00", "on_time"),
            ("Chiều", "13:30", "17:00", "on_time"),
        ]

    def test_an_excused_duty_splits_nothing(self) -> None:
        office = Office(regulations=[regulation(marks=2, chain_within=0)])
        office.duty(f"{MONDAY} 12:00", f"{MONDAY} 13:00")
        office.excuse(f"{MONDAY} 12:00", f"{MONDAY} 13:00")
        office.punch(MONDAY, "07:30", "11:30", "13:30", "17:00")
        assert office.marks(MONDAY) == [
            ("Sáng", "07:30", "", "on_time"),
            ("duty", "", "", "excused"),
            ("Chiều", "", "17:00", "on_time"),
        ]


class TestYieldingBlocks:
    def test_an_excused_day_does_not_take_the_out_of_the_duty_before_it(self) -> None:
        office = Office()
        office.duty(*NIGHT)
        office.excuse(f"{TUESDAY} 07:30", f"{TUESDAY} 17:00")
        office.punch(MONDAY, "07:30", "11:30", "13:30")
        office.punch(TUESDAY, "07:20")
        assert office.marks(MONDAY)[2] == ("duty", "", "07:20", "on_time")
        assert [mark[1:] for mark in office.marks(TUESDAY)] == [("", "", "excused")] * 2

    def test_it_takes_what_no_other_window_holds_and_shows_it(self) -> None:
        office = Office()
        office.excuse(f"{MONDAY} 07:30", f"{MONDAY} 11:30")
        office.excuse(f"{MONDAY} 13:30", f"{MONDAY} 17:00")
        office.punch(MONDAY, "07:40", "11:20", "16:00")
        assert office.marks(MONDAY) == [
            ("Sáng", "07:40", "11:20", "excused"),
            ("Chiều", "", "16:00", "excused"),
        ]

    def test_with_two_marks_nothing_is_left_to_match(self) -> None:
        office = Office(regulations=[regulation(marks=2)])
        office.excuse(f"{MONDAY} 07:00", f"{MONDAY} 18:00")
        office.punch(MONDAY, "07:40")
        (sang, chieu) = office.rows(MONDAY)
        assert sang.marks == ("Sáng", "", "", "excused")
        assert (sang.extras, chieu.extras) == (["07:40"], [])

    def test_yielding_blocks_are_cut_among_themselves(self) -> None:
        office = Office()
        office.duty(f"{MONDAY} 19:00", f"{MONDAY} 21:00")
        office.excuse(f"{MONDAY} 07:00", f"{MONDAY} 21:00")
        assert windows(office, MONDAY)["02 Sáng"] == "05:30-17:59:59"


class TestChains:
    EVENING = f"{MONDAY} 17:00", f"{MONDAY} 21:00"

    def evening(self, *times: str, **settings: object) -> list[tuple[str, str, str, str]]:
        office = Office(regulations=[regulation(**settings)])
        office.duty(*self.EVENING)
        office.punch(MONDAY, *times)
        return office.marks(MONDAY)

    def test_nobody_punches_at_the_joint(self) -> None:
        assert self.evening("07:30", "11:30", "13:30", "21:00") == [
            ("Sáng", "07:30", "11:30", "on_time"),
            ("Chiều", "13:30", "", "on_time"),
            ("duty", "", "21:00", "on_time"),
        ]

    def test_who_leaves_at_the_joint_was_not_on_duty(self) -> None:
        assert self.evening("07:30", "11:30", "13:30", "17:00") == [
            ("Sáng", "07:30", "11:30", "on_time"),
            ("Chiều", "13:30", "17:00", "on_time"),
            ("duty", "", "", "absent"),
        ]

    def test_work_is_what_the_stretch_s_presence_shares_with_each_session(self) -> None:
        office = Office()
        office.duty(*self.EVENING)
        office.punch(MONDAY, "07:30", "11:30", "14:00", "20:00")
        assert [row.worked for row in office.rows(MONDAY)] == [4 * 3600, 3 * 3600, 3 * 3600]

    def test_with_two_marks_all_sessions_of_the_block_belong_to_the_stretch(self) -> None:
        assert self.evening("07:30", "21:00", marks=2) == [
            ("Sáng", "07:30", "", "on_time"),
            ("Chiều", "", "", "on_time"),
            ("duty", "", "21:00", "on_time"),
        ]

    @pytest.mark.parametrize(("start", "chained"), [("18:00", True), ("18:00:01", False)])
    def test_an_hour_apart_is_still_a_chain(self, start: str, chained: bool) -> None:
        office = Office()
        office.duty(f"{MONDAY} {start}", f"{MONDAY} 21:00")
        assert (windows(office, MONDAY)["02 Chiều"] == "05:30-01:00") is chained

    def test_with_zero_only_blocks_that_touch_are_chained(self) -> None:
        touching, apart = Office(), Office()
        touching.regulations = apart.regulations = [regulation(chain_within=0)]
        touching.duty(*self.EVENING)
        apart.duty(f"{MONDAY} 17:00:01", f"{MONDAY} 21:00")
        assert windows(touching, MONDAY)["02 duty"] == "05:30-01:00"
        assert windows(apart, MONDAY)["02 duty"] == "17:00:01-01:00"

    def test_a_session_excused_at_the_joint_breaks_the_chain(self) -> None:
        office = Office()
        office.duty(*self.EVENING)
        office.excuse(f"{MONDAY} 13:30", f"{MONDAY} 17:00")
        assert windows(office, MONDAY)["02 duty"] != windows(office, MONDAY)["02 Sáng"]

    def test_any_punch_blocks_and_exempt_blocks_are_in_no_chain(self) -> None:
        for marks in (0, 1):
            office = Office(regulations=[regulation(marks=marks)])
            office.duty(*self.EVENING)
            assert windows(office, MONDAY)["02 duty"].endswith("-01:00")
            assert not windows(office, MONDAY)["02 duty"].startswith("05:30")

    def test_blocks_that_overlap_are_cut_not_chained(self) -> None:
        night = office_session("Đêm 22:00-08:00", weekdays=[1])
        office = Office(regulations=[regulation(sessions=(*TWO_SESSIONS, night))])
        assert windows(office, MONDAY, TUESDAY) == {
            "02 Sáng": "05:30-07:44:59",
            "02 Chiều": "05:30-07:44:59",
            "02 Đêm": "05:30-07:44:59",
            "03 Sáng": "07:45-21:00",
            "03 Chiều": "07:45-21:00",
        }

    def test_a_chain_runs_across_dates(self) -> None:
        office = Office()
        office.duty(f"{MONDAY} 17:00", f"{TUESDAY} 07:30")
        office.punch(MONDAY, "07:30", "11:30", "13:30")
        office.punch(TUESDAY, "11:30", "13:30", "17:00")
        assert office.marks(TUESDAY) == [
            ("Sáng", "", "11:30", "on_time"),
            ("Chiều", "13:30", "17:00", "on_time"),
        ]
        assert office.marks(MONDAY)[2] == ("duty", "", "", "on_time")

    def test_a_chain_of_three_weeks_is_the_same_from_every_day_of_it(self) -> None:
        days = [f"2026-03-{n:02}" for n in range(2, 23)]
        office = Office()
        for on, following in zip(days, [*days[1:], "2026-03-23"], strict=True):
            weekend = on in (SATURDAY, SUNDAY, "2026-03-14", "2026-03-15", "2026-03-21", "2026-03-22")
            office.duty(f"{on} {'07:30' if weekend else '17:00'}", f"{following} 07:30")
            if not weekend:
                office.duty(f"{on} 11:30", f"{on} 13:30", kind="extra")
        office.punch(MONDAY, "07:40")
        office.punch("2026-03-23", "11:00")
        assert windows(office, WEDNESDAY)["04 duty"] == "05:30-21:00"
        (row,) = [row for row in office.rows("2026-03-12") if row.session == "duty"]
        assert (row.status, row.worked) == ("on_time", 14.5 * 3600)
        together = office.rows(*days)
        assert [row for on in days for row in office.rows(on)] == together
        assert {row.status for row in together[1:]} == {"on_time"}


class TestStrays:
    def test_a_punch_outside_every_window_is_shown_at_the_nearest_session(self) -> None:
        office = Office()
        office.punch(TUESDAY, "00:14:59", "00:15:01")
        assert office.rows(MONDAY)[1].outside == [f"{TUESDAY} 00:14:59"]
        assert office.rows(TUESDAY)[0].outside == [f"{TUESDAY} 00:15:01"]

    def test_of_two_sessions_equally_near_the_earlier_shows_it(self) -> None:
        office = Office()
        office.punch(TUESDAY, "00:15")
        assert [row.outside for row in office.rows(MONDAY, TUESDAY)] == [[], [f"{TUESDAY} 00:15"], [], []]

    def test_it_is_used_by_nothing(self) -> None:
        office = Office()
        office.punch(MONDAY, "05:00")
        assert [mark[1:] for mark in office.marks(MONDAY)] == [("", "", "absent")] * 2

    def test_only_a_session_within_two_days_shows_it(self) -> None:
        office = Office()
        for day in (MONDAY, TUESDAY):
            office.special(day, "off")
        office.punch("2026-02-28", "12:00")
        office.punch(MONDAY, "12:00")
        assert [row.outside for row in office.rows("2026-02-27", WEDNESDAY)] == [
            [],
            ["2026-02-28 12:00"],
            ["2026-03-02 12:00"],
            [],
        ]
        for day in (WEDNESDAY, "2026-03-05", "2026-03-06"):
            office.special(day, "off")
        office.punch("2026-03-04", "12:00")
        assert all("2026-03-04 12:00" not in row.outside for row in office.rows("2026-02-27", "2026-03-09"))

    def test_a_punch_later_than_now_is_not_shown(self) -> None:
        office = Office()
        office.punch(MONDAY, "05:00")
        assert office.rows(MONDAY, now=f"{MONDAY} 04:59:59")[0].outside == []
        assert office.rows(MONDAY, now=f"{MONDAY} 05:00")[0].outside == [f"{MONDAY} 05:00"]


class TestExtras:
    def test_an_extra_is_shown_at_the_nearest_session_of_its_block_a_tie_at_the_earlier(self) -> None:
        office = Office()
        office.punch(MONDAY, "07:30", "11:35", "12:30", "12:31", "13:25", "17:00", "20:00", "20:30")
        sang, chieu = office.rows(MONDAY)
        assert sang.extras == ["12:30"]
        assert chieu.extras == ["12:31", "17:00", "20:00"]

    def test_every_raw_punch_of_an_extra_run_is_listed(self) -> None:
        office = Office()
        office.punch(MONDAY, "07:30", "09:00", "09:00:20", "11:30")
        assert office.rows(MONDAY)[0].extras == ["09:00", "09:00:20"]
