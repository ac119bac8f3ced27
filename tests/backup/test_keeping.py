"""The copies that an installation makes by itself: when, which are kept, and what a kill leaves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jobs import back_up
from jobs.context import JobContext
from monitor.alarms import backup_conditions
from monitor.backup import BackupRefused, back_up_now, drill, is_due, name_at, superfluous
from monitor.config import Backup, Settings
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import BackupCopy, JobRun
from tests.backup.conftest import NOW, SECRET, clock
from tests.office import rows

KILLS = int(os.environ.get("MONITOR_KILLS", "4"))
LOCAL_0130 = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    """What is told here does not depend on the storage."""
    found = open_database(sqlite_url)
    yield found
    found.dispose()


def tried(engine: Engine, started_at: datetime, error_code: str = "") -> None:
    with transaction(engine) as session:
        session.add(BackupCopy(started_at=started_at, finished_at=started_at, error_code=error_code))


@pytest.mark.parametrize(
    ("good", "failed", "now", "due"),
    [
        (None, None, LOCAL_0130, True),
        (LOCAL_0130, None, LOCAL_0130 + timedelta(hours=23), False),
        (LOCAL_0130, None, LOCAL_0130 + timedelta(hours=24), True),
        (LOCAL_0130 - timedelta(minutes=1), None, LOCAL_0130 + timedelta(hours=9), True),  # missed: caught up
        (None, LOCAL_0130, LOCAL_0130 + timedelta(minutes=59), False),
        (None, LOCAL_0130, LOCAL_0130 + timedelta(minutes=61), True),
    ],
)
def test_a_backup_is_due_once_a_day_also_one_that_was_missed_or_failed(
    database: Engine,
    installation: Settings,
    good: datetime | None,
    failed: datetime | None,
    now: datetime,
    due: bool,
) -> None:
    if good is not None:
        tried(database, good)
    if failed is not None:
        tried(database, failed, "backup_no_room")
    with reading(database) as session:
        assert is_due(session, installation, now) is due


def test_the_job_backs_up_once_and_writes_down_what(database: Engine, installation: Settings) -> None:
    context = JobContext(engine=database, settings=installation, clock=clock)
    assert "rows" in back_up.run(context)
    assert back_up.run(context) == "not due"
    (file,) = (installation.folder / "backups").glob("*.backup")
    assert rows(database, "SELECT file, error_code FROM backup_copy") == [(file.name, "")]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_failure_is_written_down_and_raises_an_alarm(database: Engine, installation: Settings) -> None:
    (installation.folder / "backup.key").write_text("short")
    with pytest.raises(BackupRefused):
        back_up_now(database, installation, clock)
    with reading(database) as session:
        kinds = [one.kind for one in backup_conditions(session, NOW, wanted=True)]
        assert kinds == ["backup_failed"]
        assert list(backup_conditions(session, NOW, wanted=False)) == []


def test_backups_that_do_not_come_are_an_alarm_within_two_days(database: Engine) -> None:
    with transaction(database) as session:
        session.add(JobRun(id=1, job="prune", due_at=NOW, started_at=NOW))
    with reading(database) as session:
        assert list(backup_conditions(session, NOW + timedelta(minutes=30), wanted=True)) == []
        later = [one.kind for one in backup_conditions(session, NOW + timedelta(hours=2), wanted=True)]
        assert later == ["backup_never"]
    tried(database, NOW)
    with reading(database) as session:
        for hours, kinds in ((47, []), (49, ["backup_late"])):
            found = backup_conditions(session, NOW + timedelta(hours=hours), wanted=True)
            assert [one.kind for one in found] == kinds


def test_the_newest_of_so_many_days_weeks_and_months_are_kept() -> None:
    names = [name_at(NOW - timedelta(hours=12 * age)) for age in range(2 * 400)]
    keep = Backup(keep_daily=7, keep_weekly=5, keep_monthly=12)
    gone = superfluous(
        [*names, "secret.key", ".monitor-20260101T000000Z.backup.part", "monitor-x.backup"], keep
    )
    kept = [name for name in names if name not in gone]
    assert set(gone) < set(names)  # what is no backup's name is never touched
    assert kept[:7] == [name_at(NOW), *(name_at(NOW - timedelta(hours=12 + 24 * age)) for age in range(6))]
    assert len(kept) == 7 + 3 + 10  # the first of the weeks and months are among the days
    assert superfluous(kept, keep) == []
    assert superfluous(names[:1], Backup(keep_daily=1, keep_weekly=0, keep_monthly=0)) == []


PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from monitor.backup import back_up_now
from monitor.config import load_settings
from monitor.store.session import open_database
settings = load_settings(Path(sys.argv[1]))
engine = open_database(settings.database_url)
print("ready", flush=True)
while True:
    back_up_now(engine, settings, lambda: datetime.now(UTC))
    print("made", flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process")
def test_a_kill_at_any_moment_leaves_whole_backups_only(installation: Settings, database: Engine) -> None:
    database.dispose()
    config = installation.folder / "config.toml"
    config.write_text(
        '[backup]\nkey_file = "backup.key"\nkeep_daily = 2\n[database]\nurl = "sqlite:///monitor.db"\n'
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    for number in range(KILLS):
        command = [sys.executable, "-c", PROGRAM, str(config)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            if number % 2:  # every other one is killed in a later backup than its first, however slow it is
                assert process.stdout.readline() == b"made\n"
            time.sleep(0.1 + 0.3 * (number % 5))
            process.kill()
    files = list((installation.folder / "backups").glob("monitor-*.backup"))
    assert len(files) >= 1
    for file in files:
        assert drill(installation, file, SECRET).facts.rows["punch"] == 2
    engine = open_database(installation.database_url)
    back_up_now(engine, installation, clock)  # nobody's lock is left, and half files are cleared away
    assert list((installation.folder / "backups").glob(".monitor-*.part")) == []
    engine.dispose()
