"""The database keeps what it promises: whole transactions, append-only punches, the safe journal."""

import socket
import warnings
from contextlib import closing
from datetime import date

import pytest
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError
from sqlmodel import col

from monitor.store.months import whole_tables
from monitor.store.references import LOOKED_UP
from monitor.store.schema import MIGRATIONS, require_current_schema, schema_versions, versions
from monitor.store.session import UNHEARD, StoreError, open_database, reading, safe_journal, transaction
from monitor.store.tables import Badge, Person, Posting, Punch, Terminal, Unit, metadata


def _add_punch(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Terminal(id=1, code="M1", name="Cổng chính", kind="zk"))
        session.flush()
        session.add(
            Punch(
                terminal_id=1,
                device_user_id="007",
                device_time=1_772_400_000,
                verify=1,
                state=0,
                work_code=0,
                source="pull",
                received_at=1_772_400_000,
                raw=b"x",
            )
        )


def test_the_migrated_schema_is_the_tables(engine: Engine) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection, warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*expression-based index")  # said again below
        whole = {"include_name": lambda name, kind, _of: kind != "table" or name in whole_tables(connection)}
        found = compare_metadata(MigrationContext.configure(connection, opts=whole), metadata)
    # Indexes over expressions cannot be reflected on SQLite; the constraints below test them.
    left = [change for change in found if "coalesce" not in str(change)]
    if engine.dialect.name == "postgresql":
        # What triggers keep instead.
        kept = [change for change in left if change[0] == "add_fk"]
        ends = sorted((fk.table.name, *fk.column_keys, fk.elements[0].target_fullname) for _, fk in kept)
        assert ends == sorted(
            (table, column, f"{of}.id")
            for table, columns in LOOKED_UP.items()
            for column, of in columns.items()
        )
        left = [change for change in left if change not in kept]
    assert left == []


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    def half_done() -> None:
        with transaction(engine) as session:
            session.add(Unit(code="A", name="A"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    with reading(engine) as session:
        assert session.connection().execute(text("SELECT count(*) FROM unit")).scalar() == 0


def test_a_dry_transaction_leaves_nothing(engine: Engine) -> None:
    with transaction(engine, keep=False) as session:
        session.add(Unit(code="A", name="A"))
    with reading(engine) as session:
        assert session.connection().execute(text("SELECT count(*) FROM unit")).scalar() == 0


@pytest.mark.parametrize(
    "change", [update(Punch).values(device_user_id="8"), delete(Punch).where(col(Punch.id) > 0)]
)
def test_the_database_itself_refuses_to_change_or_delete_a_punch(engine: Engine, change: object) -> None:
    _add_punch(engine)
    with pytest.raises(SQLAlchemyError, match="append-only"), transaction(engine) as session:
        session.connection().execute(change)  # type: ignore[call-overload]  # either statement
    with reading(engine) as session:
        assert session.connection().execute(text("SELECT device_user_id FROM punch")).scalar() == "007"


def test_the_same_punch_twice_is_refused_by_the_database(engine: Engine) -> None:
    _add_punch(engine)
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.connection().execute(
            text(
                "INSERT INTO punch (terminal_id, device_user_id, device_time, verify, state, work_code,"
                " source, received_at, raw) VALUES (1, '007', 1772400000, 4, 1, 0, 'file', 0, 'y')"
            )
        )


def test_a_punch_of_an_unknown_terminal_is_refused(engine: Engine) -> None:
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.connection().execute(
            text(
                "INSERT INTO punch (terminal_id, device_user_id, device_time, verify, state, work_code,"
                " source, received_at, raw) VALUES (9, '007', 1772400000, 4, 1, 0, 'file', 0, 'y')"
            )
        )


@pytest.mark.parametrize("terminal_id", [None, 1])
def test_an_open_ended_badge_cannot_be_entered_twice(engine: Engine, terminal_id: int | None) -> None:
    with transaction(engine) as session:
        session.add(Terminal(id=1, code="M1", name="M1", kind="file"))
        session.add(Person(id=1, code="P1", name="An", sort_key="an", search_key="an"))
        session.flush()
        session.add(Badge(person_id=1, terminal_id=terminal_id, device_user_id="7"))
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(Badge(person_id=1, terminal_id=terminal_id, device_user_id="7"))


def test_a_posting_cannot_end_before_it_begins(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Unit(id=1, code="A", name="A"))
        session.add(Person(id=1, code="P1", name="An", sort_key="an", search_key="an"))
    with pytest.raises(IntegrityError), transaction(engine) as session:
        session.add(Posting(person_id=1, unit_id=1, valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("version", "journal"),
    [
        ((3, 7, 0), "DELETE"),
        ((3, 40, 1), "DELETE"),
        ((3, 44, 5), "DELETE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "DELETE"),
        ((3, 50, 6), "DELETE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 2), "DELETE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "DELETE"),
        ((3, 53, 0), "WAL"),
    ],
)
def test_wal_is_used_only_where_sqlite_is_free_of_its_reset_fault(
    version: tuple[int, int, int], journal: str
) -> None:
    synchronous = {"WAL": "FULL", "DELETE": "EXTRA"}[journal]
    assert safe_journal(version) == (journal, synchronous)


def test_an_empty_database_is_refused_by_name(tmp_path: object) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(StoreError) as refused:
        require_current_schema(engine)
    engine.dispose()
    assert refused.value.code == "schema_missing"


def test_an_old_schema_is_refused_by_name(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    with transaction(engine) as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(StoreError) as refused:
        require_current_schema(engine)
    engine.dispose()
    assert (refused.value.code, refused.value.values["has"]) == ("schema_old", "0000")


def test_a_migrated_database_is_current(engine: Engine) -> None:
    has, needs = schema_versions(engine)
    assert has == needs


def test_the_versions_are_those_of_the_migrations_in_their_order() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(MIGRATIONS))
    assert versions() == tuple(one.revision for one in script.walk_revisions())[::-1]
    assert script.get_heads() == [versions()[-1]]


def test_a_folder_that_is_not_there_is_named(tmp_path: object) -> None:
    with pytest.raises(StoreError) as refused:
        open_database(f"sqlite:///{tmp_path}/missing/monitor.db")
    assert refused.value.code == "database_folder_missing"


def test_a_silent_server_is_given_up_and_the_url_may_say_when(postgres_url: str) -> None:
    engine = open_database(f"{postgres_url}&keepalives_idle=7")
    with closing(engine.raw_connection()) as connection:
        asked = connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]  # psycopg's
    engine.dispose()
    assert {name: asked[name] for name in UNHEARD} == {
        "connect_timeout": "10",
        "keepalives_idle": "7",
        "keepalives_interval": "10",
        "keepalives_count": "4",
        "tcp_user_timeout": "60000",
    }


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql+psycopg://u@127.0.0.1:{silent.getsockname()[1]}/x?connect_timeout=2"
        with pytest.raises(OperationalError, match="timeout"):
            open_database(url).connect()
