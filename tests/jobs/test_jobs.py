"""When things happen: due terminals, requests, one run per time, one scheduler per installation."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from jobs import scheduler
from jobs.context import JobContext
from jobs.prune import run as prune
from jobs.pull_terminals import run as pull_terminals
from jobs.registry import JOBS, Job
from jobs.scheduler import run_once, run_scheduler
from monitor.config import Settings
from monitor.store.session import StoreError, transaction
from monitor.store.tables import JobRun, PullRequest
from tests.office import at, open_office, rows

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


@pytest.fixture
def context(engine: Engine, settings: Settings) -> JobContext:
    open_office(engine)
    return JobContext(engine=engine, settings=settings, clock=lambda: NOON)


def test_a_request_is_answered_once_and_tells_by_which_contact(context: JobContext) -> None:
    pull_terminals(context)  # the due contact fails: nothing listens on the terminal's port
    with transaction(context.engine) as session:
        session.add(PullRequest(terminal_id=1, asked_at=NOON, asked_by="kt"))
    assert pull_terminals(context) == "1 read, 1 failed"
    assert pull_terminals(context) == "0 read, 0 failed"
    assert rows(context.engine, "SELECT pull_id FROM pull_request") == [(2,)]


def test_a_dead_terminal_leaves_a_row_that_says_why(context: JobContext) -> None:
    pull_terminals(context)
    assert rows(context.engine, "SELECT error_code FROM pull") == [("unreachable",)]


def test_every_job_runs_and_says_what_it_did(context: JobContext) -> None:
    for job in JOBS:
        run_once(job, context)
    found = rows(context.engine, "SELECT job, outcome FROM job_run ORDER BY job")
    assert found == sorted((job.name, "done") for job in JOBS)


def test_a_job_runs_once_for_each_time(context: JobContext) -> None:
    runs: list[datetime] = []

    def run(given: JobContext) -> str:
        runs.append(given.clock())
        return "ran"

    job = Job(name="daily", every_seconds=86_400, run=run)
    for _ in range(3):
        run_once(job, context)
    assert len(runs) == 1


def test_a_job_that_fails_is_shown_and_ends_nothing(context: JobContext) -> None:
    def run(_: JobContext) -> str:
        raise ZeroDivisionError

    run_once(Job(name="broken", every_seconds=60, run=run), context)
    assert rows(context.engine, "SELECT job, outcome, detail FROM job_run") == [
        ("broken", "failed", "ZeroDivisionError")
    ]


@pytest.mark.parametrize("tries", [2, 3])
def test_a_database_that_is_busy_for_a_moment_costs_no_run(
    context: JobContext, monkeypatch: pytest.MonkeyPatch, tries: int
) -> None:
    """Each step of a run meets a busy database: its beginning, the job itself, its end."""
    met: Counter[str] = Counter()

    def met_busy(step: str, then: Callable[..., Any]) -> Callable[..., Any]:
        def meet(*given: object) -> Any:
            met[step] += 1
            if met[step] < tries:
                raise OperationalError("COMMIT", {}, Exception("database is locked"))
            return then(*given)

        return meet

    for step in ("_begun", "_end"):
        monkeypatch.setattr(scheduler, step, met_busy(step, getattr(scheduler, step)))
    run = met_busy("run", lambda _: "ran")
    run_once(Job(name="daily", every_seconds=86_400, run=run), context)
    assert rows(context.engine, "SELECT outcome, detail FROM job_run") == [("done", "ran")]
    assert met == {"_begun": tries, "run": tries, "_end": tries}


def test_a_job_whose_database_stays_busy_is_shown_as_failed(context: JobContext) -> None:
    def run(_: JobContext) -> str:
        raise OperationalError("COMMIT", {}, Exception("database is locked"))

    run_once(Job(name="daily", every_seconds=86_400, run=run), context)
    assert rows(context.engine, "SELECT outcome, detail FROM job_run") == [("failed", "OperationalError")]


def test_a_second_scheduler_is_refused(context: JobContext, tmp_path: Path) -> None:
    lock = tmp_path / "scheduler.lock"
    with FileLock(lock), pytest.raises(StoreError) as refused:
        run_scheduler(context, threading.Event(), lock)
    assert refused.value.code == "scheduler_running"


def test_the_scheduler_runs_what_is_due_and_stops_when_told(context: JobContext, tmp_path: Path) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=run_scheduler, args=(context, stop, tmp_path / "scheduler.lock"))
    thread.start()
    wanted = "SELECT count(*) FROM job_run WHERE outcome = 'done'"
    for _ in range(600):  # a limit for what hangs, not for what is slow
        if rows(context.engine, wanted)[0][0] == len(JOBS):
            break
        stop.wait(0.1)
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
    assert rows(context.engine, wanted) == [(len(JOBS),)]


def test_the_refresh_job_judges_the_present(context: JobContext) -> None:
    moved = JobContext(engine=context.engine, settings=context.settings, clock=lambda: at("2026-03-02 10:00"))
    refresh = next(job for job in JOBS if job.name == "refresh_records")
    run_once(refresh, moved)
    assert rows(context.engine, "SELECT count(DISTINCT person_id) FROM day_record") == [(4,)]


def test_old_runs_are_forgotten_and_running_ones_kept(context: JobContext) -> None:
    old = datetime(2020, 1, 1, tzinfo=UTC)
    with transaction(context.engine) as session:
        session.add(JobRun(job="a", due_at=old, started_at=old, finished_at=old, outcome="done"))
        session.add(JobRun(job="b", due_at=old, started_at=old))
        session.add(JobRun(job="c", due_at=NOON, started_at=datetime.now(UTC), finished_at=NOON))
    assert prune(context) == "1 runs, 0 messages, 0 webhooks"
    assert rows(context.engine, "SELECT job FROM job_run ORDER BY job") == [("b",), ("c",)]
