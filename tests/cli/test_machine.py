"""The doctor about the ground the program stands on: a disk that fills up, a journal, a certificate."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from monitor import tls
from monitor.config import Settings
from monitor.doctor import examine_machine, machine
from monitor.store.session import open_database, reading

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def told(url: str, now: datetime = NOW, **sections: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    """What is found, by its code."""
    folder = Path(url.removeprefix("sqlite:///")).parent
    settings = Settings.model_validate({"folder": folder, "database": {"url": url}, **sections})
    engine = open_database(url)
    with reading(engine) as session:
        found: dict[str, Mapping[str, object]] = {
            one.code: one.values for one in examine_machine(session, settings, now)
        }
    engine.dispose()
    return found


@pytest.mark.parametrize(("free", "is_told"), [((1 << 30) - 1, True), (1 << 30, False)])
def test_a_disk_with_less_than_a_gibibyte_left_is_told_of(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, free: int, is_told: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: SimpleNamespace(free=free))
    found = told(sqlite_url)
    assert ("doctor_disk" in found) is is_told
    if is_told:
        assert found["doctor_disk"]["mib"] == 1023


def test_a_disk_without_room_for_a_copy_of_the_database_is_told_of(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = Path(sqlite_url.removeprefix("sqlite:///")).stat().st_size
    monkeypatch.setattr(machine, "LEAST_FREE_BYTES", 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: SimpleNamespace(free=2 * size - 1))
    assert "doctor_disk" in told(sqlite_url)


def test_a_disk_that_only_holds_the_copies_is_looked_at_too(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = Path(sqlite_url.removeprefix("sqlite:///")).parent / "elsewhere"
    copies.mkdir()
    full = {copies: 5 << 20}
    monkeypatch.setattr(
        shutil, "disk_usage", lambda place: SimpleNamespace(free=full.get(Path(place), 1 << 40))
    )
    found = told(sqlite_url, backup={"folder": "elsewhere"})
    assert found["doctor_disk"] == {"path": str(copies), "mib": 5}


@pytest.mark.parametrize(("megabytes", "is_told"), [(64, False), (65, True)])
def test_a_write_ahead_log_that_nobody_empties_is_told_of(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, megabytes: int, is_told: bool
) -> None:
    log = Path(sqlite_url.removeprefix("sqlite:///") + "-wal")

    def grow(session: object) -> str:
        log.touch()
        # Without blocks on the disk; a log without a header is nothing to SQLite.
        with log.open("r+b") as file:
            file.truncate(megabytes << 20)
        return ""

    monkeypatch.setattr(machine, "damage", grow)
    found = told(sqlite_url)
    assert ("doctor_journal_grows" in found) is is_told
    if is_told:
        assert found["doctor_journal_grows"] == {"path": str(log), "mib": 65}


def test_a_certificate_is_told_of_a_month_before_it_ends(sqlite_url: str) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent / "tls"
    tls.found(folder, ["monitor.local"], NOW)
    web = {"tls_certificate": folder / tls.CERTIFICATE, "tls_key": folder / tls.KEY}
    ends = tls.ends_at(folder / tls.CERTIFICATE)
    assert "doctor_tls_ends" not in told(sqlite_url, ends - timedelta(days=30), web=web)
    found = told(sqlite_url, ends - timedelta(days=30) + timedelta(seconds=1), web=web)
    assert found["doctor_tls_ends"] == {"until": ends.strftime("%d/%m/%Y")}
