"""The scheduler: runs each job at its times, in exactly one process of an installation.

A lock file keeps a second one away on the same machine; the lease in the database decides between
machines, and refuses what a process that lost it still writes (`jobs.lease`).
"""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from filelock import FileLock, Timeout
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, col

from jobs.context import JobContext
from jobs.lease import TRY_SECONDS, Lease, beating
from jobs.overdue import Watch
from jobs.registry import JOBS, Job
from monitor.store.queries.lease import LEFT_BEHIND
from monitor.store.session import StoreError, transaction
from monitor.store.tables import JobRun

log = logging.getLogger(__name__)

Wait = Callable[[str], None]
Result = TypeVar("Result")
APART = timedelta(milliseconds=150)
TRIES = 3
"""A database that is busy for a moment must not cost a day's run: jobs may be begun again at any time."""


def run_scheduler(
    context: JobContext, stop: threading.Event, lock_file: Path, *, waits: Wait = lambda _: None
) -> None:
    """Run all jobs until `stop` is set; `waits` is told once who holds the lease, if another does.

    Raises StoreError `scheduler_running` if another process of this machine holds the lock file, and
    `lease_lost` when the lease went to another in the meantime.
    """
    try:
        with FileLock(lock_file, timeout=0):
            _run_leased(context, stop, waits)
    except Timeout:
        raise StoreError("scheduler_running", lock=str(lock_file)) from None


def _run_leased(context: JobContext, stop: threading.Event, waits: Wait) -> None:
    lease, lost = Lease(context.engine), threading.Event()
    told = False
    while not lease.take():
        if not told:
            waits(lease.held_by())
            told = True
        if stop.wait(TRY_SECONDS):
            return

    def lose() -> None:
        lost.set()
        stop.set()

    watch = Watch(context.engine, lambda: datetime.now(UTC))
    with lease.fence(), beating(lease, lose), watch.looking():
        _run_until(context, stop, lease, watch)
    if lost.is_set():
        raise StoreError("lease_lost")
    lease.give_up()


def _run_until(context: JobContext, stop: threading.Event, lease: Lease, watch: Watch) -> None:
    # By default a run that is a second late is dropped, silently: misfire_grace_time=None keeps it.
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
    )
    for place, job in enumerate(JOBS):
        scheduler.add_job(
            run_once,
            IntervalTrigger(seconds=job.every_seconds, timezone=UTC),
            args=(job, context),
            kwargs={"token": lease.token, "watch": watch},
            id=job.name,
            # What was missed while nobody ran is caught up with at once; not all in one instant.
            next_run_time=datetime.now(UTC) + place * APART,
        )
    scheduler.start()
    log.info("scheduler started", extra={"event": "scheduler_started"})
    stop.wait()
    scheduler.shutdown(wait=True)


def run_once(job: Job, context: JobContext, *, token: int = 0, watch: Watch | None = None) -> None:
    """One run of a job with its row: begun before, ended after, refused when it ran for this time.

    `token` is the lease under which it runs; a run that takes longer than the job's deadline ends the
    process (`watch`).
    """
    started_at = datetime.now(UTC)
    due_at = datetime.fromtimestamp(started_at.timestamp() // job.every_seconds * job.every_seconds, UTC)
    run_id = _begin(context, JobRun(job=job.name, due_at=due_at, started_at=started_at, token=token))
    if run_id is None:
        return
    with ExitStack() as stack:
        watched = nullcontext() if watch is None else watch.over(run_id, job.name, job.deadline_seconds)
        stack.enter_context(watched)
        try:
            outcome, detail = "done", _patiently(lambda: job.run(context))
        except Exception as error:
            # A job that fails must not end the scheduler; its row shows it, the log says why.
            log.exception("job failed", extra={"event": "job_failed", "job": job.name})
            outcome, detail = "failed", type(error).__name__
        _patiently(lambda: _end(context, run_id, outcome, detail))


def _begin(context: JobContext, run: JobRun) -> int | None:
    """Id of a row to run for; None when the job has run for this time already (the key refuses a second).

    A run that its process left behind is made again, in its own row.
    """
    return _patiently(lambda: _begun(context, run))


def _patiently(step: Callable[[], Result]) -> Result:
    """What a step gives, tried again while the database is busy."""
    for _ in range(TRIES - 1):
        with suppress(OperationalError):
            return step()
    return step()


def _begun(context: JobContext, run: JobRun) -> int | None:
    try:
        with transaction(context.engine) as session:
            left = _left_behind(session, run)
            if left is not None:
                left.started_at, left.finished_at, left.token = run.started_at, None, run.token
                left.outcome, left.detail = "running", ""
                return left.id
            row = JobRun(job=run.job, due_at=run.due_at, started_at=run.started_at, token=run.token)
            session.add(row)
            session.flush()
            return row.id
    except IntegrityError:
        return None


def _left_behind(session: Session, run: JobRun) -> JobRun | None:
    same = col(JobRun.job) == run.job, col(JobRun.due_at) == run.due_at
    left = col(JobRun.outcome) == "failed", col(JobRun.detail) == LEFT_BEHIND
    return session.scalars(select(JobRun).where(*same, *left)).first()


def _end(context: JobContext, run_id: int, outcome: str, detail: str) -> None:
    with transaction(context.engine) as session:
        row = session.get_one(JobRun, run_id)
        row.finished_at, row.outcome, row.detail = datetime.now(UTC), outcome, detail
