"""From SQLite to PostgreSQL: everything arrives, proven; whatever goes wrong, nothing has changed."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlmodel import Session, col

from monitor import audit
from monitor.backup import Asked, BackupRefused, Moved, move, moving
from monitor.config import Settings
from monitor.periods import close_period, verify_periods
from monitor.records import refresh
from monitor.store.canonical import portions, table_hash
from monitor.store.queries import stale
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import AuditEntry, Person, metadata
from tests.backup.conftest import NOW, ON_SQLITE
from tests.office import at, cover, full_day, open_office, punch, rows

pytestmark = [pytest.mark.postgres, ON_SQLITE]
SEQUENCE = "SELECT seq FROM sqlite_sequence WHERE name = 'stale_span'"
APRIL = at("2026-04-02 08:00")


@pytest.fixture
def empty_url(postgres_server: str) -> Iterator[str]:
    """An empty database of the server, without any table."""
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE moved TEMPLATE template0"))
    head, _, query = postgres_server.partition("?")
    yield f"{head.rpartition('/')[0]}/moved" + (f"?{query}" if query else "")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE moved WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def installation(engine: Engine, tmp_path: Path) -> Settings:
    """An office on SQLite with a closed month, hostile names, and ids that were given and taken back."""
    settings = Settings.model_validate({"database": {"url": str(engine.url)}, "folder": tmp_path})
    open_office(engine)
    cover(engine, "2026-02-01 00:00", "2026-12-31 00:00")
    punch(engine, *full_day("1", "2026-03-02"), *full_day("2", "2026-03-03"), received=APRIL)
    refresh(engine, now=APRIL, settings=settings)
    close_period(engine, "XA-VP", "2026-03", now=APRIL, actor="cli:x", settings=settings)
    with transaction(engine) as session:
        session.add(Person(code="Đ'\"\\\t☃", name='x"); DROP', sort_key="Đ", search_key="d"))
        stale.mark(session, [(1, 1, 2)])
        session.connection().execute(text("DELETE FROM stale_span"))
    engine.dispose()
    return settings


def moved(settings: Settings, url: str, *, keep: bool = True) -> Moved:
    return move(settings, Asked(to=url, actor="cli:x", now=NOW, keep=keep), lambda _done, _total: None)


def bytes_of(settings: Settings) -> str:
    path = settings.database_url.removeprefix("sqlite:///")
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def tables_in(url: str) -> list[str]:
    engine = create_engine(url)
    found = inspect(engine).get_table_names()
    engine.dispose()
    return found


def other_byte(blocks: Iterator[Sequence[Any]], table: str) -> Iterator[Sequence[Any]]:
    return ([(*row[:-1], b"?") for row in block] if table == "punch" else block for block in blocks)


def test_everything_arrives_and_the_old_file_stays_as_it_was(installation: Settings, empty_url: str) -> None:
    before, (given,) = bytes_of(installation), rows(open_database(installation.database_url), SEQUENCE)[0]

    done = moved(installation, empty_url)

    assert bytes_of(installation) == before
    old, new = open_database(installation.database_url), open_database(empty_url)
    with reading(old) as here, reading(new) as there:
        for table in metadata.sorted_tables:
            if table.name == "audit_entry":
                continue
            assert table_hash(here.connection(), table) == table_hash(there.connection(), table)
            assert done.tables[table.name] == table_hash(there.connection(), table)
        assert done.tables["punch"].rows == 8
        assert done.tables["session_record"].rows > 0
        _proven(there, done)
    # Months were made for what came, so all of it lies in its own.
    assert rows(new, "SELECT count(*) FROM punch_2026_03") == [(8,)]
    assert rows(new, "SELECT count(*) FROM session_record_before") == [(0,)]
    _works_on(new, installation, given)
    old.dispose()
    new.dispose()


def _works_on(new: Engine, settings: Settings, given: object) -> None:
    """Work goes on there: no id comes again, days are judged, what is append-only stays so."""
    punch(new, *full_day("3", "2026-04-01"), received=APRIL)
    (mark,) = rows(new, "SELECT min(id) FROM stale_span")[0]
    refresh(new, now=APRIL, settings=settings)

    assert isinstance(mark, int)
    assert isinstance(given, int)
    assert mark > given
    assert rows(new, "SELECT count(*) FROM punch") == [(12,)]
    assert rows(
        new, "SELECT count(*) FROM session_record WHERE person_id = 3 AND day = 20544 AND time_in > 0"
    )
    with pytest.raises(ProgrammingError, match="append-only"):
        rows(new, "DELETE FROM punch")
    with pytest.raises(IntegrityError, match="punch that is not there"):
        rows(new, "INSERT INTO withheld_punch VALUES (999999)")


def _proven(there: Session, done: Moved) -> None:
    """The trail goes on from the head that came, and says what was done; the closed month is whole."""
    last = there.scalars(select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(1)).one()
    assert (last.action, last.actor, last.previous_hash) == ("move", "cli:x", done.head)
    assert json.loads(last.detail)["rows"] == done.rows
    assert audit.first_broken_link(there) is None
    assert verify_periods(there) is None


def test_a_rehearsal_leaves_nothing(installation: Settings, empty_url: str) -> None:
    assert moved(installation, empty_url, keep=False).rows > 0

    assert tables_in(empty_url) == []


def test_a_database_with_anything_in_it_is_refused(installation: Settings, postgres_url: str) -> None:
    with pytest.raises(BackupRefused) as refused:
        moved(installation, postgres_url)

    assert refused.value.code == "move_not_empty"


def test_a_trail_that_was_tampered_with_does_not_move(installation: Settings, empty_url: str) -> None:
    engine = open_database(installation.database_url)
    with transaction(engine) as session:
        session.connection().execute(text("DROP TRIGGER append_only_audit_entry_update"))
        session.connection().execute(text("UPDATE audit_entry SET subject = 'unit:XB' WHERE id = 1"))
    engine.dispose()

    with pytest.raises(BackupRefused) as refused:
        moved(installation, empty_url)

    assert refused.value.code == "move_unsound"
    assert tables_in(empty_url) == []


def test_text_that_postgresql_cannot_hold_is_refused_without_being_quoted(
    installation: Settings, empty_url: str
) -> None:
    engine = open_database(installation.database_url)
    with transaction(engine) as session:
        session.connection().execute(text("INSERT INTO fact VALUES ('x', 'a' || char(0) || 'b')"))
    engine.dispose()

    with pytest.raises(BackupRefused) as refused:
        moved(installation, empty_url)

    assert (refused.value.code, refused.value.values) == ("move_failed", {"why": "CharacterNotInRepertoire"})
    assert tables_in(empty_url) == []


def test_a_copy_that_differs_in_a_byte_is_found_and_dropped(
    installation: Settings, empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: punches whose record bytes arrive otherwise."""
    monkeypatch.setattr(moving, "portions", lambda here, table: other_byte(portions(here, table), table.name))

    with pytest.raises(BackupRefused) as refused:
        moved(installation, empty_url)

    assert (refused.value.code, refused.value.values["table"]) == ("move_unequal", "punch")
    assert tables_in(empty_url) == []


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.backup import Asked, move
from monitor.config import Settings

url, to, folder = sys.argv[1:]
settings = Settings.model_validate({"database": {"url": url}, "folder": Path(folder)})

def stop(done, total):
    if done == total // 2:
        print("half", flush=True)
        sys.stdin.read()

move(settings, Asked(to=to, actor="cli:x", now=datetime(2026, 4, 2, tzinfo=UTC)), stop)
"""


def test_killed_in_the_middle_it_leaves_nothing_and_can_be_done_again(
    installation: Settings, empty_url: str, tmp_path: Path
) -> None:
    before = bytes_of(installation)
    command = [sys.executable, "-c", KILLED, installation.database_url, empty_url, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "half\n"
        os.kill(child.pid, signal.SIGKILL)
    _wait_until_gone(empty_url)

    assert tables_in(empty_url) == []
    assert bytes_of(installation) == before
    assert moved(installation, empty_url).tables["punch"].rows == 8


def _wait_until_gone(url: str) -> None:
    """Until the server has noticed: the session of the killed process ends by itself."""
    engine = create_engine(url)
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    with engine.connect() as connection:
        while connection.execute(others).scalar_one():
            connection.rollback()
    engine.dispose()
