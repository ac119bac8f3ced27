"""The arrival strip: who came in which five minutes, and the same as a table."""

import re
from dataclasses import replace

from monitor.rules.codes import Status
from monitor.rules.columns import DAY_SECONDS
from monitor.store.queries.board import SessionRow
from monitor.web.arrivals import HEIGHT, Arrivals, Column, arrival_drawing, arrivals
from tests.web.cast import DAY
from tests.web.conftest import LogIn
from tests.web.test_daybar import row

MIDNIGHT = DAY * DAY_SECONDS
MORNING = MIDNIGHT + 27_000


def came(*moments: int, late: int = 0) -> Arrivals | None:
    """Arrivals of one person each, seconds after 07:30; the last one is late."""
    people = {at: [session(MORNING + moment)] for at, moment in enumerate(moments)}
    if late:
        last = len(moments) - 1
        people[last] = [replace(people[last][0], late_seconds=late)]
    return arrivals(people, DAY)


def session(time_in: int) -> SessionRow:
    """A morning to which somebody came."""
    return replace(row(status=Status.ON_TIME), starts=MORNING, time_in=time_in)


def test_people_are_counted_by_five_minutes_and_the_late_among_them() -> None:
    found = came(-540, -500, -301, 730, late=730)

    assert found is not None
    assert found.columns == (
        Column(starts=MORNING - 600, people=3, late=0),
        Column(starts=MORNING + 600, people=1, late=1),
    )
    assert (found.people, found.late, found.due) == (4, 1, MORNING)
    assert (found.first, found.last, found.most.people) == (MORNING - 600, MORNING + 900, 3)


def test_only_the_first_arrival_before_noon_counts() -> None:
    afternoon = [session(MORNING + 21_600)]

    assert arrivals({1: afternoon}, DAY) is None
    assert came() is None


def test_the_fullest_column_reaches_the_top_and_the_late_stand_on_it() -> None:
    found = came(-540, -500, 0, late=400)
    assert found is not None

    drawn = str(arrival_drawing(found))

    heights = [float(number) for number in re.findall(r'height="([0-9.]+)"', drawn)]
    assert heights == [HEIGHT, 0, HEIGHT / 2]
    assert drawn.count('class="a-late"') == 1
    assert re.findall(">([0-9:]+)<", drawn) == ["07:00", "08:00", "09:00"]
    assert 'class="a-due"' in drawn


def test_the_board_tells_the_same_as_a_table_and_in_words(log_in: LogIn) -> None:
    text = log_in("nhansu").get("/don-vi/ubnd/ngay/2026-02-24").text

    rows = re.findall(
        r'<th scope="row">([0-9:]+)–[0-9:]+</th><td class="num">(\d+)</td><td class="num">(\d+)', text
    )
    assert rows == [("07:20", "6", "0"), ("07:25", "2", "0"), ("07:40", "1", "1")]
    assert "9 người từ 07:20 đến 07:45, đông nhất 07:20 (6 người), 1 người muộn" in text


def test_a_day_without_arrivals_has_no_strip(log_in: LogIn) -> None:
    assert "arrivals" not in log_in("nhansu").get("/don-vi/ubnd/ngay/2026-02-22").text
