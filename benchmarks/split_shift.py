"""Months of offices with split shifts, and the engine over them by unit and month, in processes of its own.

What other tools are compared with (`bench_columns`) is made here, apart from them: a measured process
has only the engine in its memory.
"""

import json
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.bench_rules import FIRST_DAY, REGULATION, month
from monitor.rules.columns import DAY_SECONDS, NO_TIME, PersonDays, Verdicts, World
from monitor.rules.reconcile import reconcile

MONTH_DAYS, MONTHS, UNITS = 20, 12, 10
SIMPLE = replace(REGULATION, repeat_within=0)
OPENS, A, A_END, B, B_END, CLOSES = 27_000 - 7_200, 27_000, 41_400, 48_600, 61_200, 61_200 + 14_400
COLUMNS = tuple(
    f"{what}_{session}" for session in "ab" for what in ("in", "out", "late", "early", "worked", "status")
)
KEPT_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "1073741824", "MALLOC_TRIM_THRESHOLD_": "1073741824"}
"""Lets a process keep the memory of a block for the next one, as the allocators of polars and duckdb do."""
NOW = (FIRST_DAY + 500) * DAY_SECONDS
Made = tuple[World, PersonDays]
Values = np.ndarray[tuple[int], np.dtype[np.int32]]


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


def blocks(people: int, units: Sequence[int] = range(UNITS)) -> Iterator[tuple[int, Made]]:
    """These units, of ten alike, in twelve months; each with the number of its first person among all."""
    for unit in units:
        for part in range(MONTHS):
            yield unit * (people // UNITS), made(people // UNITS, unit, part)


def judged(block: Made) -> tuple[Verdicts, float]:
    """Verdicts of a block, and the seconds they took."""
    world, asked = block
    began = time.perf_counter()
    verdicts = reconcile(world, asked, NOW)
    return verdicts, time.perf_counter() - began


def as_columns(verdicts: Verdicts) -> dict[str, Values]:
    """Verdicts of days with two sessions each as the comparison's columns; times are seconds of the day."""
    sessions = verdicts.sessions
    columns = {"person": sessions.person[::2], "day": sessions.day[::2]}
    for at, name in enumerate("ab"):
        midnight = sessions.day[at::2].astype(np.int64) * DAY_SECONDS
        for mark, values in (("in", sessions.time_in), ("out", sessions.time_out)):
            times = values[at::2]
            columns[f"{mark}_{name}"] = np.where(times == NO_TIME, -1, times - midnight).astype(np.int32)
        columns[f"late_{name}"] = sessions.late_seconds[at::2]
        columns[f"early_{name}"] = sessions.early_seconds[at::2]
        columns[f"worked_{name}"] = sessions.worked_seconds[at::2]
        columns[f"status_{name}"] = sessions.status[at::2].astype(np.int32)
    extras = np.diff(sessions.extras.offsets)
    return columns | {"extras": (extras[::2] + extras[1::2]).astype(np.int32)}


def in_processes(people: int, processes: int) -> dict[str, float]:
    """The engine over all blocks, units dealt out to so many processes that run at once.

    `seconds` are those of the process that took longest, making the blocks not counted; `processor`
    and `megabytes` are sums, the latter of peaks that need not fall together.
    """
    command = [sys.executable, "-m", "benchmarks.split_shift", "--people", str(people), "--units"]
    running = [
        subprocess.Popen(  # noqa: S603 - ourselves
            [*command, *map(str, range(first, UNITS, processes))],
            stdout=subprocess.PIPE,
            env=os.environ | KEPT_MEMORY,
        )
        for first in range(processes)
    ]
    told = [json.loads(process.communicate()[0]) for process in running]
    sums = {name: sum(one[name] for one in told) for name in ("person_days", "processor", "megabytes")}
    return sums | {"seconds": max(one["seconds"] for one in told)}


def _peak_megabytes() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """In a measured process: the engine over all blocks of some units, one in memory at a time."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--units", type=int, nargs="+", required=True)
    asked = parser.parse_args()
    seconds = processor = person_days = 0.0
    for _, block in blocks(asked.people, asked.units):
        began = time.process_time()
        _, took = judged(block)
        processor += time.process_time() - began
        seconds, person_days = seconds + took, person_days + len(block[1])
    told = {"seconds": seconds, "processor": processor, "person_days": person_days}
    print(json.dumps(told | {"megabytes": _peak_megabytes()}))


if __name__ == "__main__":
    main()
