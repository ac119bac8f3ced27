"""Tasks done elsewhere give what they give here; who does them may die."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from monitor import fanout
from monitor.config import Fanout, Settings
from monitor.records import rebuild, reconcile_range, refresh
from monitor.records.judging import writing_beside_readers
from monitor.rules.wallclock import day_of
from monitor.store.session import open_database, reading
from tests.fanout.tasks import die_once, double, refuse, where
from tests.office import START, at, cover, full_day, open_office, punch, rows

TWO = Fanout(workers=2)
NOW = at("2026-05-29 20:00")
RECORDS = [f"SELECT * FROM {table} ORDER BY person_id, day" for table in ("session_record", "day_record")]


def test_here_a_task_is_done_when_its_result_is_asked_for() -> None:
    keys = iter(range(5))
    found = fanout.map(double, keys)

    assert next(found) == 0
    assert next(keys) == 1
    assert list(found) == [4, 6, 8]


def test_processes_give_results_in_the_order_of_the_keys_and_raise_what_a_task_raises() -> None:
    with fanout.opened(TWO) as doing:
        assert list(doing(double, range(20))) == [2 * n for n in range(20)]
        assert os.getpid() not in set(doing(where, range(4)))
        with pytest.raises(LookupError, match="7"):
            list(doing(refuse, [7]))


def test_a_process_killed_in_the_middle_changes_no_result(tmp_path: Path) -> None:
    keys = [(str(tmp_path), n) for n in range(12)]
    with fanout.opened(TWO) as doing:
        assert list(doing(die_once, keys)) == [3 * n for n in range(12)]
        assert os.getpid() not in set(doing(where, range(4)))
    assert (tmp_path / "died").exists()


@pytest.mark.parametrize(
    "given",
    [
        {"scheduler": "tcp://10.0.0.5:8786"},
        {"scheduler": "tcp://localhost.example:8786"},
        {"scheduler": "tls://10.0.0.5:8786", "ca_file": "ca.pem"},
        {"scheduler": "ucx://127.0.0.1:1"},
    ],
)
def test_a_scheduler_on_the_network_without_mutual_tls_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="loopback"):
        Settings.model_validate({"fanout": given})


def test_a_rebuild_by_processes_gives_the_same_rows(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    open_office(engine)
    cover(engine, "2026-02-01 00:00", "2026-12-31 00:00")
    punch(engine, *full_day("1", "2026-03-02"), *full_day("2", "2026-04-14"), received=NOW)
    refresh(engine, now=NOW, settings=Settings())
    first = day_of(START)
    reconcile_range(engine, first_day=first, last_day=first + 95, now=NOW, settings=Settings())
    before = [rows(engine, wanted) for wanted in RECORDS]

    rebuild(engine, settings=Settings(fanout=TWO))

    assert [rows(engine, wanted) for wanted in RECORDS] == before
    assert len(before[0]) > 400
    assert rows(engine, "SELECT count(*) FROM stale_span") == [(0,)]
    engine.dispose()


def test_while_workers_read_sqlite_remembers_the_pages_of_a_transaction_and_forgets_them_after(
    sqlite_url: str,
) -> None:
    """Pages that must stay would otherwise push out all that are read, again and again."""
    engine = open_database(sqlite_url)
    wanted = text("PRAGMA cache_size")
    with writing_beside_readers(engine) as session:
        assert session.connection().execute(wanted).scalar_one() <= -100_000
    with reading(engine) as session:
        assert session.connection().execute(wanted).scalar_one() == -2_000
    engine.dispose()
