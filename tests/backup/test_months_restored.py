"""A restored PostgreSQL database has its months again, and nothing in it refers to a punch that is lost."""

from collections.abc import Iterable, Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from jobs.context import JobContext
from jobs.make_months import run as make_months
from monitor.backup import BackupRefused
from monitor.backup.manifest import About
from monitor.backup.postgres import PostgresStorage
from monitor.config import Settings
from monitor.store.months import first_month, last_months, later
from monitor.store.schema import schema_versions
from monitor.store.session import reading
from tests.backup.conftest import NOW
from tests.office import full_day, open_office, punch, rows

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("engine", ["postgres"], indirect=True)]
Parts = dict[str, list[bytes]]


@pytest.fixture
def parts(engine: Engine) -> Iterator[Parts]:
    """The parts of a copy of an office whose months begin with January 2026."""
    with engine.begin() as connection:
        connection.execute(text("SELECT begin_months('2026-01-01')"))
    open_office(engine)
    punch(engine, *full_day("1", "2026-03-02"))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO punch_support SELECT id, 0 FROM punch"))
    found: Parts = {}

    def add(name: str, blocks: Iterable[bytes]) -> None:
        found[name] = list(blocks)

    PostgresStorage(str(engine.url)).dump(about(engine), add)
    yield found
    engine.dispose()


def about(engine: Engine) -> About:
    return About(made_at=NOW, program="1", schema=str(schema_versions(engine)[1]), storage="postgresql")


def test_its_months_come_back_with_rows_and_go_on_and_a_lost_punch_is_found_out(
    engine: Engine, parts: Parts
) -> None:
    before = rows(engine, "SELECT * FROM punch_2026_03 ORDER BY id")
    with PostgresStorage(str(engine.url)).scratch() as place:
        place.begin(about(engine))
        punches = parts.pop("table/punch")
        for name, blocks in parts.items():
            place.take(name, blocks)
        with pytest.raises(BackupRefused) as refused:
            place.end()
        assert refused.value.values == {"why": "punch_support.punch_id"}
        place.take("table/punch", punches)
        place.end()
        place.install("20261122T000000Z")

    with reading(engine) as session:
        opens, newest = first_month(session.connection()), max(last_months(session.connection()).values())
    assert f"{opens}" == "2026-01-01"
    assert len(before) == 4
    assert rows(engine, "SELECT * FROM punch_2026_03 ORDER BY id") == before
    # What finds its tables by itself has come along.
    clock = NOW.replace(year=newest.year, month=newest.month)
    make_months(JobContext(engine=engine, settings=Settings(), clock=lambda: clock))
    assert rows(engine, f"SELECT count(*) FROM punch_{later(newest, 1):%Y_%m}") == [(0,)]
    for wrong in (
        "INSERT INTO withheld_punch VALUES (99)",
        "UPDATE punch_support SET punch_id = punch_id + 99",
    ):
        with pytest.raises(IntegrityError, match="not there"):
            rows(engine, wrong)
