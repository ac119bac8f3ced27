"""The oracle, by hand: excuses, explanations, allowances (rules 5, 6)."""

import pytest

from monitor.rules.codes import Reason, Status
from monitor.rules.columns import NO_DAY
from tests.rules.twin import TwinRow
from tests.rules.worlds.office import MONDAY, Office, clock, office

MINUTE = 60


def status(row: TwinRow) -> str:
    """The status by name."""
    return Status(row.status).name.lower()


def seen(one: Office) -> list[str]:
    """Statuses of the Monday's sessions."""
    return [status(row) for row in one.rows()]


@pytest.mark.parametrize(
    ("excuse", "expected", "due"),
    [
        ("07:30 to 11:30", "excused", "07:30 11:30"),
        ("07:30:01 to 11:30", "absent", "07:30 07:30:01"),
        ("07:30 to 11:29:59", "absent", "11:29:59 11:30"),
        ("07:00 to 09:00", "absent", "09:00 11:30"),
        ("10:00 to 12:00", "absent", "07:30 10:00"),
        ("09:00 to 10:00", "absent", "07:30 11:30"),
        ("05:00 to 07:30", "absent", "07:30 11:30"),
    ],
)
def test_an_excuse_covers_whole_start_end_or_middle(excuse: str, expected: str, due: str) -> None:
    one = office("07:30-11:30")
    one.excuse(excuse)
    row = one.row("Sáng")
    assert (status(row), [row.due_from, row.due_to]) == (expected, [clock(text) for text in due.split()])


def test_reasons_say_which_part_is_excused() -> None:
    one = office("07:30-11:30")
    one.excuse("07:00 to 08:00")
    one.excuse("09:00 to 09:30")
    one.excuse("11:00 to 12:00")
    assert one.reasons("Sáng") == ["excused_start", "excused_middle", "excused_end"]
    one.punch("08:00 11:00")
    assert seen(one) == ["on_time"]


@pytest.mark.parametrize(
    ("second", "expected"), [("09:00", "excused"), ("09:00:01", "excused"), ("09:00:02", "absent")]
)
def test_excuses_that_touch_are_one_and_the_first_type_gives_the_symbol(second: str, expected: str) -> None:
    one = office("07:30-11:30")
    one.excuse("07:00 to 09:00", 1)
    one.excuse(f"{second} to 11:30", 0)
    row = one.row("Sáng")
    assert (status(row), row.symbol, row.cong) == (
        (expected, "CT", 1.0) if expected == "excused" else (expected, "KP", 0.0)
    )


def test_an_excuse_that_does_not_count_gives_no_cong_and_shows_the_punches() -> None:
    one = office("07:30-11:30")
    one.excuse("07:30 to 11:30", 2)
    one.punch("08:00 11:00")
    row = one.row("Sáng")
    assert (row.symbol, row.cong, row.late_seconds, row.worked_seconds) == ("KL", 0.0, 0, 0)
    assert one.verdicts() == ["Sáng excused 08:00-11:00"]


@pytest.mark.parametrize(
    ("document_day", "entered_at", "expected"),
    [
        (MONDAY, clock("11:30"), False),
        (MONDAY + 1, clock("11:30"), True),
        (NO_DAY, clock("11:30:01"), True),
    ],
)
def test_a_document_after_the_fact_is_said(document_day: int, entered_at: int, expected: bool) -> None:
    one = office("07:30-11:30")
    one.excuse("11:00 to 12:00", document_day=document_day, entered_at=entered_at)
    assert ("document_after_the_fact" in one.reasons("Sáng")) is expected


def test_an_explanation_changes_neither_status_nor_minutes() -> None:
    one = office("07:30-11:30")
    one.punch("08:00 11:30")
    before = one.row("Sáng")
    one.draft.explained.append((0, MONDAY))
    after = one.row("Sáng")
    assert (after.status, after.late_seconds) == (before.status, before.late_seconds)
    assert after.reasons == before.reasons | Reason.EXPLAINED


def test_start_and_end_allowances_move_the_dues_of_the_first_and_last_session() -> None:
    one = office()
    one.draft.allowance(0, 30 * MINUTE, "start")
    one.draft.allowance(0, 30 * MINUTE, "start")
    one.draft.allowance(0, 60 * MINUTE, "end")
    one.punch("08:30 11:30 13:30 16:00")
    assert seen(one) == ["on_time", "on_time"]
    assert [one.reasons("Sáng"), one.reasons("Chiều")] == [["allowance_used"], ["allowance_used"]]
    one.draft.punches.clear()
    one.punch("07:30 11:30 13:30 17:00")
    assert [one.reasons("Sáng"), one.reasons("Chiều")] == [[], []]  # nothing had to be allowed
    one.excuse("07:30 to 11:30")
    assert one.row("Chiều").due_from == clock("14:30")


def test_an_allowance_moves_no_further_than_the_session_and_no_roster_session() -> None:
    one = office("07:30-08:00")
    one.duty("09:30 to 11:00")
    one.draft.allowance(0, 3600, "start")
    one.draft.allowance(0, 3600, "end")
    assert (one.row("Sáng").due_from, one.row("Sáng").due_to) == (clock("08:00"), clock("07:30"))
    assert (one.row("duty").due_from, one.row("duty").due_to) == (clock("09:30"), clock("11:00"))


def test_either_is_spent_on_lateness_from_the_first_then_on_leaving_early() -> None:
    one = office()
    one.draft.allowance(0, 40 * MINUTE, "either")
    one.punch("07:50 11:20 13:45 16:40")
    first, last = one.rows()
    assert (first.late_seconds, first.early_seconds) == (0, 5 * MINUTE)  # 20 and 15 went to lateness
    assert (last.late_seconds, last.early_seconds) == (0, 20 * MINUTE)


def test_either_is_spent_before_grace_is_compared() -> None:
    one = office("07:30-11:30", grace_late=5 * MINUTE)
    one.draft.allowance(0, 10 * MINUTE, "either")
    one.punch("07:45 11:30")
    assert seen(one) == ["on_time"]
    assert one.reasons("Sáng") == ["allowance_used"]


@pytest.mark.parametrize(("excuse", "expected"), [("05:00 to 07:30", []), ("11:30 to 12:00", [])])
def test_an_excuse_that_only_touches_the_session_has_no_part_in_it(excuse: str, expected: list[str]) -> None:
    one = office("07:30-11:30")
    one.excuse(excuse, entered_at=clock("+12:00"))
    assert one.reasons("Sáng") == expected


def test_an_excuse_that_is_not_approved_does_nothing() -> None:
    one = office("07:30-11:30")
    one.excuse("07:30 to 11:30")
    one.draft.excuses[0] = (*one.draft.excuses[0][:5], False, *one.draft.excuses[0][6:])
    assert one.verdicts() == ["Sáng absent -"]


@pytest.mark.parametrize(
    ("valid", "due"),
    [((MONDAY, MONDAY), "08:00"), ((MONDAY + 1, MONDAY + 9), "07:30"), ((0, MONDAY - 1), "07:30")],
)
def test_an_allowance_counts_on_its_first_and_last_day(valid: tuple[int, int], due: str) -> None:
    one = office("07:30-11:30")
    one.draft.allowance(0, 30 * MINUTE, "start", valid)
    assert one.row("Sáng").due_from == clock(due)


def test_a_second_excuse_inside_the_first_does_not_shorten_it() -> None:
    one = office("07:30-11:30")
    one.excuse("05:00 to 06:00")
    one.excuse("07:30 to 11:00", 1)
    one.excuse("08:00 to 09:00", 2)
    one.excuse("11:00 to 11:30", 2)
    assert (one.row("Sáng").symbol, one.verdicts()) == ("CT", ["Sáng excused -"])
