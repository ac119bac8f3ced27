"""The outbox in PostgreSQL: queued once, claimed by one of two at once, recovered, listed, forgotten."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.notices import erase_old, listed, outbox, queue_due, resend
from monitor.store.queries.notices import days_by_status
from monitor.store.queries.reach import EVERYBODY
from monitor.store.session import open_database, transaction
from monitor.store.tables import OutgoingMessage
from tests.notices.world import MORNING, at, rows, states, wants
from tests.web.cast import DAY, furnish

LEASE = timedelta(minutes=5)


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    """The cast in PostgreSQL."""
    engine = open_database(postgres_url)
    with transaction(engine) as session:
        furnish(session)
    yield engine
    engine.dispose()


@pytest.mark.postgres
def test_the_outbox_keeps_its_word_in_postgresql(engine: Engine, tmp_path: Path) -> None:
    wants(engine, "hanh", morning=True)
    settings = at(25, tmp_path)
    assert (queue_due(engine, settings, MORNING), queue_due(engine, settings, MORNING)) == (1, 0)
    claimed: list[OutgoingMessage | None] = []
    start = threading.Barrier(2)

    def claim() -> None:
        with transaction(engine) as session:
            start.wait(60)
            claimed.append(outbox.claim(session, MORNING, LEASE, ["mail"]))

    threads = [threading.Thread(target=claim) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    row = next(one for one in claimed if one is not None)
    assert claimed.count(None) == 1
    with transaction(engine) as session:
        assert outbox.hand(session, row)
        outbox.recover(session, MORNING + LEASE + timedelta(seconds=1))
        assert not outbox.finish(session, row, "sent", MORNING)
    assert states(engine) == ["unknown"]
    with transaction(engine) as session:
        resend(session, rows(engine)[0].id or 0, MORNING, "admin")
        assert [one.state for one in listed(session, MORNING, ["queued"])] == ["queued"]
        found = days_by_status(session, EVERYBODY, frozenset(range(99)), range(DAY, DAY + 1))
        assert sum(count for _unit, _status, count in found) == 12
        assert erase_old(session, 7, MORNING + timedelta(days=30)) == 0
