"""The secret that backups are sealed with: a file of the operator's, never beside the backups alone."""

import os
import secrets
from pathlib import Path

from monitor.backup.errors import BackupRefused
from monitor.config import Settings

LEAST = 20
"""Characters; a key that the program makes has 43."""


def new_key(path: Path) -> None:
    """Make a key file that only its owner reads. Raises BackupRefused `backup_key_exists`."""
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BackupRefused("backup_key_exists", path=str(path)) from None
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32) + "\n")


def key_path(settings: Settings, given: Path | None = None) -> Path:
    """The key file given, or the configured one. Raises BackupRefused `backup_no_key`."""
    if given is not None:
        return given
    if settings.backup.key_file is None:
        raise BackupRefused("backup_no_key")
    return settings.folder / settings.backup.key_file


def secret_in(path: Path) -> bytes:
    """The secret of a key file. Raises BackupRefused `backup_key_unreadable` or `backup_key_short`."""
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise BackupRefused("backup_key_unreadable", path=str(path)) from None
    if len(secret) < LEAST:
        raise BackupRefused("backup_key_short", path=str(path), least=LEAST)
    return secret.encode()
