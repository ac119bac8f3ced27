"""SQLite lies on a disk of this machine, or the program does not start."""

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from monitor.store import session
from monitor.store.driver import sqlite3
from monitor.store.place import network_disk
from monitor.store.session import StoreError, open_database

TABLE = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv/share rw - nfs4 server:/export rw
31 30 8:2 / /srv/share/local rw - xfs /dev/sdb1 rw
32 22 0:41 / /mnt/o\\040mang rw - cifs //nas/x rw
33 22 0:42 / /mnt/ssh rw - fuse.sshfs me@host:/ rw
34 22 0:43 / /mnt/ntfs rw - fuseblk /dev/sdc1 rw
35 22 0:44 / /mnt/twice rw - ext4 /dev/sdd1 rw
36 22 0:45 / /mnt/twice rw - smb3 //nas/y rw
37 22 0:46 / /mnt/fuse rw - fuse.mergerfs pool rw
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    path = tmp_path / "mountinfo"
    path.write_text(TABLE)
    return path


@pytest.mark.parametrize(
    ("path", "disk"),
    [
        ("/var/lib/monitor/monitor.db", ""),
        ("/srv/share/monitor.db", "nfs4"),
        ("/srv/sharecropper/monitor.db", ""),  # a name that only begins alike
        ("/srv/share/local/monitor.db", ""),  # a disk of this machine inside a share
        ("/mnt/o mang/monitor.db", "cifs"),
        ("/mnt/ssh/monitor.db", "fuse.sshfs"),
        ("/mnt/ntfs/monitor.db", ""),
        ("/mnt/twice/monitor.db", "smb3"),  # the later mount hides the earlier one
        ("/mnt/fuse/monitor.db", ""),
    ],
)
def test_the_innermost_mount_tells_the_disk(mounts: Path, path: str, disk: str) -> None:
    assert network_disk(Path(path), mounts) == disk


def test_a_link_does_not_hide_a_network_disk(mounts: Path, tmp_path: Path) -> None:
    link = tmp_path / "data"
    link.symlink_to("/srv/share")
    assert network_disk(link / "monitor.db", mounts) == "nfs4"


def test_without_a_table_of_mounts_nothing_is_refused(tmp_path: Path) -> None:
    assert network_disk(tmp_path / "x.db", tmp_path / "missing") == ""


def test_a_database_on_a_network_disk_is_refused_unless_the_loud_key_allows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "network_disk", lambda _path: "nfs4")
    url = f"sqlite:///{tmp_path / 'x.db'}"
    with pytest.raises(StoreError) as refused:
        open_database(url)
    assert (refused.value.code, refused.value.values["disk"]) == ("database_on_network_disk", "nfs4")
    open_database(url, anywhere=True).dispose()


@pytest.mark.usefixtures("full_sync")
def test_a_file_left_in_wal_mode_is_converted_before_anybody_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    for version, journal, synchronous in (((3, 51, 3), "wal", 2), ((3, 40, 1), "delete", 3)):
        monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
        engine = open_database(url)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == journal
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == synchronous
        engine.dispose()


def test_a_wal_file_that_others_hold_open_is_refused_under_an_affected_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    first = open_database(url)
    with first.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
    held = first.connect()
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    monkeypatch.setattr(session, "BUSY_SECONDS", 0)
    second = open_database(url)
    with pytest.raises(Exception, match=r"journal_mode_refused|locked"):
        second.connect()
    held.close()
    first.dispose()
    second.dispose()


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_a_file_that_vanished_is_not_made_anew_by_who_worked_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journal: str
) -> None:
    """With a log beside it an empty new file would take that for its own: what it held was lost."""
    monkeypatch.setattr(session, "safe_journal", lambda _version: (journal, "FULL"))
    path = tmp_path / "x.db"
    engine = open_database(f"sqlite:///{path}")
    with engine.begin() as connection:  # whoever begins with nothing may make it
        connection.exec_driver_sql("CREATE TABLE said (what TEXT)")
        connection.exec_driver_sql("INSERT INTO said VALUES ('acknowledged')")
    another, looking = open_database(f"sqlite:///{path}"), sqlite3.connect(path)
    looking.execute("SELECT * FROM said").fetchall()  # so that no closing empties the log
    path.rename(tmp_path / "away.db")
    for one in (engine, another):
        with pytest.raises(OperationalError, match="unable to open"), one.connect():
            pass
    assert not path.exists()
    (tmp_path / "away.db").rename(path)
    for one in (engine, another):
        with one.connect() as connection:
            assert connection.exec_driver_sql("SELECT what FROM said").scalars().all() == ["acknowledged"]
        one.dispose()
    looking.close()
