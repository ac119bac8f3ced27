"""SQLite's write-ahead log is emptied between commits, not by one of them."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.store import session
from monitor.store.session import LOG_BYTES, LOG_PAGES, empty_log, open_database, writing

PAGE = 4_096


@pytest.fixture
def with_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(session, "safe_journal", lambda _version: ("WAL", "FULL"))
    engine = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE said (what BLOB)")
    empty_log(engine)
    return engine


def say(engine: Engine, pages: int) -> None:
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO said VALUES (zeroblob(?))", (pages * PAGE,))


def test_a_commit_leaves_the_file_alone_and_a_job_takes_the_log_over(
    with_log: Engine, tmp_path: Path
) -> None:
    before = (tmp_path / "x.db").stat().st_size

    say(with_log, 2_000)  # twice what SQLite by itself lets a log hold
    assert (tmp_path / "x.db").stat().st_size == before
    empty_log(with_log)

    assert (tmp_path / "x.db").stat().st_size > before + 2_000 * PAGE
    with_log.dispose()


def test_while_no_job_runs_a_long_log_is_emptied_all_the_same(with_log: Engine, tmp_path: Path) -> None:
    before = (tmp_path / "x.db").stat().st_size
    say(with_log, LOG_PAGES)
    assert (tmp_path / "x.db").stat().st_size > before + LOG_PAGES * PAGE
    with_log.dispose()


def test_what_a_reader_still_looks_at_is_left_for_later(with_log: Engine) -> None:
    with with_log.connect() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM said").scalar() == 0
        say(with_log, 10)
        empty_log(with_log)
        assert reader.exec_driver_sql("SELECT count(*) FROM said").scalar() == 0
    with with_log.connect() as later:
        assert later.exec_driver_sql("SELECT count(*) FROM said").scalar() == 1
    with_log.dispose()


def test_a_database_without_such_a_log_is_as_it_was(engine: Engine) -> None:
    empty_log(engine)


def test_a_log_that_one_large_transaction_made_long_is_cut_when_it_is_begun_again(
    with_log: Engine, tmp_path: Path
) -> None:
    log = tmp_path / "x.db-wal"
    say(with_log, 3 * LOG_PAGES)
    assert log.stat().st_size > 2 * LOG_BYTES
    say(with_log, 1)  # the first since the log was taken over
    assert log.stat().st_size <= LOG_BYTES
    with_log.dispose()
