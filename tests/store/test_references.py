"""Nothing refers to what is not there, and nothing is deleted to which something refers: keys or triggers."""

from typing import Any

import pytest
from sqlalchemy import Engine, Float, Integer, String, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from monitor.store.queries import reach
from monitor.store.references import LOOKED_UP
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import metadata
from monitor.store.wall import behind_wall
from tests.installed import as_role, installed
from tests.office import open_office, punch

NOBODY = 987_654
WRITTEN = ("punch", "session_record", "day_record", "overtime_record")
ENDS = [(table, column, of) for table in WRITTEN for column, of in LOOKED_UP[table].items()]

OTHERS = {"person": "", "unit": "", "terminal": "zk"}
"""What others of their kind can be made of a code alone, and of which kind."""


@pytest.fixture
def office(engine: Engine) -> Engine:
    open_office(engine)
    punch(engine, ("1", "2026-03-02 07:25"))
    return engine


def row_of(name: str, **others: object) -> dict[str, Any]:
    """A row of a table whose references are all right, but for what is said otherwise."""
    empty = {Integer: 0, Float: 0.0, String: ""}
    columns = (one for one in metadata.tables[name].columns if not one.nullable and one.name != "id")
    row = {
        one.name: next((empty[kind] for kind in empty if isinstance(one.type, kind)), 0) for one in columns
    }
    row |= dict.fromkeys(("person_id", "unit_id", "terminal_id"), 1)
    row |= {"day": 20_514, "device_time": 20_514 * 86_400, "source": "pull", "raw": b""} | others
    return {key: value for key, value in row.items() if key in metadata.tables[name].columns}


@pytest.mark.parametrize(("name", "column", "of"), ENDS, ids=str)
def test_what_is_not_there_cannot_be_referred_to(office: Engine, name: str, column: str, of: str) -> None:
    table = metadata.tables[name]
    with transaction(office) as session:
        before = session.connection().execute(select(table)).all()
        session.connection().execute(insert(table).values(**row_of(name)))
    with pytest.raises(IntegrityError), transaction(office) as session:
        session.connection().execute(
            insert(table), [row_of(name, day=20_515, device_time=1, **{column: NOBODY})]
        )
    if name != "punch":  # which is never changed
        with pytest.raises(IntegrityError), transaction(office) as session:
            session.connection().execute(update(table).values({column: NOBODY}))
    with reading(office) as session:
        assert len(session.connection().execute(select(table)).all()) == len(before) + 1


@pytest.mark.parametrize(("name", "column", "of"), [one for one in ENDS if one[2] in OTHERS], ids=str)
def test_what_is_referred_to_cannot_be_deleted(office: Engine, name: str, column: str, of: str) -> None:
    target = metadata.tables[of]
    alone = delete(target).where(target.c.id == NOBODY)
    new = row_of(of, id=NOBODY, code="X", kind=OTHERS[of])
    with transaction(office) as session:
        session.connection().execute(insert(target).values(**new))
    with transaction(office, keep=False) as session:
        assert session.connection().execute(alone).rowcount == 1
    with transaction(office) as session:
        session.connection().execute(insert(metadata.tables[name]).values(**row_of(name, **{column: NOBODY})))
    with pytest.raises(IntegrityError), transaction(office) as session:
        session.connection().execute(alone)


@pytest.mark.postgres
def test_what_the_wall_hides_is_referred_to_none_the_less(postgres_url: str) -> None:
    person, record = metadata.tables["person"], metadata.tables["day_record"]
    owner = open_database(postgres_url)
    open_office(owner)
    with transaction(owner) as session:
        session.connection().execute(insert(person).values(**row_of("person", id=NOBODY, code="X")))
        session.connection().execute(insert(record).values(**row_of("day_record", person_id=NOBODY)))
    with installed(postgres_url) as roles:
        page = behind_wall(open_database(as_role(postgres_url, roles.program)), lambda: reach.NOBODY)
        with reading(page) as session:
            assert session.connection().execute(select(record)).all() == []
        with (
            pytest.raises(IntegrityError, match="something refers to this person"),
            transaction(page) as session,
        ):
            session.connection().execute(delete(person).where(person.c.id == NOBODY))
        page.dispose()
    owner.dispose()
