"""Storing punches, and writing records again, against the ways one would take first.

    python -m benchmarks.bench_ingest [--punches 20000] [--people 200] [--rounds 3] [--postgres]

Punches: `store.bulk.add_columns` in portions of 5,000 within one transaction, as intake does, against
SQLModel's `add_all` of 1,000 objects at a time, each committed. Records: 62 days of some people, computed
again and equal, against deleting and inserting all of them (`executemany`, as it was done before) and
against rewriting all of them by the bulk way. The sides take turns; what they stored is compared first.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlmodel import Session

from benchmarks.measured import empty_database, keep, machine, parser, verdict
from monitor.rules.wallclock import DAY_SECONDS, date_of
from monitor.store.bulk import Columns, add_columns, insert_rows
from monitor.store.months import begin_months
from monitor.store.queries import rewriting
from monitor.store.queries.adjustments import Fresh
from monitor.store.queries.periods import DAYS, SESSIONS
from monitor.store.queries.punches import PUNCHES
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import Person, Punch
from tests.office import open_office

BATCH = 1_000
PORTION = 5_000
FIRST_DAY, DAY_COUNT, FIRST_PERSON = 20_500, 62, 1_000
PART = 1_000_000
"""Seconds from one log's first time to the next one's: their punches are others."""
Seconds = tuple[float, float]
"""Of the clock, and of this process's processor."""


def log(count: int, part: int) -> Columns:
    """A terminal's log: 250 people in turn; each part another time."""
    shared: dict[str, object] = {"terminal_id": 1, "verify": 1, "state": 0, "work_code": 0, "source": "pull"}
    return {
        "device_user_id": [str(FIRST_PERSON + n % 250) for n in range(count)],
        "device_time": [_start(part) + (n // 250) * 7_000 + n % 250 for n in range(count)],
        "raw": [n.to_bytes(40, "big") for n in range(count)],
        **{name: [value] * count for name, value in (shared | {"received_at": 0}).items()},
        **{name: [None] * count for name in ("pull_id", "import_id")},
    }


def _start(part: int) -> int:
    return FIRST_DAY * DAY_SECONDS + part * PART


def by_objects(engine: Engine, columns: Columns) -> None:
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    for start in range(0, len(rows), BATCH):
        with transaction(engine) as session:
            session.add_all([Punch(**row) for row in rows[start : start + BATCH]])


def by_columns(engine: Engine, columns: Columns) -> None:
    with transaction(engine) as session:
        for start in range(0, len(columns["raw"]), PORTION):
            some = {name: values[start : start + PORTION] for name, values in columns.items()}
            add_columns(session.connection(), PUNCHES, some)


def timed(call: Callable[[], None]) -> Seconds:
    began, processor = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - began, time.process_time() - processor


def stored(engine: Engine, part: int) -> list[tuple[Any, ...]]:
    """One part's punches, without their ids and their time's part."""
    start = _start(part)
    wanted = [one for one in PUNCHES.columns if one.name not in {"id", "device_time"}]
    with reading(engine) as session:
        mine = PUNCHES.c.device_time.between(start, start + PART - 1)
        found = select(PUNCHES.c.device_time - start, *wanted).where(mine).order_by(PUNCHES.c.id)
        return [tuple(row) for row in session.connection().execute(found)]


def ingest(engine: Engine, count: int, rounds: int) -> dict[str, list[Seconds]]:
    found: dict[str, list[Seconds]] = {"add_all": [], "columns": [], "again": []}
    for turn in range(rounds):
        mine, theirs = log(count, 2 * turn), log(count, 2 * turn + 1)
        found["add_all"].append(timed(lambda theirs=theirs: by_objects(engine, theirs)))  # type: ignore[misc]  # bound now
        found["columns"].append(timed(lambda mine=mine: by_columns(engine, mine)))  # type: ignore[misc]  # bound now
        found["again"].append(timed(lambda mine=mine: by_columns(engine, mine)))  # type: ignore[misc]  # bound now
        said = stored(engine, 2 * turn)
        assert len(said) == count
        assert said == stored(engine, 2 * turn + 1), "the sides differ"
    return found


def records(people: int) -> Fresh:
    """Two sessions and a day record for each of some people's days."""
    days = range(FIRST_DAY, FIRST_DAY + DAY_COUNT)
    ids = range(FIRST_PERSON, FIRST_PERSON + people)
    return Fresh(
        spans=[(person, days[0], days[-1]) for person in ids],
        sessions=[row_of(person, day, seq) for person in ids for day in days for seq in (0, 1)],
        days=[day_of(person, day) for person in ids for day in days],
        overtime=[],
    )


def row_of(person: int, day: int, seq: int) -> dict[str, Any]:
    start = day * DAY_SECONDS + 27_000 + seq * 21_600
    known = {"person_id": person, "day": day, "seq": seq, "unit_id": 2, "regulation_id": 1, "kind": 0}
    known |= {"starts": start, "ends": start + 14_400, "due_from": start, "due_to": start + 14_400}
    known |= {"window_from": start - 3_600, "window_to": start + 18_000, "time_in": start - 300}
    known |= {"time_out": start + 14_500, "punch_in": start, "punch_out": start + 1, "status": 0}
    known |= {"late_seconds": 0, "early_seconds": 0, "worked_seconds": 14_400, "reasons": 0}
    words = {"name": "Sáng", "symbol": "+", "rule_version": "1", "extras": "", "outside": "", "uncovered": ""}
    named = known | words | {"cong": 0.5}
    return {name: named[name] for name in SESSIONS.columns.keys()}  # noqa: SIM118 - a collection, no dict


def day_of(person: int, day: int) -> dict[str, Any]:
    named = {"person_id": person, "day": day, "unit_id": 2, "status": 0, "late_seconds": 0}
    return named | {"early_seconds": 0, "worked_seconds": 28_800, "cong": 1.0, "reasons": 0}


def as_before(session: Session, fresh: Fresh) -> None:
    """Delete the days, insert the rows, as it was done before rows were compared."""
    connection = session.connection()
    for table, rows in ((SESSIONS, fresh.sessions), (DAYS, fresh.days)):
        rewriting._forget_days(connection, table, fresh.spans)
        connection.execute(insert(table), rows)


def in_bulk(session: Session, fresh: Fresh) -> None:
    """Write everything anew by the bulk way."""
    connection = session.connection()
    for table, rows in ((SESSIONS, fresh.sessions), (DAYS, fresh.days)):
        rewriting._forget_days(connection, table, fresh.spans)
        insert_rows(connection, table, [tuple(row.values()) for row in rows])


def again(engine: Engine, people: int, rounds: int) -> dict[str, list[Seconds]]:
    with transaction(engine) as session:
        ids = range(FIRST_PERSON, FIRST_PERSON + people)
        rows = [{"id": n, "code": f"P{n}", "name": "", "sort_key": f"{n}", "search_key": f"{n}"} for n in ids]
        session.connection().execute(insert(Person), rows)
    fresh = records(people)
    ways = {"executemany": as_before, "bulk": in_bulk, "unchanged": rewriting.rewrite}
    found: dict[str, list[Seconds]] = {name: [] for name in ways}
    seen = None
    for _ in range(rounds):
        for name, way in ways.items():
            found[name].append(timed(lambda way=way: _kept(engine, way, fresh)))  # type: ignore[misc]  # bound now
            with reading(engine) as session:
                rows_now = set(map(tuple, session.connection().execute(select(SESSIONS))))
            assert seen in {None, len(rows_now)}
            seen = len(rows_now)
            assert rows_now == {tuple(row.values()) for row in fresh.sessions}, "the sides differ"
    return found


def _kept(engine: Engine, way: Callable[[Session, Fresh], None], fresh: Fresh) -> None:
    with transaction(engine) as session:
        way(session, fresh)


def told(title: str, found: dict[str, list[Seconds]], count: int) -> dict[str, dict[str, float]]:
    print(title)
    kept = {}
    for name, runs in found.items():
        clock, processor = median(run[0] for run in runs), median(run[1] for run in runs)
        print(f"  {name:<12} {clock:>8.2f} s, processor {processor:>7.2f} s  {count / clock:>10,.0f} rows/s")
        kept[name] = {"seconds": clock, "worst": max(run[0] for run in runs), "processor": processor}
    return kept


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--punches", type=int, default=20_000)
    arguments.add_argument("--people", type=int, default=200, help="with 62 days of records each")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--postgres", action="store_true")
    asked = arguments.parse_args()
    about = machine()
    with (
        tempfile.TemporaryDirectory() as folder,
        empty_database(Path(folder), "ingest", postgres=asked.postgres) as url,
    ):
        engine = open_database(url)
        open_office(engine)
        if asked.postgres:
            with engine.begin() as connection:
                begin_months(connection, date_of(FIRST_DAY))
        stored_rows = told("Punches", ingest(engine, asked.punches, asked.rounds), asked.punches)
        rewritten = told("Records", again(engine, asked.people, asked.rounds), asked.people * DAY_COUNT * 3)
        engine.dispose()
    goal = 15 if asked.postgres else 30
    ratios = {
        "ingest": stored_rows["add_all"]["seconds"] / stored_rows["columns"]["seconds"],
        "ingest_processor": stored_rows["add_all"]["processor"] / stored_rows["columns"]["processor"],
        "unchanged": rewritten["executemany"]["seconds"] / rewritten["unchanged"]["seconds"],
        "unchanged_of_bulk": rewritten["bulk"]["seconds"] / rewritten["unchanged"]["seconds"],
    }
    print(verdict("add_all / columns", ratios["ingest"], goal, "x", at_least=True))
    print(verdict("the same, processor", ratios["ingest_processor"], goal, "x", at_least=True))
    print(verdict("rewriting all by executemany / unchanged", ratios["unchanged"], 3, "x", at_least=True))
    print(verdict("rewriting all in bulk / unchanged", ratios["unchanged_of_bulk"], 3, "x", at_least=True))
    keep(asked.record, about, {"punches": stored_rows, "records": rewritten, "ratios": ratios})


if __name__ == "__main__":
    main()
