"""Writing files so that a crash leaves the whole file or none, and the configuration that goes along."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO

from monitor.backup.errors import BackupRefused
from monitor.config import Settings

BLOCK_BYTES = 1 << 20
PART_PREFIX, PART_SUFFIX = ".", ".part"
"""Around the name of a file that is still being written: no rule for backups' names fits it."""
LARGEST_FILE = 1 << 20


def blocks_of(path: Path) -> Iterator[bytes]:
    """The content of a file."""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def sha256_of(path: Path) -> str:
    """The digest of a file."""
    digest = hashlib.sha256()
    for block in blocks_of(path):
        digest.update(block)
    return digest.hexdigest()


def part_of(path: Path) -> Path:
    """The name under which a file is written."""
    return path.with_name(f"{PART_PREFIX}{path.name}{PART_SUFFIX}")


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A new file for its owner alone, under its partial name, on the disk when the block has ended."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = part_of(path)
    with suppress(FileNotFoundError):
        part.unlink()
    opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(opened, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def finish(path: Path) -> None:
    """Give a written file its name."""
    part_of(path).replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut, where the system can be asked for it."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def copied(path: Path, folder: Path) -> None:
    """Copy a file to another folder and read it back. Raises BackupRefused `backup_copy_failed`."""
    target = folder / path.name
    try:
        with writing(target) as file:
            for block in blocks_of(path):
                file.write(block)
        if sha256_of(part_of(target)) != sha256_of(path):
            part_of(target).unlink()
            raise BackupRefused("backup_copy_failed", folder=str(folder), why="sha256")
        finish(target)
    except OSError as error:
        raise BackupRefused("backup_copy_failed", folder=str(folder), why=error.strerror or "") from error


def configuration_files(settings: Settings) -> dict[str, Path]:
    """Name within the installation's folder -> file: configuration, keys and certificates it names.

    Not the backups' own key: a box does not hold the key to itself. Files elsewhere are left out.
    """
    web, oidc, ldap = settings.web, settings.sign_on.oidc, settings.sign_on.ldap
    named: list[Path | str | None] = [
        Path("secret.key"),
        web.secret_key_file,
        web.tls_certificate,
        web.tls_key,
    ]
    named += [oidc.client_secret_file, oidc.ca_file, ldap.bind_password_file, ldap.ca_file]
    named += [settings.terminals.ca_file, *settings.folder.glob("*.toml")]
    own = None if settings.backup.key_file is None else (settings.folder / settings.backup.key_file).resolve()
    found: dict[str, Path] = {}
    for name in [one for one in named if one]:
        path = (settings.folder / name).resolve()
        inside = path.is_relative_to(settings.folder.resolve()) and path.is_file() and path != own
        if inside and path.stat().st_size <= LARGEST_FILE:
            found[path.relative_to(settings.folder.resolve()).as_posix()] = path
    return found


def place_within(folder: Path, name: str) -> Path:
    """Where a file of a backup goes. Raises BackupRefused `backup_damaged` for a name that leads out."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or "\\" in name or ":" in name or {"..", "."} & set(parts):
        raise BackupRefused("backup_damaged")
    return folder.joinpath(*parts)
