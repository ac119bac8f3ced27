"""How the installation runs, in numbers: for whoever watches machines; nothing in them is about people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.store.queries import stale
from monitor.store.queries.backups import last_good
from monitor.store.queries.watch import watched
from monitor.store.tables import Alarm, JobRun, Punch

NEWEST = 20_000
"""Rows looked at for what happened of late: the newest by number, so that no table is read whole."""
MINUTE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Ages and lengths in seconds; None where there is nothing to measure.

    `failures` counts the failed runs of each job among the newest ones; `alarms` the open ones by severity.
    """

    pull_ages: Mapping[str, float] = field(default_factory=dict)
    push_ages: Mapping[str, float] = field(default_factory=dict)
    punches_last_minute: int = 0
    stale_spans: int = 0
    refresh_seconds: float | None = None
    failures: Mapping[str, int] = field(default_factory=dict)
    backup_age: float | None = None
    alarms: Mapping[str, int] = field(default_factory=dict)


def numbers(session: Session, now: datetime) -> Numbers:
    """Everything as of `now`, in a constant number of bounded queries."""
    terminals = [one for one in watched(session, now) if not one.switched_off]
    good = last_good(session)
    return Numbers(
        pull_ages={one.code: _age(one.good.finished_at, now) for one in terminals if one.good is not None},
        push_ages={one.code: _age(one.contact.last_at, now) for one in terminals if one.contact is not None},
        punches_last_minute=_punches(session, now),
        stale_spans=stale.count(session),
        refresh_seconds=_refresh_seconds(session),
        failures=_failures(session),
        backup_age=None if good is None else _age(good.started_at, now),
        alarms=_alarms(session),
    )


def _age(moment: datetime, now: datetime) -> float:
    return max((now - moment) / timedelta(seconds=1), 0.0)


def _punches(session: Session, now: datetime) -> int:
    newest = select(col(Punch.received_at)).order_by(col(Punch.id).desc()).limit(NEWEST).subquery()
    since = int(now.timestamp()) - MINUTE
    fresh = select(func.count()).select_from(newest).where(newest.c.received_at > since)
    return session.connection().execute(fresh).scalar_one()


def _refresh_seconds(session: Session) -> float | None:
    done = col(JobRun.job) == "refresh_records", col(JobRun.outcome) == "done"
    last = session.scalars(select(JobRun).where(*done).order_by(col(JobRun.due_at).desc()).limit(1)).first()
    return None if last is None or last.finished_at is None else _age(last.started_at, last.finished_at)


def _failures(session: Session) -> dict[str, int]:
    newest = select(func.max(col(JobRun.id)) - NEWEST).scalar_subquery()
    failed = select(col(JobRun.job), func.count()).where(
        col(JobRun.id) > newest, col(JobRun.outcome) == "failed"
    )
    rows = session.connection().execute(failed.group_by(col(JobRun.job)))
    return {row[0]: row[1] for row in rows}


def _alarms(session: Session) -> dict[str, int]:
    still = select(col(Alarm.severity), func.count()).where(col(Alarm.closed_at).is_(None))
    rows = session.connection().execute(still.group_by(col(Alarm.severity)))
    return {row[0]: row[1] for row in rows}
