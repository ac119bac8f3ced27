"""Months and windows in plain numbers: what is whole, what is not known, what follows within a year."""

from datetime import date

import pytest

from monitor.rules.caps import HOUR, PROFILES, CapLevel, Use
from monitor.rules.figures import Figures
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.year_papers import ReminderRow
from monitor.yearly.counting import Here, MonthCount, State, count_months, together, year_of
from monitor.yearly.period import calendar_year, months_later, twelve_months_to
from monitor.yearly.repeats import with_repeats
from monitor.yearly.tables import COUNTS, counts_of

YEAR = calendar_year(2026)
TODAY = day_of(date(2026, 4, 15))
PERFECT = Figures(on_time=40)


def days(first: str, last: str) -> range:
    return range(day_of(date.fromisoformat(first)), day_of(date.fromisoformat(last)) + 1)


def months(cells: dict[int, Figures], *stays: Here) -> tuple[MonthCount, ...]:
    return count_months(YEAR.months, cells, stays or (Here(days=YEAR.days),), TODAY)


def test_a_calendar_year_has_twelve_whole_months() -> None:
    assert [piece.text for piece in YEAR.months] == [f"2026-{number:02}" for number in range(1, 13)]
    assert all(piece.whole for piece in YEAR.months)
    assert sum(len(piece.days) for piece in YEAR.months) == 365


@pytest.mark.parametrize(
    ("last", "first"),
    [("2026-06-30", "2025-07-01"), ("2026-03-15", "2025-03-16"), ("2024-02-29", "2023-03-01")],
)
def test_twelve_months_end_on_the_day_that_is_named(last: str, first: str) -> None:
    period = twelve_months_to(date.fromisoformat(last))

    assert (date_of(period.first_day).isoformat(), date_of(period.last_day).isoformat()) == (first, last)
    assert period.text == f"{first}_{last}"


def test_a_month_cut_off_by_the_period_is_never_a_whole_one() -> None:
    pieces = twelve_months_to(date(2026, 3, 15)).months

    assert [(piece.text, piece.whole) for piece in (pieces[0], pieces[1], pieces[-1])] == [
        ("2025-03", False),
        ("2025-04", True),
        ("2026-03", False),
    ]


def test_a_month_without_records_is_not_known_and_one_to_come_is_ahead() -> None:
    found = months({0: PERFECT, 2: Figures(no_data=40), 3: Figures(on_time=10, waiting=2)})

    assert [month.state for month in found[:5]] == [
        State.WHOLE,
        State.NO_DATA,
        State.NO_DATA,
        State.RUNNING,
        State.AHEAD,
    ]
    assert [month.known for month in found[:5]] == [True, False, False, True, False]
    assert (year_of(found).with_data, year_of(found).without_data) == (2, 2)


def test_what_is_not_known_is_never_written_as_nought() -> None:
    unknown = counts_of(Figures(no_data=40), known=False)

    assert {name for name in COUNTS if unknown[name] is None} == set(COUNTS) - {"sessions_without_data"}
    assert unknown["sessions_without_data"] == 40


def test_a_perfect_month_is_one_s_own_from_the_first_to_the_last_day() -> None:
    whole = months({0: PERFECT})[0]
    from_the_second = months({0: PERFECT}, Here(days=days("2026-01-02", "2026-12-31")))[0]
    marred = months({0: Figures(on_time=39, marred=1, late=1, late_seconds=400)})[0]

    assert (whole.perfect, from_the_second.perfect, marred.perfect) == (True, False, False)


def test_before_the_unit_went_live_the_month_is_known_in_part_only() -> None:
    monday, thursday = (day_of(date(2026, 2, number)) for number in (2, 5))

    from_monday = months({1: PERFECT}, Here(days=YEAR.days, since=monday))[1]
    from_thursday = months({1: PERFECT}, Here(days=YEAR.days, since=thursday))[1]

    assert (from_monday.state, from_monday.perfect) == (State.WHOLE, True)  # the first was a Sunday
    assert (from_thursday.state, from_thursday.perfect) == (State.PART, False)


def test_a_unit_s_month_is_known_no_better_than_its_people_s() -> None:
    known, unknown = months({0: PERFECT}), months({})
    left = months({0: PERFECT}, Here(days=days("2026-01-01", "2026-01-31")))

    found = together([known, unknown, left], YEAR.months)

    assert [month.state for month in found[:2]] == [State.PART, State.NO_DATA]
    assert found[0].figures.on_time == 80


def reminder(number: int, on: str) -> ReminderRow:
    return ReminderRow(
        id=number,
        person_id=1,
        issuer="UBND xã",
        number=f"{number}/TB",
        issued_on=date.fromisoformat(on),
        rule_cited="Điều 5",
        about=(),
    )


def test_a_second_reminder_within_twelve_months_names_the_first() -> None:
    first, second = with_repeats([reminder(2, "2026-02-10"), reminder(1, "2025-03-01")])

    assert first.after is None
    assert second.after is not None
    assert second.after.number == "1/TB"
    assert second.window_ends_on == date(2027, 2, 10)


@pytest.mark.parametrize(("later", "repeats"), [("2026-03-01", True), ("2026-03-02", False)])
def test_the_day_twelve_months_later_still_counts_and_the_next_does_not(later: str, repeats: bool) -> None:
    _, second = with_repeats([reminder(1, "2025-03-01"), reminder(2, later)])

    assert (second.after is not None) is repeats


def test_months_later_keeps_to_the_month_s_last_day() -> None:
    assert months_later(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_later(date(2025, 12, 31), 2) == date(2026, 2, 28)
    assert months_later(date(2026, 1, 31), -12) == date(2025, 1, 31)


@pytest.mark.parametrize(
    ("seconds", "percent", "level"),
    [
        (32 * HOUR - 1, 79, CapLevel.BELOW),
        (32 * HOUR, 80, CapLevel.NEAR),
        (40 * HOUR - 1, 99, CapLevel.NEAR),
        (40 * HOUR, 100, CapLevel.REACHED),
    ],
)
def test_a_cap_warns_at_80_and_at_100_per_cent(seconds: int, percent: int, level: CapLevel) -> None:
    use = Use(used_seconds=seconds, cap_hours=PROFILES["labour_code"].month_hours)

    assert (use.percent, use.level) == (percent, level)
