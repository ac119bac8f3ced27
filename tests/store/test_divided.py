"""An old PostgreSQL database is divided into months in one step: every row, id, right and rule is kept."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from monitor.backup.postgres import PostgresStorage
from monitor.config import Settings
from monitor.records import refresh
from monitor.store.months import DIVIDED
from monitor.store.schema import migrate, schema_versions
from monitor.store.session import open_database
from tests.office import at, cover, full_day, open_office, punch, rows
from tests.store.test_partitions import add

pytestmark = pytest.mark.postgres
NOW = at("2026-03-31 20:00")
COUNTED = "SELECT last_value FROM punch_id_seq"
RIGHTS = (
    "SELECT has_table_privilege('pg_monitor', 'punch', 'INSERT'), "
    "has_table_privilege('pg_monitor', 'session_record', 'SELECT'), "
    "has_table_privilege('pg_monitor', 'day_record', 'SELECT')"
)


@pytest.fixture
def old(postgres_url: str) -> Iterator[Engine]:
    """A database of the schema before: an office with a month of records, and a punch of the year 2000."""
    with PostgresStorage(postgres_url).scratch() as place:
        migrate(place.url, to="0021")
        engine = open_database(place.url)
        with engine.begin() as connection:  # the program of today fills it, which says more of its marks
            connection.execute(
                text("ALTER TABLE stale_span ADD COLUMN punched_from bigint, ADD COLUMN punched_to bigint")
            )
        open_office(engine)
        cover(engine, "2026-02-23 00:00", "2026-12-31 00:00")
        add(engine, "2000-01-01 00:00:10")
        punch(engine, *full_day("1", "2026-02-27"), *full_day("1", "2026-03-02"), received=NOW)
        refresh(engine, now=NOW, settings=Settings())
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO punch_support SELECT id, 0 FROM punch"))
            connection.execute(text("SELECT nextval('punch_id_seq')"))  # an id that was given to nothing
            connection.execute(
                text("ALTER TABLE stale_span DROP COLUMN punched_from, DROP COLUMN punched_to")
            )
            connection.execute(text("GRANT SELECT, INSERT ON punch, session_record TO pg_monitor"))
        yield engine
        engine.dispose()


def upgrade(engine: Engine) -> None:
    migrate(engine.url.render_as_string(hide_password=False))


def content(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    return {name: rows(engine, f"SELECT * FROM {name} ORDER BY 1, 2, 3") for name in DIVIDED}


def test_every_row_id_right_and_rule_is_kept(old: Engine) -> None:
    before, counted, rights = content(old), rows(old, COUNTED), rows(old, RIGHTS)

    upgrade(old)

    assert content(old) == before
    assert {name: bool(found) for name, found in before.items()} == dict.fromkeys(DIVIDED, True) | {
        "overtime_record": False
    }
    assert rows(old, COUNTED) == counted
    assert rows(old, RIGHTS) == rights == [(True, True, False)]
    parts = "SELECT tableoid::regclass::text, count(*) FROM punch GROUP BY 1 ORDER BY 1"
    assert rows(old, parts) == [("punch_2026_02", 4), ("punch_2026_03", 4), ("punch_default", 1)]
    _still_refused(old)
    ((given, _),) = add(old, "2026-03-03 07:00:00")
    assert given == counted[0][0] + 1  # type: ignore[operator]  # a number
    refresh(old, now=NOW, settings=Settings())
    assert len(content(old)["session_record"]) == len(before["session_record"])


def _still_refused(engine: Engine) -> None:
    for statement in ("UPDATE punch SET state = 1", "DELETE FROM punch WHERE device_time < 1000000000"):
        with pytest.raises(ProgrammingError, match="append-only"):
            rows(engine, statement)
    for statement in (
        "INSERT INTO withheld_punch VALUES (99999)",
        "UPDATE session_record SET unit_id = 99",
        "INSERT INTO day_record SELECT * FROM day_record",
    ):
        with pytest.raises(IntegrityError):
            rows(engine, statement)


def test_an_upgrade_that_loses_a_row_keeps_nothing_of_itself(old: Engine) -> None:
    """Planted fault: the copy of the punches leaves one out."""
    before = content(old)
    whole, part = (
        "INSERT INTO punch TABLE punch_0021",
        "INSERT INTO punch SELECT * FROM punch_0021 WHERE id > 1",
    )

    def lose(_connection: object, _cursor: object, sql: str, given: object, *_: object) -> tuple[str, object]:
        return part if sql == whole else sql, given

    event.listen(Engine, "before_cursor_execute", lose, retval=True)
    try:
        with pytest.raises(RuntimeError, match="punch: 9 rows before, 8 after"):
            upgrade(old)
    finally:
        event.remove(Engine, "before_cursor_execute", lose)

    assert content(old) == before
    assert schema_versions(old)[0] == "0021"
