"""No data is not absence: what waits for a mark, and what waits for a terminal's log (rules 4, 7)."""

from typing import ClassVar

import pytest

from monitor.rules import coverage
from tests.rules.builder import MONDAY, SUNDAY, TUESDAY, Office, Row, regulation


def sang_and_chieu(office: Office, now: str) -> list[tuple[str, list[str]]]:
    return [(row.status, row.reasons) for row in office.rows(MONDAY, now=f"{MONDAY} {now}")]


def covered_until(clock: str, **settings: object) -> Office:
    """An office whose only terminal was read last at that time of Monday."""
    office = Office(regulations=[regulation(**settings)], ready=False)
    office.post("an")
    office.badge("an")
    office.cover(since="2026-01-01 00:00", until=f"{MONDAY} {clock}")
    return office


class TestWaitingForMarks:
    GRACE: ClassVar = [regulation(grace_late=300)]

    @pytest.mark.parametrize(
        ("now", "reason"), [("00:00", "not_due"), ("07:34:59", "not_due"), ("07:35", "not_in_yet")]
    )
    def test_somebody_is_overdue_from_the_start_plus_grace(self, now: str, reason: str) -> None:
        assert sang_and_chieu(Office(regulations=self.GRACE), now)[0] == ("pending", [reason])

    def test_until_the_window_of_the_last_mark_ends(self) -> None:
        office = Office(regulations=self.GRACE)
        assert sang_and_chieu(office, "13:29:59")[0] == ("pending", ["not_in_yet"])
        assert sang_and_chieu(office, "13:30")[0] == ("absent", [])

    def test_overdue_is_said_only_if_the_terminal_was_read(self) -> None:
        assert sang_and_chieu(covered_until("07:29:59"), "07:31")[0] == ("pending", ["no_data"])
        assert sang_and_chieu(covered_until("07:30"), "07:31")[0] == ("pending", ["not_in_yet"])

    def test_who_came_is_at_work_until_the_window_of_out_ends(self) -> None:
        office = Office()
        office.punch(MONDAY, "07:40")
        rows = office.rows(MONDAY, now=f"{MONDAY} 13:29:59")
        assert (rows[0].status, rows[0].reasons, rows[0].late, rows[0].symbol) == (
            "pending",
            ["at_work"],
            600,
            "",
        )
        assert office.rows(MONDAY, now=f"{MONDAY} 13:30")[0].status == "missing_out"

    def test_who_left_early_may_come_back_until_the_window_of_out_ends(self) -> None:
        office = Office()
        office.punch(MONDAY, "13:30", "15:00")
        assert sang_and_chieu(office, "20:59:59")[1] == ("pending", ["left"])
        assert sang_and_chieu(office, "21:00")[1] == ("early", [])

    def test_who_left_within_grace_is_done(self) -> None:
        office = Office(regulations=[regulation(grace_early=600)])
        office.punch(MONDAY, "13:30", "16:50")
        assert sang_and_chieu(office, "16:51")[1] == ("on_time", [])

    def test_a_punch_later_than_now_is_not_used(self) -> None:
        office = Office()
        office.punch(MONDAY, "07:30", "11:30")
        assert office.marks(MONDAY, now=f"{MONDAY} 11:29:59")[0] == ("Sáng", "07:30", "", "pending")
        assert office.marks(MONDAY, now=f"{MONDAY} 11:30")[0] == ("Sáng", "07:30", "11:30", "on_time")

    def test_with_two_marks_the_first_session_is_done_and_the_last_is_at_work(self) -> None:
        office = Office(regulations=[regulation(marks=2)])
        office.punch(MONDAY, "07:30")
        assert sang_and_chieu(office, "08:00") == [("on_time", []), ("pending", ["at_work"])]

    def test_a_session_without_a_mark_of_its_own_is_not_due_before_its_start(self) -> None:
        office = Office(regulations=[regulation(marks=2)])
        office.duty(f"{MONDAY} 17:00", f"{MONDAY} 21:00")
        office.punch(MONDAY, "07:30")
        reasons = [reasons for _, reasons in sang_and_chieu(office, "13:29:59")]
        assert reasons == [[], ["not_due"], ["at_work"]]
        assert [status for status, _ in sang_and_chieu(office, "13:30")] == ["on_time", "on_time", "pending"]

    def test_with_one_mark_the_afternoon_is_not_due_before_its_start(self) -> None:
        office = Office(regulations=[regulation(marks=1)])
        office.punch(MONDAY, "07:30")
        assert sang_and_chieu(office, "13:29:59") == [("on_time", []), ("pending", ["not_due"])]
        assert sang_and_chieu(office, "13:30") == [("on_time", []), ("on_time", [])]

    def test_with_one_mark_nobody_is_absent_before_the_window_of_the_block_ends(self) -> None:
        office = Office(regulations=[regulation(marks=1)])
        assert [reasons for _, reasons in sang_and_chieu(office, "20:59:59")] == [["not_in_yet"]] * 2
        assert [status for status, _ in sang_and_chieu(office, "21:00")] == ["absent"] * 2

    def test_the_excused_are_never_pending(self) -> None:
        office = Office()
        office.excuse(f"{MONDAY} 07:30", f"{MONDAY} 11:30")
        assert sang_and_chieu(office, "06:00")[0] == ("excused", [])


class TestWindowsOfMarks:
    """Each case: the terminal's log ends at a time; is the missing mark conclusive?"""

    def verdict(self, office: Office, *punches: str) -> list[str]:
        office.punch(MONDAY, *punches)
        return [row.status for row in office.rows(MONDAY)]

    def test_an_out_before_the_break_may_come_until_the_afternoon_starts(self) -> None:
        assert self.verdict(covered_until("13:29:59"), "07:30")[0] == "pending"
        assert self.verdict(covered_until("13:30"), "07:30")[0] == "missing_out"

    def test_an_in_after_the_break_may_come_from_the_morning_s_end_to_the_session_s_end(self) -> None:
        office = covered_until("16:59:59")
        assert self.verdict(office, "16:30")[1] == "pending"
        late = covered_until("11:00")
        late.cover(since=f"{MONDAY} 11:30:01")
        assert self.verdict(late, "16:59", "17:00")[1] == "pending"
        late.cover(since=f"{MONDAY} 11:30")
        assert self.verdict(late)[1] == "late"

    def test_the_last_out_may_come_until_the_window_ends(self) -> None:
        assert self.verdict(covered_until("20:59:59"), "13:30")[1] == "pending"
        assert self.verdict(covered_until("21:00"), "13:30")[1] == "missing_out"

    def test_absence_asks_for_both_marks(self) -> None:
        assert self.verdict(covered_until("13:29:59")) == ["pending", "pending"]
        assert self.verdict(covered_until("13:30")) == ["absent", "pending"]
        assert self.verdict(covered_until("21:00")) == ["absent", "absent"]

    def test_with_one_mark_the_whole_window_has_to_be_covered(self) -> None:
        assert self.verdict(covered_until("20:59:59", marks=1)) == ["pending", "pending"]
        assert self.verdict(covered_until("21:00", marks=1)) == ["absent", "absent"]

    def test_who_seems_late_may_have_come_while_the_log_has_a_hole(self) -> None:
        office = covered_until("07:00")
        office.cover(since=f"{MONDAY} 07:40")
        sang, _ = self.rows(office, "08:00", "11:30")
        assert (sang.status, sang.reasons, sang.late, sang.uncovered) == (
            "pending",
            ["no_data"],
            1800,
            ["cong"],
        )

    def test_who_seems_to_leave_early_may_have_left_later(self) -> None:
        _, chieu = self.rows(covered_until("20:00"), "13:30", "16:00")
        assert (chieu.status, chieu.reasons, chieu.early) == ("pending", ["no_data"], 3600)

    def test_who_is_on_time_needs_no_coverage(self) -> None:
        office = Office(ready=False)
        office.post("an")
        office.badge("an")
        rows = self.rows(office, "07:30", "11:30", "13:30", "17:00")
        assert [row.status for row in rows] == ["on_time", "on_time"]

    def rows(self, office: Office, *punches: str) -> list[Row]:
        office.punch(MONDAY, *punches)
        return office.rows(MONDAY)

    def test_partial_excuses_move_the_windows(self) -> None:
        office = covered_until("12:00")
        office.excuse(f"{MONDAY} 14:00", f"{MONDAY} 17:00")
        office.cover(since=f"{MONDAY} 12:00", until=f"{MONDAY} 13:59:59")
        office.cover(since=f"{MONDAY} 14:00:01")
        assert self.verdict(office, "16:00")[1] == "pending"
        office.cover(since=f"{MONDAY} 13:59:59", until=f"{MONDAY} 14:00:01")
        assert self.verdict(office)[1] == "missing_in"


class TestRelevantTerminals:
    TREE: ClassVar = [("so", ""), ("phong", "so"), ("to", "phong"), ("khac", "so")]

    def uncovered(
        self, *terminals: tuple[str, str, str, str], badges: tuple[str, ...] = ("*",)
    ) -> tuple[list[str], list[str]]:
        office = Office(units=self.TREE, terminals=list(terminals), ready=False)
        office.post("an", "to")
        for terminal in badges:
            office.badge("an", terminal)
        sang, _ = office.rows(MONDAY)
        return sang.uncovered, sang.reasons

    def test_the_nearest_unit_that_owns_a_terminal_decides(self) -> None:
        assert self.uncovered(("a", "so", "", ""), ("b", "phong", "", ""), ("c", "khac", "", ""))[0] == ["b"]
        assert self.uncovered(("a", "so", "", ""), ("c", "khac", "", ""))[0] == ["a"]

    def test_if_none_of_them_does_every_terminal_with_a_badge_is_relevant(self) -> None:
        assert self.uncovered(("c", "khac", "", ""), ("d", "", "", ""))[0] == ["c", "d"]

    def test_badges_at_terminals_narrow_the_choice(self) -> None:
        clocks = (("a", "so", "", ""), ("b", "phong", "", ""), ("c", "khac", "", ""))
        assert self.uncovered(*clocks, badges=("a", "c"))[0] == ["a"]
        assert self.uncovered(*clocks, badges=("c",))[0] == ["c"]
        assert self.uncovered(*clocks, badges=("a", "*"))[0] == ["b"]

    def test_a_terminal_counts_from_its_installation(self) -> None:
        assert self.uncovered(("a", "so", "", ""), ("b", "to", TUESDAY, ""))[0] == ["a"]
        assert self.uncovered(("a", "so", "", ""), ("b", "to", MONDAY, ""))[0] == ["b"]
        assert self.uncovered(("a", "so", "", ""), ("b", "to", TUESDAY, ""), badges=("b",))[1] == [
            "no_data",
            "no_badge",
        ]

    def test_without_a_badge_nothing_is_conclusive(self) -> None:
        assert self.uncovered(("a", "so", "", ""), badges=()) == ([], ["no_data", "no_badge"])

    def test_every_relevant_terminal_has_to_cover(self) -> None:
        office = Office(terminals=[("a", "", "", ""), ("b", "", "", "")], ready=False)
        office.post("an")
        office.badge("an")
        office.cover("a")
        (sang, _) = office.rows(MONDAY)
        assert (sang.status, sang.uncovered) == ("pending", ["b"])
        office.cover("b")
        assert office.rows(MONDAY)[0].status == "absent"

    def test_a_badge_has_to_be_valid_on_the_work_date(self) -> None:
        office = Office(ready=False)
        office.post("an")
        office.cover()
        office.badge("an", since=TUESDAY)
        assert office.rows(MONDAY)[0].reasons == ["no_data", "no_badge"]
        assert office.rows(TUESDAY)[0].status == "absent"


class TestCoverage:
    def test_intervals_that_touch_are_joined(self) -> None:
        office = covered_until("10:00")
        office.cover(since=f"{MONDAY} 10:00")
        assert office.rows(MONDAY)[0].status == "absent"

    def test_a_silent_day_is_taken_out_of_what_was_observed(self) -> None:
        office = Office()
        office.silent.append(("cong", MONDAY))
        assert [row.status for row in office.rows(MONDAY, TUESDAY)] == ["pending"] * 2 + ["absent"] * 2

    def test_days_around_it_stay_covered_to_the_second(self) -> None:
        office = Office(regulations=[regulation(open_before=7 * 3600 + 1800, close_after=7 * 3600 - 1)])
        office.silent.append(("cong", MONDAY))
        sunday_night = Office(regulations=office.regulations, silent=[("cong", SUNDAY)])
        assert [row.window for row in office.rows(TUESDAY)] == ["00:00-23:59:59"] * 2
        assert [row.status for row in office.rows(TUESDAY)] == ["absent"] * 2
        assert [row.status for row in sunday_night.rows(MONDAY)] == ["absent"] * 2

    def test_declared_coverage_is_taken_as_it_stands(self) -> None:
        office = Office()
        office.silent.append(("cong", MONDAY))
        office.cover(since=f"{MONDAY} 00:00", until=f"{MONDAY} 23:59:59", declared=True)
        assert office.rows(MONDAY)[0].status == "absent"

    def test_many_terminals_are_asked_in_parts_with_the_same_answer(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        office = Office(
            people=["an", "binh"], terminals=[(f"t{n}", "", "", "") for n in range(5)], ready=False
        )
        for person in office.people:
            office.post(person)
            office.badge(person)
        office.cover("t1")
        office.cover("t3")
        whole = office.rows(MONDAY, TUESDAY)
        monkeypatch.setattr(coverage, "PAIRS_AT_ONCE", 7)
        assert office.rows(MONDAY, TUESDAY) == whole
        assert {tuple(row.uncovered) for row in whole} == {("t0", "t2", "t4")}
