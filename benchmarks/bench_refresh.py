"""Late punches: accepted, their days computed again and written, with millions of punches stored.

    python -m benchmarks.bench_refresh [--days 250] [--short 60] [--people 2900] [--rounds 8] [--folder DIR]

500 late punches of 50 people come as one delivery, and again of 50 others until it was everybody; each
person has ten over three days, and the next time over those of the week before: a terminal that was cut
off. What is timed is a delivery's acceptance and the refresh after it, both committed. Before, the first 50
people's come as 50 deliveries. All this first with the one database open that has all of the history, as
in an office: these are the figures of the goal. Then again in turn with a database that has a quarter of
it: the cost must not grow with history. Punches and records of the history are made in bulk, once, and
the file is used again. The process is settled as those are that accept and refresh (`monitor.pauses`).
What the job of the refresh does after its commits (`empty_log`) is not timed: nobody waits for it.
"""

import shutil
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, delete, func, insert, select, text
from sqlmodel import Session

from benchmarks.measured import empty_database, keep, machine, parser, verdict
from devices.base import PunchBatch
from monitor.config import Settings
from monitor.intake import Origin, accept
from monitor.pauses import settle
from monitor.records import reconcile_range, refresh
from monitor.rules.wallclock import DAY_SECONDS
from monitor.store.schema import migrate
from monitor.store.session import empty_log, open_database, transaction
from monitor.store.tables import Badge, CoverageInterval, Person, Posting, StaleSpan, Terminal
from tests.office import START, open_office, punch

SETTINGS = Settings()
TODAY = 20_793  # 2026-12-06, a Sunday: nobody is at work, so a refresh has the late punches only
NOW = datetime(2026, 12, 6, 3, tzinfo=UTC)
MARKS = (27_000, 41_400, 48_600, 61_200)
AT_A_TERMINAL = 100
TOGETHER = 50
"""People of one delivery; a divisor of those at a terminal."""
FIRST_ID = 1_000
WEEKS = 10
"""Weeks back to which late punches reach."""
RECOMPUTED = 5 * (WEEKS + 1)
"""Working days whose records are computed; before them they are copies of one day's."""


def workdays(count: int) -> list[int]:
    """The last so many Mondays to Fridays before today."""
    days = [day for day in range(TODAY - 2 * count - 10, TODAY) if (day + 3) % 7 < 5]
    return days[-count:]


def build(engine: Engine, people: int, days: list[int]) -> None:
    """People, badges and terminals; four punches and two records for each of their days."""
    open_office(engine)
    with transaction(engine) as session:
        _add_people(session, people)
    with transaction(engine) as session:
        for day in days:
            rows = [{"day": day, "mark": mark, "raw": bytes(40), "first": FIRST_ID} for mark in MARKS]
            session.connection().execute(text(_PUNCHES), rows)
    # One real day gives the form of a record; the history repeats it.
    punch(
        engine, *[("1", f"2026-12-02 {time}") for time in ("07:25", "11:31", "13:29", "17:02")], received=NOW
    )
    refresh(engine, now=NOW - timedelta(days=2), settings=SETTINGS)
    with transaction(engine) as session:
        for day in days[:-RECOMPUTED]:
            for table in ("session_record", "day_record"):
                _repeat(session, table, day)
        session.connection().execute(delete(StaleSpan))
    first, last = days[-RECOMPUTED:][0], TODAY
    reconcile_range(engine, first_day=first, last_day=last, now=NOW, settings=SETTINGS)
    refresh(engine, now=NOW, settings=SETTINGS)


_PUNCHES = """
INSERT INTO punch
  (terminal_id, device_user_id, device_time, verify, state, work_code, source, received_at, raw)
SELECT b.terminal_id, b.device_user_id, :day * 86400 + :mark - b.person_id % 300, 1, 0, 0, 'pull', 0, :raw
FROM badge b WHERE b.person_id >= :first
"""


def _repeat(session: Session, table: str, day: int) -> None:
    """Give everybody the records of somebody's last full day, moved to another one."""
    names = [row[1] for row in session.connection().execute(text(f"PRAGMA table_info({table})"))]
    moved = {"starts", "ends", "due_from", "due_to", "window_from", "window_to", "time_in", "time_out"}
    shift = f"({day} - r.day) * {DAY_SECONDS}"
    values = {name: f"r.{name} + {shift}" if name in moved else f"r.{name}" for name in names}
    values |= {"day": str(day), "person_id": "p.id"}
    listed = ", ".join(values[name] for name in names)
    query = f"""
INSERT OR IGNORE INTO {table} ({", ".join(names)}) SELECT {listed} FROM {table} r, person p
WHERE r.person_id = 1 AND p.id >= {FIRST_ID}
AND r.day = (SELECT max(day) FROM {table} WHERE person_id = 1 AND status <> 6)
"""  # noqa: S608 - names of our own tables and columns
    session.connection().execute(text(query))


def _add_people(session: Session, people: int) -> None:
    terminals = [
        {
            "id": FIRST_ID + n,
            "code": f"T{n:04}",
            "name": "",
            "kind": "zk",
            "host": "",
            "serial": f"T{n:04}",
            "unit_id": 1,
        }
        for n in range(-(-people // AT_A_TERMINAL))
    ]
    session.connection().execute(insert(Terminal), terminals)
    ids = range(FIRST_ID, FIRST_ID + people)
    session.connection().execute(
        insert(Person),
        [{"id": n, "code": f"P{n:06}", "name": "", "sort_key": f"{n}", "search_key": f"{n}"} for n in ids],
    )
    session.connection().execute(
        insert(Posting), [{"person_id": n, "unit_id": 2, "role": "staff", "valid_from": START} for n in ids]
    )
    session.connection().execute(
        insert(Badge),
        [{"person_id": n, "terminal_id": _terminal(n), "device_user_id": str(n)} for n in ids],
    )
    covered = [
        {"terminal_id": terminal, "starts": 0, "ends": (TODAY + 2) * DAY_SECONDS, "source": "declared"}
        for terminal in [1, *sorted({_terminal(n) for n in ids})]
    ]
    session.connection().execute(insert(CoverageInterval), covered)


def _terminal(person_id: int) -> int:
    return FIRST_ID + (person_id - FIRST_ID) // AT_A_TERMINAL


def late(people: list[int], lot: int) -> PunchBatch:
    """Ten punches of each over three days of a week, at times that nobody had; each lot in another week."""
    user = np.repeat(np.array(people), 10)
    place = np.tile(np.arange(10), len(people))
    day = TODAY - 2 - place // 4 - 7 * (lot % WEEKS)
    seconds = day * DAY_SECONDS + np.array(MARKS)[place % 4] + 600 + lot
    return PunchBatch(
        device_user_id=user.astype(str).astype(object),
        device_seconds=seconds.astype(np.int64),
        verify=np.ones(len(user), np.int32),
        state=np.zeros(len(user), np.int32),
        work_code=np.zeros(len(user), np.int32),
        raw=np.array([f"{lot} {n}".encode() for n in range(len(user))], dtype=object),
    )


def delivered(engine: Engine, people: list[int], lot: int) -> tuple[float, float, float]:
    """Milliseconds: accepting a delivery, refreshing, and the processor for both."""
    batch = late(people, lot)
    began, processor = time.perf_counter(), time.process_time()
    with transaction(engine) as session:
        terminal = session.get_one(Terminal, _terminal(people[0]))
        intake = accept(session, terminal, batch, (), Origin(source="pull", received_at=NOW))
    accepted = time.perf_counter()
    done = refresh(engine, now=NOW, settings=SETTINGS)
    ended, used = time.perf_counter(), time.process_time() - processor
    empty_log(engine)  # as the job does after a refresh, where there is a write-ahead log
    assert intake.stored == len(batch)
    assert done >= 3 * len(people)
    return (accepted - began) * 1000, (ended - accepted) * 1000, used * 1000


def in_turn(engines: list[Engine], deliveries: Iterable[tuple[list[int], int]]) -> list[NDArray[np.float64]]:
    """The times of some deliveries to each database, in turn, so that all meet the same load."""
    times = [[delivered(engine, people, lot) for engine in engines] for people, lot in deliveries]
    return [np.array([each[n] for each in times]) for n in range(len(engines))]


def measured(engines: list[Engine], people: int, lots: range) -> list[dict[str, Any]]:
    """Some lots of single people's and of whole deliveries to each database, in turn; some warm up."""
    everybody = [FIRST_ID + n for n in range(people - people % TOGETHER)]
    groups = [everybody[start : start + TOGETHER] for start in range(0, len(everybody), TOGETHER)]
    first, *others = lots
    in_turn(engines, [([person], first) for person in groups[0][:5]] + [(groups[-1], first)])
    settle()
    half = len(others) // 2
    single = in_turn(engines, [([person], lot) for lot in others[:half] for person in groups[0]])
    whole = in_turn(engines, [(group, lot) for lot in others[half:] for group in groups])
    return [
        counted(engine) | told(many) | {"ten": told(ten)}
        for engine, ten, many in zip(engines, single, whole, strict=True)
    ]


def counted(engine: Engine) -> dict[str, object]:
    """How much a database holds."""
    with engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(text(table))).scalar_one()
            for name, table in (("punches", "punch"), ("session_records", "session_record"))
        }


def told(times: NDArray[np.float64]) -> dict[str, object]:
    """The figures of one kind of delivery; `times` has a row for each, columns as of `delivered`."""
    both = times[:, 0] + times[:, 1]
    return {
        "deliveries": len(times),
        "median_ms": float(np.median(both)),
        "p99_ms": float(np.percentile(both, 99)),
        "worst_ms": float(both.max()),
        "accept_median_ms": float(np.median(times[:, 0])),
        "refresh_median_ms": float(np.median(times[:, 1])),
        "refresh_p99_ms": float(np.percentile(times[:, 1], 99)),
        "processor_median_ms": float(np.median(times[:, 2])),
        "processor_p99_ms": float(np.percentile(times[:, 2], 99)),
    }


def prepared(folder: Path, people: int, days: int) -> Path:
    """The file with the history, made if it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"history-{people}-{days}.db"
    if not path.exists():
        with empty_database(folder, "making") as url:
            engine = open_database(url)
            build(engine, people, workdays(days))
            engine.dispose()
        (folder / "making.db").rename(path)
    return path


def with_histories(asked: Namespace) -> dict[str, Any]:
    """Measure on copies of the histories: the long one by itself, then both in turn."""
    lots = 2 * asked.rounds + 1
    with tempfile.TemporaryDirectory() as folder:
        urls = {}
        for name, days in (("short", asked.short), ("long", asked.days)):
            shutil.copy(prepared(Path(asked.folder), asked.people, days), Path(folder) / f"{name}.db")
            urls[name] = f"sqlite:///{folder}/{name}.db"
            migrate(urls[name])  # a history may be older than the newest table
        long = open_database(urls["long"])
        (alone,) = measured([long], asked.people, range(lots))
        short = open_database(urls["short"])
        beside = measured([short, long], asked.people, range(lots, 2 * lots))
        for engine in (short, long):
            engine.dispose()
    return {"alone": alone, "short": beside[0], "long": beside[1]}


def report(size: str, one: dict[str, Any]) -> None:
    """Print what one kind of delivery costs with one history."""
    print(
        f"  {size:>4} punches: median {one['median_ms']:6.1f} ms (accept {one['accept_median_ms']:.1f},"
        f" refresh {one['refresh_median_ms']:.1f}, processor {one['processor_median_ms']:.1f}),"
        f" p99 {one['p99_ms']:.1f}, worst of {one['deliveries']} {one['worst_ms']:.1f}"
    )


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--people", type=int, default=2_900)
    arguments.add_argument("--days", type=int, default=250)
    arguments.add_argument("--short", type=int, default=60, help="days of the shorter history")
    arguments.add_argument("--rounds", type=int, default=8)
    arguments.add_argument("--folder", default=str(Path(tempfile.gettempdir()) / "monitor-bench"))
    asked = arguments.parse_args()
    about = machine()
    found = with_histories(asked)
    for name, each in found.items():
        print(f"{name}: {each['punches']:>9,} punches and {each['session_records']:>9,} records stored")
        report("10", each["ten"])
        report("500", each)
    alone, short, long = found["alone"], found["short"], found["long"]
    print(verdict("p99, 500 punches accepted, computed, written", alone["p99_ms"], 50, "ms"))
    print(verdict("p99, 10 punches of one person", alone["ten"]["p99_ms"], 50, "ms"))
    ratio = long["median_ms"] / short["median_ms"]
    ratio_of_ten = long["ten"]["median_ms"] / short["ten"]["median_ms"]
    print(verdict("500, with all of the history / a quarter of it", ratio, 1.3, "x"))
    print(verdict("10, with all of the history / a quarter of it", ratio_of_ten, 1.3, "x"))
    keep(asked.record, about, found | {"ratio": ratio, "ratio_of_ten": ratio_of_ten})


if __name__ == "__main__":
    main()
