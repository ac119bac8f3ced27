"""On PostgreSQL the program cannot undo what is append-only, and workers can read what they need, no more."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, update
from sqlalchemy.exc import DataError, ProgrammingError

from devices.base import TerminalReading
from devices.simulated import SimulatedTerminal
from jobs import far_contacts
from jobs.context import JobContext
from jobs.make_months import run as make_months
from monitor.backup.postgres import PostgresStorage
from monitor.config import Fanout, Settings
from monitor.doctor import examine_machine
from monitor.exports import spread
from monitor.exports.spread import Asked, block
from monitor.exports.timesheet import collect
from monitor.exports.timesheet.collect import sheets_of
from monitor.exports.timesheet.form import load_forms
from monitor.exports.timesheet.wanted import Wanted
from monitor.periods import Month
from monitor.records import refresh
from monitor.records.frame import frame_at
from monitor.records.judging import Key, judge
from monitor.rules.wallclock import day_of
from monitor.store.months import last_months, later, outside_months
from monitor.store.queries.reach import EVERYBODY
from monitor.store.roles import READ_BY_WORKERS, Roles
from monitor.store.schema import migrate
from monitor.store.session import open_database, reading, transaction
from monitor.store.tables import Terminal, metadata
from tests.installed import as_role, installed
from tests.office import START, at, cover, full_day, open_office, punch, rows

pytestmark = pytest.mark.postgres
NOW = at("2026-03-31 20:00")


@pytest.fixture
def roles(postgres_url: str) -> Iterator[Roles]:
    """An office whose database has the three roles."""
    admin = create_engine(postgres_url)
    open_office(admin)
    cover(admin, "2026-02-01 00:00", "2026-12-31 00:00")
    admin.dispose()
    with installed(postgres_url) as roles:
        yield roles


def refused(engine: Engine, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner|append-only"):
        rows(engine, statement)


def test_the_program_works_and_cannot_touch_what_is_append_only(postgres_url: str, roles: Roles) -> None:
    program = open_database(as_role(postgres_url, roles.program))
    punch(program, *full_day("1", "2026-03-02"), received=NOW)

    assert refresh(program, now=NOW, settings=Settings(fanout=Fanout())) > 0
    for statement in (
        "DELETE FROM punch",
        "TRUNCATE punch CASCADE",
        "ALTER TABLE punch DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only_punch_delete ON punch",
        "CREATE TABLE mine (id int)",
        "UPDATE alembic_version SET version_num = '0001'",
    ):
        refused(program, statement)
    program.dispose()


def test_the_doctor_says_where_the_second_wall_does_not_stand(
    postgres_url: str, roles: Roles, tmp_path: Path
) -> None:
    settings = Settings.model_validate({"folder": tmp_path, "database": {"url": postgres_url}})

    def told(url: str) -> bool:
        engine = open_database(url)
        with reading(engine) as session:
            found = {one.code for one in examine_machine(session, settings, NOW)}
        engine.dispose()
        return "doctor_no_wall" in found

    assert (told(postgres_url), told(as_role(postgres_url, roles.program))) == (True, False)
    assert told(as_role(postgres_url, roles.owner))


def test_a_worker_judges_exports_and_reads_terminals_as_the_reader_and_sees_nothing_else(
    postgres_url: str, roles: Roles, tmp_path: Path, settings: Settings
) -> None:
    program, url = open_database(postgres_url), as_role(postgres_url, roles.reader)
    punch(program, *full_day("1", "2026-03-02"), received=NOW)
    first = day_of(START)
    key = Key(url=url, spans=((1, first, first + 30),), frame=frame_at(NOW, Settings()))

    assert judge(key).verdicts.sessions.time_in.max() > 0
    refresh(program, now=NOW, settings=Settings())
    asked = Asked(
        table="sessions", first_day=first, last_day=first + 30, unit_ids=None, reach=EVERYBODY, people=(1,)
    )
    assert len(block(spread.Key(url=url, asked=asked)))
    wanted = Wanted(
        form_name="c01-hd", forms=load_forms(tmp_path), month=Month.of("2026-03"), now=NOW, zone="UTC"
    )
    (sheet,) = sheets_of(collect.Key(url=url, unit_ids=(2,), wanted=replace(wanted, with_remarks=True)))
    assert len(sheet.lines) == 4

    with SimulatedTerminal(serial="SN1", clock=lambda: NOW) as terminal:
        values = {"host": terminal.host, "port": terminal.port}
        with transaction(program) as session:
            session.connection().execute(update(Terminal).values(values))
        ahead = timedelta(days=9)
        far = far_contacts.Key(url=url, terminal_id=1, settings=settings, list_users=True, ahead=ahead)
        contacted = far_contacts.contact_far(far)
    assert isinstance(contacted.brought, TerminalReading)
    assert ahead - timedelta(days=1) < contacted.started_at - datetime.now(UTC) < ahead + timedelta(days=1)

    reader = open_database(url)
    refused(reader, "INSERT INTO fact VALUES ('a', 'b')")
    refused(reader, "UPDATE punch SET state = 1")
    for table in {table.name for table in metadata.sorted_tables} - set(READ_BY_WORKERS):
        refused(reader, f"SELECT * FROM {table}")
    reader.dispose()
    program.dispose()


def test_the_program_makes_months_although_it_can_make_no_table(postgres_url: str, roles: Roles) -> None:
    program, owner = (open_database(as_role(postgres_url, name)) for name in (roles.program, roles.owner))
    with reading(program) as session:
        newest = max(last_months(session.connection()).values())
    clock = datetime(newest.year, newest.month, 2, tzinfo=UTC)

    made = make_months(JobContext(engine=program, settings=Settings(), clock=lambda: clock))
    punch(program, ("1", f"{later(newest, 1)} 07:00:00"), received=clock + timedelta(days=50))

    assert made == "12 months made"
    part = f"punch_{later(newest, 1):%Y_%m}"
    assert rows(owner, f"SELECT count(*) FROM {part}") == [(1,)]
    assert rows(owner, f"SELECT relowner::regrole::text FROM pg_class WHERE relname = '{part}'") == [
        (f'"{roles.owner}"',)
    ]
    hidden = [f"session_record_{name}" for name in (f"{later(newest, 1):%Y_%m}", "before", "default")]
    for statement in (
        *(f"DELETE FROM {part}", f"DROP TABLE {part}", "SELECT begin_months('2019-01-01')"),
        *(f"SELECT count(*) FROM {name}" for name in hidden),  # past the table's policies
    ):
        refused(program, statement)
    with reading(program) as session:
        assert outside_months(session.connection()) == {}
    with pytest.raises(DataError, match="no month of ours"):
        rows(program, "SELECT make_month('account', '2027-01-01')")
    for engine in (program, owner):
        engine.dispose()


def test_the_owner_can_put_a_restored_schema_in_the_place_of_the_former(
    postgres_url: str, roles: Roles
) -> None:
    """All that a restore moves belongs to the owner: tables, their parts, and functions."""
    url = as_role(postgres_url, roles.owner)
    with PostgresStorage(url).scratch() as place:
        migrate(place.url)
        place.install("20261122t000000z")
    program = open_database(postgres_url)
    assert rows(program, "SELECT count(*) FROM person") == [(0,)]
    program.dispose()
