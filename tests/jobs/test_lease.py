"""One scheduler at a time, whoever started two: the lease, its fence, runs that hang, runs left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from jobs.context import JobContext
from jobs.lease import Fenced, Lease, beating
from jobs.overdue import EXIT_CODE, Watch
from jobs.registry import Job
from jobs.scheduler import run_once, run_scheduler
from monitor.config import Settings
from monitor.store.session import StoreError, open_database, transaction
from monitor.store.tables import Fact, JobRun, SchedulerLease
from tests.office import rows

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def other(engine: Engine) -> Iterator[Engine]:
    """The engine of another process."""
    found = open_database(engine.url.render_as_string(hide_password=False))
    yield found
    found.dispose()


def fall_silent(engine: Engine) -> None:
    with transaction(engine) as session:
        session.connection().execute(update(SchedulerLease).values(beat_at=LONG_AGO))


def until(holds: Callable[[], bool]) -> None:
    for _ in range(900):  # a limit for what hangs, not for what is slow
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("waited for too long")


def write(engine: Engine, key: str) -> None:
    with transaction(engine) as session:
        session.add(Fact(key=key, value="x"))


def test_a_second_one_waits_while_the_first_lives(engine: Engine, other: Engine) -> None:
    first, second = Lease(engine), Lease(other, "second")
    assert first.take()
    assert not second.take()
    assert second.held_by() == first.holder
    fall_silent(engine)
    assert second.take()
    assert second.token > first.token
    assert not first.beat()


def test_whoever_lost_the_lease_keeps_nothing_of_what_it_writes(engine: Engine, other: Engine) -> None:
    first, second = Lease(engine), Lease(other, "second")
    first.take()
    with first.fence():
        write(engine, "before")
        fall_silent(other)
        assert second.take()
        with pytest.raises(Fenced):
            write(engine, "after")
    assert rows(engine, "SELECT key FROM fact") == [("before",)]


@pytest.mark.postgres
def test_a_transaction_that_outlasts_its_lease_is_refused(postgres_url: str) -> None:
    """SQLite's writers are alone: there nobody takes the lease while a transaction writes."""
    engine, other = open_database(postgres_url), open_database(postgres_url)
    first = Lease(engine)
    first.take()

    def outlast() -> None:
        with transaction(engine) as session:
            session.add(Fact(key="during", value="x"))
            session.flush()
            fall_silent(other)
            assert Lease(other, "second").take()

    with first.fence(), pytest.raises(Fenced):
        outlast()
    assert rows(other, "SELECT key FROM fact") == []
    engine.dispose()
    other.dispose()


def test_a_stale_writer_without_the_fence_would_be_believed(engine: Engine, other: Engine) -> None:
    """Planted fault: a lease that nobody's commits ask about."""
    first, second = Lease(engine), Lease(other, "second")
    first.take()
    fall_silent(engine)
    second.take()
    write(engine, "after")
    assert rows(engine, "SELECT key FROM fact") == [("after",)]


def test_a_lost_lease_is_noticed_by_the_next_sign_of_life(engine: Engine, other: Engine) -> None:
    first, lost = Lease(engine), threading.Event()
    first.take()

    def taken() -> bool:
        fall_silent(other)  # again each time: a beat may have come in between
        return Lease(other, "second").take()

    with beating(first, lost.set, seconds=0.05):
        until(taken)
        assert lost.wait(90)


def test_a_run_left_behind_is_shown_and_made_again(engine: Engine, settings: Settings) -> None:
    context = JobContext(engine=engine, settings=settings, clock=lambda: datetime.now(UTC))
    day = 86_400
    due = datetime.fromtimestamp(time.time() // day * day, UTC)
    with transaction(engine) as session:
        session.add(JobRun(job="daily", due_at=due, started_at=due))
    lease = Lease(engine)
    lease.take()
    wanted = "SELECT outcome, detail, token FROM job_run"
    assert rows(engine, wanted) == [("failed", "process_ended", 0)]
    run_once(Job(name="daily", every_seconds=day, run=lambda _: "again"), context, token=lease.token)
    assert rows(engine, wanted) == [("done", "again", lease.token)]


def test_a_run_that_hangs_ends_the_process_and_is_shown(engine: Engine, settings: Settings) -> None:
    context = JobContext(engine=engine, settings=settings, clock=lambda: datetime.now(UTC))
    ended, release = [], threading.Event()

    def end(code: int) -> None:
        ended.append((code, rows(engine, "SELECT outcome, detail FROM job_run")))
        release.set()

    def hang(_: JobContext) -> str:
        release.wait(90)
        return "late"

    watch = Watch(engine, lambda: datetime.now(UTC), end)
    with watch.looking(0.05):
        run_once(Job(name="hangs", every_seconds=60, run=hang, deadline_seconds=0.2), context, watch=watch)
    assert ended[0] == (EXIT_CODE, [("failed", "deadline")])


PROGRAM = """
import sys, threading
from datetime import UTC, datetime
from pathlib import Path
import jobs.registry, jobs.scheduler
from jobs.context import JobContext
from monitor.config import Settings
from monitor.store.session import open_database, transaction
from monitor.store.tables import Fact

url, name, stop = sys.argv[1], sys.argv[2], threading.Event()

def count(context):
    with transaction(context.engine) as session:
        row = session.get(Fact, "count") or Fact(key="count", value="0")
        row.value = str(int(row.value) + 1)
        session.merge(row)
        session.merge(Fact(key="by:" + name, value="x"))
    return name

jobs.scheduler.JOBS = (jobs.registry.Job(name="count", every_seconds=1, run=count),)
jobs.scheduler.TRY_SECONDS = 0.2
context = JobContext(engine=open_database(url), settings=Settings(), clock=lambda: datetime.now(UTC))
lock = Path(name + ".lock")
jobs.scheduler.run_scheduler(context, stop, lock, waits=lambda _: print("waits", flush=True))
"""


def start(url: str, name: str, folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", PROGRAM, url, name]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="stops a process")
def test_of_two_real_schedulers_one_works_and_the_other_takes_over(engine: Engine, tmp_path: Path) -> None:
    url = engine.url.render_as_string(hide_password=False)
    first = start(url, "first", tmp_path)
    until(lambda: rows(engine, "SELECT key FROM fact WHERE key = 'by:first'") != [])
    second = start(url, "second", tmp_path)
    try:
        assert second.stdout is not None
        assert second.stdout.readline() == b"waits\n"
        assert rows(engine, "SELECT key FROM fact WHERE key = 'by:second'") == []
        os.kill(first.pid, signal.SIGSTOP)  # asleep, not dead: it will wake and go on
        time.sleep(0.3)
        fall_silent(engine)
        until(lambda: rows(engine, "SELECT key FROM fact WHERE key = 'by:second'") != [])
        os.kill(first.pid, signal.SIGCONT)
        assert first.wait(90) != 0  # it finds out and ends
        done = rows(engine, "SELECT count(*) FROM job_run WHERE outcome = 'done'")[0][0]
        counted = int(str(rows(engine, "SELECT value FROM fact WHERE key = 'count'")[0][0]))
        assert abs(counted - int(str(done))) <= 1  # each time counted once; one may be under way
    finally:
        for process in (first, second):
            process.kill()
            process.communicate()


def test_a_scheduler_that_was_replaced_says_so(engine: Engine, other: Engine, tmp_path: Path) -> None:
    context = JobContext(engine=engine, settings=Settings(), clock=lambda: datetime.now(UTC))
    stop, found = threading.Event(), []

    def run() -> None:
        try:
            run_scheduler(context, stop, tmp_path / "x.lock")
        except StoreError as error:
            found.append(error.code)

    thread = threading.Thread(target=run)
    thread.start()
    until(lambda: rows(other, "SELECT count(*) FROM scheduler_lease") == [(1,)])
    with transaction(other) as session:
        taken = {"token": int(time.time()) + 99, "holder": "x", "beat_at": datetime.now(UTC) + timedelta(1)}
        session.connection().execute(update(SchedulerLease).values(**taken))
    thread.join(90)
    assert found == ["lease_lost"]
