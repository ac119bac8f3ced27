"""The copy that is kept before an upgrade: of the former schema, beside the database or as a backup."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from monitor.backup.errors import BackupRefused
from monitor.backup.keys import key_path, secret_in
from monitor.backup.making import make_backup
from monitor.backup.rotation import name_at
from monitor.backup.sqlite import copy_online
from monitor.config import Settings
from monitor.store.schema import schema_versions
from monitor.store.session import open_database


def copy_before_upgrade(settings: Settings, clock: Callable[[], datetime]) -> Path | None:
    """Keep what an upgrade is about to change; None when there is nothing to upgrade.

    A SQLite file is copied beside itself, open like itself; of PostgreSQL a backup is made, and without a
    key the upgrade is refused: BackupRefused `migrate_needs_copy`.
    """
    engine = open_database(settings.database_url, anywhere=settings.database.anywhere)
    try:
        has, needs = schema_versions(engine)
    finally:
        engine.dispose()
    if has is None or has == needs:
        return None
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        stamp = clock().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        kept = path.with_name(f"{path.stem}.schema-{has}-{stamp}{path.suffix}")
        copy_online(path, kept)
        return kept
    if settings.backup.key_file is None:
        raise BackupRefused("migrate_needs_copy")
    kept = settings.folder / settings.backup.folder / name_at(clock())
    return make_backup(settings, kept, secret_in(key_path(settings)), clock).path
