"""Official sheets for one unit and for a province, from the database: `python -m benchmarks.bench_sheets`.

The other side is what a plain script does: openpyxl, cell by cell, with the same sheets. Contents are
compared first. The whole agency's workbook is made in a child, so that its memory is its own.
"""

import multiprocessing
import time
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert

from benchmarks.measured import keep, machine, parser
from monitor.exports.timesheet.collect import month_sheets, units_with_people
from monitor.exports.timesheet.excel import as_xlsx
from monitor.exports.timesheet.form import load_forms
from monitor.exports.timesheet.wanted import Wanted
from monitor.periods import Month
from monitor.store.queries.periods import SESSIONS
from monitor.store.schema import migrate
from monitor.store.session import open_database, transaction
from monitor.store.tables import (
    Person,
    Posting,
    RegulationSession,
    RegulationVersion,
    Unit,
)

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 4, 2, tzinfo=UTC)
MONTH = Month.of("2026-03")
UNIT_SIZE = 500
SYMBOLS = np.array(["+", "P", "Ô", "KP", "No", "CT"], object)
SHARES = (0.9, 0.04, 0.02, 0.01, 0.01, 0.02)
WITHOUT_CONG = frozenset({"Ô", "KP", "No"})
MEGABYTE = 1024


def fill(url: str, people: int, seed: int = 1) -> None:
    """A province of units with 500 people each, and two sessions on each of 22 days of March 2026."""
    migrate(url)
    engine = open_database(url)
    units = max(1, people // UNIT_SIZE)
    ids = range(1, people + 1)
    with transaction(engine) as session:
        connection = session.connection()
        session.add(Unit(id=1, code="T", name="UBND tỉnh"))
        session.flush()
        connection.execute(
            insert(Unit),
            [{"id": n + 2, "code": f"S{n:03}", "name": f"Sở số {n}", "parent_id": 1} for n in range(units)],
        )
        connection.execute(
            insert(Person),
            [
                {
                    "id": n,
                    "code": f"CB{n:06}",
                    "name": f"Nguyễn Văn {n}",
                    "sort_key": f"{n:06}",
                    "search_key": "",
                }
                for n in ids
            ],
        )
        started = date(2026, 1, 1)
        connection.execute(
            insert(Posting),
            [{"person_id": n, "unit_id": 2 + n % units, "valid_from": started} for n in ids],
        )
        session.add(RegulationVersion(id=1, code="hc", title="", document="QĐ", valid_from=started))
        session.flush()
        for name, start in (("Sáng", 27_000), ("Chiều", 48_600)):
            session.add(
                RegulationSession(
                    regulation_id=1,
                    name=name,
                    weekdays="12345",
                    start_seconds=start,
                    end_seconds=start + 14_400,
                )
            )
        session.flush()
        random = np.random.default_rng(seed)
        for first in range(0, people, 1000):
            connection.execute(insert(SESSIONS), records(ids[first : first + 1000], units, random))
    engine.dispose()


def records(people: range, units: int, random: np.random.Generator) -> list[dict[str, Any]]:
    days = [day for day in range(MONTH.first_day, MONTH.last_day + 1) if (day + 3) % 7 < 5]
    symbols = iter(random.choice(SYMBOLS, len(people) * len(days) * 2, p=SHARES).tolist())
    rows = []
    for person in people:
        for day in days:
            for seq, (name, start) in enumerate((("Sáng", 27_000), ("Chiều", 48_600))):
                symbol, starts = next(symbols), day * 86_400 + start
                rows.append(
                    {
                        "person_id": person,
                        "day": day,
                        "seq": seq,
                        "unit_id": 2 + person % units,
                        "regulation_id": 1,
                        "kind": 0,
                        "name": name,
                        "starts": starts,
                        "ends": starts + 14_400,
                        "due_from": starts,
                        "due_to": starts + 14_400,
                        "status": 9 if symbol in {"+", "CT"} else 7,
                        "late_seconds": 0,
                        "early_seconds": 0,
                        "worked_seconds": 14_400,
                        "symbol": symbol,
                        "cong": 0.0 if symbol in WITHOUT_CONG else 0.5,
                        "reasons": 0,
                        "rule_version": "1",
                        "extras": "",
                        "outside": "",
                        "uncovered": "",
                    }
                )
    return rows


def wanted() -> Wanted:
    return Wanted(form_name="c01-hd", forms=load_forms(Path()), month=MONTH, now=NOW, zone=ZONE)


def workbook(engine: Engine, unit: str, *, whole: bool) -> bytes:
    """What `monitor export timesheet --out x.xlsx` does."""
    asked = wanted()
    units, _ = units_with_people(engine, unit, asked, with_subunits=whole)
    return as_xlsx(month_sheets(engine, units, asked), ZONE, NOW, whole=whole)


def in_a_child(url: str, channel: Any) -> None:
    """Make the whole workbook: seconds by the clock and of the processor, bytes, memory."""
    engine = open_database(url)
    before = most_memory()
    started, worked = time.perf_counter(), time.process_time()
    size = len(workbook(engine, "T", whole=True))
    seconds, work = time.perf_counter() - started, time.process_time() - worked
    channel.send((seconds, work, size, before, most_memory()))
    engine.dispose()


def most_memory() -> float:
    """MB at most so far; not `getrusage`, which a child inherits from its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / MEGABYTE


def best(task: Any, times: int = 3) -> tuple[float, float]:
    """Least seconds by the clock and of the processor."""
    found, worked = [], []
    for _ in range(times):
        started, before = time.perf_counter(), time.process_time()
        task()
        found.append(time.perf_counter() - started)
        worked.append(time.process_time() - before)
    return min(found), min(worked)


def main() -> None:
    # Not at the top: the child measures its memory, and the product does without openpyxl.
    from benchmarks.plain_sheets import people_rows, plainly  # noqa: PLC0415 - see above

    options = parser(__doc__)
    options.add_argument("--people", type=int, default=30_000)
    options.add_argument("--quick", action="store_true", help="a tenth of the people")
    asked = options.parse_args()
    people = asked.people // 10 if asked.quick else asked.people
    about = machine("xlsxwriter", "openpyxl")
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        fill(url, people)
        engine = open_database(url)
        sheets = list(
            month_sheets(
                engine, units_with_people(engine, "S000", wanted(), with_subunits=False)[0], wanted()
            )
        )
        assert people_rows(workbook(engine, "S000", whole=False)) == people_rows(plainly(sheets))
        ours, our_work = best(lambda: workbook(engine, "S000", whole=False))
        _, written = best(lambda: as_xlsx(sheets, ZONE, NOW, whole=False))
        _, theirs = best(lambda: plainly(sheets))
        engine.dispose()
        print(f"C01-HD of {len(sheets[0].lines)} people from the database: {ours:.3f} s (goal: under 0.3)")
        print(f"  {our_work:.3f} s of the processor; writing alone {written:.3f}")
        print(f"  openpyxl plainly, writing alone: {theirs:.3f}, {theirs / written:.1f} times as much")
        receive, send = multiprocessing.get_context("spawn").Pipe(duplex=False)
        child = multiprocessing.get_context("spawn").Process(target=in_a_child, args=(url, send))
        child.start()
        seconds, work, size, before, most = receive.recv()
        child.join()
    print(f"workbook of {people} people: {seconds:.1f} s (goal: under 10), {work:.1f} s of one processor")
    print(f"  memory at most {most:.0f} MB (goal: under 200), {before:.0f} MB before it began")
    print(f"  the file has {size / 1e6:.1f} MB")
    one = {"unit_seconds": ours, "unit_cpu_seconds": our_work, "written_cpu_seconds": written}
    whole = {"openpyxl_cpu_seconds": theirs, "workbook_seconds": seconds, "workbook_cpu_seconds": work}
    figures = {name: round(value, 3) for name, value in (one | whole).items()}
    keep(asked.record, about, {"people": people, **figures, "peak_megabytes": round(most)})


if __name__ == "__main__":
    main()
