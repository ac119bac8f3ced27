"""Rounds of readings with a reader that a test holds: places, stragglers, requests, the rush."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from jobs.context import JobContext
from jobs.pull_terminals import Rounds
from monitor.config import Settings
from monitor.intake import PullReport
from monitor.store.queries.pulls import BY_PUSH, ask_for_reading
from monitor.store.session import open_database, transaction
from monitor.store.tables import Pull, Terminal
from tests.office import open_office, rows

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
RUSH = datetime(2026, 3, 2, 0, 10, tzinfo=UTC)
MANY = 25


class HeldReader:
    """Reads as terminals would: `dead` ones hang until they are let go."""

    def __init__(self, dead: frozenset[int] = frozenset()) -> None:
        self.dead = dead
        self.read: list[int] = []
        self.at_once = self.most_at_once = 0
        self.let_go = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, context: JobContext, terminal_id: int) -> PullReport:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        if terminal_id in self.dead:
            self.let_go.wait(60)
        with transaction(context.engine) as session:
            now = context.clock()
            session.add(Pull(terminal_id=terminal_id, started_at=now, finished_at=now))
        with self._lock:
            self.at_once -= 1
            self.read.append(terminal_id)
        return PullReport(terminal=str(terminal_id), error_code="timed_out" * (terminal_id in self.dead))


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Engine]:
    """The small office with many terminals, none of which was ever read."""
    engine = open_database(sqlite_url)
    open_office(engine)
    with transaction(engine) as session:
        for number in range(2, MANY + 1):
            session.add(Terminal(id=number, code=f"N{number}", name="", kind="zk", host="127.0.0.1"))
    yield engine
    engine.dispose()


def context_of(engine: Engine, now: datetime = NOON, at_once: int = 4) -> JobContext:
    settings = Settings.model_validate({"terminals": {"read_at_once": at_once}})
    return JobContext(engine=engine, settings=settings, clock=lambda: now)


def ask(engine: Engine, terminal_id: int, by: str, now: datetime = NOON) -> None:
    with transaction(engine) as session:
        ask_for_reading(session, terminal_id, now, by)


def test_so_many_are_read_at_once_and_each_of_them_once(office: Engine) -> None:
    reader = HeldReader()
    told = Rounds(reader)(context_of(office))
    assert told == f"{MANY} read, 0 failed"
    assert sorted(reader.read) == list(range(1, MANY + 1))
    assert reader.most_at_once <= 4


def test_dead_terminals_delay_no_other_one_and_are_not_begun_twice(office: Engine) -> None:
    reader, others = HeldReader(dead=frozenset({1, 2, 3})), set(threading.enumerate())
    rounds = Rounds(reader, round_seconds=2.0)
    assert rounds(context_of(office)) == f"{MANY - 3} read, 0 failed, 3 under way"
    assert 1 not in reader.read
    later = context_of(office, NOON + timedelta(minutes=30))
    assert rounds(later) == f"{MANY - 3} read, 0 failed, 3 under way"
    reader.let_go.set()
    for thread in set(threading.enumerate()) - others:
        thread.join(60)
    assert reader.read.count(1) == 1
    # What ended meanwhile is told, and the three are due again by now.
    assert rounds(later) == "6 read, 6 failed"
    assert reader.read.count(1) == 2


def test_what_a_round_could_not_begin_stays_due(office: Engine) -> None:
    reader = HeldReader(dead=frozenset(range(1, MANY + 1)))
    rounds = Rounds(reader, round_seconds=0.3)
    assert rounds(context_of(office, at_once=2)) == "0 read, 0 failed, 2 under way"
    assert reader.read == []
    reader.let_go.set()
    for _ in range(20):
        rounds(context_of(office, at_once=2))
        if len(reader.read) == MANY:
            break
    assert sorted(reader.read) == list(range(1, MANY + 1))


def test_an_error_of_ours_ends_no_round(office: Engine, caplog: pytest.LogCaptureFixture) -> None:
    read = HeldReader()

    def broken(context: JobContext, terminal_id: int) -> PullReport:
        if terminal_id == 7:
            raise ZeroDivisionError
        return read(context, terminal_id)

    assert Rounds(broken)(context_of(office)) == f"{MANY} read, 1 failed"
    assert [record.message for record in caplog.records] == ["reading a terminal failed"]


def test_in_the_rush_only_what_a_person_asked_for_is_read(office: Engine) -> None:
    reader = HeldReader()
    rounds = Rounds(reader)
    ask(office, 5, "kt")
    ask(office, 6, BY_PUSH)
    assert rounds(context_of(office, RUSH)) == "1 read, 0 failed"
    assert reader.read == [5]
    assert 6 in HeldIn(rounds, office, RUSH + timedelta(minutes=40)).read


class HeldIn:
    """One more round with a reader of its own."""

    def __init__(self, rounds: Rounds, engine: Engine, now: datetime) -> None:
        reader = HeldReader()
        rounds._reader = reader
        rounds(context_of(engine, now))
        self.read = reader.read


def test_deliveries_that_ask_for_readings_are_answered_once_a_minute_at_most(office: Engine) -> None:
    rounds = Rounds(HeldReader())
    rounds(context_of(office))
    for seconds, expected in ((20, False), (59, False), (60, True)):
        ask(office, 6, BY_PUSH)
        assert (6 in HeldIn(rounds, office, NOON + timedelta(seconds=seconds)).read) is expected


def test_a_request_made_while_a_reading_is_under_way_gets_a_reading_of_its_own(office: Engine) -> None:
    reader = HeldReader(dead=frozenset({1}))
    rounds = Rounds(reader, round_seconds=0.3)
    ask(office, 1, "kt")
    rounds(context_of(office, RUSH))
    ask(office, 1, "kt")
    assert rounds(context_of(office, RUSH)) == "0 read, 0 failed, 1 under way"
    assert rows(office, "SELECT count(*) FROM pull_request WHERE claimed_at IS NULL") == [(1,)]
    reader.let_go.set()
    for _ in range(20):
        rounds(context_of(office, RUSH))
        if reader.read == [1, 1]:
            break
    assert reader.read[:2] == [1, 1]
