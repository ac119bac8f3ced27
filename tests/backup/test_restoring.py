"""After a restore nothing is claimed that the backup does not know; the terminals fill in the rest."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from devices.simulated import SimulatedTerminal
from devices.zk_push import DeviceInfo
from monitor.backup import BackupRefused, drill, make_backup, restore
from monitor.backup import restoring as restoring_module
from monitor.backup.aftercare import Aftercare
from monitor.backup.sqlite import SqliteStorage
from monitor.config import Settings
from monitor.intake import pull
from monitor.intake.push import greet, note_poll
from monitor.rules.wallclock import seconds_of
from monitor.store.driver import sqlite3
from monitor.store.session import open_database, reading, safe_journal, transaction
from monitor.store.tables import CoverageInterval, LoginSession, Terminal
from tests.backup.conftest import NOW, ON_SQLITE, SECRET, clock
from tests.intake.pushing import CALLER, coverage, deliver, line
from tests.intake.test_pull import USERS, log_of
from tests.office import rows

MORNING = ("2026-02-24 07:25:00", "2026-03-02 07:29:00")
LATER = ("2026-03-02 13:31:00", "2026-03-03 07:20:00")
RESTORED_AT = NOW + timedelta(days=1)


@pytest.fixture
def terminal() -> Iterator[SimulatedTerminal]:
    """A terminal that goes on taking punches after the backup."""
    with SimulatedTerminal(serial="SN1", clock=clock, users=USERS, log=log_of(*MORNING, user="3")) as running:
        yield running


def put_back(settings: Settings, path: Path) -> Engine:
    restore(settings, path, SECRET, clock=lambda: RESTORED_AT, actor="cli:x", replace=True)
    return open_database(settings.database_url)


def of_3(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "SELECT device_time FROM punch WHERE device_user_id = '3' ORDER BY device_time")


@ON_SQLITE
def test_reading_the_terminals_again_brings_every_punch_once(
    installation: Settings, database: Engine, terminal: SimulatedTerminal, tmp_path: Path
) -> None:
    with transaction(database) as session:
        session.connection().execute(update(Terminal).values(host=terminal.host, port=terminal.port))
    assert pull(database, 1, settings=installation, clock=clock).intake.stored == 2
    made = make_backup(installation, tmp_path / "x.backup", SECRET, clock).path
    with SimulatedTerminal(
        serial="SN1", clock=lambda: RESTORED_AT, users=USERS, log=log_of(*MORNING, *LATER, user="3")
    ) as later:
        moved = update(Terminal).values(host=later.host, port=later.port)
        with transaction(database) as session:
            session.connection().execute(moved)
        assert pull(database, 1, settings=installation, clock=lambda: RESTORED_AT).intake.stored == 2
        database.dispose()
        engine = put_back(installation, made)
        with transaction(engine) as session:
            session.connection().execute(moved)
        assert len(of_3(engine)) == 2
        for stored in (2, 0):
            assert pull(engine, 1, settings=installation, clock=lambda: RESTORED_AT).intake.stored == stored
    found = [seconds_of(datetime.fromisoformat(time)) for time in (*MORNING, *LATER)]
    assert of_3(engine) == [(time,) for time in found]
    engine.dispose()


@pytest.fixture
def pushed(installation: Settings, database: Engine, tmp_path: Path) -> Path:
    """A backup, and deliveries after it that were acknowledged: the terminal keeps them queued no more."""
    with transaction(database) as session:
        session.connection().execute(update(Terminal).values(push=True))
    deliver(database, line("1", "2026-03-02 08:00:00"), stamp="77")
    note_poll(database, CALLER, DeviceInfo(), NOW + timedelta(minutes=1))
    made = make_backup(installation, tmp_path / "x.backup", SECRET, clock).path
    deliver(database, line("1", "2026-03-02 13:30:00"), stamp="78", now=NOW + timedelta(hours=4))
    note_poll(database, CALLER, DeviceInfo(), NOW + timedelta(hours=4, minutes=9))
    database.dispose()
    return made


def after_the_next_delivery(engine: Engine) -> list[tuple[str, str]]:
    morning = RESTORED_AT + timedelta(hours=1)
    deliver(engine, line("1", "2026-03-03 10:59:00"), now=morning)
    note_poll(engine, CALLER, DeviceInfo(), morning + timedelta(minutes=9))
    return coverage(engine)


def test_acknowledged_deliveries_that_were_lost_leave_a_gap_and_the_log_is_asked_for(
    installation: Settings, pushed: Path
) -> None:
    engine = put_back(installation, pushed)
    assert greet(engine, CALLER, RESTORED_AT).stamp == ""
    found = after_the_next_delivery(engine)
    assert found[0] == ("2026-03-02 08:00:00", "2026-03-02 08:01:00")
    assert found[1][0] == "2026-03-03 10:05:00"  # five minutes on, for a clock that is ahead
    engine.dispose()


@ON_SQLITE
def test_a_restore_without_aftercare_would_claim_what_was_lost(
    installation: Settings, pushed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted fault: the cursor restored ahead of the rows."""
    nothing = Aftercare(pushing=(), cut=0)
    monkeypatch.setattr(restoring_module, "care", lambda _session, **_: nothing)
    engine = put_back(installation, pushed)
    assert len(after_the_next_delivery(engine)) == 1  # the gap is gone: absence would be judged in it
    engine.dispose()


@ON_SQLITE
def test_what_people_vouched_for_ends_at_the_backup(
    installation: Settings, database: Engine, tmp_path: Path
) -> None:
    with transaction(database) as session:
        for start, end in (("2026-03-01", "2026-03-31"), ("2026-03-10", "2026-03-11")):
            span = [seconds_of(datetime.fromisoformat(day)) for day in (start, end)]
            session.add(CoverageInterval(terminal_id=1, starts=span[0], ends=span[1], source="declared"))
    database.dispose()
    made = make_backup(installation, tmp_path / "x.backup", SECRET, clock).path
    engine = put_back(installation, made)
    found = rows(engine, "SELECT ends FROM coverage_interval WHERE source = 'declared'")
    assert found == [(seconds_of(datetime(2026, 3, 2, 10, 0)),)]
    assert rows(engine, "SELECT count(*) > 0 FROM stale_span")[0][0]
    engine.dispose()


@ON_SQLITE
def test_log_ins_and_slips_from_before_work_no_more(
    installation: Settings, database: Engine, tmp_path: Path
) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO account (user_name, display_name, role, token_sha256, disabled) "
            "VALUES ('a', 'A', 'admin', 'x', false)"
        )
    with transaction(database) as session:
        row = LoginSession(
            key_sha256="y", account_id=1, method="password", began_at=NOW, seen_at=NOW, fresh_at=NOW
        )
        session.add(row)
    database.dispose()
    made = make_backup(installation, tmp_path / "x.backup", SECRET, clock).path
    engine = put_back(installation, made)
    assert rows(engine, "SELECT count(*) FROM login_session") == [(0,)]
    assert rows(engine, "SELECT token_sha256 FROM account") == [(None,)]
    assert rows(engine, "SELECT action FROM audit_entry ORDER BY id DESC LIMIT 1") == [("restore",)]
    engine.dispose()


@ON_SQLITE
def test_data_is_never_replaced_unasked(installation: Settings, tmp_path: Path) -> None:
    made = make_backup(installation, tmp_path / "x.backup", SECRET, clock).path
    with pytest.raises(BackupRefused) as refused:
        restore(installation, made, SECRET, clock=clock, actor="cli:x")
    assert refused.value.code == "restore_not_empty"


def test_a_restore_waits_for_nobody_who_works_on_the_database(installation: Settings, tmp_path: Path) -> None:
    made = make_backup(installation, tmp_path / "x.backup", SECRET, clock).path
    hold = (
        "import sys; from monitor.store.session import open_database\n"
        "engine = open_database(sys.argv[1]); held = engine.connect()\n"
        "held.exec_driver_sql('SELECT 1'); print('ready', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, installation.database_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(BackupRefused) as refused:
            restore(installation, made, SECRET, clock=clock, actor="cli:x", replace=True)
        other.communicate()
    assert refused.value.code == "database_in_use"


def test_what_stood_there_before_is_kept(installation: Settings, database: Engine, tmp_path: Path) -> None:
    made = make_backup(installation, tmp_path / "x.backup", SECRET, clock).path
    deliver_after = "INSERT INTO fact (key, value) VALUES ('later', '1')"
    with database.begin() as connection:
        connection.exec_driver_sql(deliver_after)
    database.dispose()
    done = restore(installation, made, SECRET, clock=clock, actor="cli:x", replace=True)
    wanted = "SELECT count(*) FROM fact WHERE key = 'later'"
    if database.dialect.name == "sqlite":
        former = open_database(f"sqlite:///{done.former}")
        assert rows(former, wanted) == [(1,)]
        former.dispose()
    else:
        assert rows(database, wanted.replace("fact ", f"{done.former}.fact ")) == [(1,)]
    assert rows(database, wanted) == [(0,)]
    with reading(database) as session:
        assert session.get(CoverageInterval, 1) is None


@ON_SQLITE
def test_open_connections_follow_to_the_restored_file(
    installation: Settings, database: Engine, tmp_path: Path
) -> None:
    made = make_backup(installation, tmp_path / "x.backup", SECRET, clock).path
    with database.begin() as connection:
        connection.exec_driver_sql("INSERT INTO fact (key, value) VALUES ('later', '1')")
    if safe_journal(sqlite3.sqlite_version_info)[0] == "WAL" and database.dialect.name == "sqlite":
        # Its log belongs to whoever is at the file.
        with pytest.raises(BackupRefused, match="database_in_use"):
            restore(installation, made, SECRET, clock=clock, actor="cli:x", replace=True)
        database.dispose()
    restore(installation, made, SECRET, clock=clock, actor="cli:x", replace=True)  # with a pooled connection
    assert rows(database, "SELECT count(*) FROM fact WHERE key = 'later'") == [(0,)]


@ON_SQLITE
def test_a_backup_of_another_storage_or_a_later_program_is_refused(
    installation: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_backup(installation, tmp_path / "x.backup", SECRET, clock).path
    monkeypatch.setattr(SqliteStorage, "kind", "other")
    with pytest.raises(BackupRefused) as refused:
        drill(installation, made, SECRET)
    assert refused.value.code == "backup_other_storage"
