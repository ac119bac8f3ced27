"""Backing up and restoring as an operator does it: a key, a copy, a drill, a new machine."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

DAY = ("--from", "2026-03-02", "--to", "2026-03-02")


@pytest.fixture
def keyed(office: Path, run: Run) -> Path:
    """The office with a key for its backups."""
    assert run("backup", "--new-key", "backup.key").code == 0
    with (office / "config.toml").open("a", encoding="utf-8") as file:
        file.write('[backup]\nkey_file = "backup.key"\ncopy_to = "usb"\n')
    (office / "usb").mkdir()
    return office


def test_without_a_key_nothing_is_made_and_it_is_said_how_to_get_one(office: Path, run: Run) -> None:
    done = run("backup", "x.backup")
    assert (done.code, "monitor backup --new-key" in done.err) == (1, True)
    assert list(office.glob("*.backup")) == []


def test_a_key_is_for_its_owner_alone_and_never_overwritten(keyed: Path, run: Run) -> None:
    key = keyed / "backup.key"
    before = key.read_text()
    assert (key.stat().st_mode & 0o777, len(before.strip())) == (0o600, 43)
    assert run("backup", "--new-key", "backup.key").code == 1
    assert key.read_text() == before


def test_a_nightly_copy_lies_in_both_folders_and_is_written_down(keyed: Path, run: Run) -> None:
    done = json.loads(run("backup", "--json").out)
    name = Path(done["path"]).name
    assert (keyed / "backups" / name).read_bytes() == (keyed / "usb" / name).read_bytes()
    assert run("backup", f"usb/{name}", "--check").code == 0
    assert "copy_to" not in run("doctor").out


def test_a_second_folder_that_is_not_there_is_told_and_the_copy_is_kept(keyed: Path, run: Run) -> None:
    (keyed / "usb").rmdir()
    done = run("backup")
    assert (done.code, "usb" in done.err) == (1, True)
    assert len(list((keyed / "backups").glob("*.backup"))) == 1
    assert not (keyed / "usb").exists()  # it may be a disk that is not mounted


def test_a_new_machine_is_built_from_the_file_and_the_key_alone(keyed: Path, run: Run) -> None:
    assert run("backup", "x.backup").code == 0
    done = run("restore", "x.backup", "--key-file", "backup.key", "--into", "new")
    assert (done.code, "monitor pull" in done.out) == (0, True)
    for folder in ("config.toml", "new/config.toml"):
        run("--config", folder, "reconcile", "--now", "2026-03-03 08:00:00")
    wanted = [
        run("--config", one, "export", "punches", *DAY).out for one in ("config.toml", "new/config.toml")
    ]
    assert wanted[0] == wanted[1]
    assert len(wanted[0].splitlines()) == 6
    assert run("--config", "new/config.toml", "verify").code == 0
    again = run("restore", "x.backup", "--key-file", "backup.key", "--into", "new")
    assert (again.code, "--into" in again.err) == (1, True)


def test_a_restore_over_data_wants_to_be_told_so(keyed: Path, run: Run) -> None:
    assert run("backup", "x.backup").code == 0
    refused = run("restore", "x.backup")
    assert (refused.code, "--replace" in refused.err) == (1, True)
    drilled = json.loads(run("restore", "x.backup", "--drill", "--json").out)
    assert drilled["rows"] > 0
    done = run("restore", "x.backup", "--replace")
    assert (done.code, "before-restore" in done.out) == (0, True)
    assert "coverage.csv" in done.out or "monitor pull" in done.out


def test_a_young_installation_backs_up_by_itself(tmp_path: Path, run: Run) -> None:
    done = run("init", "office")
    assert "backup.key" in done.out
    assert (tmp_path / "office" / "backup.key").stat().st_mode & 0o777 == 0o600
    assert run("--config", "office/config.toml", "backup").code == 0


def test_the_doctor_tells_of_copies_that_nobody_makes(office: Path, run: Run) -> None:
    assert "monitor backup --new-key" in run("doctor").out
