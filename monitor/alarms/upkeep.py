"""Whether the installation is looked after: a scheduler that lives, backups that are made."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from monitor.alarms.condition import SERIOUS, WARNING, Condition
from monitor.store.queries.backups import last_good, last_try
from monitor.store.queries.lease import LEASE, database_now, lease
from monitor.store.tables import JobRun

UPKEEP_KINDS = ("backup_late", "backup_never", "backup_failed", "scheduler_silent")
DAY = timedelta(days=1)
PERIODS = 2
SETTLE = timedelta(hours=1)
"""A young installation, whose scheduler has just begun, is not blamed for having no backup yet."""


def backup_conditions(session: Session, now: datetime, *, wanted: bool) -> Iterator[Condition]:
    """Backups that should be there and are not: none for two days, none ever, or the last try failed."""
    good, tried = last_good(session), last_try(session)
    if not wanted:
        return
    if good is not None and now - good.started_at > PERIODS * DAY:
        hours = int((now - good.started_at).total_seconds() // 3600)
        yield Condition(kind="backup_late", severity=SERIOUS, values={"hours": hours})
    elif good is None and tried is None and _has_settled(session, now):
        yield Condition(kind="backup_never", severity=SERIOUS)
    if tried is not None and tried.error_code:
        severity = WARNING if good is not None else SERIOUS
        yield Condition(kind="backup_failed", severity=severity, values={"error": tried.error_code})


def _has_settled(session: Session, now: datetime) -> bool:
    first = session.get(JobRun, 1)
    held = lease(session)
    since = first.started_at if first is not None else None if held is None else held.taken_at
    return since is not None and now - since > SETTLE


def silence(session: Session) -> timedelta | None:
    """For how long the scheduler has given no sign of life; None where none ever ran."""
    held = lease(session)
    return None if held is None else database_now(session) - held.beat_at


def silent_minutes(session: Session) -> int | None:
    """For how many minutes, at least one, the scheduler is too quiet; None while it lives or never ran."""
    quiet = silence(session)
    if quiet is None or quiet <= PERIODS * LEASE:
        return None
    return max(int(quiet.total_seconds() // 60), 1)


def scheduler_conditions(session: Session) -> Iterator[Condition]:
    """A scheduler that has been silent for two lengths of its lease: asked by whoever else lives."""
    minutes = silent_minutes(session)
    if minutes is not None:
        yield Condition(kind="scheduler_silent", severity=SERIOUS, values={"minutes": minutes})
