"""Drawings of an inspection report: days around a break, the arrival curve, one small drawing per unit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from markupsafe import Markup

from monitor.inspections.arrivals import Arrivals
from monitor.inspections.report import Report
from monitor.inspections.totals import Totals, percent
from monitor.rules.wallclock import date_of
from monitor.store.queries.tree import UnitRow
from monitor.web.language import _, day_text

HEIGHT, TOP, BOTTOM = 190, 24, 40
"""Of the drawing of days in pixels: room for figures above and dates below. Widths are per cent."""
GAP = 9.0
SMALL_HEIGHT = 36
FIRST_MINUTE, LAST_MINUTE = 360, 600
HOURS = tuple(
    (round(100 * (minute - FIRST_MINUTE) / (LAST_MINUTE - FIRST_MINUTE), 2), f"{minute // 60:02}:00")
    for minute in range(FIRST_MINUTE, LAST_MINUTE + 1, 60)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The inside of an SVG, and the sentence that says the same."""

    inside: Markup
    label: str


def _safe(parts: Iterable[str]) -> Markup:
    return Markup("".join(parts))  # noqa: S704 - numbers, our own class names and dates only


def window_chart(report: Report) -> Drawing:
    """Who was there at the clock time, day by day; the break is a gap with a torn axis."""
    spots = _spots(report)
    floor = HEIGHT - BOTTOM
    parts = [f'<line class="c-axis" x1="0" x2="100%" y1="{floor}" y2="{floor}"/>']
    for day, left, width in spots:
        parts += _column(report, day, left, width, floor)
    parts += _tears(report, spots, floor)
    told = "; ".join(
        f"{day_text(day)}: {_rate_words(report.whole(day).present_at, report.whole(day))}"
        for day in report.days
    )
    return Drawing(inside=_safe(parts), label=_("Có mặt đúng thời điểm theo ngày: {told}", told=told))


def _spots(report: Report) -> list[tuple[int, float, float]]:
    """Where each day's column stands: left edge and width in per cent."""
    gaps = _gaps(report)
    width = (100 - GAP * len(gaps)) / max(len(report.days), 1)
    found, left = [], 0.0
    for day in report.days:
        left += GAP if day in gaps else 0
        found.append((day, left, width))
        left += width
    return found


def _gaps(report: Report) -> frozenset[int]:
    """The days before which the break lies."""
    marks = list(report.marks.items())
    pairs = pairwise(marks)
    return frozenset(day for (_day, before), (day, now) in pairs if before == "before" and now != "before")


def _column(report: Report, day: int, left: float, width: float, floor: int) -> Iterator[str]:
    totals, middle = report.whole(day), left + width / 2
    heights = [
        (kind, floor - _tall(rate, floor))
        for kind, rate in (
            ("", _rate(totals.present_at, totals)),
            ("c-before", _compared_rate(report.whole_baseline(day))),
            ("c-last", _compared_rate(report.whole_last_year(day))),
        )
        if rate is not None
    ]
    for kind, at in heights:
        if kind:
            edges = f'x1="{left + width * 0.08:.2f}%" x2="{left + width * 0.92:.2f}%"'
            yield f'<line class="{kind}" {edges} y1="{at:.1f}" y2="{at:.1f}"/>'
        else:
            bar = f"c-bar c-{report.marks[day] or 'day'}"
            yield _rectangle(bar, left + width * 0.2, width * 0.6, at, floor - at)
    # The figure stands above everything, or a line would strike it out.
    above = min((at for _kind, at in heights), default=float(floor)) - 6
    rate = _rate(totals.present_at, totals)
    figure = "?" if rate is None else f"{rate:.0f}"
    yield f'<text class="c-figure" x="{middle:.2f}%" y="{above:.1f}" text-anchor="middle">{figure}</text>'
    on = date_of(day)
    yield f'<text class="c-date" x="{middle:.2f}%" y="{floor + 16}" text-anchor="middle">{on:%d/%m}</text>'
    if report.marks[day]:
        sign = {"before": "◂", "day_1": "1", "bridge": "▸"}[report.marks[day]]
        yield f'<text class="c-sign" x="{middle:.2f}%" y="{floor + 33}" text-anchor="middle">{sign}</text>'


def _tears(report: Report, spots: list[tuple[int, float, float]], floor: int) -> Iterator[str]:
    for day, left, _width in spots:
        if day in _gaps(report):
            middle = left - GAP / 2
            yield f'<svg x="{middle:.2f}%" y="{floor - 9}" overflow="visible">'
            yield '<path class="c-tear" d="M-7 14 L-2 4 L2 14 L7 4"/></svg>'
            line = f'x1="{middle:.2f}%" x2="{middle:.2f}%" y1="{TOP}" y2="{floor - 8}"'
            yield f'<line class="c-gap" {line}/>'


def _rate(part: int, totals: Totals) -> Decimal | None:
    return percent(part, totals.known) if totals.enough else None


def _compared_rate(totals: Totals | None) -> Decimal | None:
    return None if totals is None else _rate(totals.present_at, totals)


def _rate_words(part: int, totals: Totals) -> str:
    if not totals.enough:
        return _("Không đủ dữ liệu")
    return f"{part}/{totals.known}"


def _tall(rate: Decimal, floor: int) -> float:
    """Rates begin at nought: half as many is half as tall."""
    return float(rate) * (floor - TOP) / 100


def _rectangle(kind: str, left: float, width: float, top: float, tall: float) -> str:
    place = f'x="{left:.2f}%" y="{top:.1f}" width="{width:.2f}%" height="{tall:.1f}"'
    return f'<rect class="{kind}" {place}/>'


def arrival_curve(arrived: Arrivals, check_second: int) -> Drawing | None:
    """The share that has arrived by each minute, against the normal days; None without enough people."""
    totals = Totals(expected=arrived.known, present=arrived.known)
    if not totals.enough or not arrived.day:
        return None
    at = 100 * (check_second / 60 - FIRST_MINUTE) / (LAST_MINUTE - FIRST_MINUTE)
    parts = [f'<line class="k-check" x1="{at:.2f}" x2="{at:.2f}" y1="0" y2="100"/>']
    if arrived.before_known:
        parts.append(f'<path class="k-before" d="{_steps(arrived.before, arrived.before_known)}"/>')
    parts.append(f'<path class="k-day" d="{_steps(arrived.day, arrived.known)}"/>')
    minute = check_second // 60
    values = {
        "clock": f"{minute // 60:02}:{minute % 60:02}",
        "now": _share(arrived.day, arrived.known, minute),
        "before": _share(arrived.before, arrived.before_known, minute),
    }
    words = _("Đến {clock}: {now} đã vào; bốn tuần trước: {before}", **values)
    return Drawing(inside=_safe(parts), label=words)


def _steps(found: Iterable[tuple[int, int]], known: int) -> str:
    """A path of steps in a square of 100 by 100; minutes outside the axis count at its ends."""
    parts, high = ["M0 100"], 100.0
    for minute, people in found:
        across = 100 * (min(max(minute, FIRST_MINUTE), LAST_MINUTE) - FIRST_MINUTE)
        wide = across / (LAST_MINUTE - FIRST_MINUTE)
        parts.append(f"L{wide:.2f} {high:.2f}")
        high = 100 - min(100.0, 100 * people / known)
        parts.append(f"L{wide:.2f} {high:.2f}")
    return " ".join([*parts, f"L100 {high:.2f}"])


def _share(found: Iterable[tuple[int, int]], known: int, minute: int) -> str:
    reached = [people for at, people in found if at <= minute]
    share = percent(reached[-1] if reached else 0, known)
    return "–" if share is None else f"{share:.0f} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiple:
    """One unit's small drawing."""

    unit: UnitRow
    drawing: Drawing


def multiples(report: Report) -> list[Multiple]:
    """One small drawing for each unit of the two upper levels with enough people, the same scale for all."""
    found = []
    for place, depth in enumerate(report.places.depth):
        line = report.line(place, report.first_day)
        if depth <= 1 and line.totals.enough:
            found.append(Multiple(unit=line.unit, drawing=_small(report, place)))
    return found


def _small(report: Report, place: int) -> Drawing:
    parts, told = [], []
    for day, left, width in _spots(report):
        line = report.line(place, day)
        rate = _rate(line.totals.present_at, line.totals)
        told.append(f"{day_text(day)}: {_rate_words(line.totals.present_at, line.totals)}")
        if rate is not None:
            tall = float(rate) * SMALL_HEIGHT / 100
            mark = report.marks[day] or "day"
            parts.append(
                _rectangle(f"c-bar c-{mark}", left + width * 0.15, width * 0.7, SMALL_HEIGHT - tall, tall)
            )
        before = _rate(line.baseline.present_at, line.baseline)
        if before is not None:
            at = SMALL_HEIGHT - float(before) * SMALL_HEIGHT / 100
            edges = f'x1="{left:.2f}%" x2="{left + width:.2f}%"'
            parts.append(f'<line class="c-before" {edges} y1="{at:.1f}" y2="{at:.1f}"/>')
    return Drawing(inside=_safe(parts), label="; ".join(told))
