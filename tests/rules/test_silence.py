"""Which terminal days count as silent (rules 7)."""

import numpy as np
import pytest

from monitor.rules.columns import SilentDays
from monitor.rules.silence import silent_days
from tests.rules.builder import LATER, MONDAY, SUNDAY, TUESDAY, Office, at, day


def silent(
    office: Office, *candidates: tuple[str, str], now: str = LATER, people: int = 3
) -> list[tuple[str, int]]:
    codes = [code for code, *_ in office.terminals]
    asked = SilentDays(
        terminal=np.array([codes.index(code) for code, _ in candidates], np.int32),
        day=np.array([day(on) for _, on in candidates], np.int32),
    )
    found = silent_days(office.world(), asked, at(now), people)
    return [(codes[terminal], on) for terminal, on in zip(found.terminal, found.day, strict=True)]


def office_of(people: int) -> Office:
    return Office(people=[f"p{n}" for n in range(people)])


MONDAY_AT_GATE = [("cong", day(MONDAY))]


@pytest.mark.parametrize(("people", "found"), [(2, []), (3, MONDAY_AT_GATE), (4, MONDAY_AT_GATE)])
def test_three_people_expected_make_a_day_without_punches_silent(
    people: int, found: list[tuple[str, int]]
) -> None:
    assert silent(office_of(people), ("cong", MONDAY)) == found


def test_the_number_of_people_is_a_setting() -> None:
    assert silent(office_of(3), ("cong", MONDAY), people=4) == []


def test_only_past_dates_are_silent() -> None:
    assert silent(office_of(3), ("cong", MONDAY), now=f"{MONDAY} 23:59:59") == []
    assert silent(office_of(3), ("cong", MONDAY), now=f"{TUESDAY} 00:00") == MONDAY_AT_GATE


def test_a_day_on_which_nobody_is_expected_is_not_silent() -> None:
    office = office_of(3)
    office.special(TUESDAY, "off")
    assert silent(office, ("cong", SUNDAY), ("cong", TUESDAY)) == []


def test_people_excused_in_full_do_not_count_but_half_days_do() -> None:
    office = office_of(3)
    office.excuse(f"{MONDAY} 07:30", f"{MONDAY} 11:30", who="p0")
    assert silent(office, ("cong", MONDAY)) == MONDAY_AT_GATE
    office.excuse(f"{MONDAY} 13:30", f"{MONDAY} 17:00", who="p0")
    assert silent(office, ("cong", MONDAY)) == []


def test_only_people_to_whom_the_terminal_is_relevant_count() -> None:
    office = Office(
        people=["a", "b", "c"],
        units=[("so", ""), ("phong", "so")],
        terminals=[("cong", "so", "", ""), ("phong", "phong", "", "")],
        ready=False,
    )
    for person, unit in (("a", "so"), ("b", "so"), ("c", "phong")):
        office.post(person, unit)
        office.badge(person)
    candidates = ("phong", MONDAY), ("cong", MONDAY), ("cong", MONDAY)
    assert silent(office, *candidates, people=2) == MONDAY_AT_GATE
    assert silent(office, *candidates, people=1) == [*MONDAY_AT_GATE, ("phong", day(MONDAY))]
