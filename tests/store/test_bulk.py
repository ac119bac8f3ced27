"""Many rows at once: added once each in the order given, on both storages, few or many."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import IntegrityError

from monitor.store import bulk
from monitor.store.bulk import add_columns, columns_of, replace_rows
from monitor.store.queries.periods import DAYS
from monitor.store.queries.punches import PUNCHES
from monitor.store.queries.stale import mark
from monitor.store.session import open_database, transaction
from monitor.store.tables import Pull
from tests.office import open_office, rows

FIRST = 1_772_000_000
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def punches(first: int, count: int, state: int = 0) -> bulk.Columns:
    return {
        "raw": [f"{state} {n}".encode() for n in range(first, first + count)],
        "device_time": [FIRST + n for n in range(first, first + count)],
        "device_user_id": ["Đ\t1"] * count,
        "terminal_id": [1] * count,
        "verify": [1] * count,
        "state": [state] * count,
        "work_code": [0] * count,
        "source": ["pull"] * count,
        "received_at": [0] * count,
        "pull_id": [None] * count,
        "import_id": [None] * count,
    }


@pytest.mark.parametrize("count", [7, 3 * bulk.ROWS_TOGETHER, bulk.COPIED_FROM + 7])
def test_rows_are_added_once_in_order_and_the_first_of_a_key_stays(engine: Engine, count: int) -> None:
    open_office(engine)
    with transaction(engine) as session:
        first = add_columns(session.connection(), PUNCHES, punches(0, count))
        again = add_columns(session.connection(), PUNCHES, punches(3, count, state=5))
    with transaction(engine) as session:
        nothing = add_columns(session.connection(), PUNCHES, punches(3, count, state=4))

    assert (first, again, nothing) == (count, 3, 0)
    stored = rows(engine, "SELECT device_time, device_user_id, state, raw, pull_id FROM punch ORDER BY id")
    states = [0] * count + [5] * 3
    assert stored == [(FIRST + n, "Đ\t1", s, f"{s} {n}".encode(), None) for n, s in enumerate(states)]


def test_a_value_that_only_one_row_has_is_stored(engine: Engine) -> None:
    open_office(engine)
    given = {**punches(0, 3), "pull_id": [None, None, 1]}
    with transaction(engine) as session:
        session.add(Pull(id=1, terminal_id=1, started_at=NOW, finished_at=NOW))
        session.flush()
        add_columns(session.connection(), PUNCHES, given)

    assert rows(engine, "SELECT pull_id FROM punch ORDER BY id") == [(None,), (None,), (1,)]


def test_a_row_is_written_in_place_of_that_of_its_key(engine: Engine) -> None:
    open_office(engine)
    old, new, other = ((1, day, 1, status, 0, 0, 0, 1.0, 0) for day, status in ((7, 1), (7, 2), (8, 3)))
    with transaction(engine) as session:
        replace_rows(session.connection(), DAYS, [old])
        replace_rows(session.connection(), DAYS, [new, other])

    assert rows(engine, "SELECT * FROM day_record ORDER BY day") == [new, other]


def test_a_row_that_is_there_as_it_is_given_stays_untouched(engine: Engine) -> None:
    open_office(engine)
    same, old, new = (
        (1, 7, 1, 1, 0, 0, 0, 1.0, 0),
        (1, 8, 1, 1, 0, 0, 0, 1.0, 0),
        (1, 8, 1, 2, 0, 0, 0, 1.0, 0),
    )
    with transaction(engine) as session:
        replace_rows(session.connection(), DAYS, [same, old])
    changed: list[int] = []
    event.listen(
        engine, "after_cursor_execute", lambda _connection, cursor, *_: changed.append(cursor.rowcount)
    )
    with transaction(engine) as session:
        replace_rows(session.connection(), DAYS, [same, new])

    assert changed[-1] == 1
    assert rows(engine, "SELECT * FROM day_record ORDER BY day") == [same, new]


def test_so_are_many_of_which_some_are_there(engine: Engine) -> None:
    open_office(engine)
    days = range(1, 2 * bulk.ROWS_TOGETHER + 3)
    old, new = ([(1, day, 1, status, 0, 0, 0, 1.0, 0) for day in days] for status in (1, 2))
    with transaction(engine) as session:
        replace_rows(session.connection(), DAYS, old[::2])
        replace_rows(session.connection(), DAYS, new)

    assert rows(engine, "SELECT * FROM day_record ORDER BY day") == new


def test_no_rows_are_no_statement(engine: Engine) -> None:
    with transaction(engine) as session:
        replace_rows(session.connection(), DAYS, [])
        assert add_columns(session.connection(), PUNCHES, columns_of([])) == 0


@pytest.mark.postgres
def test_a_number_that_is_given_out_twice_is_refused_and_loses_no_mark(postgres_url: str) -> None:
    """As PostgreSQL does after a crash that came soon after its database had been copied."""
    engine = open_database(postgres_url)
    open_office(engine)
    with transaction(engine) as session:
        mark(session, [(1, 10, 11)])
    with transaction(engine) as session:
        session.connection().execute(text("SELECT setval('stale_span_id_seq', 1, false)"))
    with pytest.raises(IntegrityError), transaction(engine) as session:
        mark(session, [(2, 10, 11)])
    with transaction(engine) as session:
        mark(session, [(2, 10, 11)])
    assert rows(engine, "SELECT person_id FROM stale_span ORDER BY id") == [(1,), (2,)]
    engine.dispose()


def test_what_a_column_does_not_allow_is_refused_not_skipped(engine: Engine) -> None:
    open_office(engine)
    bad = dict(punches(0, 3)) | {"source": ["pull", "guess", "pull"]}
    with pytest.raises(Exception, match="source"), transaction(engine) as session:
        add_columns(session.connection(), PUNCHES, bad)
    assert rows(engine, "SELECT id FROM punch") == []
