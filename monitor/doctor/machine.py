"""What is wrong with the ground that the program stands on: disk, database file, copies, certificate."""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, select
from sqlmodel import Session, col

from monitor import tls
from monitor.alarms import backup_conditions, scheduler_conditions
from monitor.config import Settings
from monitor.doctor.finding import Finding
from monitor.doctor.stored import damage
from monitor.store.driver import sqlite3
from monitor.store.months import lacking, outside_months
from monitor.store.place import network_disk
from monitor.store.queries.terminals import last_good_pull
from monitor.store.session import safe_journal
from monitor.store.tables import RESTORED, Fact, Terminal
from monitor.store.wall import stands_behind_wall

LEAST_FREE_BYTES = 1 << 30
"""Below this, or below twice what the database takes (a copy needs room), the disk is said to fill up."""
MOST_JOURNAL_BYTES = 64 << 20
"""A write-ahead log is cut to half of this (`session.LOG_BYTES`) unless somebody never ends reading."""
TLS_NOTICE = timedelta(days=30)


def examine_machine(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    """The gravest first; `now` is the machine's clock."""
    if broken := damage(session):
        yield Finding(code="doctor_damaged", values={"why": broken})
    yield from _file(session, settings)
    yield from _months(session, now)
    if stands_behind_wall(session) is False:
        yield Finding(code="doctor_no_wall")
    yield from _disk(settings)
    wanted = settings.backup.key_file is not None
    found = [*scheduler_conditions(session), *backup_conditions(session, now, wanted=wanted)]
    yield from (Finding(code=f"alarm_{one.kind}", values=one.values) for one in found)
    yield from _restored(session, settings)
    yield from _copies(settings)
    yield from _certificate(settings, now)


def _path(settings: Settings) -> Path | None:
    url = make_url(settings.database_url)
    is_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    return Path(url.database or "") if is_file else None


def _file(session: Session, settings: Settings) -> Iterator[Finding]:
    """A SQLite file in an unsafe journal mode, with a log that nobody empties, or on a disk elsewhere."""
    path = _path(settings)
    if path is None:
        return
    wanted = safe_journal(sqlite3.sqlite_version_info)[0]
    mode = str(session.connection().exec_driver_sql("PRAGMA journal_mode").scalar()).upper()
    if mode != wanted:
        values = {"mode": mode, "wanted": wanted, "version": sqlite3.sqlite_version}
        yield Finding(code="doctor_journal", values={**values})
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and (size := log.stat().st_size) > MOST_JOURNAL_BYTES:
        yield Finding(code="doctor_journal_grows", values={"path": str(log), "mib": size >> 20})
    if disk := network_disk(path):
        yield Finding(code="doctor_network_disk", values={"disk": disk})


def _months(session: Session, now: datetime) -> Iterator[Finding]:
    """On PostgreSQL: months that nobody made, and rows that therefore, or for their time, lie in none."""
    connection = session.connection()
    if missing := lacking(connection, now.date()):
        yield Finding(code="months_missing", values={"tables": ", ".join(missing)})
    for table, rows in outside_months(connection).items():
        yield Finding(code="doctor_outside_months", values={"table": table, "rows": rows})


def _disk(settings: Settings) -> Iterator[Finding]:
    """Disks that fill up: the database's, the copies'."""
    path = _path(settings)
    size = path.stat().st_size if path is not None and path.exists() else 0
    folder = settings.folder if path is None else path.parent
    for place in dict.fromkeys((folder, settings.folder / settings.backup.folder)):
        if place.is_dir() and (free := shutil.disk_usage(place).free) < max(LEAST_FREE_BYTES, 2 * size):
            yield Finding(code="doctor_disk", values={"path": str(place), "mib": free >> 20})


def _restored(session: Session, settings: Settings) -> Iterator[Finding]:
    """Terminals that were not read since an older database was put back: what they hold is missing here."""
    fact = session.get(Fact, RESTORED)
    if fact is None:
        return
    told = {name: datetime.fromisoformat(moment) for name, moment in json.loads(fact.value).items()}
    read = select(Terminal).where(
        col(Terminal.switched_off).is_(False), col(Terminal.kind).not_in(("file", "zk_push"))
    )
    waiting = []
    for terminal in session.scalars(read.order_by(col(Terminal.code))):
        good = last_good_pull(session, terminal.id or 0)
        if good is None or good.finished_at < told["restored_at"]:
            waiting.append(terminal.code)
    if waiting:
        made = told["made_at"].astimezone(ZoneInfo(settings.site.timezone)).strftime("%H:%M %d/%m/%Y")
        yield Finding(code="doctor_restored", values={"made": made, "terminals": ", ".join(waiting)})


def _copies(settings: Settings) -> Iterator[Finding]:
    """Copies that nobody makes, or that would be lost with the machine."""
    if settings.backup.key_file is None:
        yield Finding(code="doctor_backup_off")
    elif settings.backup.copy_to is None:
        folder = settings.folder / settings.backup.folder
        yield Finding(code="doctor_backup_one_disk", values={"path": str(folder)})


def _certificate(settings: Settings, now: datetime) -> Iterator[Finding]:
    if settings.tls_files is not None:
        until = tls.ends_at(settings.tls_files[0])
        if until - now < TLS_NOTICE:
            yield Finding(code="doctor_tls_ends", values={"until": until.strftime("%d/%m/%Y")})
