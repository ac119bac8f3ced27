"""An old database with data becomes a new one, step by step or at once, whatever cuts the upgrade off."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, MetaData, Table, event, inspect, text

from monitor import audit, doctor
from monitor.audit.chain import GENESIS, link
from monitor.backup import copy_before_upgrade
from monitor.backup.postgres import PostgresStorage
from monitor.config import Settings
from monitor.store.driver import sqlite3
from monitor.store.schema import migrate, schema_versions, versions
from monitor.store.session import open_database, reading

KILLS = int(os.environ.get("MONITOR_KILLS", "4"))
AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
REVISIONS = versions()
ROWS: dict[str, dict[str, object]] = {
    "unit": {"code": "XA", "name": "UBND xã"},
    "person": {"code": "AN", "name": "Lê Văn An"},
    "terminal": {"code": "M1", "name": "Cổng", "kind": "zk", "timezone": "Asia/Ho_Chi_Minh"},
    "pull": {"terminal_id": 1, "serial": "SN1"},
    "coverage_interval": {"terminal_id": 1, "pull_id": 1, "source": "pull"},
    "punch": {"terminal_id": 1, "device_user_id": "007", "source": "pull", "pull_id": 1},
    "fact": {"key": "a", "value": "b"},
    "job_run": {"job": "prune", "outcome": "running"},
    "account": {"user_name": "a", "role": "admin"},
    "audit_entry": {
        "actor": "cli:x",
        "action": "import",
        "subject": "people",
        "detail": "{}",
        "previous_hash": GENESIS,
        "hash": link(GENESIS, AT, "cli:x", "import", "people", "{}"),
    },
}
"""What matters of one row each; the last one is a link of the trail in its first form."""
PLAIN: dict[type, object] = {str: "", int: 0, bool: False, bytes: b"x", datetime: AT, float: 0.0}


def fill(url: str) -> None:
    """Rows as the schema of that time takes them."""
    engine = open_database(url)
    with engine.begin() as connection:
        for name, given in ROWS.items():
            table = Table(name, MetaData(), autoload_with=connection)
            needed = [one for one in table.columns if not one.nullable and one.name != "id"]
            row = {one.name: PLAIN[one.type.python_type] for one in needed if one.server_default is None}
            row = {key: _told(value, url) for key, value in (row | given).items()}
            connection.execute(table.insert().values(**row))
    engine.dispose()


def _told(value: object, url: str) -> object:
    """SQLite keeps instants without a zone."""
    return AT.replace(tzinfo=None) if value is AT and url.startswith("sqlite") else value


def counts(engine: Engine) -> dict[str, object]:
    with reading(engine) as session:
        rows = {name: text(f"SELECT count(*) FROM {name}") for name in ROWS}
        return {name: session.connection().execute(query).scalar() for name, query in rows.items()}


@contextmanager
def looked_at(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


def require_whole(url: str) -> None:
    with looked_at(url) as engine:
        assert set(counts(engine).values()) == {1}
        assert schema_versions(engine)[0] == schema_versions(engine)[1]
        with reading(engine) as session:
            assert doctor.damage(session) == ""
            chain = audit.examine_chain(session)
        assert (chain.entries, chain.broken) == (1, None)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'old.db'}"
        return
    with PostgresStorage(request.getfixturevalue("postgres_url")).scratch() as place:
        yield place.url


def test_data_survives_every_single_step_from_the_first_schema_on(empty: str) -> None:
    migrate(empty, to=REVISIONS[0])
    fill(empty)
    for revision in REVISIONS[1:]:
        migrate(empty, to=revision)
        with looked_at(empty) as engine:
            assert (schema_versions(engine)[0], set(counts(engine).values())) == (revision, {1})
    require_whole(empty)


@pytest.fixture(scope="module")
def old_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database of the first schema with data; copied, never used."""
    path = tmp_path_factory.mktemp("old") / "old.db"
    migrate(f"sqlite:///{path}", to=REVISIONS[0])
    fill(f"sqlite:///{path}")
    return path


@pytest.fixture
def old(old_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "monitor.db"
    shutil.copy(old_file, path)
    return path


def test_an_upgrade_keeps_a_copy_of_what_was_there(old: Path, tmp_path: Path) -> None:
    settings = Settings.model_validate({"folder": tmp_path})
    kept = copy_before_upgrade(settings, lambda: AT)
    assert kept is not None
    migrate(settings.database_url)
    with looked_at(f"sqlite:///{kept}") as engine:
        assert (schema_versions(engine)[0], set(counts(engine).values())) == (REVISIONS[0], {1})
    assert copy_before_upgrade(settings, lambda: AT) is None  # nothing to upgrade, nothing to keep
    require_whole(f"sqlite:///{old}")


PROGRAM = """
import os, signal, sys
from sqlalchemy import Engine, event
from monitor.store.schema import migrate
left = int(sys.argv[2])

@event.listens_for(Engine, "after_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

migrate(sys.argv[1])
"""


def statements_of_an_upgrade(path: Path) -> int:
    seen = []

    def count(*_: object) -> None:
        seen.append(1)

    event.listen(Engine, "after_cursor_execute", count)
    try:
        migrate(f"sqlite:///{path}")
    finally:
        event.remove(Engine, "after_cursor_execute", count)
    return len(seen)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process")
def test_a_kill_at_any_statement_leaves_the_old_schema_or_the_new_one(old: Path, tmp_path: Path) -> None:
    trial = tmp_path / "trial.db"
    shutil.copy(old, trial)
    total = statements_of_an_upgrade(trial)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    for number in range(KILLS):
        path = tmp_path / f"killed-{number}.db"
        shutil.copy(old, path)
        place = 1 + total * (number + 1) // (KILLS + 1)
        command = [sys.executable, "-c", PROGRAM, f"sqlite:///{path}", str(place)]
        ended = subprocess.run(command, env=environment, check=False, capture_output=True)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        with looked_at(f"sqlite:///{path}") as engine:
            assert schema_versions(engine)[0] in {REVISIONS[0], REVISIONS[-1]}
            assert set(counts(engine).values()) == {1}
        migrate(f"sqlite:///{path}")
        require_whole(f"sqlite:///{path}")


def killed_upgrading(url: str, statement: int) -> int:
    """The signal that ended a forked process, which upgraded until its n-th statement was done."""
    child = os.fork()
    if child == 0:
        left = iter(range(statement - 1, -1, -1))

        def count(*_: object) -> None:
            if next(left) == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            event.listen(Engine, "after_cursor_execute", count)
            migrate(url)
        finally:
            os._exit(1)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a process")
def test_from_every_schema_there_ever_was_a_killed_upgrade_is_made_again_with_all_rows(old: Path) -> None:
    step, url = old.with_name("step.db"), f"sqlite:///{old.with_name('step.db')}"
    for left, revision in zip(range(len(REVISIONS) - 1, 0, -1), REVISIONS, strict=False):
        migrate(f"sqlite:///{old}", to=revision)
        shutil.copy(old, step)
        # Some statements for each step that is left, so that some of its steps were done.
        assert killed_upgrading(url, 2 * left - 1) == signal.SIGKILL, revision
        with looked_at(url) as engine:
            assert (schema_versions(engine)[0], set(counts(engine).values())) == (revision, {1})
        migrate(url)
        require_whole(url)


def test_an_upgrade_without_its_transaction_would_be_found_out(old: Path) -> None:
    """Planted fault: half of a migration's statements, kept one by one."""
    connection = sqlite3.connect(old, isolation_level=None)
    connection.execute("ALTER TABLE job_run ADD COLUMN token INTEGER NOT NULL DEFAULT 0")
    connection.close()
    with pytest.raises(Exception, match="duplicate column"):
        migrate(f"sqlite:///{old}")
    with looked_at(f"sqlite:///{old}") as engine:
        assert schema_versions(engine)[0] == REVISIONS[0]
        assert "shown" not in inspect(engine).get_table_names()  # the whole upgrade was taken back
