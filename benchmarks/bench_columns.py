"""The whole rule book against polars and duckdb on one simple rule: a split shift with four marks.

    python -m benchmarks.bench_columns [--people 3125] [--full] [--record NAME]

All sides have the same punches, badges and expected days, and give IN, OUT, late and early seconds of
both sessions of every person-day; the rows are compared one by one before any time counts. polars and
duckdb run as they come, on all cores, over everything at once; they know this one rule and nothing else.
The engine runs on one core, by unit and month as the product runs it, in a process of its own for its
memory; it asks of every day also for rosters, excuses, coverage and what else the rule book holds, and
says why. The default is 0.75 million person-days, `--full` is 7.5 million.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import duckdb
import numpy as np
import polars as pl

from benchmarks.bench_rules import FIRST_DAY, REGULATION, month
from benchmarks.measured import MEGA, keep, machine, parser, peak_memory, processor_seconds, verdict
from monitor.rules.columns import DAY_SECONDS, NO_TIME, PersonDays, World
from monitor.rules.reconcile import reconcile

MONTH_DAYS, MONTHS = 20, 12
SIMPLE = replace(REGULATION, repeat_within=0)
OPENS, A, A_END, B, B_END, CLOSES = 27_000 - 7_200, 27_000, 41_400, 48_600, 61_200, 61_200 + 14_400
COLUMNS = ("in_a", "out_a", "late_a", "early_a", "in_b", "out_b", "late_b", "early_b")
Made = tuple[World, PersonDays]


def made(people: int, unit: int, part: int) -> Made:
    """One unit's month: four punches a day, scattered by a quarter of an hour, one in twelve forgotten."""
    world, asked = month(people, MONTH_DAYS, units=2, seed=unit * MONTHS + part)
    rng = np.random.default_rng(unit * MONTHS + part)
    ahead = part * (7 * MONTH_DAYS // 5) * DAY_SECONDS
    moved = world.punches.time + ahead + rng.integers(-900, 901, len(world.punches))
    keep_some = np.flatnonzero(rng.random(len(moved)) > 1 / 12)
    punches = replace(world.punches, time=moved).take(keep_some)
    coverage = replace(world.coverage, end=world.coverage.end + MONTHS * MONTH_DAYS * 2 * DAY_SECONDS)
    days = PersonDays(person=asked.person, day=(asked.day + ahead // DAY_SECONDS).astype(np.int32))
    return replace(world, punches=punches, coverage=coverage, regulations=(SIMPLE,)), days


def blocks(people: int) -> Iterator[tuple[int, Made]]:
    """Ten units and twelve months; each with the number of its first person among all."""
    for unit in range(10):
        for part in range(MONTHS):
            yield unit * (people // 10), made(people // 10, unit, part)


def engine(block: Made) -> tuple[pl.DataFrame, float]:
    """Verdicts of a block as the comparison's columns, and the seconds they took."""
    world, asked = block
    began = time.perf_counter()
    sessions = reconcile(world, asked, NOW).sessions
    seconds = time.perf_counter() - began
    columns: dict[str, object] = {"person": sessions.person[::2], "day": sessions.day[::2]}
    for at, name in enumerate("ab"):
        day = sessions.day[at::2].astype(np.int64) * DAY_SECONDS
        for mark, values in (("in", sessions.time_in), ("out", sessions.time_out)):
            times = values[at::2]
            columns[f"{mark}_{name}"] = np.where(times == NO_TIME, -1, times - day)
        columns[f"late_{name}"] = sessions.late_seconds[at::2].astype(np.int64)
        columns[f"early_{name}"] = sessions.early_seconds[at::2].astype(np.int64)
    return pl.DataFrame(columns), seconds


NOW = (FIRST_DAY + 500) * DAY_SECONDS


def alone(people: int) -> None:
    """In the measured process: the engine over all blocks, one in memory at a time."""
    seconds = person_days = 0.0
    before = peak_memory()
    for _, block in blocks(people):
        rows, took = engine(block)
        seconds, person_days = seconds + took, person_days + len(rows)
    told = {"seconds": seconds, "person_days": person_days, "processor": processor_seconds()}
    print(json.dumps(told | {"megabytes": peak_memory() / MEGA, "imports_megabytes": before / MEGA}))


def tables(people: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Punches, badges, expected days, and what the engine says of them."""
    punches, days, said = [], [], []
    for first, (world, asked) in blocks(people):
        user = world.punches.device_user.astype(np.int64) + first
        punches.append(pl.DataFrame({"device_user": user.astype(np.int32), "time": world.punches.time}))
        days.append(pl.DataFrame({"person": (asked.person + first).astype(np.int32), "day": asked.day}))
        rows, _ = engine((world, asked))
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
    return (
        days.lazy()
        .join(attended, on=["person", "day"], how="left")
        .select(
            "person",
            "day",
            *(pl.col(f"{mark}_{name}").fill_null(-1) for name in "ab" for mark in ("in", "out")),
            *(
                (pl.col(f"in_{name}") - start).clip(0).fill_null(0).alias(f"late_{name}")
                for name, start in (("a", A), ("b", B))
            ),
            *(
                (end - pl.col(f"out_{name}")).clip(0).fill_null(0).alias(f"early_{name}")
                for name, end in (("a", A_END), ("b", B_END))
            ),
        )
        .collect()
    )


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
  SELECT person, day,
    CASE WHEN gave_out OR l_n > 1 OR l_in THEN l_first END AS in_a,
    CASE WHEN gave_out THEN g_first WHEN l_n > 1 OR NOT l_in THEN l_last END AS out_a,
    CASE WHEN gave_in THEN g_last WHEN r_n > 1 OR r_in THEN r_first END AS in_b,
    CASE WHEN gave_in OR r_n > 1 OR NOT r_in THEN r_last END AS out_b
  FROM gaps
), attended AS (
  SELECT person, day,
    CASE WHEN out_a <= {A} THEN NULL ELSE in_a END AS in_a,
    CASE WHEN out_a <= {A} THEN NULL ELSE out_a END AS out_a,
    CASE WHEN in_b >= {B_END} THEN NULL ELSE in_b END AS in_b,
    CASE WHEN in_b >= {B_END} THEN NULL ELSE out_b END AS out_b
  FROM marks
)
SELECT person, day, coalesce(in_a, -1) AS in_a, coalesce(out_a, -1) AS out_a,
  coalesce(greatest(in_a - {A}, 0), 0) AS late_a, coalesce(greatest({A_END} - out_a, 0), 0) AS early_a,
  coalesce(in_b, -1) AS in_b, coalesce(out_b, -1) AS out_b,
  coalesce(greatest(in_b - {B}, 0), 0) AS late_b, coalesce(greatest({B_END} - out_b, 0), 0) AS early_b
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


def same(said: pl.DataFrame, other: pl.DataFrame) -> None:
    """Row by row and column by column."""
    wanted = [said, other.select(said.columns)]
    mine, theirs = (frame.cast(pl.Int64).sort("person", "day") for frame in wanted)
    assert mine.equals(theirs), "the sides differ"


def seconds_of(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def engine_alone(people: int) -> dict[str, float]:
    """One run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.bench_columns", "--alone", "--people", str(people)]
    said = subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - ourselves
    found: dict[str, float] = json.loads(said)
    return found


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--people", type=int, default=3_125, help="240 workdays each, in ten units")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--full", action="store_true", help="7.5 million person-days")
    arguments.add_argument("--alone", action="store_true", help="used by the benchmark itself")
    asked = arguments.parse_args()
    people = (31_250 if asked.full else asked.people) // 10 * 10
    if asked.alone:
        alone(people)
        return
    about = machine("polars", "duckdb")
    punches, badges, days, said = tables(people)
    same(said, with_polars(punches, badges, days))
    connection = in_duckdb(punches, badges, days)
    same(said, with_duckdb(connection))
    runs, times = [], []
    for _ in range(asked.rounds):  # in turn, so that a busy machine slows all alike
        runs.append(engine_alone(people))
        polars_seconds = seconds_of(lambda: with_polars(punches, badges, days))
        times.append((polars_seconds, seconds_of(lambda: with_duckdb(connection))))
    mine = min(runs, key=lambda run: run["seconds"])
    theirs = dict(zip(("polars", "duckdb"), map(min, zip(*times, strict=True)), strict=True))
    count = int(mine["person_days"])
    print(f"{count:,} person-days, {len(punches):,} punches, same rows on all sides")
    print(f"  {'engine, one core':<20} {mine['seconds']:>8.1f} s {count / mine['seconds']:>12,.0f}/s")
    for name, seconds in theirs.items():
        ratio = f"engine / {name} {mine['seconds'] / seconds:.1f}"
        print(f"  {name + ', all cores':<20} {seconds:>8.1f} s {count / seconds:>12,.0f}/s   {ratio}")
    print(verdict("peak memory by unit and month", mine["megabytes"], 400, "MB"))
    keep(asked.record, about, {"punches": len(punches), "engine": mine, **theirs})


if __name__ == "__main__":
    main()
