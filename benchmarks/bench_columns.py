"""The whole rule book against polars, duckdb and pandas on one simple rule: a split shift with four marks.

    python -m benchmarks.bench_columns [--people 3125] [--full] [--record NAME]

All sides have the same punches, badges and expected days, and give IN, OUT, late, early and worked
seconds and the status of both sessions of every person-day, and how many of its punches became no mark;
the rows are compared one by one before any time counts. polars and duckdb run as they come, on all
cores, over everything at once, pandas on one; they know this one rule and nothing else. The engine runs
by unit and month as the product does, in as many processes as there are cores; it asks of every day also for
rosters, excuses, coverage and what else the rule book holds, and says why and by which punches. The
default is 0.75 million person-days, `--full` is 7.5 million.

Beside the seconds on the wall stand those of all processors, which a busy machine stretches less.
"""

import os
import time
from collections.abc import Callable
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd
import polars as pl

from benchmarks.measured import keep, machine, parser, processor_seconds, verdict
from benchmarks.split_shift import (
    A_END,
    B_END,
    CLOSES,
    OPENS,
    A,
    B,
    as_columns,
    blocks,
    in_processes,
    judged,
)
from benchmarks.split_shift_pandas import with_pandas
from monitor.rules.codes import Status
from monitor.rules.columns import DAY_SECONDS

MARKS = ("in_a", "out_a", "in_b", "out_b")
SESSIONS = (("a", A, A_END), ("b", B, B_END))


class Took(NamedTuple):
    """What a side took, on the wall and of all processors."""

    seconds: float
    processor: float


def tables(people: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Punches, badges, expected days, and what the engine says of them."""
    punches, days, said = [], [], []
    for first, (world, asked) in blocks(people):
        user = world.punches.device_user.astype(np.int64) + first
        punches.append(pl.DataFrame({"device_user": user.astype(np.int32), "time": world.punches.time}))
        days.append(pl.DataFrame({"person": (asked.person + first).astype(np.int32), "day": asked.day}))
        rows = pl.DataFrame(as_columns(judged((world, asked))[0]))
        said.append(rows.with_columns(person=(pl.col("person") + first).cast(pl.Int32)))
    everybody = np.arange(people, dtype=np.int32)
    badges = pl.DataFrame({"device_user": everybody, "person": everybody})
    return pl.concat(punches), badges, pl.concat(days), pl.concat(said)


def with_polars(punches: pl.DataFrame, badges: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Rules 3.3 and 4 for this one regulation, as a lazy query."""
    tod = pl.col("tod")
    left, right = tod < A_END, tod > B
    gap = ~left & ~right
    marks = (
        punches.lazy()
        .join(badges.lazy(), on="device_user")
        .with_columns(
            day=(pl.col("time") // DAY_SECONDS).cast(pl.Int32),
            tod=(pl.col("time") % DAY_SECONDS).cast(pl.Int32),
        )
        .filter(tod.is_between(OPENS, CLOSES))
        .group_by("person", "day")
        .agg(
            *(
                expression.alias(f"{side}_{name}")
                for side, here in (("l", left), ("g", gap), ("r", right))
                for name, expression in (
                    ("n", here.sum()),
                    ("first", tod.filter(here).min()),
                    ("last", tod.filter(here).max()),
                )
            )
        )
    )
    g, first, last = pl.col("g_n"), pl.col("g_first"), pl.col("g_last")
    near = first - A_END <= B - first
    l_alone_in = pl.col("l_first") - A <= A_END - pl.col("l_first")
    r_alone_in = pl.col("r_first") - B <= B_END - pl.col("r_first")
    gave_out = (g > 1) | ((g == 1) & near)
    gave_in = (g > 1) | ((g == 1) & ~near)
    chosen = marks.with_columns(
        in_a=pl.when(gave_out | (pl.col("l_n") > 1) | l_alone_in).then(pl.col("l_first")),
        out_a=pl.when(gave_out).then(first).when((pl.col("l_n") > 1) | ~l_alone_in).then(pl.col("l_last")),
        in_b=pl.when(gave_in).then(last).when((pl.col("r_n") > 1) | r_alone_in).then(pl.col("r_first")),
        out_b=pl.when(gave_in | (pl.col("r_n") > 1) | ~r_alone_in).then(pl.col("r_last")),
    )
    attended_a = pl.col("out_a").is_null() | (pl.col("out_a") > A)
    attended_b = pl.col("in_b").is_null() | (pl.col("in_b") < B_END)
    attended = chosen.with_columns(
        *(pl.when(attended_a).then(pl.col(name)).alias(name) for name in ("in_a", "out_a")),
        *(pl.when(attended_b).then(pl.col(name)).alias(name) for name in ("in_b", "out_b")),
    )
    used = sum(pl.col(name).is_not_null().cast(pl.Int32) for name in MARKS)
    counted = attended.with_columns(extras=pl.sum_horizontal("l_n", "g_n", "r_n").cast(pl.Int32) - used)
    expected = days.lazy().join(counted, on=["person", "day"], how="left")
    return (
        expected.with_columns(
            *(
                (pl.col(f"in_{name}") - start).clip(0).fill_null(0).alias(f"late_{name}")
                for name, start, _ in SESSIONS
            ),
            *(
                (end - pl.col(f"out_{name}")).clip(0).fill_null(0).alias(f"early_{name}")
                for name, _, end in SESSIONS
            ),
            *(
                (pl.col(f"out_{name}").clip(None, end) - pl.col(f"in_{name}").clip(start))
                .fill_null(0)
                .alias(f"worked_{name}")
                for name, start, end in SESSIONS
            ),
        )
        .select(
            "person",
            "day",
            *(pl.col(mark).fill_null(-1) for mark in MARKS),
            *(f"{what}_{name}" for what in ("late", "early", "worked") for name in "ab"),
            *(_status_in_polars(name).alias(f"status_{name}") for name in "ab"),
            pl.col("extras").fill_null(0),
        )
        .collect()
    )


def _status_in_polars(name: str) -> pl.Expr:
    """Rules 4, with every clock covered and all windows closed."""
    no_in, no_out = pl.col(f"in_{name}").is_null(), pl.col(f"out_{name}").is_null()
    late, early = pl.col(f"late_{name}") > 0, pl.col(f"early_{name}") > 0
    return (
        pl.when(no_in & no_out)
        .then(pl.lit(int(Status.ABSENT)))
        .when(no_in)
        .then(int(Status.MISSING_IN))
        .when(no_out)
        .then(int(Status.MISSING_OUT))
        .when(late & early)
        .then(int(Status.LATE_EARLY))
        .when(late)
        .then(int(Status.LATE))
        .when(early)
        .then(int(Status.EARLY))
        .otherwise(int(Status.ON_TIME))
    )


def _judged_in_sql(name: str, start: int, end: int) -> str:
    """Rules 4, with every clock covered and all windows closed."""
    mark_in, mark_out = f"in_{name}", f"out_{name}"
    return f"""
  coalesce(greatest({mark_in} - {start}, 0), 0) AS late_{name},
  coalesce(greatest({end} - {mark_out}, 0), 0) AS early_{name},
  CASE WHEN {mark_in} IS NULL OR {mark_out} IS NULL THEN 0
    ELSE least({mark_out}, {end}) - greatest({mark_in}, {start}) END AS worked_{name},
  CASE WHEN {mark_in} IS NULL AND {mark_out} IS NULL THEN {Status.ABSENT:d}
    WHEN {mark_in} IS NULL THEN {Status.MISSING_IN:d} WHEN {mark_out} IS NULL THEN {Status.MISSING_OUT:d}
    WHEN {mark_in} > {start} AND {mark_out} < {end} THEN {Status.LATE_EARLY:d}
    WHEN {mark_in} > {start} THEN {Status.LATE:d} WHEN {mark_out} < {end} THEN {Status.EARLY:d}
    ELSE {Status.ON_TIME:d} END AS status_{name}"""


_QUERY = f"""
WITH timed AS (
  SELECT person, CAST(time // {DAY_SECONDS} AS INTEGER) AS day, CAST(time % {DAY_SECONDS} AS INTEGER) AS tod
  FROM punches JOIN badges USING (device_user)
), sides AS (
  SELECT person, day,
    count(*) FILTER (tod < {A_END}) AS l_n, min(tod) FILTER (tod < {A_END}) AS l_first,
    max(tod) FILTER (tod < {A_END}) AS l_last,
    count(*) FILTER (tod BETWEEN {A_END} AND {B}) AS g_n,
    min(tod) FILTER (tod BETWEEN {A_END} AND {B}) AS g_first,
    max(tod) FILTER (tod BETWEEN {A_END} AND {B}) AS g_last,
    count(*) FILTER (tod > {B}) AS r_n, min(tod) FILTER (tod > {B}) AS r_first,
    max(tod) FILTER (tod > {B}) AS r_last
  FROM timed WHERE tod BETWEEN {OPENS} AND {CLOSES} GROUP BY person, day
), gaps AS (
  SELECT *, g_n > 1 OR (g_n = 1 AND g_first - {A_END} <= {B} - g_first) AS gave_out,
    g_n > 1 OR (g_n = 1 AND g_first - {A_END} > {B} - g_first) AS gave_in,
    l_first - {A} <= {A_END} - l_first AS l_in, r_first - {B} <= {B_END} - r_first AS r_in
  FROM sides
), marks AS (
  SELECT person, day, l_n + g_n + r_n AS n,
    CASE WHEN gave_out OR l_n > 1 OR l_in THEN l_first END AS in_a,
    CASE WHEN gave_out THEN g_first WHEN l_n > 1 OR NOT l_in THEN l_last END AS out_a,
    CASE WHEN gave_in THEN g_last WHEN r_n > 1 OR r_in THEN r_first END AS in_b,
    CASE WHEN gave_in OR r_n > 1 OR NOT r_in THEN r_last END AS out_b
  FROM gaps
), attended AS (
  SELECT person, day, n,
    CASE WHEN out_a <= {A} THEN NULL ELSE in_a END AS in_a,
    CASE WHEN out_a <= {A} THEN NULL ELSE out_a END AS out_a,
    CASE WHEN in_b >= {B_END} THEN NULL ELSE in_b END AS in_b,
    CASE WHEN in_b >= {B_END} THEN NULL ELSE out_b END AS out_b
  FROM marks
)
SELECT person, day,
  coalesce(in_a, -1) AS in_a, coalesce(out_a, -1) AS out_a, {_judged_in_sql("a", A, A_END)},
  coalesce(in_b, -1) AS in_b, coalesce(out_b, -1) AS out_b, {_judged_in_sql("b", B, B_END)},
  coalesce(n - (in_a IS NOT NULL)::INT - (out_a IS NOT NULL)::INT - (in_b IS NOT NULL)::INT
    - (out_b IS NOT NULL)::INT, 0) AS extras
FROM days LEFT JOIN attended USING (person, day)
"""  # noqa: S608 - numbers of our own only


def with_duckdb(tables_in: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The same in SQL, over tables that are in the database already."""
    return pl.DataFrame(dict(tables_in.execute(_QUERY).fetchnumpy()))


def in_duckdb(punches: pl.DataFrame, badges: pl.DataFrame, days: pl.DataFrame) -> duckdb.DuckDBPyConnection:
    """A database in memory with the three tables; its time does not count."""
    connection = duckdb.connect()
    for name, frame in (("punches", punches), ("badges", badges), ("days", days)):
        connection.register("coming", {column: frame[column].to_numpy() for column in frame.columns})
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM coming")  # noqa: S608 - three names of ours
        connection.unregister("coming")
    return connection


def for_pandas(frame: pl.DataFrame) -> pd.DataFrame:
    """The same table for pandas; its time does not count."""
    return pd.DataFrame({name: frame[name].to_numpy() for name in frame.columns})


def same(said: pl.DataFrame, other: pl.DataFrame) -> None:
    """Row by row and column by column."""
    wanted = [said, other.select(said.columns)]
    mine, theirs = (frame.cast(pl.Int64).sort("person", "day") for frame in wanted)
    assert mine.equals(theirs), "the sides differ"


def took(call: Callable[[], object]) -> Took:
    """Seconds of a call; the processor's are those of all threads of this process."""
    began, used = time.perf_counter(), processor_seconds()
    call()
    return Took(time.perf_counter() - began, processor_seconds() - used)


def least(runs: list[Took]) -> Took:
    """The least of each: what others on the machine took is not the side's."""
    return Took(min(run.seconds for run in runs), min(run.processor for run in runs))


def main() -> None:
    """Rows compared, then all sides in turn, as often as asked."""
    arguments = parser(__doc__)
    arguments.add_argument("--people", type=int, default=3_120, help="240 workdays each, in ten units")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--full", action="store_true", help="7.5 million person-days")
    arguments.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="of the engine")
    asked = arguments.parse_args()
    people = (31_250 if asked.full else asked.people) // 10 * 10
    about = machine("polars", "duckdb")
    punches, badges, days, said = tables(people)
    same(said, with_polars(punches, badges, days))
    connection = in_duckdb(punches, badges, days)
    same(said, with_duckdb(connection))
    frames = tuple(map(for_pandas, (punches, badges, days)))
    same(said, pl.DataFrame({name: column.to_numpy() for name, column in with_pandas(*frames).items()}))
    count = len(said)
    del said
    runs: dict[str, list[Took]] = {"engine": [], "polars": [], "duckdb": [], "pandas": []}
    megabytes = 0.0
    for _ in range(asked.rounds):  # in turn, so that a busy machine slows all alike
        mine = in_processes(people, asked.processes)
        megabytes = max(megabytes, mine["megabytes"])
        runs["engine"].append(Took(mine["seconds"], mine["processor"]))
        runs["polars"].append(took(lambda: with_polars(punches, badges, days)))
        runs["duckdb"].append(took(lambda: with_duckdb(connection)))
        runs["pandas"].append(took(lambda: with_pandas(*frames)))
    found = {name: least(times) for name, times in runs.items()}
    print(f"{count:,} person-days, {len(punches):,} punches, same rows on all sides")
    for name, side in found.items():
        rate = f"{count / side.seconds:>11,.0f}/s"
        print(f"  {name:<8} {side.seconds:>7.2f} s {rate}, processors {side.processor:.2f} s")
        on_wall, of_processors = (mine / its for mine, its in zip(found["engine"], side, strict=True))
        if name != "engine":
            print(f"    engine / {name}: {on_wall:.2f} on the wall, {of_processors:.2f} of the processors")
    print(verdict(f"peak memory of {asked.processes} processes together", megabytes, 400, "MB"))
    figures = {name: side._asdict() for name, side in found.items()}
    keep(
        asked.record,
        about,
        {"person_days": count, "punches": len(punches), "megabytes": megabytes, **figures},
    )


if __name__ == "__main__":
    main()
