"""A copy that is not whole never gets a backup's name, and tells nothing to whoever has no key."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from monitor.backup import BackupRefused, drill, make_backup
from monitor.backup.parts import Packer
from monitor.backup.sealed import MAGIC
from monitor.backup.sqlite import copy_online
from monitor.config import Settings
from monitor.store.driver import sqlite3
from monitor.store.session import open_database
from tests.backup.conftest import SECRET, clock


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    """What is told here does not depend on the storage."""
    found = open_database(sqlite_url)
    yield found
    found.dispose()


def test_nothing_of_the_content_can_be_read_without_the_key(installation: Settings, tmp_path: Path) -> None:
    made = make_backup(installation, tmp_path / "x.backup", SECRET, clock).path
    content = made.read_bytes()
    assert content.startswith(MAGIC)
    assert not any(word.encode() in content for word in ("Thanh Bình", "Hạnh", "CREATE TABLE", "SN1"))
    with pytest.raises(BackupRefused) as refused:
        drill(installation, made, b"another secret of twenty")
    assert refused.value.code == "backup_key_wrong"


def test_a_trail_that_was_tampered_with_is_no_backup(
    installation: Settings, database: Engine, tmp_path: Path
) -> None:
    with database.begin() as connection:
        connection.execute(text("DROP TRIGGER append_only_audit_entry_update"))
        connection.execute(text("UPDATE audit_entry SET detail = 'x'"))
    database.dispose()
    with pytest.raises(BackupRefused) as refused:
        make_backup(installation, tmp_path / "x.backup", SECRET, clock)
    assert refused.value.code == "backup_unsound"
    assert list(tmp_path.glob("*.backup")) == list(tmp_path.glob(".*.part")) == []


def test_rows_that_are_lost_on_the_way_are_found(
    installation: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted fault: whoever writes the parts drops one."""
    real = Packer.add

    def forgetful(self: Packer, name: str, blocks: Iterable[bytes]) -> None:
        content = list(blocks)
        lost = name == "database"
        real(self, name, content[:-1] if lost else content)

    monkeypatch.setattr(Packer, "add", forgetful)
    with pytest.raises(BackupRefused, match="backup_unsound"):
        make_backup(installation, tmp_path / "x.backup", SECRET, clock)
    assert not (tmp_path / "x.backup").exists()


@pytest.mark.parametrize("patience", [30.0, 0.0])
def test_a_copy_that_others_keep_from_ending_is_made_in_one_go(
    sqlite_url: str, tmp_path: Path, patience: float
) -> None:
    copy_online(Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "copy.db", patience_seconds=patience)
    connection = sqlite3.connect(tmp_path / "copy.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_file_copied_during_a_write_is_caught(installation: Settings, tmp_path: Path) -> None:
    """Planted fault DB-5: the file copied as it lies instead of asking the database for a copy."""
    path = Path(installation.database_url.removeprefix("sqlite:///"))
    content = path.read_bytes()
    torn = tmp_path / "torn.db"
    torn.write_bytes(content[: len(content) // 2] + content[: len(content) // 2])
    torn_settings = installation.model_copy(
        update={"database": installation.database.model_copy(update={"url": f"sqlite:///{torn}"})}
    )
    with pytest.raises((BackupRefused, DatabaseError)):
        make_backup(torn_settings, tmp_path / "x.backup", SECRET, clock)
    assert not (tmp_path / "x.backup").exists()


def test_a_copy_of_a_file_that_is_gone_fails_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        copy_online(tmp_path / "gone.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []
