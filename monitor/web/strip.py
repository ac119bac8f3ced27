"""The strip of a terminal: seven days of 24 hours, readings above, what its log leaves open below."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from markupsafe import Markup

from monitor.rules.wallclock import DAY_SECONDS, seconds_of
from monitor.store.queries.spans import Span
from monitor.store.queries.terminal_cards import GOOD, STRIP_DAYS, Card

HOUR, HALF_HOUR = 3600, 1800
ROW_HEIGHT, READ_HEIGHT, LOG_TOP, LOG_HEIGHT, GAP_HEIGHT = 18, 8, 10, 4, 6
READ, MIXED, FAILED = "read", "mixed", "failed"
QUARTERS = (25, 50, 75)


@dataclass(frozen=True, slots=True, kw_only=True)
class StripDay:
    """A day by the terminal's own clock; `hours` are the kinds of the hours in which it was tried.

    `gaps` are parts of the day (wall-clock seconds, inclusive) for which its log is not known to be complete.
    """

    day: int
    good: int
    failed: int
    hours: dict[int, str]
    gaps: tuple[Span, ...]

    @property
    def missing_seconds(self) -> int:
        """How much of the day is open."""
        return sum(end - start + 1 for start, end in self.gaps)

    @property
    def failed_hours(self) -> list[int]:
        """The hours in which a reading failed."""
        return sorted(hour for hour, kind in self.hours.items() if kind != READ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The days, oldest first, and the gaps whole; `now` is the terminal's own wall clock.

    `watched` is False while it is off: then nothing is missed.
    """

    days: tuple[StripDay, ...]
    gaps: tuple[Span, ...]
    now: int
    watched: bool

    @property
    def good(self) -> int:
        """Readings that went well."""
        return sum(day.good for day in self.days)

    @property
    def failed(self) -> int:
        """Readings that failed."""
        return sum(day.failed for day in self.days)

    @property
    def missing_seconds(self) -> int:
        """How much of the week is open."""
        return sum(day.missing_seconds for day in self.days)


def strip_of(card: Card, now: datetime) -> Strip:
    """The strip of a card; `now` is aware."""
    zone = ZoneInfo(card.terminal.timezone)
    clock = seconds_of(now.astimezone(zone).replace(tzinfo=None, microsecond=0))
    first = clock // DAY_SECONDS - STRIP_DAYS + 1
    open_parts = _settled(card, clock)
    return Strip(
        days=tuple(_day(card, zone, day, open_parts) for day in range(first, first + STRIP_DAYS)),
        gaps=tuple(open_parts),
        now=clock,
        watched=not card.terminal.switched_off,
    )


def _settled(card: Card, clock: int) -> list[Span]:
    """The gaps; while a terminal answers, what it recorded since the last reading is not missing yet."""
    found = list(card.gaps)
    if found and card.state == GOOD and found[-1][1] >= clock - 1:
        found.pop()
    return found


def _day(card: Card, zone: ZoneInfo, day: int, open_parts: Iterable[Span]) -> StripDay:
    midnight, last = day * DAY_SECONDS, (day + 1) * DAY_SECONDS - 1
    good = failed = 0
    hours: dict[int, str] = {}
    for one in card.hours:
        local = seconds_of(one.starts_at.astimezone(zone).replace(tzinfo=None))
        if local // DAY_SECONDS == day:
            good, failed = good + one.good, failed + one.failed
            hours[local % DAY_SECONDS // HOUR] = READ if not one.failed else MIXED if one.good else FAILED
    parts = ((max(start, midnight), min(end, last)) for start, end in open_parts)
    gaps = tuple((start, end) for start, end in parts if start <= end)
    return StripDay(day=day, good=good, failed=failed, hours=hours, gaps=gaps)


def drawing(strip: Strip) -> Markup:
    """The inside of the SVG: at most 24 + 24 + 1 shapes a day and four lines, under 400 in all.

    Numbers and our own class names only, so nothing needs escaping; no text, for the drawing is stretched.
    """
    parts = [shape for row, day in enumerate(strip.days) for shape in _row(strip, day, row * ROW_HEIGHT)]
    height = STRIP_DAYS * ROW_HEIGHT
    lines = [_line("s-hour", at, 0, height) for at in QUARTERS]
    bottom = (STRIP_DAYS - 1) * ROW_HEIGHT
    present = _line("s-now", _at(strip.now % DAY_SECONDS), bottom, bottom + LOG_TOP + LOG_HEIGHT)
    return Markup("".join([*lines, *parts, present]))  # noqa: S704 - see above


def _row(strip: Strip, day: StripDay, top: int) -> Iterator[str]:
    for kind, run in groupby(range(24), lambda hour: day.hours.get(hour, "")):
        hours = list(run)
        if kind:
            yield _rectangle(f"s-{kind}", hours[0] * HOUR, (hours[-1] + 1) * HOUR, top + 1, READ_HEIGHT)
    if not strip.watched:
        return
    midnight = day.day * DAY_SECONDS
    yield _rectangle("s-log", 0, min(DAY_SECONDS, strip.now - midnight), top + LOG_TOP, LOG_HEIGHT)
    for start, end in _half_hours(day.gaps, midnight):
        yield _rectangle("s-gap", start, end, top + LOG_TOP - 1, GAP_HEIGHT)


def _half_hours(gaps: Iterable[Span], midnight: int) -> list[Span]:
    """The gaps as seconds of the day, widened to half hours: a shorter one would not be seen."""
    found: list[Span] = []
    for start, end in gaps:
        first = (start - midnight) // HALF_HOUR * HALF_HOUR
        last = -(-(end + 1 - midnight) // HALF_HOUR) * HALF_HOUR
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def _at(second: int) -> float:
    return round(100 * second / DAY_SECONDS, 2)


def _rectangle(kind: str, start: int, end: int, top: int, height: int) -> str:
    place = f'x="{_at(start)}%" y="{top}" width="{_at(end - start)}%" height="{height}"'
    return f'<rect class="{kind}" {place}/>'


def _line(kind: str, at: float, top: int, bottom: int) -> str:
    return f'<line class="{kind}" x1="{at}%" x2="{at}%" y1="{top}" y2="{bottom}"/>'


def first_of(now: datetime) -> datetime:
    """Since when the pages look back at readings."""
    return now - timedelta(days=STRIP_DAYS)
