"""Whatever changes, recomputing what it touched gives the rows that recomputing everything gives (P3)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.periods import approve_reopening, close_period, request_reopening
from monitor.records import rebuild, refresh
from monitor.store.session import open_database
from tests.office import at, full_day, open_office, rows
from tests.records.changes import KINDS, Office, deliver

pytestmark = pytest.mark.slow

TABLES = {
    "session_record": "SELECT * FROM session_record ORDER BY person_id, day, seq",
    "day_record": "SELECT * FROM day_record ORDER BY person_id, day",
    "overtime_record": "SELECT * FROM overtime_record ORDER BY person_id, day, seq",
    "silent_day": "SELECT * FROM silent_day ORDER BY terminal_id, day",
    "pending_adjustment": (
        "SELECT person_id, day, seq, period_id, before, after FROM pending_adjustment"
        " WHERE withdrawn_at IS NULL AND applied_at IS NULL ORDER BY 1, 2, 3, 5, 6"
    ),
}
SEALED = "SELECT * FROM session_record WHERE day BETWEEN 20485 AND 20512 AND unit_id > 1 ORDER BY 1, 2, 3"
Tables = dict[str, list[tuple[object, ...]]]


@pytest.fixture
def small_office(sqlite_url: str) -> Iterator[Engine]:
    engine = open_database(sqlite_url)
    open_office(engine)
    yield engine
    engine.dispose()


def everything(engine: Engine) -> Tables:
    return {table: rows(engine, query) for table, query in TABLES.items()}


def prepared(engine: Engine, folder: Path, seed: int) -> Office:
    dice = Random(seed)  # noqa: S311 - dice, not secrets
    office = Office(engine=engine, folder=folder, dice=dice, now=at("2026-02-27 08:00"), done=[])
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


def change_and_compare(office: Office, settings: Settings) -> bool:
    """Change something, refresh, rebuild, compare; whether any record changed."""
    before = everything(office.engine)
    while not office.dice.choice(KINDS)(office):
        pass  # refused: nothing was touched
    office.now += timedelta(minutes=office.dice.choice((1, 1, 30, 400, 1100)))
    refresh(office.engine, now=office.now, settings=settings)
    refreshed = everything(office.engine)
    rebuild(office.engine, settings=settings)
    rebuilt = everything(office.engine)
    assert rebuilt == refreshed, told(office, refreshed, rebuilt)
    return refreshed != before


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 8))])
def test_a_refresh_after_any_change_equals_a_rebuild(
    small_office: Engine, tmp_path: Path, settings: Settings, seed: int
) -> None:
    office = prepared(small_office, tmp_path, seed)
    changed = sum(change_and_compare(office, settings) for _ in range(60))
    assert changed > 20, "the changes must change something"


@pytest.mark.parametrize("seed", [10, pytest.param(11, marks=pytest.mark.slow)])
def test_a_closed_month_stands_whatever_changes_and_follows_when_reopened(
    small_office: Engine, tmp_path: Path, settings: Settings, seed: int
) -> None:
    office = prepared(small_office, tmp_path, seed)
    office.now = at("2026-03-02 08:00")
    for _ in range(8):
        change_and_compare(office, settings)
    close_both(office, settings)
    sealed = rows(small_office, SEALED)
    assert sealed
    for _ in range(25):
        change_and_compare(office, settings)
        assert rows(small_office, SEALED) == sealed, "\n".join(office.done)
    assert rows(small_office, TABLES["pending_adjustment"])
    reopen_both(office, settings)
    assert rows(small_office, TABLES["pending_adjustment"]) == []
    opened = everything(small_office)
    rebuild(small_office, settings=settings)
    assert everything(small_office) == opened
    assert rows(small_office, SEALED) != sealed
    for _ in range(5):
        change_and_compare(office, settings)


def close_both(office: Office, settings: Settings) -> None:
    """Close February of both offices, with March still running."""
    for unit in ("XA-VP", "XA-TC"):
        close_period(office.engine, unit, "2026-02", now=office.now, actor="cli:lan", settings=settings)


def reopen_both(office: Office, settings: Settings) -> None:
    for unit in ("XA-VP", "XA-TC"):
        place, now = (office.engine, unit, "2026-02"), office.now
        request_reopening(*place, reason="Thử", requested_by="cli:lan", now=now)
        approve_reopening(*place, approved_by="cli:minh", now=now, settings=settings)
