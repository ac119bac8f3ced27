"""Making a backup: a copy as of one moment, sealed, read back and opened; only then it gets its name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor import __version__
from monitor.backup.files import blocks_of, configuration_files, finish, part_of, writing
from monitor.backup.manifest import About, Facts, told
from monitor.backup.parts import Packer
from monitor.backup.proving import ABOUT, FACTS, FILES, Proof, prove
from monitor.backup.sealed import Sealer
from monitor.backup.storage import Storage, storage_of
from monitor.config import Settings
from monitor.store.schema import schema_versions
from monitor.store.session import open_database


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A backup that was made and proven."""

    path: Path
    size_bytes: int
    proof: Proof


def make_backup(settings: Settings, path: Path, secret: bytes, clock: Callable[[], datetime]) -> Made:
    """Back up the whole installation to a file, while it runs.

    Raises BackupRefused (`backup_no_room`, `backup_damaged`, `backup_unsound`) or OSError; then there is
    no file of that name, or still the former one.
    """
    storage = storage_of(settings)
    with writing(path) as file:
        sealer = Sealer(file, secret)
        _pack(Packer(sealer.write), settings, storage, clock)
        sealer.close()
    try:
        with storage.scratch() as scratch:
            proof = prove(part_of(path), secret, storage, scratch)
    except BaseException:
        part_of(path).unlink(missing_ok=True)
        raise
    finish(path)
    return Made(path=path, size_bytes=path.stat().st_size, proof=proof)


def _pack(packer: Packer, settings: Settings, storage: Storage, clock: Callable[[], datetime]) -> Facts:
    about = About(
        made_at=clock().astimezone(UTC),
        program=__version__,
        schema=_schema(settings),
        storage=storage.kind,
    )
    packer.add(ABOUT, [told(about)])
    for name, file in configuration_files(settings).items():
        packer.add(FILES + name, blocks_of(file))
    facts = storage.dump(about, packer.add)
    packer.add(FACTS, [told(facts)])
    packer.close()
    return facts


def _schema(settings: Settings) -> str:
    engine = open_database(settings.database_url, anywhere=settings.database.anywhere)
    try:
        return schema_versions(engine)[0] or ""
    finally:
        engine.dispose()
