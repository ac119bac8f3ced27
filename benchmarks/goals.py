"""What the benchmarks are to reach, where each figure is found, and why one that is missed is missed."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from benchmarks.measured import MEGA, RESULTS

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A figure of a file in benchmarks/results, and the limit that it keeps to or reaches (`at_least`).

    A figure is None where the run could not take it. `missed` says what is known of why, wherever it does
    not hold.
    """

    what: str
    file: str
    figure: Callable[[Figures], float | None]
    limit: float
    unit: str
    at_least: bool = False
    missed: str = "not known why"


def _board(figures: Figures) -> float:
    return max(float(one["server_median_ms"]) for one in figures["kept"].values())


def _larger(figures: Figures, way: str) -> float:
    before = figures[way]["whole office"]["server_median_ms"]
    return float(figures["larger"][way]["server_median_ms"]) / float(before)


def _against_the_twin(figures: Figures, person_days: int) -> float | None:
    """The ratio of the smallest office with at least so many person-days."""
    offices = sorted(figures["offices"], key=itemgetter("person_days"))
    return next((float(each["ratio"]) for each in offices if each["person_days"] >= person_days), None)


GOALS = (
    Goal(
        what="punches into SQLite, add_all / columns",
        file="ingest",
        figure=lambda found: found["ratios"]["ingest"],
        limit=30,
        unit="x",
        at_least=True,
        missed="the B-trees of a table with four keys; we keep the indexes",
    ),
    Goal(
        what="punches into PostgreSQL, add_all / columns",
        file="ingest_postgres",
        figure=lambda found: found["ratios"]["ingest"],
        limit=15,
        unit="x",
        at_least=True,
        missed="of 340 ms the server takes 180 for four B-trees by month; the rest travels and is copied",
    ),
    Goal(
        what="records unchanged on PostgreSQL, COPY of all / comparing",
        file="ingest_postgres",
        figure=lambda found: found["ratios"]["unchanged_of_bulk"],
        limit=3,
        unit="x",
        at_least=True,
        missed="reading what is stored costs the server a good part of what writing by COPY costs",
    ),
    Goal(
        what="the same, deleting and inserting rows / comparing",
        file="ingest_postgres",
        figure=lambda found: found["ratios"]["unchanged"],
        limit=3,
        unit="x",
        at_least=True,
    ),
    Goal(
        what="a province's year rebuilt on SQLite",
        file="rebuild",
        figure=lambda found: min(found["one_process"]["seconds"], found["several"]["seconds"]),
        limit=60,
        unit="s",
        missed="by a little; one process reads, judges and writes",
    ),
    Goal(
        what="a province's year rebuilt on PostgreSQL",
        file="rebuild_postgres",
        figure=lambda found: min(found["one_process"]["seconds"], found["several"]["seconds"]),
        limit=60,
        unit="s",
        missed="one process of the server writes 7.6 million rows with their keys, with its usual settings",
    ),
    Goal(
        what="rebuilding on SQLite, one process / two workers",
        file="rebuild",
        figure=lambda found: found["one_process"]["seconds"] / found["several"]["seconds"],
        limit=1.4,
        unit="x",
        at_least=True,
        missed="two thirds of the work is writing, which one process does while two share two cores with it",
    ),
    Goal(
        what="rebuilding on PostgreSQL, one process / two workers",
        file="rebuild_postgres",
        figure=lambda found: found["one_process"]["seconds"] / found["several"]["seconds"],
        limit=1.4,
        unit="x",
        at_least=True,
        missed="one process of the server writes what all have judged, and takes most of the time",
    ),
    Goal(
        what="judging from columns, one process / two workers",
        file="country",
        figure=lambda found: found["one_worker"] / found["workers"],
        limit=1.4,
        unit="x",
        at_least=True,
        missed="the second core was busy with other work",
    ),
    Goal(
        what="the country's month, columns in, files out",
        file="country",
        figure=lambda found: found["minutes_of_processor_for_all"],
        limit=10,
        unit="min",
    ),
    Goal(
        what="memory of one of its workers",
        file="country",
        figure=lambda found: found["peak"] / MEGA,
        limit=2_000,
        unit="MB",
    ),
    Goal(
        what="pull of 100,000 records, stored",
        file="pull",
        figure=lambda found: found["ours"]["seconds"],
        limit=5,
        unit="s",
    ),
    Goal(
        what="late punches accepted, computed, written, p99",
        file="refresh",
        figure=lambda found: found["alone"]["p99_ms"],
        limit=50,
        unit="ms",
        missed="work, and a machine on which the same small loop takes now once, now 1.9 times its time",
    ),
    Goal(
        what="the board as served, slowest of three, median",
        file="pages",
        figure=_board,
        limit=15,
        unit="ms",
    ),
    Goal(
        what="the board of 30,000 people / of 3,000, as served, median",
        file="pages_larger",
        figure=lambda found: _larger(found, "kept"),
        limit=1.2,
        unit="x",
    ),
    Goal(
        what="the same, made anew for every request",
        file="pages_larger",
        figure=lambda found: _larger(found, "anew"),
        limit=1.2,
        unit="x",
        missed="it counts everybody's day again; it is made once for all who look, when something was stored",
    ),
    Goal(
        what="rules, 66,000 person-days, one by one / columns",
        file="rules",
        figure=lambda found: _against_the_twin(found, 66_000),
        limit=40,
        unit="x",
        at_least=True,
    ),
    Goal(
        what="the same, 250,000 person-days",
        file="rules",
        figure=lambda found: _against_the_twin(found, 250_000),
        limit=50,
        unit="x",
        at_least=True,
    ),
    Goal(
        what="engine / polars, 7.5 million person-days",
        file="columns",
        figure=lambda found: found["engine"]["seconds"] / found["polars"]["seconds"],
        limit=1,
        unit="x",
    ),
    Goal(
        what="engine / duckdb, 7.5 million person-days",
        file="columns",
        figure=lambda found: found["engine"]["seconds"] / found["duckdb"]["seconds"],
        limit=1,
        unit="x",
    ),
    Goal(
        what="engine / pandas, 7.5 million person-days",
        file="columns",
        figure=lambda found: found["engine"]["seconds"] / found["pandas"]["seconds"],
        limit=1,
        unit="x",
    ),
    Goal(
        what="report after Tết, 9,000 people",
        file="inspection",
        figure=lambda found: found["seconds"],
        limit=1,
        unit="s",
    ),
    Goal(
        what="workbook of 30,000 people",
        file="sheets",
        figure=lambda found: found["workbook_seconds"],
        limit=10,
        unit="s",
    ),
    Goal(
        what="import of 10,000 people",
        file="import",
        figure=lambda found: found["seconds"],
        limit=20,
        unit="s",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A goal with its figure, when it was taken, at which load; None: there is no file of it."""

    goal: Goal
    value: float | None
    on: str = ""
    load: float = 0.0
    extrapolated: bool = False

    @property
    def holds(self) -> bool:
        """Whether the goal is reached."""
        if self.value is None:
            return False
        return self.value >= self.goal.limit if self.goal.at_least else self.value < self.goal.limit

    @property
    def said(self) -> str:
        """In a word, or why not."""
        if self.value is None:
            return "not measured"
        if self.holds:
            return "holds, extrapolated" if self.extrapolated else "holds"
        return f"DOES NOT HOLD: {self.goal.missed}"


def measured(results: Path = RESULTS) -> Iterator[Measured]:
    """Every goal with the figure that was kept of it."""
    for goal in GOALS:
        path = results / f"{goal.file}.json"
        if not path.exists():
            yield Measured(goal=goal, value=None)
            continue
        kept = json.loads(path.read_text(encoding="utf-8"))
        figure = goal.figure(kept["figures"])
        yield Measured(
            goal=goal,
            value=None if figure is None else float(figure),
            on=kept["on"],
            load=float(kept["machine"]["load_before"]),
            extrapolated=bool(kept["figures"].get("extrapolated", False)),
        )
