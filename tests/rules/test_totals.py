"""Totals of random months against the same sums made one session at a time."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.regulation import OfficeSession
from monitor.rules.totals import MonthSessions, month_totals, session_worth

SYMBOLS = ("+", "P", "Ô", "No", "KP", "TR", "")
COLUMNS = (frozenset({"+", "P"}), frozenset({"No"}), frozenset({"Ô"}))
UNCOUNTED = frozenset({"KP", "TR", ""})
SHOWN = {"P": "F", "+ 0": "(+)", "": "?"}
PEOPLE, DAYS = 4, 5

Row = tuple[int, int, str, float]

months = st.lists(
    st.tuples(
        st.integers(0, PEOPLE - 1),
        st.integers(0, DAYS - 1),
        st.sampled_from(SYMBOLS),
        st.sampled_from([0.0, 0.5, 1.0, 1 / 3]),
    ),
    max_size=60,
).map(lambda rows: sorted(rows, key=lambda row: row[:2]))


def sessions_of(rows: list[Row]) -> MonthSessions:
    return MonthSessions(
        person=np.array([row[0] for row in rows], np.int32),
        day=np.array([row[1] for row in rows], np.int32),
        symbol=np.array([*(row[2] for row in rows), None], object)[:-1],
        worth=np.array([row[3] for row in rows], np.float64),
    )


def exact(worth: float) -> Fraction:
    return Fraction(worth).limit_denominator(12)


def shown(symbol: str, worth: float) -> str:
    if not worth and f"{symbol} 0" in SHOWN:
        return SHOWN[f"{symbol} 0"]
    return SHOWN.get(symbol, symbol)


def cell(rows: list[Row], person: int, day: int) -> str:
    parts: list[str] = []
    for owner, on, symbol, worth in rows:
        if (owner, on) == (person, day) and parts[-1:] != [shown(symbol, worth)]:
            parts.append(shown(symbol, worth))
    return "\n".join(parts)


@given(months)
def test_totals_are_the_sums_of_a_plain_count(rows: list[Row]) -> None:
    found = month_totals(sessions_of(rows), (PEOPLE, DAYS), COLUMNS, SHOWN, UNCOUNTED)
    for person in range(PEOPLE):
        for place, column in enumerate(COLUMNS):
            exactly = sum(
                (exact(row[3]) for row in rows if row[0] == person and row[2] in column), Fraction()
            )
            assert found.totals[person, place] == round(float(exactly), 4)


@given(months)
def test_cells_show_what_differs_within_a_day_once(rows: list[Row]) -> None:
    found = month_totals(sessions_of(rows), (PEOPLE, DAYS), COLUMNS, SHOWN, UNCOUNTED)
    for person in range(PEOPLE):
        assert found.cells[person].tolist() == [cell(rows, person, day) for day in range(DAYS)]


def test_symbols_without_a_column_are_named() -> None:
    rows: list[Row] = [(0, 0, "XX", 1.0), (0, 1, "+", 1.0)]
    found = month_totals(sessions_of(rows), (1, 2), COLUMNS, {}, UNCOUNTED)
    assert found.unplaced == {"XX"}
    assert found.totals.tolist() == [[1, 0, 0]]


def test_an_empty_month_is_empty() -> None:
    found = month_totals(sessions_of([]), (2, 3), COLUMNS, {}, UNCOUNTED)
    assert found.totals.tolist() == [[0, 0, 0]] * 2
    assert found.cells.tolist() == [[""] * 3] * 2


def test_a_session_is_worth_its_cong_or_an_equal_share_of_its_weekday() -> None:
    week = (
        OfficeSession(name="Sáng", weekdays=(1, 2, 6), start_seconds=100, end_seconds=200),
        OfficeSession(name="Chiều", weekdays=(1, 2), start_seconds=300, end_seconds=400),
        OfficeSession(name="Tối", weekdays=(2,), start_seconds=500, end_seconds=600, cong=0.25),
    )
    asked = ((1, "Sáng", 100), (2, "Sáng", 100), (6, "Sáng", 100), (2, "Tối", 500), (3, "Sáng", 100))
    assert [session_worth(week, *one) for one in asked] == [0.5, 1 / 3, 1.0, 0.25, 0.0]
    assert session_worth(week, 1, "Sáng", 101) == 0.0
