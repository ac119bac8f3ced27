"""Writers that wait are committed together; each hears of what is stored and of its own failure."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from monitor.store.session import open_database
from monitor.store.together import MOST_TOGETHER, Together, committed
from tests.office import rows

Add = Callable[[Session], int]


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    found = open_database(sqlite_url)
    yield found
    found.dispose()


def adding(serial: str) -> Add:
    """A work that parks a serial number, and says how many there are then."""

    def add(session: Session) -> int:
        session.connection().execute(
            text("INSERT INTO pending_terminal VALUES (:serial, '', 0, 0, 1, NULL, '')"), {"serial": serial}
        )
        return int(session.connection().execute(text("SELECT count(*) FROM pending_terminal")).scalar_one())

    return add


def failing(_session: Session) -> int:
    raise ValueError


def stored(engine: Engine) -> list[str]:
    return [str(row[0]) for row in rows(engine, "SELECT serial FROM pending_terminal ORDER BY serial")]


class Crowd:
    """Threads of which the first holds the others up until all of them wait."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = lambda: 0.0) -> None:
        self.pauses: list[float] = []
        self.commits = 0
        self.together = Together(engine, clock=clock, pause=self.pauses.append)
        event.listen(engine, "commit", self._count)

    def _count(self, _connection: object) -> None:
        self.commits += 1

    def do(self, first: Add, *others: Add) -> list[Future[int]]:
        """What comes of them, in the order in which they came."""
        begun, go_on = threading.Event(), threading.Event()

        def holds(session: Session) -> int:
            begun.set()
            assert go_on.wait(60)
            return first(session)

        with ThreadPoolExecutor(len(others) + 1) as pool:
            found = [pool.submit(self.together.do, holds)]
            assert begun.wait(60)
            for place, one in enumerate(others, start=1):
                found.append(pool.submit(self.together.do, one))
                while self.together.waiting < place:
                    assert not found[-1].done()
            go_on.set()
        return found


def test_who_waits_is_stored_with_the_one_that_writes(engine: Engine) -> None:
    crowd = Crowd(engine)
    found = crowd.do(adding("A"), adding("B"), adding("C"))
    assert [one.result() for one in found] == [1, 2, 3]
    assert stored(engine) == ["A", "B", "C"]
    assert crowd.commits == 1


def test_one_that_fails_is_told_so_alone(engine: Engine) -> None:
    crowd = Crowd(engine)
    found = crowd.do(adding("A"), failing, adding("C"), failing)
    assert [type(one.exception()) for one in found] == [type(None), ValueError, type(None), ValueError]
    assert stored(engine) == ["A", "C"]
    assert found[2].result() == 2


def test_nobody_is_told_of_success_when_the_commit_fails(engine: Engine) -> None:
    crowd = Crowd(engine)

    def fails(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    event.listen(engine, "commit", fails)
    found = crowd.do(adding("A"), adding("B"))
    event.remove(engine, "commit", fails)
    assert [type(one.exception()) for one in found] == [OperationalError, OperationalError]
    assert stored(engine) == []
    assert crowd.together.do(adding("C")) == 1


def test_a_transaction_ends_when_it_has_lasted_and_others_of_the_queue_wait_a_moment(engine: Engine) -> None:
    ticks = iter(range(1_000))
    crowd = Crowd(engine, clock=lambda: float(next(ticks)))
    found = crowd.do(adding("A"), adding("B"), adding("C"))
    assert [one.result() for one in found] == [1, 2, 3]
    assert (crowd.commits, len(crowd.pauses)) == (3, 2)


def test_a_transaction_takes_so_many_at_most(engine: Engine) -> None:
    crowd = Crowd(engine)
    found = crowd.do(*(adding(str(number)) for number in range(MOST_TOGETHER + 2)))
    assert [one.result() for one in found] == list(range(1, MOST_TOGETHER + 3))
    assert crowd.commits == 2


def test_where_nobody_can_write_all_who_wait_are_told_at_once(engine: Engine) -> None:
    together = Together(engine, clock=lambda: 0.0, pause=lambda _: None)
    begun, go_on, tries = threading.Event(), threading.Event(), []

    def refuses(connection: object) -> None:
        tries.append(connection)
        begun.set()
        assert go_on.wait(60)
        raise OperationalError("BEGIN", {}, Exception("database is locked"))

    event.listen(engine, "begin", refuses)
    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(together.do, adding("A"))]
        assert begun.wait(60)
        found.append(pool.submit(together.do, adding("B")))
        while not together.waiting:
            assert not found[1].done()
        go_on.set()
    event.remove(engine, "begin", refuses)
    assert [type(one.exception()) for one in found] == [OperationalError, OperationalError]
    assert len(tries) == 1
    assert together.do(adding("C")) == 1


class Ended(BaseException):
    """The thread ends, as at the end of the process."""


def test_nobody_waits_for_a_thread_that_has_ended(engine: Engine) -> None:
    def ends(_session: Session) -> int:
        raise Ended

    crowd = Crowd(engine)
    found = crowd.do(adding("A"), ends)
    assert [type(one.exception()) for one in found] == [Ended, Ended]
    assert crowd.together.do(adding("C")) == 1


def test_without_others_it_is_a_transaction_of_its_own(engine: Engine) -> None:
    assert committed(engine, adding("A")) == 1
    with pytest.raises(ValueError, match=r"^$"):
        committed(engine, failing)
    assert stored(engine) == ["A"]
