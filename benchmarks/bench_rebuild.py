"""A province's year rebuilt end to end: punches read from the database, judged, records written to it.

    python -m benchmarks.bench_rebuild [--people 9000] [--days 250] [--workers 2] [--small] [--postgres]

`monitor.records.rebuild`, as `monitor rebuild` calls it: by one process from no records at all, once more
with nothing to change, and by several processes from nothing again. The records' counts and sums must be
the same each time. `--small` is a quick try with 900 people. SQLite's filled database is kept in `--folder`
for the next time; filling is not measured.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

from benchmarks.measured import (
    MEGA,
    empty_database,
    keep,
    machine,
    parser,
    peak_memory,
    processor_seconds,
    verdict,
)
from benchmarks.province_year import Size, fill
from monitor.config import Fanout, Settings
from monitor.records import rebuild
from monitor.store.session import open_database, reading, transaction

SUMS = (
    "SELECT count(*), sum(status), sum(late_seconds), sum(worked_seconds), sum(time_in), sum(punch_in),"
    " sum(reasons) FROM session_record"
)
RECORDS = ("overtime_record", "day_record", "session_record")
SMALL = Size(people=900)
SECONDS, WORKERS_GOAL = 60, 1.4


@contextmanager
def province(size: Size, folder: Path, *, postgres: bool) -> Iterator[str]:
    """URL of a database with the province's punches and no records."""
    if postgres:
        with empty_database(folder, "rebuild", postgres=True) as url:
            _fill(url, size)
            yield url
        return
    kept = folder / f"province-{size.people}-{size.days}-{size.seed}.db"
    if not kept.exists():
        with empty_database(folder, "filling") as url:
            _fill(url, size)
        (folder / "filling.db").replace(kept)
    used = folder / "rebuild.db"
    shutil.copy(kept, used)
    yield f"sqlite:///{used}"
    used.unlink()


def _fill(url: str, size: Size) -> None:
    engine = open_database(url)
    began = time.perf_counter()
    count = fill(engine, size)
    print(f"filled: {count:,} punches in {time.perf_counter() - began:.0f} s", flush=True)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def empty(engine: Engine) -> None:
    """No record any more."""
    with transaction(engine) as session:
        for table in RECORDS:
            session.connection().execute(text(f"DELETE FROM {table}"))  # noqa: S608 - names of ours
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))


def run(name: str, url: str, workers: int) -> tuple[dict[str, float], tuple[object, ...]]:
    """Rebuild once; seconds of the clock and of this process, its peak so far, and the records' sums."""
    engine = open_database(url)
    settings = Settings(fanout=Fanout(workers=workers))
    began, processor = time.perf_counter(), processor_seconds()
    days = rebuild(engine, settings=settings)
    took = {"seconds": time.perf_counter() - began, "processor": processor_seconds() - processor}
    with reading(engine) as session:
        sums = tuple(session.connection().execute(text(SUMS)).one())
    engine.dispose()
    spent = f"{took['seconds']:.1f} s, this process {took['processor']:.1f} s of the processor"
    print(f"  {name:<22} {days:>9,} person-days, {sums[0]:>9,} session records: {spent}", flush=True)
    return took | {"peak": peak_memory()}, sums


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--people", type=int, default=Size().people)
    arguments.add_argument("--days", type=int, default=Size().days)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--small", action="store_true", help="900 people")
    arguments.add_argument("--postgres", action="store_true")
    arguments.add_argument("--folder", default=tempfile.gettempdir(), help="where databases lie")
    asked = arguments.parse_args()
    size = SMALL if asked.small else Size(people=asked.people, days=asked.days)
    about, folder = machine(), Path(asked.folder)
    with province(size, folder, postgres=asked.postgres) as url:
        one, sums = run("one process", url, 1)
        unchanged, again = run("nothing to change", url, 1)
        assert again == sums, "the second time says otherwise"
        engine = open_database(url)
        empty(engine)
        engine.dispose()
        several, spread = run(f"{asked.workers} workers", url, asked.workers)
        assert spread == sums, "the workers say otherwise"
    best = min(one["seconds"], several["seconds"])
    print(verdict(f"{size.people:,} people, {size.days} days, the faster", best, SECONDS, "s"))
    gained = one["seconds"] / several["seconds"]
    print(verdict(f"1 process / {asked.workers} workers", gained, WORKERS_GOAL, "x", at_least=True))
    print(verdict("peak memory of this process", one["peak"] / MEGA, 2_000, "MB"))
    figures: dict[str, object] = {
        "people": size.people,
        "days": size.days,
        "session_records": sums[0],
        "one_process": one,
        "nothing_to_change": unchanged,
        "workers": asked.workers,
        "several": several,
    }
    keep(asked.record, about, figures)


if __name__ == "__main__":
    main()
