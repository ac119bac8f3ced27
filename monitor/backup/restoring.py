"""Putting a backup back: proven apart first, then exchanged in one step; the former database is kept."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.backup.aftercare import Aftercare, care
from monitor.backup.errors import BackupRefused
from monitor.backup.files import place_within
from monitor.backup.proving import Proof, prove
from monitor.backup.storage import Storage, storage_of
from monitor.config import Settings
from monitor.store.session import open_database, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A restore that was done; `former` is where what was there before is kept, '' for nothing."""

    proof: Proof
    aftercare: Aftercare
    former: str


def drill(settings: Settings, path: Path, secret: bytes) -> Proof:
    """Restore into a place apart, check everything, throw it away. Raises BackupRefused."""
    storage = storage_of(settings)
    with storage.scratch() as scratch:
        return prove(path, secret, storage, scratch)


def restore(
    settings: Settings,
    path: Path,
    secret: bytes,
    *,
    clock: Callable[[], datetime],
    actor: str,
    replace: bool = False,
) -> Restored:
    """Put a backup in the place of the installation's database.

    Raises BackupRefused, and then nothing has changed: `restore_not_empty` unless `replace`,
    `database_in_use` while processes work on it, and whatever a proof finds.
    """
    storage = storage_of(settings)
    _require_free(storage, replace=replace)
    with storage.scratch() as scratch:
        proof = prove(path, secret, storage, scratch)
        engine = open_database(scratch.url, anywhere=True)
        try:
            with transaction(engine) as session:
                done = care(session, made_at=proof.about.made_at, now=clock(), actor=actor)
        finally:
            engine.dispose()
        _require_free(storage, replace=replace)
        former = scratch.install(clock().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"))
    return Restored(proof=proof, aftercare=done, former=former)


def _require_free(storage: Storage, *, replace: bool) -> None:
    if not storage.is_empty():
        if not replace:
            raise BackupRefused("restore_not_empty")
        storage.require_alone()


def unpack_configuration(path: Path, folder: Path, files: dict[str, bytes]) -> None:
    """Write a backup's configuration into a folder that has none.

    Raises BackupRefused `restore_config_exists`, or `backup_damaged` for a name that leads out of it.
    """
    places = {place_within(folder, name): content for name, content in files.items()}
    if taken := [str(place) for place in places if place.exists()]:
        raise BackupRefused("restore_config_exists", path=taken[0])
    if folder / "config.toml" not in places:
        raise BackupRefused("restore_no_config", path=str(path))
    for place, content in places.items():
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
