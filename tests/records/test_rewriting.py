"""Computed again, records that are equal are not written; of the others exactly the rows that differ."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from monitor.config import Settings
from monitor.records import reconcile_range, refresh
from monitor.rules.wallclock import day_of
from monitor.store.queries import rewriting
from monitor.store.session import transaction
from tests.office import at, cover, full_day, open_office, punch, rows

NOW = at("2026-03-31 20:00")
FIRST, LAST = day_of(date(2026, 3, 2)), day_of(date(2026, 3, 27))
TABLES = ("session_record", "day_record")
ALL = "SELECT * FROM session_record ORDER BY person_id, day, seq"


@contextmanager
def writes(engine: Engine) -> Iterator[list[tuple[str, int]]]:
    """What was done to records: INSERT or DELETE with the table, and how many rows that changed, if any."""
    found: list[tuple[str, int]] = []

    def note(_connection: object, cursor: Any, statement: str, *_others: object) -> None:
        verb, _, rest = statement.partition(" ")
        name = rest.removeprefix("INTO ").removeprefix("FROM ").split()[0]
        if verb in {"INSERT", "DELETE"} and name in TABLES and cursor.rowcount:
            found.append((f"{verb} {name}", cursor.rowcount))

    event.listen(engine, "after_cursor_execute", note)
    yield found
    event.remove(engine, "after_cursor_execute", note)


@pytest.fixture(autouse=True, params=["few", "many"])
def rows_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows SQLite compares where they lie, of many what is stored is read."""
    if request.param == "many":
        monkeypatch.setattr(rewriting, "FEW_ROWS", 0)


def office(engine: Engine, settings: Settings) -> None:
    open_office(engine)
    cover(engine, "2026-02-01 00:00", "2026-12-31 00:00")
    punch(engine, *full_day("1", "2026-03-02"), *full_day("2", "2026-03-03"), received=NOW)
    refresh(engine, now=NOW, settings=settings)
    reconcile_range(engine, first_day=FIRST, last_day=LAST + 4, now=NOW, settings=settings)


def again(engine: Engine, settings: Settings) -> None:
    reconcile_range(engine, first_day=FIRST, last_day=LAST, now=NOW, settings=settings)


def test_an_unchanged_run_writes_nothing(engine: Engine, settings: Settings) -> None:
    office(engine, settings)
    before = rows(engine, ALL)
    with writes(engine) as found:
        again(engine, settings)

    assert found == []
    assert len(before) == len(rows(engine, ALL)) > 100


def test_only_the_rows_that_differ_are_written(engine: Engine, settings: Settings) -> None:
    office(engine, settings)
    before = rows(engine, ALL)
    with transaction(engine) as session:
        spoilt = "UPDATE session_record SET late_seconds = 7 WHERE person_id = 3 AND seq = 1 AND day = 20515"
        session.connection().execute(text(spoilt))
        session.connection().execute(text("DELETE FROM day_record WHERE person_id = 2 AND day = 20516"))
    with writes(engine) as found:
        again(engine, settings)

    assert found == [("INSERT session_record", 1), ("INSERT day_record", 1)]
    assert rows(engine, ALL) == before


def test_a_row_too_many_goes_and_days_beside_the_range_stay(engine: Engine, settings: Settings) -> None:
    office(engine, settings)
    before = rows(engine, ALL)
    copied = ", ".join(
        "9" if name == "seq" else f"{name}"
        for (name,) in rows(engine, f"SELECT name FROM ({_columns(engine)}) AS c ORDER BY place")
    )
    with transaction(engine) as session:
        for day in (FIRST, LAST + 4):
            one = f"SELECT {copied} FROM session_record WHERE person_id = 1 AND seq = 0 AND day = {day}"
            session.connection().execute(text(f"INSERT INTO session_record {one}"))
    again(engine, settings)

    (beside,) = set(rows(engine, ALL)) - set(before)
    assert beside[:3] == (1, LAST + 4, 9)


def _columns(engine: Engine) -> str:
    if engine.dialect.name == "sqlite":
        return "SELECT name, cid AS place FROM pragma_table_info('session_record')"
    return (
        "SELECT column_name AS name, ordinal_position AS place FROM information_schema.columns "
        "WHERE table_name = 'session_record'"
    )
