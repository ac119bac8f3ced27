"""A backup holds everything as of one moment, opens only with its key, and is proven before it has a name."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.backup import drill, make_backup, restore
from monitor.config import Settings
from monitor.store.session import open_database, transaction
from tests.backup.conftest import NOW, ON_SQLITE, SECRET, clock
from tests.office import punch, rows

COUNT = "SELECT count(*) FROM punch"


@pytest.fixture
def made(installation: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "x.backup"
    make_backup(installation, path, SECRET, clock)
    return path


def put_back(settings: Settings, path: Path) -> str:
    return restore(settings, path, SECRET, clock=clock, actor="cli:x", replace=True).former


def test_what_was_backed_up_comes_back_row_for_row(installation: Settings, made: Path) -> None:
    engine = open_database(installation.database_url)
    before = rows(engine, "SELECT * FROM punch ORDER BY id"), rows(engine, "SELECT * FROM audit_entry")
    punch(engine, ("3", "2026-03-02 07:31:00"))
    engine.dispose()
    put_back(installation, made)
    engine = open_database(installation.database_url)
    assert rows(engine, "SELECT * FROM punch ORDER BY id") == before[0]
    assert rows(engine, "SELECT * FROM audit_entry ORDER BY id")[:1] == before[1]
    punch(engine, ("4", "2026-03-02 07:32:00"))  # ids are counted on
    assert rows(engine, COUNT) == [(3,)]
    engine.dispose()


@ON_SQLITE
def test_the_database_still_refuses_to_change_a_punch_afterwards(installation: Settings, made: Path) -> None:
    put_back(installation, made)
    engine = open_database(installation.database_url)
    with pytest.raises(Exception, match="append-only"), transaction(engine) as session:
        session.connection().execute(text("UPDATE punch SET state = 9"))
    engine.dispose()


@ON_SQLITE
def test_a_drill_changes_nothing_and_tells_what_it_found(installation: Settings, made: Path) -> None:
    proof = drill(installation, made, SECRET)
    assert (proof.about.made_at, proof.facts.rows["punch"], proof.facts.rows["person"]) == (NOW, 2, 4)
    assert set(proof.files) == {"config.toml", "secret.key"}  # the key of the box is not in the box
    engine = open_database(installation.database_url)
    assert rows(engine, "SELECT count(*) FROM fact WHERE key = 'restored'") == [(0,)]
    engine.dispose()


def test_a_backup_taken_while_others_write_is_whole(installation: Settings, tmp_path: Path) -> None:
    engine, stop, delivered = open_database(installation.database_url), threading.Event(), [0]

    def deliver() -> None:
        for second in range(10_000):
            if stop.is_set():
                return
            moment = f"2026-03-03 {7 + second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
            punch(engine, ("1", moment))
            delivered[0] += 1

    writer = threading.Thread(target=deliver)
    writer.start()
    try:
        made = make_backup(installation, tmp_path / "x.backup", SECRET, clock)
    finally:
        stop.set()
        writer.join()
        engine.dispose()
    assert delivered[0] > 0
    assert 2 <= made.proof.facts.rows["punch"] <= 2 + delivered[0]
