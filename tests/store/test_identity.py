"""The upgrade that puts the table of punches in another order: every punch, reference and refusal stays."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from monitor.backup.postgres import PostgresStorage
from monitor.store.driver import sqlite3
from monitor.store.schema import migrate, schema_versions
from monitor.store.session import StoreError, open_database
from tests.store.test_upgrade import fill

BEFORE = "0028"
MORE = """
INSERT INTO punch
  (id, terminal_id, device_user_id, device_time, verify, state, work_code, source, received_at, raw)
VALUES (:id, 1, :user, :time, 1, :state, 0, :source, 5, :raw)
"""
VARIANT = """
INSERT INTO punch_variant (id, punch_id, verify, state, source, received_at) VALUES (1, 900, 1, 4, 'pull', 6)
"""
LIKE_IT = """
INSERT INTO punch
  (terminal_id, device_user_id, device_time, verify, state, work_code, source, received_at, raw)
SELECT {}, 9, 9, 0, '{}', 9, raw FROM punch WHERE id = 900
"""
ALL_PUNCHES, ALL_VARIANTS = text("SELECT * FROM punch ORDER BY id"), text("SELECT * FROM punch_variant")
ANOTHER = {"id": 901, "user": "1", "time": 7, "state": 0, "source": "push", "raw": b"x"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def former(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database of the schema before, with punches in no order and a reference to one."""
    if request.param == "sqlite":
        yield filled(f"sqlite:///{tmp_path / 'old.db'}")
        return
    with PostgresStorage(request.getfixturevalue("postgres_url")).scratch() as place:
        yield filled(place.url)


def filled(url: str) -> str:
    migrate(url, to="0001")
    fill(url)
    migrate(url, to=BEFORE)
    engine = open_database(url)
    with engine.begin() as connection:
        for number in range(900, 860, -1):
            row = {
                "id": number,
                "user": f"0{number % 7}",
                "time": number * 7_919 % 86_400,
                "state": number % 3,
            }
            connection.execute(text(MORE), row | {"source": "push", "raw": bytes([0, number % 256])})
        connection.execute(text(VARIANT))
    engine.dispose()
    return url


def stored(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        found = [tuple(row) for query in (ALL_PUNCHES, ALL_VARIANTS) for row in connection.execute(query)]
    return [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in found]


def test_every_punch_and_what_refers_to_it_is_as_it_was(former: str) -> None:
    engine = open_database(former)
    before = stored(engine)
    engine.dispose()
    migrate(former)
    engine = open_database(former)
    assert len(before) == 1 + 40 + 1
    assert stored(engine) == before
    engine.dispose()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE punch SET state = 1 WHERE id = 900",
        "DELETE FROM punch WHERE id = 899",  # nothing refers to it
        LIKE_IT.format("terminal_id, device_user_id, device_time", "pull"),
        LIKE_IT.format("terminal_id, '5', 5", "nobody"),
        LIKE_IT.format("77, '5', 5", "pull"),
    ],
    ids=["changed", "removed", "doubled", "of no source", "of no terminal"],
)
def test_what_the_database_refuses_of_punches_it_refuses_after_it(former: str, change: str) -> None:
    migrate(former)
    engine = open_database(former)
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text(change))
    with engine.begin() as connection:
        connection.execute(text(MORE), ANOTHER)
    engine.dispose()


def test_a_variant_of_no_punch_is_refused_after_it(tmp_path: Path) -> None:
    # By a foreign key in SQLite; PostgreSQL's trigger for it is tested in test_references.
    url = filled(f"sqlite:///{tmp_path / 'old.db'}")
    migrate(url)
    engine = open_database(url)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(VARIANT.replace("(1, 900", "(2, 999")))
    engine.dispose()


def test_a_reference_to_a_punch_that_is_not_there_stops_the_upgrade_and_nothing_of_it_stays(
    tmp_path: Path,
) -> None:
    url = filled(f"sqlite:///{tmp_path / 'old.db'}")
    broken = sqlite3.connect(tmp_path / "old.db")  # as by a damage: nothing holds to references here
    broken.execute(VARIANT.replace("(1, 900", "(2, 999"))
    broken.commit()
    broken.close()
    shutil.copy(tmp_path / "old.db", tmp_path / "kept.db")
    with pytest.raises(StoreError) as refused:
        migrate(url)
    assert (refused.value.code, refused.value.values) == ("database_damaged", {"why": "punch_variant: 2"})
    engine, kept = open_database(url), open_database(f"sqlite:///{tmp_path / 'kept.db'}")
    assert schema_versions(engine)[0] == BEFORE
    assert stored(engine) == stored(kept)
    for each in (engine, kept):
        each.dispose()
