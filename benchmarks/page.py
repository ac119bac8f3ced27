"""All goals beside what was measured: a table to read, and docs/benchmarks.svg to look at, from kept figures.

    python -m benchmarks.page [--check]

`--check` draws nothing and fails where the picture is not that of benchmarks/results.
"""

import math
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from benchmarks.goals import Measured, measured

PICTURE = Path(__file__).parent.parent / "docs" / "benchmarks.svg"
ROW, TOP, WORDS, WIDTH, FACTOR = 26, 48, 400, 980, 4
"""Height of a row, of what is above; where bars begin; the whole; bars end at the goal × or ÷ so much."""
HOLDS, MISSED, LINE = "#2e7d32", "#c62828", "#555555"


def table(rows: Sequence[Measured]) -> Iterator[str]:
    """A line for each goal."""
    yield f"{'goal':<58} {'limit':>11} {'measured':>11}  {'taken':<10} load"
    for row in rows:
        sign = "≥" if row.goal.at_least else "<"
        limit = f"{sign} {row.goal.limit:,g} {row.goal.unit}"
        value = "–" if row.value is None else f"{row.value:,.2f} {row.goal.unit}"
        yield f"{row.goal.what:<58} {limit:>11} {value:>11}  {row.on:<10} {row.load:>4.1f}  {row.said}"
    yield f"{sum(row.holds for row in rows)} of {len(rows)} goals hold"


def picture(rows: Sequence[Measured]) -> str:
    """A bar for each goal: how far beyond the limit (to the right) or short of it, by a logarithm."""
    height = TOP + ROW * len(rows) + 12
    middle = WORDS + (WIDTH - WORDS - 110) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        ' font-family="sans-serif" font-size="13">',
        "<title>Goals and what was measured</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{middle}" y="20" text-anchor="middle" fill="{LINE}">goal</text>',
        f'<text x="{middle + 12}" y="38" fill="{HOLDS}">better →</text>',
        f'<text x="{middle - 12}" y="38" text-anchor="end" fill="{MISSED}">← short of it</text>',
        *(line for at, row in enumerate(rows) for line in _drawn(row, TOP + ROW * at, middle)),
        f'<line x1="{middle}" y1="26" x2="{middle}" y2="{height - 8}" stroke="{LINE}"/>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _drawn(row: Measured, top: int, middle: float) -> Iterator[str]:
    text = top + 17
    yield f'<text x="8" y="{text}">{escape(row.goal.what)}</text>'
    told = "not measured" if row.value is None else f"{row.value:,.2f} {row.goal.unit}"
    colour = HOLDS if row.holds else MISSED
    yield f'<text x="{WIDTH - 8}" y="{text}" text-anchor="end" fill="{colour}">{escape(told)}</text>'
    if row.value:
        better = row.value / row.goal.limit if row.goal.at_least else row.goal.limit / row.value
        reach = (WIDTH - WORDS - 110) / 2
        length = max(min(math.log(better) / math.log(FACTOR), 1), -1) * reach
        left, width = min(middle, middle + length), abs(length)
        yield f'<rect x="{left:.1f}" y="{top + 5}" width="{width:.1f}" height="16" fill="{colour}"/>'


def main() -> None:
    arguments = ArgumentParser(description=(__doc__ or "").split("\n")[0])
    arguments.add_argument("--check", action="store_true")
    asked = arguments.parse_args()
    rows = list(measured())
    drawn = picture(rows)
    if asked.check:
        sys.exit(None if PICTURE.exists() and PICTURE.read_text(encoding="utf-8") == drawn else 1)
    PICTURE.write_text(drawn, encoding="utf-8")
    print("\n".join(table(rows)))


if __name__ == "__main__":
    main()
