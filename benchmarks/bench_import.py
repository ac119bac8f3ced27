"""10,000 people with postings and badges from Excel files: `python -m benchmarks.bench_import [--quick]`.

The other side is what a plain script does: openpyxl row by row and an ORM object for each, flushed one
after the other, without a check, a trail or a mark of what must be computed again. What is
stored is compared first.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import xlsxwriter
from sqlalchemy import Engine, text

from benchmarks.measured import empty_database, keep, machine, parser, peak_memory, processor_seconds, verdict
from monitor.setup import import_file
from monitor.store.session import open_database, transaction
from monitor.store.tables import Badge, Person, Posting, Unit
from monitor.text.vietnamese import fold, sort_key

PEOPLE, QUICK, UNIT_SIZE = 10_000, 1_000, 50
GOAL_SECONDS = 20.0
NOW = datetime(2026, 4, 2, tzinfo=UTC)
SINCE = date(2024, 1, 1)
MEGA = 1_000_000
ANY = "*"
"""Every terminal."""
FILES = {
    "people": ("code", "name", "unit", "position", "role", "valid_from"),
    "badges": ("person", "terminal", "device_user_id"),
}
SURNAMES, GIVEN = ("Nguyễn Văn", "Trần Thị", "Lê Hữu", "Đỗ Ngọc"), ("Ánh", "Bình", "Đức", "Hà", "Yến")


def write_files(folder: Path, people: int) -> None:
    """The two files as an office has them."""
    for kind, columns in FILES.items():
        with xlsxwriter.Workbook(folder / f"{kind}.xlsx", {"constant_memory": True}) as book:
            page = book.add_worksheet()
            page.write_row(0, 0, columns)
            for number in range(1, people + 1):
                page.write_row(number, 0, _row(kind, number))


def _row(kind: str, number: int) -> tuple[str, ...]:
    if kind == "badges":
        return f"CB{number:05}", ANY, str(number)
    name = f"{SURNAMES[number % 4]} {GIVEN[number % 5]}"
    role = "head" if number <= PEOPLE // UNIT_SIZE else "staff"
    unit = f"U{(number - 1) % (PEOPLE // UNIT_SIZE):03}"
    return f"CB{number:05}", name, unit, "Chuyên viên", role, SINCE.isoformat()


def units(engine: Engine) -> None:
    """Those that the files name."""
    with transaction(engine) as session:
        session.add_all(
            Unit(code=f"U{n:03}", name=f"Phòng {n}", valid_from=None) for n in range(PEOPLE // UNIT_SIZE)
        )


def ours(engine: Engine, folder: Path) -> None:
    """As `monitor import people` and `monitor import badges` do."""
    for kind in FILES:
        path = folder / f"{kind}.xlsx"
        report = import_file(engine, kind, path, now=NOW, zone="Asia/Ho_Chi_Minh", actor="cli:bench")
        assert report.applied, report


def plainly(engine: Engine, folder: Path) -> None:
    """The same rows without anything around them."""
    with transaction(engine) as session:
        unit_ids = {code: key for key, code in session.execute(text("SELECT id, code FROM unit"))}
        people = {}
        for code, name, unit, position, role, since in _rows(folder / "people.xlsx"):
            person = Person(code=code, name=name, sort_key=sort_key(name), search_key=fold(name))
            session.add(person)
            session.flush()
            people[code] = person.id or 0
            began = date.fromisoformat(since)
            posting = Posting(
                person_id=people[code], unit_id=unit_ids[unit], position=position, role=role, valid_from=began
            )
            session.add(posting)
            session.flush()
        for code, _terminal, number in _rows(folder / "badges.xlsx"):
            session.add(Badge(person_id=people[code], device_user_id=number))
            session.flush()


def _rows(path: Path) -> list[tuple[str, ...]]:
    page = openpyxl.load_workbook(path).active
    assert page is not None
    return [tuple(str(cell.value) for cell in row) for row in page.iter_rows(min_row=2)]


def stored(engine: Engine) -> list[tuple[object, ...]]:
    """Everybody with unit and badge."""
    wanted = text(
        "SELECT p.code, p.name, p.sort_key, p.search_key, u.code, o.position, o.role, o.valid_from, "
        "b.device_user_id FROM person p JOIN posting o ON o.person_id = p.id JOIN unit u ON u.id = o.unit_id "
        "JOIN badge b ON b.person_id = p.id ORDER BY p.code"
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(wanted)]


def taken(way: Callable[[Engine, Path], None], folder: Path) -> tuple[float, float, list[tuple[object, ...]]]:
    """Seconds by the clock and of the processor, and what is stored then."""
    with empty_database(folder, way.__name__) as url:
        engine = open_database(url)
        units(engine)
        began, worked = time.perf_counter(), processor_seconds()
        way(engine, folder)
        spent = time.perf_counter() - began, processor_seconds() - worked
        found = stored(engine)
        engine.dispose()
    return *spent, found


def main() -> None:
    """Print and keep the figures."""
    options = parser(__doc__)
    options.add_argument("--quick", action="store_true", help="a tenth of the people")
    asked = options.parse_args()
    people = QUICK if asked.quick else PEOPLE
    about = machine("xlsxwriter", "openpyxl", "python-calamine")
    with TemporaryDirectory(prefix="monitor-bench-") as place:
        folder = Path(place)
        write_files(folder, people)
        seconds, work, found = taken(ours, folder)
        memory = peak_memory() / MEGA
        plain_seconds, plain_work, plain = taken(plainly, folder)
    assert found == plain, "other rows"
    assert len(found) == people
    print(verdict(f"import of {people:,} people, postings, badges", seconds, GOAL_SECONDS, "s"))
    print(f"  {work:.1f} s of the processor, {memory:.0f} MB at most; plainly {plain_work:.1f} s of it")
    print(f"  {plain_work / work:.1f} times as much, without checks, trail and marks")
    figures = {"people": people, "seconds": round(seconds, 2), "cpu_seconds": round(work, 2)}
    others = {"plain_seconds": round(plain_seconds, 2), "plain_cpu_seconds": round(plain_work, 2)}
    keep(asked.record, about, {**figures, **others, "peak_megabytes": round(memory)})


if __name__ == "__main__":
    main()
