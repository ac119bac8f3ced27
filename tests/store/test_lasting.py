"""What is made again by itself does not wait for the disk; whatever else is committed does."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, event

from monitor.config import Settings
from monitor.records import refresh
from monitor.store import session
from monitor.store.session import open_database, reading, transaction, writing
from tests.conftest import NOW, ON_SQLITE
from tests.office import open_office, punch

NORMAL, FULL, EXTRA = 1, 2, 3
LOG, JOURNAL = ("WAL", "FULL"), ("DELETE", "EXTRA")
ROOT = Path(__file__).parents[2]


def waiting(connection: Connection) -> object:
    if connection.dialect.name == "postgresql":
        return connection.exec_driver_sql("SHOW synchronous_commit").scalar()
    return connection.exec_driver_sql("PRAGMA synchronous").scalar()


def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, modes: tuple[str, str]) -> Engine:
    monkeypatch.setattr(session, "safe_journal", lambda _version: modes)
    return open_database(f"sqlite:///{tmp_path / 'x.db'}")


def test_with_a_write_ahead_log_only_what_lasts_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened(tmp_path, monkeypatch, LOG)
    for lasting, expected in ((True, FULL), (False, NORMAL), (False, NORMAL), (True, FULL)):
        with writing(engine, lasting=lasting) as connection:
            assert waiting(connection) == expected
    engine.dispose()


def test_a_rollback_journal_could_be_torn_and_always_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = opened(tmp_path, monkeypatch, JOURNAL)
    with writing(engine, lasting=False) as connection:
        assert waiting(connection) == EXTRA
    engine.dispose()


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_postgresql_server_is_told_for_one_transaction(engine: Engine) -> None:
    as_in_an_office = engine.url.update_query_dict({"options": "-csynchronous_commit=on"})
    mine = open_database(as_in_an_office.render_as_string(hide_password=False))
    with writing(mine, lasting=False) as connection:
        assert waiting(connection) == "off"
    with writing(mine) as connection:
        assert waiting(connection) == "on"
    mine.dispose()


@ON_SQLITE
def test_punches_wait_and_the_records_made_of_them_do_not(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "safe_journal", lambda _version: LOG)
    mine = open_database(str(engine.url))
    open_office(mine)
    heard: list[object] = []
    event.listen(mine, "commit", lambda connection: heard.append(waiting(connection)))
    punch(mine, ("1", "2026-03-02 07:25"), received=NOW - timedelta(minutes=1))
    assert set(heard) == {FULL}
    heard.clear()
    refresh(mine, now=NOW, settings=Settings())
    assert heard
    assert set(heard) == {NORMAL}
    mine.dispose()


def test_what_does_not_wait_is_there_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = opened(tmp_path, monkeypatch, LOG)
    with transaction(engine, lasting=False) as writer:
        writer.connection().exec_driver_sql("CREATE TABLE said (what TEXT) STRICT")
    with reading(engine) as reader:
        assert reader.connection().exec_driver_sql("SELECT count(*) FROM said").scalar() == 0
    engine.dispose()


def test_nothing_but_records_is_committed_without_waiting() -> None:
    """Records have marks; of anything else a power cut would take back what somebody was told is kept."""
    hurried = {
        str(path.parent.relative_to(ROOT))
        for folder in ("monitor", "jobs", "devices")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"lasting\s*=\s*False", path.read_text("utf-8"))
    }
    assert hurried == {"monitor/records"}
