"""The oracle, by hand: coverage, badges, silence (rules 7)."""

from dataclasses import replace

import pytest

from monitor.rules.codes import Status
from monitor.rules.columns import NO_DAY
from tests.rules.twin import TwinRow, silent_days_slowly
from tests.rules.worlds.draft import Draft
from tests.rules.worlds.office import BADGE, MONDAY, Office, clock, office


def status(row: TwinRow) -> str:
    """The status by name."""
    return Status(row.status).name.lower()


def seen(one: Office) -> list[str]:
    """Statuses of the Monday's sessions."""
    return [status(row) for row in one.rows()]


@pytest.mark.parametrize(
    ("covered", "expected"),
    [
        (["05:30 to 13:30"], "absent"),
        (["05:30:01 to 13:30"], "pending"),
        (["05:30 to 13:29:59"], "pending"),
        (["05:30 to 09:00", "09:00 to 13:30"], "absent"),
        (["05:30 to 09:00", "09:00:02 to 13:30"], "pending"),
        ([], "pending"),
    ],
)
def test_absence_needs_coverage_of_both_windows(covered: list[str], expected: str) -> None:
    one = office()
    one.cover(*covered)
    row = one.row("Sáng")
    assert status(row) == expected
    assert (row.uncovered, one.reasons("Sáng")) == (((), []) if expected == "absent" else ((0,), ["no_data"]))


@pytest.mark.parametrize(
    ("covered", "expected"), [("05:30 to 08:00", "late"), ("05:30 to 07:59:59", "pending")]
)
def test_lateness_needs_coverage_up_to_the_in(covered: str, expected: str) -> None:
    one = office("07:30-11:30")
    one.cover(covered)
    one.punch("08:00 11:30")
    assert (status(one.row("Sáng")), one.row("Sáng").late_seconds) == (expected, 1800)


@pytest.mark.parametrize(
    ("covered", "expected"), [("11:00 to 15:30", "early"), ("11:00:01 to 15:30", "pending")]
)
def test_leaving_early_needs_coverage_from_the_out_on(covered: str, expected: str) -> None:
    one = office("07:30-11:30")
    one.cover(covered)
    one.punch("07:30 11:00")
    assert status(one.row("Sáng")) == expected


def test_not_in_yet_needs_coverage_up_to_the_end_of_the_grace() -> None:
    one = office(grace_late=300)
    one.now = clock("07:40")
    one.cover("05:30 to 07:35")
    assert one.reasons("Sáng") == ["not_in_yet"]
    one.cover("05:30 to 07:34:59")
    assert one.reasons("Sáng") == ["no_data"]


def test_without_a_badge_nothing_is_conclusive() -> None:
    one = office()
    one.draft.badges.clear()
    assert seen(one) == ["pending", "pending"]
    assert one.reasons("Sáng") == ["no_data", "no_badge"]
    assert one.row("Sáng").uncovered == ()


def test_the_terminals_of_the_nearest_unit_are_relevant() -> None:
    one = office()
    child = one.draft.unit("so.vp", 0)
    one.draft.terminal("phong", child)
    assert seen(one) == ["absent", "absent"]  # the person is in the root: its terminal decides
    one.draft.postings[:] = [(0, child, *one.draft.postings[0][2:])]
    assert [row.uncovered for row in one.rows()] == [(1,), (1,)]
    one.draft.terminals[1] = ("phong", child, MONDAY + 1, "")  # not yet installed
    assert seen(one) == ["absent", "absent"]


def test_terminals_that_no_unit_of_the_line_owns_are_all_relevant() -> None:
    one = office()
    one.draft.terminals[0] = ("cong", -1, NO_DAY, "")
    one.draft.terminal("phu", -1)
    assert [row.uncovered for row in one.rows()] == [(1,), (1,)]


def test_a_terminals_own_badge_goes_before_the_badge_of_any() -> None:
    one = office()
    other = one.draft.person("binh")
    one.draft.badge(other, BADGE, 0)
    one.punch("07:30 11:30 13:30 17:00")
    assert seen(one) == ["absent", "absent"]


def test_a_badge_is_asked_at_the_punchs_own_date() -> None:
    one = office("22:00-06:00")
    one.draft.badges[:] = [(0, -1, BADGE, MONDAY, MONDAY)]
    one.punch("22:00 23:59:59 +00:00:00")
    assert one.verdicts() == ["Sáng early 22:00-23:59:59"]


def test_observed_coverage_is_cut_at_silent_days_and_declared_coverage_is_not() -> None:
    one = office()
    one.draft.silent.append((0, MONDAY))
    assert seen(one) == ["absent", "absent"]
    one.draft.coverage = [(*row[:3], False) for row in one.draft.coverage]
    assert seen(one) == ["pending", "pending"]
    assert one.verdicts(MONDAY + 1) == ["Sáng absent -", "Chiều absent -"]


def crowd(people: int) -> Draft:
    """An office in which nobody has punched."""
    draft = office().draft
    for number in range(1, people):
        draft.badge(draft.person(f"b{number}"), 100 + number)
        draft.post(number, 0)
    return draft


@pytest.mark.parametrize(("people", "silent"), [(3, True), (2, False)])
def test_a_day_without_punches_is_silent_if_enough_people_were_expected(people: int, silent: bool) -> None:
    world = crowd(people).world()
    candidates = [(0, MONDAY), (0, MONDAY + 5)]
    assert silent_days_slowly(world, candidates, clock("+09:00")) == ([(0, MONDAY)] if silent else [])


def test_a_day_is_not_silent_before_it_is_past_nor_with_a_punch_of_anybody() -> None:
    draft = crowd(3)
    assert silent_days_slowly(draft.world(), [(0, MONDAY)], clock("23:59:59")) == []
    assert silent_days_slowly(draft.world(), [(0, MONDAY)], clock("+00:00")) == [(0, MONDAY)]
    draft.punch(999, clock("03:00"))
    assert silent_days_slowly(draft.world(), [(0, MONDAY)], clock("+00:00")) == []


def test_who_is_excused_in_full_does_not_count_for_silence() -> None:
    draft = crowd(3)
    draft.excuse(1, (clock("07:30"), clock("11:30")))
    assert silent_days_slowly(draft.world(), [(0, MONDAY)], clock("+09:00")) == [(0, MONDAY)]
    draft.excuse(1, (clock("13:30"), clock("17:00")))
    assert silent_days_slowly(draft.world(), [(0, MONDAY)], clock("+09:00")) == []


def test_a_terminal_counts_from_its_installation_on() -> None:
    one = office()
    one.draft.terminals[0] = ("cong", 0, MONDAY, "")
    assert seen(one) == ["absent", "absent"]
    one.draft.terminals[0] = ("cong", 0, MONDAY + 1, "")
    assert one.reasons("Sáng") == ["no_data", "no_badge"]


def test_only_the_own_badges_make_a_terminal_relevant() -> None:
    one = office()
    one.draft.terminal("phu", 0)
    one.draft.badges[:] = [(0, 0, BADGE, MONDAY, MONDAY)]
    one.draft.badge(one.draft.person("binh"), 8, 1)
    assert seen(one) == ["absent", "absent"]
    assert [row.status for row in one.rows(MONDAY + 1)] == [Status.PENDING] * 2


def test_the_last_second_before_a_silent_day_and_the_first_after_it_are_covered() -> None:
    one = office("22:00-00:00", close_after=0, open_before=2 * 3600)
    one.draft.coverage = [(*row[:3], False) for row in one.draft.coverage]
    one.draft.silent.append((0, MONDAY + 1))
    assert one.verdicts() == ["Sáng pending -"]  # its window ends at 00:00:00 of the silent day
    one.set(sessions=(replace(one.draft.regulations[0].sessions[0], end_seconds=86_399),))
    assert one.verdicts() == ["Sáng absent -"]
    one.draft.silent[:] = [(0, MONDAY - 1)]
    one.set(open_before=22 * 3600)
    assert one.verdicts() == ["Sáng absent -"]


def test_overlapping_coverage_is_joined() -> None:
    one = office()
    one.cover("-10:00 to 04:00", "05:00 to 12:00", "06:00 to 07:00", "11:00 to +13:30")
    assert seen(one) == ["absent", "absent"]
