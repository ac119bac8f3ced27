"""A month of the made-up country, judged by communes: columns in, records out to files, memory bounded.

    python -m benchmarks.bench_country [--people 30000] [--workers 2] [--curves] [--folder DIR]

Each commune's punches are drawn (that time is not counted), judged, and its records written to a file of
numpy columns (`.npz`, compressed by nothing). `--people 2200000` is the whole country; fewer are its first
communes, and the figures for the whole are then an extrapolation and said to be one. With several workers
the communes go through `monitor.fanout`; the records' hash must be the same. `--curves` varies people,
punches, months and sizes of communes, one at a time.
"""

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.country import COMMUNES, PEOPLE, WORKDAYS, Shape, commune_month, communes_for
from benchmarks.measured import MEGA, keep, machine, parser, peak_memory, verdict
from monitor import fanout
from monitor.config import Fanout
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.reconcile import reconcile

NOW = 21_000 * DAY_SECONDS
NUMBERS = ("person", "day", "unit", "status", "time_in", "time_out", "late_seconds", "early_seconds")
MORE_NUMBERS = ("worked_seconds", "cong", "reasons", "punch_in", "punch_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Which commune, of which country, and where its records go."""

    commune: int
    shape: Shape
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What judging some communes took and gave; seconds of the processor, `peak` in bytes."""

    people: int = 0
    days: int = 0
    punches: int = 0
    drawing: float = 0.0
    judging: float = 0.0
    writing: float = 0.0
    size: int = 0
    peak: int = 0
    sha256: str = ""


def judge(key: Key) -> Done:
    """Draw, judge and write one commune's month."""
    began = time.process_time()
    world, asked = commune_month(key.commune, key.shape)
    drawn = time.process_time()
    verdicts = reconcile(world, asked, NOW)
    judged = time.process_time()
    columns = numbers_of(verdicts.sessions, (*NUMBERS, *MORE_NUMBERS))
    columns |= {f"day_{name}": values for name, values in numbers_of(verdicts.days, DAY_NUMBERS).items()}
    path = Path(key.folder) / f"{key.commune:04}.npz"
    np.savez(path, allow_pickle=False, **columns)
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(column).tobytes() for column in columns.values()))
    return Done(
        people=len(world.people),
        days=len(asked),
        punches=len(world.punches),
        drawing=drawn - began,
        judging=judged - drawn,
        writing=time.process_time() - judged,
        size=path.stat().st_size,
        peak=peak_memory(),
        sha256=digest.hexdigest(),
    )


DAY_NUMBERS = ("person", "day", "status", "late_seconds", "early_seconds", "worked_seconds", "cong")


def numbers_of(records: object, names: Iterable[str]) -> dict[str, NDArray[np.generic]]:
    return {name: getattr(records, name) for name in names}


def whole(parts: Iterable[Done]) -> Done:
    """All communes together; the hash is of their hashes in order."""
    found, hashes = Done(), []
    for part in parts:
        hashes.append(part.sha256)
        found = Done(
            people=found.people + part.people,
            days=found.days + part.days,
            punches=found.punches + part.punches,
            drawing=found.drawing + part.drawing,
            judging=found.judging + part.judging,
            writing=found.writing + part.writing,
            size=found.size + part.size,
            peak=max(found.peak, part.peak),
        )
    return replace(found, sha256=hashlib.sha256("".join(hashes).encode()).hexdigest())


def run(communes: Iterable[int], shape: Shape, workers: int, folder: Path) -> tuple[Done, float]:
    """Judge communes; what it gave, and the seconds of the clock."""
    place = Path(tempfile.mkdtemp(dir=folder))
    keys = [Key(commune=int(commune), shape=shape, folder=str(place)) for commune in communes]
    with fanout.opened(Fanout(workers=workers)) as doing:
        list(doing(judge, [replace(key, shape=replace(shape, commune_people=20)) for key in keys[:workers]]))
        began = time.perf_counter()
        found = whole(doing(judge, keys))
        seconds = time.perf_counter() - began
    shutil.rmtree(place)
    return found, seconds


def microseconds(found: Done) -> float:
    """Judging and writing, of the processor, for one person-day."""
    return (found.judging + found.writing) / found.days * MEGA


def curves(people: int, shape: Shape, folder: Path) -> dict[str, dict[str, float]]:
    """Cost of a person-day as one thing grows; linear growth of the whole is a flat line here."""
    told: dict[str, dict[str, float]] = {}
    some = communes_for(people, shape.seed)

    def point(curve: str, name: str, found: Done) -> None:
        cost = microseconds(found)
        told.setdefault(curve, {})[name] = cost
        memory = f"{found.peak / MEGA:,.0f} MB"
        print(f"  {curve:<10} {name:>10}: {found.days:>9,} person-days, {cost:5.2f} µs each, peak {memory}")

    for part in (4, 2, 1):
        found, _ = run(communes_for(people // part, shape.seed), shape, 1, folder)
        point("people", f"{found.people:,}", found)
    for marks in (2, 4):
        found, _ = run(some, replace(shape, marks=marks), 1, folder)
        point("punches", f"{found.punches / found.days:.1f}/day", found)
    for later in (0, 1, 11):
        point("history", f"month {later + 1}", run(some, replace(shape, later=later), 1, folder)[0])
    for size in (50, 660, 3_000):
        count = max(people // size, 1)
        found, _ = run(range(count), replace(shape, commune_people=size), 1, folder)
        point("units", f"{size} each", found)
    return told


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--people", type=int, default=30_000)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--curves", action="store_true")
    arguments.add_argument("--folder", default=tempfile.gettempdir())
    asked = arguments.parse_args()
    about, shape, folder = machine(), Shape(seed=asked.seed), Path(asked.folder)
    communes = communes_for(asked.people, asked.seed)
    one, one_seconds = run(communes, shape, 1, folder)
    many, many_seconds = run(communes, shape, asked.workers, folder)
    assert one.sha256 == many.sha256, "the workers say otherwise"
    print(
        f"{len(communes):,} of {COMMUNES:,} communes: {one.people:,} people, {one.days:,} person-days,"
        f" {one.punches:,} punches, {one.size / MEGA:,.0f} MB of records; same hash on all sides"
    )
    processor = one.judging + one.writing
    spent = f"judging {one.judging:.1f} s, writing {one.writing:.1f} s, drawing {one.drawing:.1f} s"
    print(f"  {spent} of the processor")
    print(f"  1 worker {one_seconds:.1f} s, {asked.workers} workers {many_seconds:.1f} s of the clock")
    share = one.days / (PEOPLE * WORKDAYS)
    label = "the country's month" if share >= 1 else f"extrapolated from {share:.2%}: the country's month"
    minutes = processor / share / 60
    print(verdict(f"{label}, processor", minutes, 10, "min"))
    print(verdict("peak memory of a worker", one.peak / MEGA, 2_000, "MB"))
    print(verdict(f"1 worker / {asked.workers} workers", one_seconds / many_seconds, 1.4, "x", at_least=True))
    figures: dict[str, object] = {
        "people": one.people,
        "person_days": one.days,
        "punches": one.punches,
        "judging": one.judging,
        "writing": one.writing,
        "bytes": one.size,
        "peak": one.peak,
        "minutes_of_processor_for_all": minutes,
        "extrapolated": share < 1,
        "one_worker": one_seconds,
        "workers": many_seconds,
    }
    if asked.curves:
        figures["curves"] = curves(asked.people, shape, folder)
    keep(asked.record, about, figures)


if __name__ == "__main__":
    main()
