"""The oracle, by hand: who is expected when (rules 2)."""

import pytest

from monitor.rules.columns import DAY_MAX, DAY_MIN
from monitor.rules.regulation import Regulation, Target
from tests.rules.worlds.draft import ALWAYS
from tests.rules.worlds.office import MONDAY, Office, office, sessions, span

SATURDAY, SUNDAY = MONDAY + 5, MONDAY + 6


def names(one: Office, day: int = MONDAY) -> list[str]:
    """Names of the sessions of a day."""
    return [row.name for row in one.rows(day)]


def test_a_working_day_has_the_sessions_of_its_weekday_and_a_weekend_none() -> None:
    one = office()
    assert [len(one.rows(MONDAY + n)) for n in range(7)] == [2, 2, 2, 2, 2, 0, 0]


def test_a_saturday_session_is_expected_on_a_plain_weekend() -> None:
    one = office(sessions=(*sessions("07:30-11:30 13:30-17:00"), *sessions("07:30-11:30", (6,))))
    assert names(one, SATURDAY) == ["Sáng"]
    assert names(one, SUNDAY) == []


@pytest.mark.parametrize(("last", "expected"), [(MONDAY - 1, 0), (MONDAY, 2)])
def test_the_last_day_of_a_posting_is_inside(last: int, expected: int) -> None:
    one = office()
    one.draft.postings[:] = [(0, 0, DAY_MIN, last)]
    assert len(one.rows()) == expected


def test_of_two_postings_the_one_that_began_last_counts_then_the_smaller_code() -> None:
    one = office()
    b, a = one.draft.unit("b"), one.draft.unit("a")
    one.draft.post(0, b, (MONDAY - 5, DAY_MAX))
    one.draft.post(0, a, (MONDAY - 5, DAY_MAX))
    assert {row.unit for row in one.rows()} == {a}
    assert {row.unit for row in one.rows(MONDAY - 7)} == {0}


def test_the_nearest_target_wins_and_at_one_level_the_latest_version() -> None:
    one = office()
    child = one.draft.unit("so.vp", 0)
    one.draft.postings[:] = [(0, child, *ALWAYS)]
    for code, valid_from, target in (
        ("cha", MONDAY - 9, Target(kind="unit", index=0)),
        ("con", MONDAY, Target(kind="unit", index=child)),
        ("con 2", MONDAY + 1, Target(kind="unit", index=child)),
        ("rieng", MONDAY + 2, Target(kind="person", index=0)),
    ):
        one.draft.regulations.append(
            Regulation(code=code, valid_from=valid_from, targets=(target,), sessions=sessions("08:00-12:00"))
        )
    assert [one.rows(MONDAY + n)[0].regulation for n in (-14, -7, 0, 1, 2)] == [0, 1, 2, 3, 4]


def test_the_nearest_calendar_row_wins_and_a_proposed_one_never_applies() -> None:
    one = office()
    one.draft.special_day(MONDAY, "off")
    assert names(one) == []
    one.draft.special_day(MONDAY, "work", scope=0)
    assert names(one) == ["Sáng", "Chiều"]
    one.draft.calendar.append((MONDAY + 1, -1, "off", -1, "", False, False))
    assert names(one, MONDAY + 1) == ["Sáng", "Chiều"]


def test_a_makeup_day_has_the_sessions_of_the_day_swapped_away_and_not_its_own_on_top() -> None:
    fridays = sessions("08:00-12:00", (5,))
    one = office(sessions=(*sessions("07:30-11:30 13:30-17:00", (1, 2, 3, 4)), *fridays))
    one.set(sessions=(*one.draft.regulations[0].sessions, *sessions("09:00-10:00", (6,))))
    one.draft.special_day(SATURDAY, "makeup", for_day=MONDAY + 7)
    one.draft.special_day(SUNDAY, "makeup")
    assert names(one, SATURDAY) == ["Sáng", "Chiều"]
    assert [row.start % 86_400 // 3600 for row in one.rows(SUNDAY)] == [8]
    assert [row.cong for row in one.rows(SUNDAY)] == [0.0]  # absent
    one.draft.excuse(0, (SUNDAY * 86_400, (SUNDAY + 1) * 86_400))
    assert [row.cong for row in one.rows(SUNDAY)] == [1.0]  # one session on a Friday


def test_without_a_regulation_a_duty_has_the_default_settings_and_says_so() -> None:
    one = office()
    one.draft.regulations.clear()
    one.duty("18:00 to 21:00")
    assert one.verdicts() == ["duty absent -"]
    assert one.reasons("duty") == ["no_regulation"]
    assert one.window("duty") == "16:00 to +01:00"
    assert one.row("duty").regulation == -1


@pytest.mark.parametrize("kind", ["duty", "release"])
def test_a_roster_entry_needs_a_posting_on_its_date(kind: str) -> None:
    one = office()
    one.draft.postings[:] = [(0, 0, MONDAY, DAY_MAX)]
    one.duty("-20:00 to 12:00", kind)
    assert names(one) == ["Sáng", "Chiều"]


def test_a_roster_session_belongs_to_the_date_of_its_start_and_overtime_adds_none() -> None:
    one = office()
    one.duty("22:00 to +06:00", "extra")
    one.duty("17:00 to 20:00", "overtime")
    assert names(one) == ["Sáng", "Chiều", "extra"]
    assert names(one, MONDAY + 1) == ["Sáng", "Chiều"]


def test_a_release_removes_what_lies_wholly_inside_it_and_leaves_the_rest() -> None:
    one = office()
    one.duty("18:00 to 21:00")
    one.duty("13:30 to +11:30", "release")
    assert names(one) == ["Sáng"]
    assert names(one, MONDAY + 1) == ["Chiều"]
    one.draft.roster[-1] = (9, 0, "release", *span("13:30:01 to 17:00"))
    assert names(one) == ["Sáng", "Chiều", "duty"]


def test_a_release_comes_before_the_cut_of_overlaps() -> None:
    one = office()
    one.duty("16:00 to 20:00")
    one.duty("13:30 to 16:00", "release")
    assert names(one) == ["Sáng", "Chiều", "duty"]  # what is left of Chiều would lie inside
    one.duty("16:00 to 20:00", "release")
    assert names(one) == ["Sáng", "Chiều"]
    assert one.reasons("Chiều") == []


def test_an_office_session_keeps_only_the_part_before_a_roster_session() -> None:
    one = office()
    one.duty("15:00 to 16:00")
    assert one.row("Chiều").end == one.row("duty").start
    assert one.reasons("Chiều") == ["overlap_cut"]
    assert one.reasons("Sáng") == []


def test_an_office_session_that_does_not_begin_before_the_roster_session_has_no_row() -> None:
    one = office()
    one.duty("13:30 to 14:00")
    assert names(one) == ["Sáng", "duty"]


def test_sessions_that_touch_do_not_overlap() -> None:
    one = office()
    one.duty("11:30 to 13:30")
    assert names(one) == ["Sáng", "duty", "Chiều"]
    assert one.reasons("Sáng") == []


def test_of_two_roster_sessions_the_first_stays_and_the_lost_one_cuts_nothing() -> None:
    one = office()
    one.duty("05:00 to 06:00")
    one.duty("05:30 to 08:00", "extra")
    one.duty("07:00 to 07:15", "extra")
    assert names(one) == ["duty", "extra", "Sáng", "Chiều"]
    assert one.reasons("Sáng") == []


def test_a_session_that_ends_after_midnight_belongs_to_the_date_of_its_start() -> None:
    one = office("22:00-06:00")
    (row,) = one.rows()
    assert (row.day, row.end - row.start) == (MONDAY, 8 * 3600)


def test_congs_are_shared_among_the_sessions_of_the_weekday() -> None:
    one = office("07:00-09:00 10:00-12:00")
    one.punch("07:00 09:00 10:00 12:00")
    assert [row.cong for row in one.rows()] == [0.5, 0.5]
    one = office("07:00-12:00")
    one.punch("07:00 12:00")
    assert [row.cong for row in one.rows()] == [1.0]


def test_an_office_session_is_cut_at_the_first_of_several_roster_sessions() -> None:
    one = office()
    one.duty("15:00 to 16:00")
    one.duty("14:00 to 14:30", "extra")
    assert one.row("Chiều").end == one.row("extra").start
    one.duty("08:00 to 09:00")
    one.duty("07:00 to 07:45", "extra")
    assert "Sáng" not in names(one)
