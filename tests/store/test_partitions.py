"""On PostgreSQL every row has its month: nothing is refused, lost or dangling, and a day reads its own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from jobs.context import JobContext
from jobs.make_months import run as make_months
from monitor.config import Settings
from monitor.doctor import examine_machine
from monitor.records import refresh
from monitor.rules.wallclock import day_of
from monitor.store.bulk import add_columns
from monitor.store.months import AHEAD, DIVIDED, last_months, later, outside_months
from monitor.store.queries.log import stored_log
from monitor.store.queries.patterns import Looked, passes
from monitor.store.queries.person_day import evidence
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.timesheets import unit_sessions
from monitor.store.session import StoreError, reading, transaction
from monitor.store.tables import metadata
from tests.office import at, cover, full_day, open_office, punch, rows

pytestmark = [pytest.mark.postgres, pytest.mark.parametrize("engine", ["postgres"], indirect=True)]
NOW = at("2026-03-10 20:00")
REFERENCES = {
    "punch_support": "(punch_id, import_id) VALUES ({0}, 0)",
    "punch_variant": "(punch_id, verify, state, source, received_at) VALUES ({0}, 4, 1, 'file', 0)",
    "push_confirmation": "(punch_id, pull_id) VALUES ({0}, 1)",
    "quarantine_decision": "(record_id, decision, decided_at, decided_by, reason, punch_id) "
    "VALUES ({0}, 'released', now(), 'kt', '', {0})",
    "withheld_punch": "(punch_id) VALUES ({0})",
}
ADD = text(
    "INSERT INTO punch (terminal_id, device_user_id, device_time, verify, state, work_code, source, "
    "received_at, raw) VALUES (1, '1', :time, 1, 0, 0, 'pull', 0, 'x') "
    "RETURNING id, CAST(CAST(tableoid AS regclass) AS text)"
)
PULL = (
    "INSERT INTO pull (terminal_id, started_at, finished_at, error_code, error_values, serial, firmware, "
    "lines, stored, duplicates, quarantined, layout) VALUES (1, now(), now(), '', '', '', '', 0, 0, 0, 0, '')"
)


ASIDE = text(
    "INSERT INTO quarantined_record (id, terminal_id, reason, raw, device_user_id, device_time, verify, "
    "state, source, received_at) "
    "VALUES (:id, 1, 'x', CAST(CAST(:id AS text) AS bytea), '1', '', 0, 0, 'pull', 0)"
)
MARCH = day_of(date(2026, 3, 1))


@pytest.fixture
def office(engine: Engine) -> Engine:
    """The small office; months from January 2026 on, in a database that was made later."""
    with engine.begin() as connection:
        connection.execute(text("SELECT begin_months('2026-01-01')"))
    open_office(engine)
    return engine


def add(engine: Engine, *moments: str) -> list[tuple[Any, ...]]:
    """Punches as no intake would take them all; gives each one's id and partition."""
    times = [datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in moments]
    with engine.begin() as connection:
        return [tuple(connection.execute(ADD, {"time": int(time.timestamp())}).one()) for time in times]


def test_a_punch_lies_in_its_month_and_what_cannot_be_true_in_the_default_partition(office: Engine) -> None:
    found = add(
        office,
        *("2026-02-28 23:59:59", "2026-03-01 00:00:00"),
        *("2025-12-31 23:59:59", "2010-01-01 00:00:00"),
        *("2000-01-01 00:00:10", "2099-05-05 07:00:00"),
    )

    parts = ["2026_02", "2026_03", "before", "before", "default", "default"]
    assert [part for _, part in found] == [f"punch_{part}" for part in parts]
    assert len({number for number, _ in found}) == len(found)
    assert rows(office, "SELECT count(*) FROM punch") == [(6,)]
    with reading(office) as session:
        assert outside_months(session.connection()) == {"punch": 2}
        settings = Settings.model_validate({"database": {"url": str(office.url)}})
        told = [one for one in examine_machine(session, settings, NOW) if "months" in one.code]
    assert [(one.code, one.values) for one in told] == [
        ("doctor_outside_months", {"table": "punch", "rows": 2})
    ]


def test_the_same_punch_is_one_in_every_partition_and_none_is_changed_or_deleted(office: Engine) -> None:
    moments = ("2026-03-02 07:00:00", "2019-03-02 07:00:00", "2000-01-01 00:00:10")
    for _, part in add(office, *moments):
        for table in ("punch", part):
            for change in (f"UPDATE {table} SET state = 1", f"DELETE FROM {table}"):
                with pytest.raises(ProgrammingError, match="append-only"):
                    rows(office, change)
    for moment in moments:
        with pytest.raises(IntegrityError):
            add(office, moment)
    assert rows(office, "SELECT count(*) FROM punch WHERE state = 0") == [(3,)]


def test_what_refers_to_a_punch_needs_one_that_is_there(office: Engine) -> None:
    known = [number for number, _ in add(office, "2026-03-02 07:00:00", "2000-01-01 00:00:10")]
    with office.begin() as connection:
        connection.execute(text(PULL))
        for number in (*known, 99):
            connection.execute(ASIDE, {"id": number})
        for table, values in REFERENCES.items():
            for number in known:
                connection.execute(text(f"INSERT INTO {table} {values.format(number)}"))
    for table, values in REFERENCES.items():
        with pytest.raises(IntegrityError, match=f"{table} refers to a punch that is not there"):
            rows(office, f"INSERT INTO {table} {values.format(99)}")
        with pytest.raises((IntegrityError, ProgrammingError), match=r"punch that is not there|append-only"):
            rows(office, f"UPDATE {table} SET punch_id = 99 WHERE punch_id = {known[0]}")


def test_one_lost_reference_among_many_is_found(office: Engine) -> None:
    ((known, _),) = add(office, "2026-03-02 07:00:00")
    supports = metadata.tables["punch_support"]
    with transaction(office) as session:
        given = {"punch_id": [known] * 2, "import_id": [0, 1]}
        assert add_columns(session.connection(), supports, given) == 2
    given = {"punch_id": [known, 99], "import_id": [2, 2]}
    with pytest.raises(IntegrityError), transaction(office) as session:
        add_columns(session.connection(), supports, given)
    assert rows(office, "SELECT import_id FROM punch_support ORDER BY 1") == [(0,), (1,)]


@contextmanager
def asked(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The questions about punches and records that are put to the database meanwhile."""
    found: list[tuple[str, Any]] = []

    def note(_connection: Connection, _cursor: object, sql: str, given: Any, *_: object) -> None:
        if sql.startswith("SELECT") and re.search(rf"\b({'|'.join(DIVIDED)})\b", sql):
            found.append((sql, given))

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def parts_read(engine: Engine, question: tuple[str, Any]) -> set[str]:
    """The partitions that a question's plan reads."""
    sql, given = question
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN {sql}", given).scalars().all()
    return set(re.findall(r"(?:punch|record)_(\d{4}_\d\d|before|default)\b", " ".join(plan)))


def test_a_day_and_a_month_are_read_from_their_months_alone(office: Engine) -> None:
    cover(office, "2026-02-23 00:00", "2026-12-31 00:00")
    punch(office, *full_day("1", "2026-03-09"), received=NOW)
    refresh(office, now=NOW, settings=Settings())
    with asked(office) as questions:
        punch(office, *full_day("2", "2026-03-10"), received=NOW)
        refresh(office, now=NOW, settings=Settings())
        with reading(office) as session:
            evidence(session, 1, day_of(date(2026, 3, 9)), "Asia/Ho_Chi_Minh")
            stored_log(session, 1, 1_772_380_800, 1_773_100_800)
            assert len(unit_sessions(session, 2, range(MARCH, MARCH + 31)).day)
            looked = Looked(unit_ids=frozenset({2}), first_day=MARCH, last_day=MARCH + 30)
            assert len(passes(session, EVERYBODY, looked).punch)
    read = {sql: parts_read(office, (sql, given)) for sql, given in questions}
    over_all = [sql for sql, parts in read.items() if "before" in parts]
    near = [parts for sql, parts in read.items() if sql not in over_all]

    assert all("status = 6" in sql or "window_to - window_from" in sql for sql in over_all)
    assert len(near) >= 5
    assert "2026_03" in set().union(*near) <= {"2026_02", "2026_03"}


def months_of(engine: Engine, name: str) -> int:
    return int(
        str(rows(engine, f"SELECT count(*) FROM pg_inherits WHERE inhparent = '{name}'::regclass")[0][0])
    )


@pytest.fixture
def late(engine: Engine) -> JobContext:
    """The job's present: the newest month that there is has begun."""
    open_office(engine)
    with reading(engine) as session:
        newest = min(last_months(session.connection()).values())
    clock = datetime(newest.year, newest.month, 2, tzinfo=UTC)
    return JobContext(engine=engine, settings=Settings(), clock=lambda: clock)


def test_the_months_to_come_are_made_ahead_and_once(late: JobContext) -> None:
    before = {name: months_of(late.engine, name) for name in DIVIDED}

    assert make_months(late) == f"{AHEAD * len(DIVIDED)} months made"
    assert make_months(late) == "0 months made"

    assert {name: months_of(late.engine, name) - before[name] for name in DIVIDED} == dict.fromkeys(
        DIVIDED, AHEAD
    )
    coming = later(late.clock().date(), AHEAD)
    ((_, part),) = add(late.engine, f"{coming} 07:00:00")
    assert part == f"punch_{coming:%Y_%m}"
    with pytest.raises(ProgrammingError, match="append-only"):
        rows(late.engine, f"DELETE FROM {part}")
    # Keys, checks and references are those of the other months.
    told = "SELECT contype, count(*) FROM pg_constraint WHERE conrelid = '{}'::regclass GROUP BY 1 ORDER BY 1"
    assert rows(late.engine, told.format(part)) == rows(late.engine, told.format("punch_before"))


def test_whoever_reads_is_not_waited_for_and_the_next_run_makes_the_month(late: JobContext) -> None:
    with late.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM punch"))  # every part of it, that for lost rows included
        with pytest.raises(StoreError) as refused:
            make_months(late)
        assert refused.value.code == "months_missing"
        assert refused.value.values == {"tables": "punch"}
        reader.rollback()
    assert make_months(late) == f"{AHEAD} months made"


def test_a_month_whose_rows_came_before_it_was_made_stays_unmade_and_those_after_it_come(
    late: JobContext,
) -> None:
    lost = later(late.clock().date(), 1)
    ((_, part),) = add(late.engine, f"{lost} 07:00:00")

    assert part == "punch_default"
    assert make_months(late) == f"{AHEAD * len(DIVIDED) - 1} months made, others later"
    assert add(late.engine, f"{later(lost, 1)} 07:00:00")[0][1] == f"punch_{later(lost, 1):%Y_%m}"
    with reading(late.engine) as session:
        assert outside_months(session.connection()) == {"punch": 1}
