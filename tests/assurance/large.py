"""A database as large as a province makes it, backed up and restored on trial, with a clock beside it."""

import time
from datetime import timedelta
from pathlib import Path

import numpy as np

from devices.base import PunchBatch
from monitor.backup import drill, make_backup
from monitor.backup.keys import key_path, secret_in
from monitor.intake import Origin, accept
from monitor.store.session import open_database, transaction
from monitor.store.tables import Terminal
from tests.assurance.office import LAST, NOW, USERS, furnish, settings_in

AT_ONCE = 100_000


def timed(folder: Path, punches: int) -> dict[str, object]:
    """Seconds of a backup and of a drill of an installation with so many punches."""
    place = folder / "province"
    furnish(place)
    settings = settings_in(place)
    engine = open_database(settings.database_url)
    for first in range(0, punches, AT_ONCE):
        with transaction(engine) as session:
            batch = _batch(first, min(AT_ONCE, punches - first))
            origin = Origin(source="pull", received_at=NOW + timedelta(days=1))
            accept(session, session.get_one(Terminal, 1), batch, (), origin)
    engine.dispose()
    path, secret = place / "copies" / "one.backup", secret_in(key_path(settings))
    began = time.monotonic()
    make_backup(settings, path, secret, lambda: NOW)
    made = time.monotonic()
    proof = drill(settings, path, secret)
    return {
        "punches": proof.facts.rows["punch"],
        "megabytes": (place / "monitor.db").stat().st_size >> 20,
        "backup_seconds": round(made - began, 1),
        "drill_seconds": round(time.monotonic() - made, 1),
        "found": [],
    }


def _batch(first: int, count: int) -> PunchBatch:
    """Punches of one second each, backwards from the last; ids that nobody has, so that no day is judged."""
    seconds = LAST - np.arange(first, first + count, dtype=np.int64)
    ids = np.array([str(100 + one % 5_000 + len(USERS)) for one in range(count)], dtype=object)
    return PunchBatch(
        device_user_id=ids,
        device_seconds=seconds,
        verify=np.ones(count, np.int32),
        state=np.zeros(count, np.int32),
        work_code=np.zeros(count, np.int32),
        raw=np.array([b"r" * 40] * count, dtype=object),
    )
