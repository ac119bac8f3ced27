"""The backups that an installation keeps by itself: when one is due, making it, its row, the rotation."""

import json
import os
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout
from sqlalchemy import Engine
from sqlmodel import Session

from monitor.backup.errors import BackupRefused
from monitor.backup.files import PART_PREFIX, PART_SUFFIX, copied
from monitor.backup.keys import key_path, secret_in
from monitor.backup.making import Made, make_backup
from monitor.backup.rotation import made_at, name_at, rotate
from monitor.config import Settings
from monitor.store.queries.backups import last_good, last_try
from monitor.store.session import reading, transaction
from monitor.store.tables import BackupCopy

RETRY_AFTER = timedelta(hours=1)


def latest_due(settings: Settings, now: datetime) -> datetime:
    """The last moment, up to now, at which a backup was due."""
    local = now.astimezone(ZoneInfo(settings.site.timezone))
    due = datetime.combine(local.date(), time.fromisoformat(settings.backup.at), local.tzinfo)
    return due if due <= local else due - timedelta(days=1)


def is_due(session: Session, settings: Settings, now: datetime) -> bool:
    """Whether a backup should be made now: the due one is not there, and none failed within the hour."""
    good, tried = last_good(session), last_try(session)
    if good is not None and good.started_at >= latest_due(settings, now):
        return False
    return tried is None or not tried.error_code or now - tried.finished_at >= RETRY_AFTER


def back_up_now(engine: Engine, settings: Settings, clock: Callable[[], datetime]) -> Made:
    """Make a backup in the configured folder, copy it, forget superfluous ones, and write down how it went.

    Raises BackupRefused, after that was written down; `backup_running` while another one is being made.
    """
    folder = settings.folder / settings.backup.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with FileLock(folder / ".backup.lock", timeout=0):
            return _noted(engine, settings, folder, clock)
    except Timeout:
        raise BackupRefused("backup_running") from None


def _noted(engine: Engine, settings: Settings, folder: Path, clock: Callable[[], datetime]) -> Made:
    """Make one and keep a row of it, of a failed one as well."""
    started_at = clock()
    row = BackupCopy(started_at=started_at, finished_at=started_at)
    try:
        return _made(settings, folder, row, clock)
    except BackupRefused as error:
        row.error_code, row.error_values = error.code, json.dumps(error.values, default=str)
        raise
    except OSError as error:
        why = error.strerror or type(error).__name__
        row.error_code, row.error_values = "backup_failed", json.dumps({"why": why})
        raise BackupRefused("backup_failed", why=why) from error
    finally:
        row.finished_at = clock()
        with transaction(engine) as session:
            session.add(row)


def _made(settings: Settings, folder: Path, row: BackupCopy, clock: Callable[[], datetime]) -> Made:
    _forget_parts(folder)
    secret = secret_in(key_path(settings))
    made = make_backup(settings, folder / name_at(row.started_at), secret, clock)
    row.file, row.size_bytes = made.path.name, made.size_bytes
    row.row_count, row.head = made.proof.facts.row_count, made.proof.facts.head
    rotate(folder, settings.backup)
    if settings.backup.copy_to is not None:
        second = settings.folder / settings.backup.copy_to
        _require_mounted(second)
        copied(made.path, second)
        rotate(second, settings.backup)
        row.copied = True
    return made


def _require_mounted(folder: Path) -> None:
    """The folder must be there: making it would fill the place where a disk is not mounted."""
    if not folder.is_dir():
        raise BackupRefused("backup_copy_failed", folder=str(folder), why=os.strerror(2))


def _forget_parts(folder: Path) -> None:
    """Files of backups that were cut off; nobody else is writing one, for we hold the lock."""
    for path in folder.glob(f"{PART_PREFIX}monitor-*{PART_SUFFIX}"):
        if made_at(path.name.removeprefix(PART_PREFIX).removesuffix(PART_SUFFIX)) is not None:
            path.unlink()


def last_good_age(engine: Engine, now: datetime) -> timedelta | None:
    """How old the newest good backup is; None without any."""
    with reading(engine) as session:
        good = last_good(session)
    return None if good is None else now - good.started_at
