"""The strip of a terminal: each hour in its place by its own clock, few shapes, the same in figures."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from monitor.rules.wallclock import seconds_of
from monitor.store.queries.terminal_cards import Card, Hour
from monitor.store.queries.watch import Watched
from monitor.web.strip import FAILED, MIXED, READ, drawing, strip_of

NOW = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
CLOCK = seconds_of(datetime(2026, 3, 2, 10, 30))


def card(
    hours: tuple[Hour, ...] = (),
    gaps: tuple[tuple[int, int], ...] = (),
    *,
    state: str = "good",
    off: bool = False,
) -> Card:
    told = dict.fromkeys(Card.__dataclass_fields__)
    about = dict.fromkeys(Watched.__dataclass_fields__)
    terminal = Watched(**about | {"id": 1, "timezone": "Asia/Ho_Chi_Minh", "switched_off": off})  # type: ignore[arg-type]  # what a strip does not ask for
    return Card(**told | {"terminal": terminal, "state": state, "hours": hours, "gaps": gaps})  # type: ignore[arg-type]  # likewise


def hour(moment: str, good: int = 1, failed: int = 0) -> Hour:
    return Hour(starts_at=datetime.fromisoformat(moment).replace(tzinfo=UTC), good=good, failed=failed)


def test_hours_stand_on_the_day_and_hour_of_the_terminals_own_clock() -> None:
    strip = strip_of(
        card((hour("2026-03-01 16:00", 2), hour("2026-03-01 17:00", 1, 3), hour("2026-03-02 01:00", 0, 2))),
        NOW,
    )
    sunday, monday = strip.days[-2:]
    assert sunday.hours == {23: READ}
    assert monday.hours == {0: MIXED, 8: FAILED}
    assert monday.failed_hours == [0, 8]
    assert (strip.good, strip.failed, len(strip.days)) == (3, 5, 7)


def test_a_gap_is_cut_at_midnight_and_counted_once() -> None:
    start = seconds_of(datetime(2026, 2, 28, 22))
    strip = strip_of(card(gaps=((start, start + 4 * 3600 - 1),), state="lost"), NOW)
    assert [day.missing_seconds for day in strip.days] == [0, 0, 0, 0, 7200, 7200, 0]
    assert strip.gaps == ((start, start + 4 * 3600 - 1),)


@pytest.mark.parametrize(("state", "missing"), [("good", 0), ("late", 1801), ("lost", 1801)])
def test_what_is_yet_to_be_read_is_missing_only_where_the_terminal_does_not_answer(
    state: str, missing: int
) -> None:
    assert strip_of(card(gaps=((CLOCK - 1800, CLOCK),), state=state), NOW).missing_seconds == missing


def test_the_worst_week_has_fewer_than_400_shapes_and_no_style_of_its_own() -> None:
    first = datetime(2026, 2, 23, 17, tzinfo=UTC)
    hours = tuple(
        Hour(starts_at=first + timedelta(hours=number), good=1, failed=number % 2) for number in range(168)
    )
    start = CLOCK // 86_400 * 86_400 - 6 * 86_400
    gaps = tuple((start + number * 1200, start + number * 1200 + 600) for number in range(500))
    drawn = str(drawing(strip_of(card(hours, gaps, state="lost"), NOW)))
    assert 100 < len(re.findall("<rect|<line", drawn)) < 400
    assert "style" not in drawn
    assert "<text" not in drawn


def test_a_terminal_that_is_off_is_not_missed() -> None:
    strip = strip_of(card(off=True, state="off"), NOW)
    assert not strip.watched
    assert "s-log" not in drawing(strip)
