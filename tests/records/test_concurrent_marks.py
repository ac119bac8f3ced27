"""On PostgreSQL several write at once: no mark is forgotten unread, whichever number it was given."""

from collections.abc import Iterator
from threading import Thread

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.periods import close_period
from monitor.records import refresh
from monitor.store.queries import stale
from monitor.store.queries.records import one_writer
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import ManualPunch
from tests.office import at, cover, open_office, rows

NOW = at("2026-03-02 08:00")
AN = "SELECT status FROM session_record WHERE person_id = 1 AND day = 20507 ORDER BY seq"
MORNING = 20507 * 86_400 + 27_000

pytestmark = pytest.mark.postgres


@pytest.fixture
def office(postgres_url: str, settings: Settings) -> Iterator[Engine]:
    engine = open_database(postgres_url)
    open_office(engine)
    cover(engine, "2026-02-23 00:00", "2026-03-31 00:00")
    with transaction(engine) as session:
        stale.mark_everyone(session, 20507, 20511)
    refresh(engine, now=NOW, settings=settings)
    yield engine
    engine.dispose()


def test_a_refresh_waits_for_a_mark_that_is_being_made(office: Engine, settings: Settings) -> None:
    refreshing = Thread(target=refresh, args=(office,), kwargs={"now": NOW, "settings": settings})
    with transaction(office) as first:
        for person, time in ((1, MORNING), (1, MORNING + 14_400)):
            first.add(
                ManualPunch(person_id=person, time=time, reason="quên", approved_by="head", approved_at=NOW)
            )
        first.flush()
        stale.mark(first, [(1, 20507, 20507)])
        with transaction(office) as second:
            stale.mark(second, [(2, 20507, 20507)])  # a higher number, to be seen earlier
        refreshing.start()
        refreshing.join(timeout=1)
        assert refreshing.is_alive()
    refreshing.join(timeout=30)
    assert not refreshing.is_alive()
    with reading(office) as session:
        assert stale.count(session) == 0
    assert rows(office, AN) == [(9,), (0,)]


def test_closing_waits_for_a_recomputation_that_is_under_way(office: Engine, settings: Settings) -> None:
    asked = {"now": NOW, "actor": "cli:lan", "settings": settings}
    closing = Thread(target=close_period, args=(office, "XA-VP", "2026-02"), kwargs=asked)
    with transaction(office) as session:
        one_writer(session)
        closing.start()
        closing.join(timeout=1)
        assert closing.is_alive()
        assert rows(office, "SELECT * FROM period") == []
    closing.join(timeout=30)
    assert len(rows(office, "SELECT * FROM period_seal")) == 1
