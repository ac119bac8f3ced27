"""The small drawings: from zero, within their bounds, few shapes; bins that lose nobody."""

import re

from hypothesis import given
from hypothesis import strategies as st

from monitor.web.charts import HEIGHT, PLOT_HEIGHT, Arrival, arrivals_of, bins, histogram, plot, spark

STEP = 600
clocks = st.integers(0, 143).map(lambda number: number * STEP)
counts = st.dictionaries(clocks, st.integers(1, 200), max_size=30)
shares = st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=12)


def rectangles(drawing: str) -> list[dict[str, float | str]]:
    found = re.findall(
        r'<rect class="([\w-]+)" x="([\d.]+)%" y="([\d.]+)" width="([\d.]+)%" height="([\d.]+)"/>', drawing
    )
    return [
        {"kind": kind, "x": float(x), "y": float(y), "width": float(width), "height": float(height)}
        for kind, x, y, width, height in found
    ]


@given(shares)
def test_a_column_is_as_high_as_its_share_and_stands_on_the_ground(values: list[float | None]) -> None:
    drawn = rectangles(spark(values))

    assert len(drawn) == len(values)
    for value, column in zip(values, drawn, strict=True):
        assert column["kind"] == ("c-none" if value is None else "c-share")
        assert abs(float(column["y"]) + float(column["height"]) - HEIGHT) <= 0.02
        if value is not None:
            assert abs(float(column["height"]) - value * HEIGHT) <= 0.02
        assert float(column["x"]) + float(column["width"]) <= 100.02


@given(counts, counts)
def test_bins_count_everybody_once_in_a_row_of_equal_steps(
    now: dict[int, int], before: dict[int, int]
) -> None:
    found = bins(now, before, step=STEP)

    assert sum(one.count for one in found) == (sum(now.values()) if found else 0)
    assert sum(one.before for one in found) == (sum(before.values()) if found else 0)
    assert bool(found) == bool(now or before)
    assert [one.starts for one in found] == [found[0].starts + STEP * place for place in range(len(found))]
    assert len(found) <= 36


@given(counts, counts)
def test_a_distribution_is_drawn_from_zero_with_few_shapes(
    now: dict[int, int], before: dict[int, int]
) -> None:
    found = bins(now, before, step=STEP)
    drawn = rectangles(histogram(found))

    assert len(drawn) == 2 * len(found) < 400
    highest = max((float(one["height"]) for one in drawn), default=PLOT_HEIGHT)
    assert abs(highest - PLOT_HEIGHT) <= 0.02
    for one, column in zip(found, drawn[1::2], strict=True):
        peak = max(max(each.share, each.share_before) for each in found)
        assert abs(float(column["height"]) - one.share / peak * PLOT_HEIGHT) <= 0.02


def test_an_outlier_is_counted_at_the_edge() -> None:
    found = bins({27_000: 500, 0: 1, 80_400: 1}, {}, step=STEP)

    assert [(one.starts, one.count) for one in found] == [(27_000, 502)]


@given(st.lists(st.tuples(st.integers(0, 83), st.integers(0, 86_399), st.booleans()), max_size=84))
def test_every_arrival_is_a_dot_within_the_plot(rows: list[tuple[int, int, bool]]) -> None:
    dots = [Arrival(day=day, at=at, due=27_000, late=late) for day, at, late in rows]
    shown = arrivals_of(range(84), dots)

    assert (shown is None) == (not dots)
    if shown is not None:
        drawn = plot(shown)
        places = re.findall(r'<circle class="(c-\w+)" cx="([\d.]+)%" cy="([\d.]+)%"', drawn)
        assert [kind for kind, _, _ in places] == ["c-late" if one.late else "c-dot" for one in dots]
        assert all(0 <= float(x) <= 100 and 0 <= float(y) <= 100 for _, x, y in places)
        assert len(re.findall("<", drawn)) < 400
        assert 1 <= len(shown.hours) <= 6
