"""A regulation's week as a drawing: seven columns, hours downwards, one box a session."""

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

WIDTH, HEIGHT = 700, 240
COLUMN = WIDTH / 7
DAY = 24 * 60
FIRST, LAST = 6 * 60, 19 * 60
"""The hours that are drawn at least, in minutes; a session beyond them widens the drawing."""


def week_drawing(sessions: Iterable[Mapping[str, Any]]) -> Markup:
    """The inside of an SVG of 700 × 240; a session past midnight goes on in the next column."""
    parts = [part for session in sessions for part in _parts(session)]
    first = min((starts for _, starts, _ in parts), default=FIRST)
    last = max((ends for _, _, ends in parts), default=LAST)
    first, last = min(first, FIRST), max(last, LAST)
    scale = HEIGHT / (last - first)
    drawn = [_hour(hour * 60, first, scale) for hour in range(-(-first // 60), last // 60 + 1, 2)]
    drawn += [_column(place) for place in range(8)]
    drawn += [_box(weekday, starts - first, ends - first, scale) for weekday, starts, ends in parts]
    return Markup("").join(drawn)


def _parts(session: Mapping[str, Any]) -> Iterable[tuple[int, int, int]]:
    """(weekday 1–7, first minute, last minute) of each box."""
    starts, ends = _minutes(session["start"]), _minutes(session["end"])
    for weekday in session["weekdays"]:
        if ends > starts:
            yield weekday, starts, ends
        else:
            yield weekday, starts, DAY
            if ends:
                yield weekday % 7 + 1, 0, ends


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _hour(minute: int, first: int, scale: float) -> Markup:
    y = (minute - first) * scale
    return Markup('<line class="week-hour" x1="0" x2="700" y1="{y:.1f}" y2="{y:.1f}"/>').format(y=y)


def _column(place: int) -> Markup:
    return Markup('<line class="week-day" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="240"/>').format(
        x=place * COLUMN
    )


def _box(weekday: int, starts: int, ends: int, scale: float) -> Markup:
    place = {"x": (weekday - 1) * COLUMN + 6, "width": COLUMN - 12}
    return Markup(
        '<rect class="week-session" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
    ).format(y=starts * scale, height=(ends - starts) * scale, **place)
