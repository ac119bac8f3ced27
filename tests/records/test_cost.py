"""What a late punch costs does not grow with what is stored: statements, the database's own steps, plans."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import apsw
from sqlalchemy import Engine, event, text

from monitor.config import Settings
from monitor.records import refresh
from monitor.store.driver import sqlite3
from monitor.store.session import open_database, transaction
from monitor.store.tables import Badge, Person, Terminal
from tests.office import START, at, cover, full_day, open_office, punch

NOW = at("2026-12-06 10:00")  # a Sunday: nobody is at work
LATE = date(2026, 12, 3)
LARGE = ("punch", "session_record", "day_record", "punch_variant")
PLANNED = ("SELECT", "DELETE", "UPDATE", "INSERT")
FEW = ("ix_session_record_long", "ix_session_record_pending")
"""Indexes that hold the few rows of one kind only."""


@dataclass(slots=True)
class Cost:
    """What was asked of the database, and how many of its instructions that took."""

    steps: int = 0
    asked: list[tuple[str, Any]] = field(default_factory=list)

    def tick(self) -> int:
        self.steps += 1
        return 0


@contextmanager
def watched(engine: Engine) -> Iterator[Cost]:
    cost = Cost()

    def count(connection: Any, *_: object) -> None:
        connection.set_progress_handler(cost.tick, 1)

    def note(_c: object, _cursor: object, statement: str, values: Any, _x: object, many: bool) -> None:
        cost.asked.append((statement, values[0] if many else values))

    event.listen(engine, "checkout", count)
    event.listen(engine, "before_cursor_execute", note)
    yield cost
    event.remove(engine, "checkout", count)
    event.remove(engine, "before_cursor_execute", note)


def after_days(engine: Engine, days: int, settings: Settings) -> Cost:
    """The cost of a late punch and its refresh after so many days of everybody's punches."""
    open_office(engine)
    cover(engine, "2026-02-01 00:00", "2026-12-31 00:00")
    first = max(START, LATE - timedelta(days=days))
    for ahead in range((date(2026, 12, 4) - first).days):
        day = (first + timedelta(days=ahead)).isoformat()
        punch(engine, *[each for user in "1234" for each in full_day(user, day)])
    refresh(engine, now=NOW, settings=settings)
    punch(engine, ("1", f"{LATE} 08:15"))
    refresh(engine, now=NOW, settings=settings)
    with watched(engine) as cost:
        punch(engine, ("1", f"{LATE} 08:25"))
        assert refresh(engine, now=NOW, settings=settings) > 0
    return cost


def test_a_late_punch_costs_the_same_after_a_long_history(
    sqlite_url: str, migrated_file: Path, tmp_path: Path, settings: Settings
) -> None:
    shutil.copy(migrated_file, tmp_path / "short.db")
    short, long = open_database(f"sqlite:///{tmp_path / 'short.db'}"), open_database(sqlite_url)
    little, much = after_days(short, 20, settings), after_days(long, 140, settings)
    short.dispose()
    long.dispose()
    assert [statement for statement, _ in much.asked] == [statement for statement, _ in little.asked]
    assert much.steps < 1.1 * little.steps


def among_alike(engine: Engine, offices: int, settings: Settings) -> Cost:
    """The cost of a late punch of id 1 where so many other offices' terminals count their people from 1."""
    open_office(engine)
    cover(engine, "2026-02-01 00:00", "2026-12-31 00:00")
    punch(engine, *full_day("1", "2026-12-02"), *full_day("1", LATE.isoformat()))
    with transaction(engine) as session:
        for place in range(10, 10 + offices):
            session.add(Terminal(id=place, code=f"T{place}", name="", kind="zk", unit_id=2))
            one = {"code": f"N{place}", "name": "", "sort_key": "", "search_key": ""}
            session.add(Person(id=place, **one))
            session.flush()
            session.add(Badge(person_id=place, terminal_id=place, device_user_id="1"))
            for day in range(20_700, 20_790):
                session.execute(text(ANYBODYS_PUNCH), {"terminal": place, "time": day * 86_400 + 27_000})
    refresh(engine, now=NOW, settings=settings)
    with watched(engine) as cost:
        punch(engine, ("1", f"{LATE} 08:25"))
        assert refresh(engine, now=NOW, settings=settings) > 0
    return cost


ANYBODYS_PUNCH = """
INSERT INTO punch
  (terminal_id, device_user_id, device_time, verify, state, work_code, source, received_at, raw)
VALUES (:terminal, '1', :time, 1, 0, 0, 'pull', 0, x'00')
"""


def test_a_late_punch_costs_little_more_however_many_terminals_count_their_people_from_one(
    sqlite_url: str, migrated_file: Path, tmp_path: Path, settings: Settings
) -> None:
    shutil.copy(migrated_file, tmp_path / "few.db")
    few, many = open_database(f"sqlite:///{tmp_path / 'few.db'}"), open_database(sqlite_url)
    little, much = among_alike(few, 8, settings), among_alike(many, 40, settings)
    few.dispose()
    many.dispose()
    assert [statement for statement, _ in much.asked] == [statement for statement, _ in little.asked]
    # All terminals are listed three times, with some ten steps each; nobody's punches and badges there are.
    assert much.steps - little.steps < 40 * (40 - 8)


def whole_tables_read(path: str, connect: Callable[[str], Any], cost: Cost) -> list[tuple[str, str]]:
    """The steps of plans that read a large table from end to end, with their statements."""
    connection = connect(path)
    asked = [one for one in cost.asked if one[0].lstrip().upper().startswith(PLANNED)]
    steps = [
        (str(row[-1]), statement)
        for statement, values in asked
        for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", tuple(values)).fetchall()
    ]
    connection.close()
    return [
        (step, statement)
        for step, statement in steps
        if step.startswith("SCAN") and step.split()[1] in LARGE and not step.endswith(FEW)
    ]


def test_no_statement_of_a_late_punch_reads_a_large_table_from_end_to_end(
    sqlite_url: str, settings: Settings
) -> None:
    """Nor does the newest SQLite, which plans differently: it merged a UNION by reading all records."""
    path, engine = sqlite_url.removeprefix("sqlite:///"), open_database(sqlite_url)
    cost = after_days(engine, 30, settings)
    engine.dispose()
    assert whole_tables_read(path, sqlite3.connect, cost) == []
    assert whole_tables_read(path, apsw.Connection, cost) == []
    cost.asked.append(("SELECT count(*) FROM punch WHERE verify = ?", (1,)))
    assert whole_tables_read(path, apsw.Connection, cost)
