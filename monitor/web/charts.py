"""Small drawings as the inside of an SVG: bars from zero, dots of arrivals; positions in per cent, no text.

Numbers and our own class names only, so nothing needs escaping.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

HEIGHT = 28
PLOT_HEIGHT = 160
MINUTE = 60


def spark(shares: Sequence[float | None]) -> Markup:
    """One column for each share of 1, from zero to the full height; dotted where there is none."""
    step = 100 / max(len(shares), 1)
    drawn = [_column(place * step, step * 0.76, share) for place, share in enumerate(shares)]
    return _inside([*drawn, _line("c-base", 0, 100, HEIGHT, HEIGHT)])


def _column(x: float, width: float, share: float | None) -> str:
    if share is None:
        return _rectangle("c-none", x, width, 0, HEIGHT)
    height = share * HEIGHT
    return _rectangle("c-share", x, width, HEIGHT - height, height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Arrivals of ten minutes (by their first second of the day) as shares of all, now and before."""

    starts: int
    count: int
    before: int
    share: float
    share_before: float


def bins(now: Mapping[int, int], before: Mapping[int, int], *, step: int, most: int = 36) -> list[Bin]:
    """Both distributions over the same times; outliers are counted in the first and the last bin.

    The bins reach from the 1st to the 99th hundredth of all arrivals, at most `most` of them.
    """
    together = {at: now.get(at, 0) + before.get(at, 0) for at in {*now, *before}}
    if not together:
        return []
    first, last = _middle(together)
    last = min(last, first + (most - 1) * step)
    folded = [_folded(one, first, last) for one in (now, before)]
    sums = [max(sum(one.values()), 1) for one in folded]
    return [
        Bin(
            starts=at,
            count=folded[0].get(at, 0),
            before=folded[1].get(at, 0),
            share=folded[0].get(at, 0) / sums[0],
            share_before=folded[1].get(at, 0) / sums[1],
        )
        for at in range(first, last + step, step)
    ]


def _middle(counts: Mapping[int, int]) -> tuple[int, int]:
    """The bins in which the first and the last hundredth end."""
    edge, seen = sum(counts.values()) / 100, 0
    first, last = min(counts), max(counts)
    for at in sorted(counts):
        first = at if seen <= edge else first
        seen += counts[at]
        if seen >= 99 * edge:
            last = at
            break
    return first, last


def _folded(counts: Mapping[int, int], first: int, last: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for at, count in counts.items():
        place = min(max(at, first), last)
        found[place] = found.get(place, 0) + count
    return found


def histogram(found: Sequence[Bin]) -> Markup:
    """Two columns for each bin, from zero: filled for now, hatched for before."""
    highest = max((max(one.share, one.share_before) for one in found), default=0) or 1
    step = 100 / max(len(found), 1)
    drawn = []
    for place, one in enumerate(found):
        for at, kind, share in ((0.08, "c-before", one.share_before), (0.5, "c-share", one.share)):
            height = share / highest * PLOT_HEIGHT
            drawn.append(_rectangle(kind, (place + at) * step, step * 0.42, PLOT_HEIGHT - height, height))
    return _inside([*drawn, _line("c-base", 0, 100, PLOT_HEIGHT, PLOT_HEIGHT)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When somebody came on a day, and when the session began; seconds of the day."""

    day: int
    at: int
    due: int
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Arrivals of some weeks on a scale of full half hours."""

    days: range
    dots: tuple[Arrival, ...]
    earliest: int
    latest: int

    @property
    def hours(self) -> list[tuple[float, int]]:
        """Heights (per cent from above) and seconds of the day of the lines across, few enough to read."""
        length = self.latest - self.earliest
        step = next(step for step in (1800, 3600, 7200, 14_400, 86_400) if length <= 5 * step)
        first = -(-self.earliest // step) * step
        return [
            (round(100 * (at - self.earliest) / length, 2), at) for at in range(first, self.latest + 1, step)
        ]


def arrivals_of(days: range, dots: Iterable[Arrival]) -> Arrivals | None:
    """The plot's scale; None without an arrival."""
    found = tuple(dots)
    if not found:
        return None
    moments = [moment for one in found for moment in (one.at, one.due)]
    earliest, latest = min(moments) // 1800 * 1800, (max(moments) // 1800 + 1) * 1800
    return Arrivals(days=days, dots=found, earliest=earliest, latest=latest)


def plot(shown: Arrivals) -> Markup:
    """A dot for each arrival above the day, a short line where the session began; later is lower."""
    length, step = shown.latest - shown.earliest, 100 / len(shown.days)
    parts = [_line("c-grid", 0, 100, height, height, unit="%") for height, _ in shown.hours]
    for one in shown.dots:
        x = (one.day - shown.days.start) * step
        due, at = ((moment - shown.earliest) / length * 100 for moment in (one.due, one.at))
        parts.append(_line("c-due", x, x + step, due, due, unit="%"))
        parts.append(_dot("c-late" if one.late else "c-dot", x + step / 2, at))
    return _inside(parts)


def _dot(kind: str, x: float, y: float) -> str:
    """A ring for who was late, a disc for who was not."""
    return f'<circle class="{kind}" cx="{x:.2f}%" cy="{y:.2f}%" r="3"/>'


def _rectangle(kind: str, x: float, width: float, y: float, height: float) -> str:
    place = f'x="{x:.2f}%" y="{y:.2f}" width="{width:.2f}%" height="{height:.2f}"'
    return f'<rect class="{kind}" {place}/>'


def _line(kind: str, x1: float, x2: float, y1: float, y2: float, *, unit: str = "") -> str:
    across = f'x1="{x1:.2f}%" x2="{x2:.2f}%"'
    return f'<line class="{kind}" {across} y1="{y1:.2f}{unit}" y2="{y2:.2f}{unit}"/>'


def _inside(parts: Iterable[str]) -> Markup:
    return Markup("".join(parts))  # noqa: S704 - see the top
