"""The arithmetic of reports, on the figures of real inspections."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.inspections.errors import InspectionRefused
from monitor.inspections.totals import Totals, added, percent, reconciled, wilson


def test_can_tho_2019_adds_up_and_its_rates_are_computed() -> None:
    found = Totals(expected=424, present=333, absent=91, excused=63, unexcused=28)

    assert reconciled(found) == found
    assert percent(found.present, found.known) == Decimal("78.54")
    assert percent(found.unexcused, found.known) == Decimal("6.60")


def test_can_tho_2018_is_refused_and_the_difference_is_named() -> None:
    with pytest.raises(InspectionRefused) as refused:
        reconciled(Totals(expected=263, present=185, absent=51, excused=42, unexcused=9))

    assert refused.value.code == "totals_presence"
    assert (refused.value.values["told"], refused.value.values["difference"]) == (236, 27)


def test_can_tho_2018_with_the_right_sum_has_the_rate_that_was_printed() -> None:
    found = reconciled(Totals(expected=236, present=185, absent=51, excused=42, unexcused=9))

    assert percent(found.present, found.known) == Decimal("78.39")
    assert percent(185, 263) == Decimal("70.34")
    assert percent(found.unexcused, found.known) == Decimal("3.81")


@pytest.mark.parametrize(
    ("present", "whole", "rate"), [(8, 11, "72.73"), (36, 42, "85.71"), (1, 8, "12.50"), (1, 1, "100.00")]
)
def test_rates_of_other_inspections(present: int, whole: int, rate: str) -> None:
    assert percent(present, whole) == Decimal(rate)


def test_absences_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(InspectionRefused) as refused:
        reconciled(Totals(expected=10, present=7, absent=3, excused=1, unexcused=1))

    assert (refused.value.code, refused.value.values["difference"]) == ("totals_absence", 1)


def test_nobody_can_be_late_who_was_not_present() -> None:
    with pytest.raises(InspectionRefused, match="totals_part"):
        reconciled(Totals(expected=10, present=2, absent=8, unexcused=8, late=3))


def test_no_data_is_neither_present_nor_absent() -> None:
    found = reconciled(Totals(expected=10, present=7, absent=1, excused=1, no_data=2))

    assert found.known == 8
    assert percent(found.present, found.known) == Decimal("87.50")


@pytest.mark.parametrize(
    ("expected", "no_data", "enough"),
    [(4, 0, False), (5, 0, True), (100, 5, True), (100, 6, False), (0, 0, False)],
)
def test_rates_need_five_people_and_data_about_nearly_all(
    expected: int, no_data: int, *, enough: bool
) -> None:
    assert Totals(expected=expected, no_data=no_data).enough is enough


COUNTS = st.integers(min_value=1, max_value=9_000).flatmap(
    lambda whole: st.tuples(st.integers(min_value=0, max_value=whole), st.just(whole))
)


@given(COUNTS)
def test_a_rate_is_the_nearest_hundredth(counts: tuple[int, int]) -> None:
    part, whole = counts
    rate = percent(part, whole)

    assert rate is not None
    assert abs(Fraction(rate) - Fraction(100 * part, whole)) <= Fraction(1, 200)


@given(COUNTS)
def test_wilson_s_bounds_solve_its_equation(counts: tuple[int, int]) -> None:
    """Independent of the formula: at a bound the score is exactly 1,96 standard errors away."""
    part, whole = counts
    between = wilson(part, whole)

    assert between is not None
    share = part / whole
    for bound in (float(one) / 100 for one in between):
        if 0.0002 < bound < 0.9998:
            wide = (bound * (1 - bound) / whole) ** 0.5
            # A bound is rounded to a hundredth of a per cent; that many errors away may be missing.
            assert abs(abs(share - bound) - 1.959964 * wide) < 0.0002
    assert float(between[0]) / 100 - 0.0001 <= share <= float(between[1]) / 100 + 0.0001


def test_wilson_s_bounds_of_a_known_example() -> None:
    assert wilson(333, 424) == (Decimal("74.38"), Decimal("82.18"))
    assert wilson(0, 0) is None


def test_a_sum_adds_every_part() -> None:
    one = Totals(expected=3, present=2, absent=1, excused=1, late=1, present_at=1)

    assert added([one, one, Totals()]) == Totals(
        expected=6, present=4, absent=2, excused=2, late=2, present_at=2
    )
