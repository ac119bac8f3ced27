"""The scheduler: runs each job at its times, in exactly one process of an installation."""

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from filelock import FileLock, Timeout
from sqlalchemy.exc import IntegrityError

from jobs.context import JobContext
from jobs.registry import JOBS, Job
from monitor.store.session import StoreError, transaction
from monitor.store.tables import JobRun

log = logging.getLogger(__name__)


def run_scheduler(context: JobContext, stop: threading.Event, lock_file: Path) -> None:
    """Run all jobs until `stop` is set. Raises StoreError `scheduler_running` if another one does."""
    try:
        with FileLock(lock_file, timeout=0):
            _run_locked(context, stop)
    except Timeout:
        raise StoreError("scheduler_running", lock=str(lock_file)) from None


def _run_locked(context: JobContext, stop: threading.Event) -> None:
    # By default a run that is a second late is dropped, silently: misfire_grace_time=None keeps it.
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    )
    for job in JOBS:
        scheduler.add_job(
            run_once,
            IntervalTrigger(seconds=job.every_seconds, timezone=UTC),
            args=(job, context),
            id=job.name,
            next_run_time=datetime.now(UTC),
        )
    scheduler.start()
    log.info("scheduler started", extra={"event": "scheduler_started"})
    stop.wait()
    scheduler.shutdown(wait=True)


def run_once(job: Job, context: JobContext) -> None:
    """One run of a job with its row: begun before, ended after, refused when it ran for this time."""
    started_at = datetime.now(UTC)
    due_at = datetime.fromtimestamp(started_at.timestamp() // job.every_seconds * job.every_seconds, UTC)
    run_id = _begin(job, context, due_at, started_at)
    if run_id is None:
        return
    try:
        outcome, detail = "done", job.run(context)
    except Exception as error:
        # A job that fails must not end the scheduler; its row shows it, the log says why.
        log.exception("job failed", extra={"event": "job_failed", "job": job.name})
        outcome, detail = "failed", type(error).__name__
    _end(context, run_id, outcome, detail)


def _begin(job: Job, context: JobContext, due_at: datetime, started_at: datetime) -> int | None:
    """Id of a new row; None when the job has run for this time already (the key refuses a second)."""
    row = JobRun(job=job.name, due_at=due_at, started_at=started_at)
    try:
        with transaction(context.engine) as session:
            session.add(row)
            session.flush()
            return row.id
    except IntegrityError:
        return None


def _end(context: JobContext, run_id: int, outcome: str, detail: str) -> None:
    with transaction(context.engine) as session:
        row = session.get_one(JobRun, run_id)
        row.finished_at, row.outcome, row.detail = datetime.now(UTC), outcome, detail
