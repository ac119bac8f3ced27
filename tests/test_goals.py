"""The table of goals finds its figures in what was kept, and says of each whether it holds."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.goals import GOALS, measured
from benchmarks.page import picture, table


def test_every_kept_file_has_the_figures_that_goals_ask_for() -> None:
    rows = list(measured())

    assert len(rows) == len(GOALS)
    assert sum(row.value is not None for row in rows) > 10
    ElementTree.fromstring(picture(rows))  # noqa: S314 - drawn here


@pytest.mark.parametrize(("ratio", "said"), [(31.0, "holds"), (29.9, "DOES NOT HOLD: the B-trees")])
def test_a_goal_holds_from_its_limit_on(ratio: float, said: str, tmp_path: Path) -> None:
    kept = {"on": "2026-11-22", "machine": {"load_before": 0.5}, "figures": {"ratios": {"ingest": ratio}}}
    (tmp_path / "ingest.json").write_text(json.dumps(kept), encoding="utf-8")

    first, *others = measured(tmp_path)

    assert first.said.startswith(said)
    assert {row.said for row in others} == {"not measured"}
    assert f"{ratio:.2f} x" in "\n".join(table([first]))


def test_a_figure_that_a_run_could_not_take_is_not_measured_and_hides_no_other(tmp_path: Path) -> None:
    """A small run has no office of 250,000 person-days; that of 66,000 stays."""
    figures = {"offices": [{"person_days": 66_000, "ratio": 191.0}]}
    kept = {"on": "2026-11-24", "machine": {"load_before": 0.5}, "figures": figures}
    (tmp_path / "rules.json").write_text(json.dumps(kept), encoding="utf-8")

    said = [row.said for row in measured(tmp_path) if row.goal.file == "rules"]

    assert said == ["holds", "not measured"]
