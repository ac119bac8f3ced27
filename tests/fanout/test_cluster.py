"""A real Dask cluster of this machine, scheduler and two workers: whoever dies, results stay the same."""

import os
import sys
from pathlib import Path

import pytest

from monitor import fanout
from monitor.config import ConfigError, Fanout, Settings
from monitor.records import rebuild, reconcile_range, refresh
from monitor.rules.wallclock import day_of
from monitor.store.session import open_database
from tests.fanout.conftest import Running
from tests.fanout.tasks import die_once, double, kill_once, refuse, where
from tests.office import START, at, cover, full_day, open_office, punch, rows

NOW = at("2026-05-29 20:00")
RECORDS = [f"SELECT * FROM {table} ORDER BY person_id, day" for table in ("session_record", "day_record")]


def test_losing_a_worker_and_then_the_scheduler_changes_no_result(running: Running, tmp_path: Path) -> None:
    assert running.address.startswith("tcp://127.0.0.1:")
    with fanout.opened(running.where) as doing:
        assert list(doing(double, range(20))) == [2 * n for n in range(20)]
        assert len(set(doing(where, range(12))) - {os.getpid()}) == 2
        with pytest.raises(LookupError, match="7"):
            list(doing(refuse, [7]))

        assert list(doing(die_once, [(str(tmp_path), n) for n in range(12)])) == [3 * n for n in range(12)]
        assert len(set(doing(where, range(12))) - {os.getpid()}) == 1

        keys = [(str(tmp_path), running.scheduler, n) for n in range(12)]
        assert list(doing(kill_once, keys)) == [5 * n for n in range(12)]
        assert set(doing(where, range(4))) == {os.getpid()}
    assert list(fanout.map(double, range(3), running.where)) == [0, 2, 4]


def test_a_rebuild_by_a_cluster_gives_the_same_rows(running: Running, sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    open_office(engine)
    cover(engine, "2026-02-01 00:00", "2026-12-31 00:00")
    punch(engine, *full_day("1", "2026-03-02"), *full_day("2", "2026-04-14"), received=NOW)
    refresh(engine, now=NOW, settings=Settings())
    first = day_of(START)
    reconcile_range(engine, first_day=first, last_day=first + 95, now=NOW, settings=Settings())
    before = [rows(engine, wanted) for wanted in RECORDS]

    rebuild(engine, settings=Settings(fanout=running.where))

    assert [rows(engine, wanted) for wanted in RECORDS] == before
    assert len(before[0]) > 400
    engine.dispose()


def test_without_the_extra_the_configuration_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "monitor.fanout.cluster", raising=False)
    with pytest.raises(ConfigError) as refused:
        list(fanout.map(double, [1], Fanout(scheduler="tcp://127.0.0.1:8786")))
    assert refused.value.code == "fanout_not_installed"
