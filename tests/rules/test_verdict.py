"""Minutes, status, symbols, công and reasons of a session (rules 4 to 6)."""

import numpy as np
import pytest

from monitor.rules.codes import GraceCounts
from tests.rules.builder import FRIDAY, MONDAY, SUNDAY, TUESDAY, Office, Row, office_session, regulation

MINUTE = 60


def day_of(office: Office) -> list[tuple[str, int, int]]:
    return [(row.status, row.late, row.early) for row in office.rows(MONDAY)]


def punched(*times: str, **settings: object) -> list[Row]:
    office = Office(regulations=[regulation(**settings)])
    office.punch(MONDAY, *times)
    return office.rows(MONDAY)


class TestGrace:
    def test_exactly_on_the_grace_is_not_late(self) -> None:
        sang, _ = punched("07:35", "11:30", grace_late=300)
        assert (sang.status, sang.late) == ("on_time", 0)

    def test_one_second_more_is_late_and_the_whole_lateness_counts(self) -> None:
        sang, _ = punched("07:35:01", "11:30", grace_late=300)
        assert (sang.status, sang.late) == ("late", 301)

    def test_with_excess_only_the_part_beyond_counts(self) -> None:
        sang, _ = punched("07:35:01", "11:30", grace_late=300, grace_counts=GraceCounts.EXCESS)
        assert (sang.status, sang.late) == ("late", 1)

    def test_early_leaving_has_its_own_grace(self) -> None:
        _, chieu = punched("13:30", "16:50", grace_early=600)
        assert (chieu.status, chieu.early) == ("on_time", 0)
        _, chieu = punched("13:30", "16:49:59", grace_early=600)
        assert (chieu.status, chieu.early) == ("early", 601)

    def test_both_are_late_early(self) -> None:
        sang, _ = punched("07:31", "11:29")
        assert (sang.status, sang.late, sang.early) == ("late_early", 60, 60)

    def test_punches_may_be_cut_to_the_minute_before_comparison(self) -> None:
        sang, chieu = punched("07:30:59", "11:30", "13:30", "16:59:59", truncate_to_minute=True)
        assert (sang.status, sang.in_, sang.worked) == ("on_time", "07:30:59", 4 * 3600 - 59)
        assert (chieu.status, chieu.early) == ("early", 60)


class TestAbsenceLimits:
    def test_beyond_the_limit_the_session_is_absent_and_the_minutes_stay_visible(self) -> None:
        sang, _ = punched("09:30:01", "11:30", late_is_absent_after=7200)
        assert (sang.status, sang.late, sang.symbol, sang.cong) == ("absent", 7201, "KP", 0)
        assert sang.reasons == ["late_is_absent"]
        assert sang.worked == 7199

    def test_exactly_at_the_limit_it_is_late(self) -> None:
        sang, _ = punched("09:30", "11:30", late_is_absent_after=7200)
        assert (sang.status, sang.reasons) == ("late", [])

    def test_the_limit_compares_before_excess(self) -> None:
        sang, _ = punched(
            "09:30:01", "11:30", late_is_absent_after=7200, grace_late=600, grace_counts=GraceCounts.EXCESS
        )
        assert (sang.status, sang.late) == ("absent", 6601)

    def test_within_grace_nobody_is_absent(self) -> None:
        sang, _ = punched("07:40", "11:30", late_is_absent_after=300, grace_late=900)
        assert sang.status == "on_time"

    def test_leaving_early_has_a_limit_too_and_a_missing_in_does_not_save(self) -> None:
        _, chieu = punched("13:30", "14:00", early_is_absent_after=7200)
        assert (chieu.status, chieu.early, chieu.reasons) == ("absent", 10800, ["early_is_absent"])
        _, chieu = punched("15:16", early_is_absent_after=3600)
        assert (chieu.out, chieu.status) == ("15:16", "absent")


class TestMissingMarks:
    def test_one_mark_is_missing(self) -> None:
        sang, chieu = punched("07:30", "17:00")
        assert (sang.status, sang.worked, sang.cong, sang.symbol) == ("missing_out", 0, 0.5, "+")
        assert (chieu.status, chieu.worked) == ("missing_in", 0)

    def test_minutes_of_the_mark_that_exists_are_shown(self) -> None:
        assert [(row.late, row.early) for row in punched("07:40", "16:50")] == [(600, 0), (0, 600)]

    def test_the_credit_counts_as_work_but_no_more_than_the_session(self) -> None:
        assert [row.worked for row in punched("07:30", missing_mark_credit=3600)] == [3600, 0]
        assert [row.worked for row in punched("07:30", missing_mark_credit=86_400)] == [4 * 3600, 0]

    def test_with_two_marks_only_the_session_that_lacks_its_own_mark_says_so(self) -> None:
        sang, chieu = punched("07:30", marks=2, missing_mark_credit=3600)
        assert [row.status for row in (sang, chieu)] == ["on_time", "missing_out"]
        assert [row.worked for row in (sang, chieu)] == [0, 3600]

    def test_without_any_mark_both_sessions_are_absent(self) -> None:
        assert [(row.status, row.cong, row.symbol) for row in punched(marks=2)] == [("absent", 0, "KP")] * 2


class TestSymbolsAndCong:
    def test_cong_of_the_regulation_goes_before_the_equal_share(self) -> None:
        sessions = (office_session("Sáng 07:30-11:30", cong=0.6), office_session("Chiều 13:30-17:00"))
        rows = punched("07:30", "11:30", "13:30", "17:00", sessions=sessions)
        assert [row.cong for row in rows] == [0.6, 0.5]

    def test_a_duty_is_tr_and_worth_nothing_and_an_extra_session_is_plus(self) -> None:
        office = Office()
        office.duty(f"{SUNDAY} 07:00", f"{SUNDAY} 09:00")
        office.duty(f"{SUNDAY} 15:00", f"{SUNDAY} 17:00", kind="extra")
        office.punch(SUNDAY, "07:00", "09:00", "15:00", "17:00")
        assert [(row.symbol, row.cong) for row in office.rows(SUNDAY)] == [("TR", 0), ("+", 0)]

    def test_an_absent_duty_is_kp(self) -> None:
        office = Office()
        office.duty(f"{SUNDAY} 07:00", f"{SUNDAY} 09:00")
        assert [row.symbol for row in office.rows(SUNDAY)] == ["KP"]

    @pytest.mark.parametrize(("kind", "symbol", "cong"), [("leave", "P", 0.5), ("sick", "Ô", 0.0)])
    def test_an_excused_session_has_its_excuse_s_symbol_and_cong(
        self, kind: str, symbol: str, cong: float
    ) -> None:
        office = Office()
        office.excuse(f"{MONDAY} 07:30", f"{MONDAY} 11:30", kind)
        sang, chieu = office.rows(MONDAY)
        assert (sang.status, sang.symbol, sang.cong) == ("excused", symbol, cong)
        assert chieu.status == "absent"


class TestDays:
    def test_a_day_is_as_bad_as_its_worst_session_and_sums_the_rest(self) -> None:
        office = Office()
        office.punch(MONDAY, "07:40", "11:30")
        days = office.verdicts(MONDAY).days
        assert (days.status.tolist(), days.late_seconds.tolist(), days.cong.tolist()) == ([0], [600], [0.5])
        assert days.worked_seconds.tolist() == [3 * 3600 + 50 * MINUTE]

    def test_days_without_sessions_have_no_row(self) -> None:
        verdicts = Office().verdicts(SUNDAY)
        assert (len(verdicts.sessions), len(verdicts.days)) == (0, 0)
        assert verdicts.sessions.extras.offsets.tolist() == [0]

    def test_reasons_of_a_day_are_those_of_its_sessions(self) -> None:
        office = Office()
        office.explained.append(("an", MONDAY))
        office.by_hand.append(("an", f"{MONDAY} 07:30"))
        days = office.verdicts(MONDAY).days
        assert np.bitwise_or.reduce(office.verdicts(MONDAY).sessions.reasons) == days.reasons[0]


class TestExcuses:
    def test_only_approved_ones_count(self) -> None:
        office = Office()
        office.excuse(f"{MONDAY} 07:30", f"{MONDAY} 11:30", approved=False)
        assert day_of(office)[0][0] == "absent"

    def test_those_that_touch_are_one_and_the_first_type_gives_the_symbol(self) -> None:
        office = Office()
        office.excuse(f"{MONDAY} 09:00", f"{MONDAY} 11:30", "leave")
        office.excuse(f"{MONDAY} 07:30", f"{MONDAY} 09:00", "sick")
        sang, _ = office.rows(MONDAY)
        assert (sang.status, sang.symbol) == ("excused", "Ô")

    def test_one_that_covers_the_start_moves_it(self) -> None:
        office = Office()
        office.excuse(f"{MONDAY} 07:00", f"{MONDAY} 09:00")
        office.punch(MONDAY, "09:05", "11:30")
        sang, _ = office.rows(MONDAY)
        assert (sang.status, sang.late, sang.due) == ("late", 300, "09:00-11:30")
        assert sang.reasons == ["excused_start"]

    def test_one_that_covers_the_end_moves_it(self) -> None:
        office = Office()
        office.excuse(f"{MONDAY} 15:00", f"{MONDAY} 17:00")
        office.punch(MONDAY, "13:30", "15:00")
        _, chieu = office.rows(MONDAY)
        assert (chieu.status, chieu.due, chieu.reasons) == ("on_time", "13:30-15:00", ["excused_end"])

    def test_one_in_the_middle_changes_no_mark_but_is_told(self) -> None:
        office = Office()
        office.excuse(f"{MONDAY} 08:00", f"{MONDAY} 09:00")
        office.punch(MONDAY, "07:30", "11:30")
        sang, _ = office.rows(MONDAY)
        assert (sang.status, sang.due, sang.reasons) == ("on_time", "07:30-11:30", ["excused_middle"])

    def test_all_three_in_one_session(self) -> None:
        office = Office()
        for since, until in (("07:00", "08:00"), ("09:00", "09:30"), ("11:00", "12:00")):
            office.excuse(f"{MONDAY} {since}", f"{MONDAY} {until}")
        sang, _ = office.rows(MONDAY)
        assert (sang.due, sang.reasons) == (
            "08:00-11:00",
            ["excused_start", "excused_middle", "excused_end"],
        )

    def test_one_that_only_touches_does_nothing(self) -> None:
        office = Office()
        office.excuse(f"{MONDAY} 07:00", f"{MONDAY} 07:30")
        office.excuse(f"{MONDAY} 11:30", f"{MONDAY} 13:30")
        assert [row.reasons for row in office.rows(MONDAY)] == [[], []]

    @pytest.mark.parametrize(
        ("document_on", "entered_at", "late"),
        [
            (MONDAY, "", False),
            (TUESDAY, "", True),
            ("", f"{MONDAY} 11:30", False),
            ("", f"{MONDAY} 11:30:01", True),
        ],
    )
    def test_a_document_after_the_session_is_told(
        self, document_on: str, entered_at: str, late: bool
    ) -> None:
        office = Office()
        office.excuse(f"{MONDAY} 07:30", f"{MONDAY} 11:30", document_on=document_on, entered_at=entered_at)
        sang, chieu = office.rows(MONDAY)
        assert ("document_after_the_fact" in sang.reasons) is late
        assert chieu.reasons == []

    def test_a_punch_during_an_excuse_is_shown_not_punished(self) -> None:
        office = Office()
        office.excuse(f"{MONDAY} 07:30", f"{MONDAY} 11:30")
        office.punch(MONDAY, "08:00", "11:00", "13:30", "17:00")
        sang, _ = office.rows(MONDAY)
        assert (sang.marks, sang.late, sang.worked) == (("Sáng", "08:00", "11:00", "excused"), 0, 0)

    def test_an_accepted_explanation_adds_a_reason_and_changes_nothing(self) -> None:
        office = Office()
        office.explained.append(("an", MONDAY))
        office.punch(MONDAY, "07:40", "11:30")
        sang, _ = office.rows(MONDAY)
        assert (sang.status, sang.late, sang.reasons) == ("late", 600, ["explained"])


class TestAllowances:
    def test_start_moves_the_start_of_the_first_session(self) -> None:
        office = Office()
        office.allowances.append(("an", 60, "start"))
        office.punch(MONDAY, "08:30", "11:30", "13:31", "17:00")
        assert day_of(office) == [("on_time", 0, 0), ("late", 60, 0)]
        assert [row.reasons for row in office.rows(MONDAY)] == [["allowance_used"], []]

    def test_end_moves_the_end_of_the_last_session(self) -> None:
        office = Office()
        office.allowances.append(("an", 60, "end"))
        office.punch(MONDAY, "07:30", "11:29", "13:30", "16:00")
        assert day_of(office) == [("early", 0, 60), ("on_time", 0, 0)]

    def test_it_is_not_used_by_who_does_not_need_it(self) -> None:
        office = Office()
        office.allowances.append(("an", 60, "start"))
        office.punch(MONDAY, "07:30", "11:30")
        sang, _ = office.rows(MONDAY)
        assert (sang.due, sang.reasons) == ("08:30-11:30", [])

    def test_it_moves_no_farther_than_the_session_s_own_end(self) -> None:
        office = Office()
        office.allowances.append(("an", 600, "start"))
        assert office.rows(MONDAY)[0].due == "11:30-11:30"

    def test_either_is_spent_on_lateness_first_then_on_early_leaving(self) -> None:
        office = Office()
        office.allowances.append(("an", 60, "either"))
        office.punch(MONDAY, "07:50", "11:00", "13:40", "16:50")
        assert day_of(office) == [("on_time", 0, 0), ("early", 0, 10 * MINUTE)]

    def test_several_of_one_day_add_up(self) -> None:
        office = Office()
        office.allowances.extend([("an", 30, "start"), ("an", 30, "start")])
        assert office.rows(MONDAY)[0].due == "08:30-11:30"

    def test_it_goes_to_the_sessions_that_are_not_excused_in_full(self) -> None:
        office = Office()
        office.allowances.append(("an", 60, "start"))
        office.excuse(f"{MONDAY} 07:30", f"{MONDAY} 11:30")
        assert [row.due for row in office.rows(MONDAY)] == ["07:30-11:30", "14:30-17:00"]

    def test_roster_sessions_have_none(self) -> None:
        office = Office()
        office.allowances.extend([("an", 60, "start"), ("an", 60, "either")])
        office.duty(f"{SUNDAY} 07:00", f"{SUNDAY} 11:00")
        office.punch(SUNDAY, "07:10", "11:00")
        (row,) = office.rows(SUNDAY)
        assert (row.late, row.reasons) == (600, [])

    def test_the_limit_of_absence_compares_after_it(self) -> None:
        office = Office(regulations=[regulation(late_is_absent_after=3600)])
        office.allowances.append(("an", 60, "either"))
        office.punch(MONDAY, "09:30", "11:30")
        assert day_of(office)[0] == ("late", 3600, 0)


def test_a_manual_punch_joins_runs_and_is_told() -> None:
    office = Office()
    office.by_hand.append(("an", f"{FRIDAY} 07:30"))
    office.punch(FRIDAY, "11:30", "13:30", "17:00")
    sang, chieu = office.rows(FRIDAY)
    assert (sang.marks, sang.reasons) == (("Sáng", "07:30", "11:30", "on_time"), ["manual"])
    assert chieu.reasons == []
    office.punch(FRIDAY, "07:29:40")
    assert (office.rows(FRIDAY)[0].in_, office.rows(FRIDAY)[0].reasons) == ("07:29:40", [])
