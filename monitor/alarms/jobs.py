"""Whether the jobs run: a scheduler that died says nothing, so its rows are asked."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from monitor.alarms.condition import SERIOUS, Condition
from monitor.store.tables import JobRun

JOB_KINDS = ("job_dead", "job_failed")
PERIODS = 2
LEAST = timedelta(minutes=5)
"""A job that runs every few seconds may be late by this much while a long one holds the database."""


def dead_jobs(
    session: Session, every_seconds: Mapping[str, int], machine_now: datetime | None = None
) -> Iterator[Condition]:
    """Jobs that have not begun for two of their periods, and those whose last run that ended failed.

    `machine_now` is the machine's clock, which writes the rows; None means the newest of them, with which
    a scheduler that died altogether goes unnoticed. Where no job ever ran, none is missed.
    """
    runs = _last_runs(session)
    ended = {run.job: run for run in _last_runs(session, col(JobRun.finished_at).is_not(None))}
    present = machine_now or max((run.started_at for run in runs), default=None)
    for run in runs:
        if run.job not in every_seconds or present is None:
            continue
        wait = max(LEAST, PERIODS * timedelta(seconds=every_seconds[run.job]))
        quiet = present - run.started_at
        if quiet > wait:
            values: dict[str, object] = {"job": run.job, "minutes": int(quiet.total_seconds() // 60)}
            yield Condition(kind="job_dead", subject=run.job, severity=SERIOUS, values=values)
        elif run.job in ended and ended[run.job].outcome == "failed":
            values = {"job": run.job, "error": ended[run.job].detail}
            yield Condition(kind="job_failed", subject=run.job, severity=SERIOUS, values=values)


def _last_runs(session: Session, *conditions: ColumnElement[bool]) -> Sequence[JobRun]:
    """The newest run of each job that meets the conditions, in order of the jobs' names."""
    newest = select(func.max(col(JobRun.id))).where(*conditions).group_by(col(JobRun.job))
    return session.scalars(select(JobRun).where(col(JobRun.id).in_(newest)).order_by(col(JobRun.job))).all()
