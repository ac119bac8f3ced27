"""Whatever changes, recomputing what it touched gives the rows that recomputing everything gives (P3)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.records import rebuild, refresh
from monitor.store.session import open_database
from tests.office import at, full_day, open_office, rows
from tests.records.changes import KINDS, Office, deliver

TABLES = {
    "session_record": "person_id, day, seq",
    "day_record": "person_id, day",
    "silent_day": "terminal_id, day",
}

Tables = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def small_office(sqlite_url: str) -> Iterator[Engine]:
    engine = open_database(sqlite_url)
    open_office(engine)
    yield engine
    engine.dispose()


def everything(engine: Engine) -> Tables:
    return {table: rows(engine, f"SELECT * FROM {table} ORDER BY {key}") for table, key in TABLES.items()}


def prepared(engine: Engine, folder: Path, seed: int) -> Office:
    office = Office(engine=engine, folder=folder, dice=Random(seed), now=at("2026-02-27 08:00"), done=[])
    office.load("units", "XA-TC,Tài chính,XA")
    office.load("terminals", "M2,Máy 2,file,XA-TC,,")
    for user in ("1", "2", "3", "4"):
        for day in ("2026-02-23", "2026-02-24", "2026-02-26"):
            deliver(office, 1, list(full_day(user, day)))
    return office


def told(office: Office, refreshed: Tables, rebuilt: Tables) -> str:
    """What was done, and the rows that only one of the two gave."""
    only = [f"{n}: {sorted(set(refreshed[n]) ^ set(rebuilt[n]), key=str)}" for n in TABLES]
    return "\n".join([*office.done, *only])


@pytest.mark.parametrize("seed", range(4))
def test_a_refresh_after_any_change_equals_a_rebuild(
    small_office: Engine, tmp_path: Path, settings: Settings, seed: int
) -> None:
    office = prepared(small_office, tmp_path, seed)
    changed = 0
    for _ in range(60):
        before = everything(small_office)
        while not office.dice.choice(KINDS)(office):
            pass  # refused: nothing was touched
        office.now += timedelta(minutes=office.dice.choice((1, 1, 30, 400, 1100)))
        refresh(small_office, now=office.now, settings=settings)
        refreshed = everything(small_office)
        rebuild(small_office, settings=settings)
        rebuilt = everything(small_office)
        assert rebuilt == refreshed, told(office, refreshed, rebuilt)
        changed += refreshed != before
    assert changed > 20, "the changes must change something"
