"""Whatever is changed behind the program's back in a closed month is found."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from monitor.periods import BrokenPeriod, ClosedPeriod, Month, verify_periods
from monitor.periods.seal import DAY_COLUMNS, OVERTIME_COLUMNS, SESSION_COLUMNS, Closing, content_of, seal_of
from monitor.store.session import reading, transaction
from monitor.store.tables import PeriodSeal
from tests.conftest import ON_SQLITE
from tests.periods.conftest import MARCH

pytestmark = pytest.mark.slow

Close = Callable[..., ClosedPeriod]
ROWS = BrokenPeriod(unit="XA-VP", month="2026-02", what="rows")
SEAL = BrokenPeriod(unit="XA-VP", month="2026-02", what="seal")
AUDIT = BrokenPeriod(unit="XA-VP", month="2026-02", what="audit")
TEXTS = {"name", "symbol", "rule_version", "extras", "outside", "uncovered"}
OTHER = {"unit_id": "1", "person_id": "5", "day": "20512", "regulation_id": "NULL"}
PLACE = {
    "session_record": "person_id = 1 AND day = 20508 AND seq = 1",
    "day_record": "person_id = 1 AND day = 20508",
    "overtime_record": "person_id = 1 AND day = 20508 AND seq = 0",
}
COLUMNS = {
    "session_record": SESSION_COLUMNS,
    "day_record": DAY_COLUMNS,
    "overtime_record": OVERTIME_COLUMNS,
}


def broken(engine: Engine) -> BrokenPeriod | None:
    with reading(engine) as session:
        return verify_periods(session)


def tamper(engine: Engine, *statements: str) -> None:
    with transaction(engine) as session:
        for statement in statements:
            session.connection().execute(text(statement))


def drop_trigger(engine: Engine, name: str, table: str) -> str:
    on = f" ON {table}" if engine.dialect.name == "postgresql" else ""
    return f"DROP TRIGGER {name}{on}"


@pytest.fixture
def closed(office: Engine, close: Close) -> Engine:
    close()
    tamper(office, "INSERT INTO person (id, code, name, sort_key, search_key) VALUES (5, 'X', 'X', 'x', 'x')")
    return office


def test_what_nobody_touched_is_whole(closed: Engine) -> None:
    assert broken(closed) is None


def test_a_change_of_any_cell_is_found(closed: Engine) -> None:
    cells = [(table, column) for table, columns in COLUMNS.items() for column in columns]
    assert [f"{table}.{column}" for table, column in cells if not _is_found(closed, table, column)] == []


def _is_found(engine: Engine, table: str, column: str) -> bool:
    """Change one cell and verify, in a transaction that is not kept."""
    changed = f"{column} || 'x'" if column in TEXTS else f"coalesce({column}, 0) + 1"
    with transaction(engine, keep=False) as session:
        value = OTHER.get(column, changed)
        statement = f"UPDATE {table} SET {column} = {value} WHERE {PLACE[table]}"
        assert session.connection().execute(text(statement)).rowcount == 1
        return verify_periods(session) == ROWS


@pytest.mark.parametrize("table", list(COLUMNS))
def test_a_missing_row_is_found(closed: Engine, table: str) -> None:
    tamper(closed, f"DELETE FROM {table} WHERE {PLACE[table]}")
    assert broken(closed) == ROWS


def test_an_added_row_is_found(closed: Engine) -> None:
    tamper(closed, "INSERT INTO day_record VALUES (5, 20508, 2, 0, 0, 0, 0, 0, 0)")
    assert broken(closed) == ROWS


@ON_SQLITE
def test_rows_of_other_months_and_units_are_nobodys_business(closed: Engine) -> None:
    tamper(closed, "UPDATE session_record SET status = 0 WHERE day = 20514")
    tamper(closed, "INSERT INTO day_record VALUES (5, 20508, 1, 0, 0, 0, 0, 0, 0)")
    assert broken(closed) is None


@ON_SQLITE
@pytest.mark.parametrize(
    "change", ["closed_by = 'cli:minh'", "sessions = 39", "content_sha256 = 'x'", "seal = 'x'"]
)
def test_a_changed_seal_is_found(closed: Engine, change: str) -> None:
    tamper(
        closed,
        drop_trigger(closed, "append_only_period_seal_update", "period_seal"),
        f"UPDATE period_seal SET {change}",
    )
    assert broken(closed) == SEAL


@ON_SQLITE
def test_a_seal_forged_to_fit_a_changed_row_is_not_in_the_trail(closed: Engine) -> None:
    tamper(
        closed,
        drop_trigger(closed, "append_only_period_seal_update", "period_seal"),
        f"UPDATE session_record SET status = 0 WHERE {PLACE['session_record']}",
    )
    with transaction(closed) as session:
        content = content_of(session, 2, Month.of("2026-02"))
        seal = session.get_one(PeriodSeal, 1)
        closing = Closing(
            unit_id=2, month="2026-02", closed_at=MARCH, closed_by="cli:lan", previous_seal=seal.previous_seal
        )
        seal.content_sha256, seal.seal = content.sha256, seal_of(content, closing)
        session.add(seal)
    assert broken(closed) == AUDIT


def test_the_database_itself_refuses_to_change_a_seal_or_to_delete_a_period(closed: Engine) -> None:
    for statement in (
        "UPDATE period_seal SET closed_by = 'x'",
        "DELETE FROM period_seal",
        "DELETE FROM period",
    ):
        with pytest.raises(Exception, match="append-only"):
            tamper(closed, statement)


@ON_SQLITE
def test_a_period_opened_by_hand_is_found(closed: Engine) -> None:
    tamper(
        closed,
        "UPDATE period SET status = 'reopened'",
        "INSERT INTO period_reopening (seal_id, reason, requested_by, requested_at, approved_by, approved_at)"
        " VALUES (1, 'x', 'a', '2026-03-01 00:00:00', 'b', '2026-03-01 00:00:00')",
    )
    assert broken(closed) == AUDIT


@ON_SQLITE
def test_a_period_whose_days_were_moved_is_found(closed: Engine) -> None:
    tamper(closed, "UPDATE period SET last_day = last_day - 1")
    assert broken(closed) == ROWS


@ON_SQLITE
def test_a_period_that_disappeared_is_found(closed: Engine) -> None:
    tamper(
        closed,
        drop_trigger(closed, "append_only_period_seal_delete", "period_seal"),
        drop_trigger(closed, "append_only_period_delete", "period"),
        "DELETE FROM period_seal",
        "DELETE FROM period",
    )
    assert broken(closed) == AUDIT
