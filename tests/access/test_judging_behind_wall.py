"""A page may have records made, but from everything: a hidden excuse would be an absence."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.records import rebuild, refresh
from monitor.rules.codes import Status
from monitor.store.queries.reach import NOBODY
from monitor.store.session import open_database, transaction
from monitor.store.tables import Excuse, ManualPunch
from monitor.store.wall import behind_wall
from tests.installed import as_role, installed
from tests.office import at, cover, full_day, open_office, punch, rows

pytestmark = pytest.mark.postgres
NOW = at("2026-03-04 20:00")
MONDAY = 1_772_409_600
"""2 March 2026, 00:00 by the office's clock."""
RECORDS = "SELECT person_id, day, seq, status, reasons, punch_in FROM session_record ORDER BY 1, 2, 3"


def _furnish(engine: Engine) -> None:
    """An asks for leave on Monday, Bình forgot one mark, Đức was there."""
    open_office(engine)
    cover(engine, "2026-02-01 00:00", "2026-12-31 00:00")
    punch(engine, *full_day("3", "2026-03-02"), received=NOW)
    punch(engine, ("2", "2026-03-02 11:31"), received=NOW)
    with transaction(engine) as session:
        session.add(
            Excuse(person_id=1, type_code="leave", starts=MONDAY, ends=MONDAY + 86_400, document="1/GP")
        )
        session.add(
            ManualPunch(person_id=2, time=MONDAY + 27_000, approved_by="a", approved_at=NOW, reason="x")
        )


@pytest.fixture
def program(postgres_url: str) -> Iterator[Engine]:
    """The office, as the program's role reaches it."""
    owner = open_database(postgres_url)
    _furnish(owner)
    owner.dispose()
    with installed(postgres_url) as roles:
        found = open_database(as_role(postgres_url, roles.program))
        yield found
        found.dispose()


def test_records_made_by_a_page_are_those_that_a_job_makes(program: Engine) -> None:
    settings = Settings()
    page = behind_wall(program, lambda: NOBODY)

    assert refresh(page, now=NOW, settings=settings) > 0
    made = rows(program, RECORDS)
    assert rows(page, RECORDS) == []
    rebuild(program, settings=settings)

    assert set(made) <= set(rows(program, RECORDS))  # which go back further
    monday = {row[0]: row[3] for row in made if row[1] == MONDAY // 86_400 and row[2] == 0}
    assert [monday[person] for person in (1, 2, 3, 4)] == [
        Status.EXCUSED,
        Status.ON_TIME,
        Status.ON_TIME,
        Status.ABSENT,
    ]
