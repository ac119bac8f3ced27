"""One SQLite library per process: the one that comes with the product, or Python's."""

import importlib
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.store.driver import CHOICE, chosen, sqlite3
from monitor.store.session import open_database, safe_journal

BROUGHT = platform.machine() in {"x86_64", "AMD64"}
PROGRAM = """
import sys
from monitor.store.session import open_database
engine = open_database(sys.argv[1])
with engine.connect() as connection:
    ask = lambda what: connection.exec_driver_sql(what).scalar()
    print(engine.dialect.dbapi.__name__, ask("SELECT sqlite_version()"), ask("PRAGMA journal_mode"))
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"sqlite3", "pysqlite3"}))
"""


def told(tmp_path: Path, **environment: str) -> tuple[list[str], list[str]]:
    """What a program of its own says of its database, and the libraries it has loaded."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, f"sqlite:///{tmp_path / 'x.db'}"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = done.stdout.splitlines()
    return first.split(), second.split()


@pytest.mark.skipif(not BROUGHT, reason="no wheel for this machine")
def test_the_library_that_comes_along_keeps_a_write_ahead_log_whatever_the_system_has(tmp_path: Path) -> None:
    (driver, version, journal), loaded = told(tmp_path)
    assert (driver, journal, loaded) == ("pysqlite3.dbapi2", "wal", ["pysqlite3"])
    assert safe_journal(tuple(map(int, version.split(".")))) == ("WAL", "FULL")


def test_pythons_own_is_used_where_it_is_asked_for_and_in_the_way_that_is_safe_with_it(
    tmp_path: Path,
) -> None:
    (driver, version, journal), loaded = told(tmp_path, **{CHOICE: "python"})
    assert (driver, loaded) == ("sqlite3", ["sqlite3"])
    assert journal.upper() == safe_journal(tuple(map(int, version.split("."))))[0]


def test_a_file_can_go_from_one_library_to_the_other_and_back(tmp_path: Path) -> None:
    """As an office does that moves to a machine without the wheel."""
    for choice in ("", "python", ""):
        (_, version, journal), _ = told(tmp_path, **{CHOICE: choice})
        assert journal.upper() == safe_journal(tuple(map(int, version.split("."))))[0]


AT_WORK = """
import sys
from monitor.store.session import open_database, writing
engine = open_database(sys.argv[1])
for _ in range(20):
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO said VALUES (1)")
"""


def test_processes_that_start_together_on_a_file_of_older_days_all_find_it_usable(tmp_path: Path) -> None:
    """The first start after an upgrade: the journal's way is changed by whoever comes first."""
    url, path = f"sqlite:///{tmp_path / 'x.db'}", tmp_path / "x.db"
    older = sqlite3.connect(path)
    older.execute("PRAGMA journal_mode = DELETE")
    older.execute("CREATE TABLE said (what INTEGER)")
    older.close()
    processes = [subprocess.Popen([sys.executable, "-c", AT_WORK, url]) for _ in range(4)]
    assert [process.wait(60) for process in processes] == [0] * 4
    engine = open_database(url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM said").scalar() == 80
    engine.dispose()


def test_without_a_wheel_for_the_machine_pythons_own_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.import_module

    def without(name: str) -> object:
        if name.startswith("pysqlite3"):
            raise ImportError(name)
        return found(name)

    monkeypatch.delenv(CHOICE, raising=False)
    monkeypatch.setattr("monitor.store.driver.import_module", without)
    assert chosen().__name__ == "sqlite3"


def test_every_connection_of_an_engine_is_of_the_one_library(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        assert isinstance(connection.connection.driver_connection, sqlite3.Connection)
    engine.dispose()
