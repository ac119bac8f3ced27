"""A real terminal on a real socket, pulled: stored, covered, refused or silent, each with its row."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, update
from sqlmodel import col

from devices.simulated import Faults, PunchColumns, SimulatedModel, SimulatedTerminal, SimulatedUser
from monitor.config import Settings
from monitor.intake import PullReport, pull
from monitor.rules.wallclock import seconds_of
from monitor.store.session import transaction
from monitor.store.tables import Terminal
from tests.office import open_office, rows

NOW = datetime(2026, 3, 2, 10, 0)
UTC_NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
USERS = [SimulatedUser(uid=place, user_id=str(place), name="") for place in range(1, 5)]


def log_of(*times: str, user: str = "1") -> PunchColumns:
    return PunchColumns(
        user_id=np.array([user] * len(times), dtype=object),
        seconds=np.array([seconds_of(datetime.fromisoformat(time)) for time in times], dtype=np.int64),
        verify=np.ones(len(times), dtype=np.int32),
        state=np.zeros(len(times), dtype=np.int32),
        work_code=np.zeros(len(times), dtype=np.int32),
    )


MORNING = ("2026-02-24 07:25", "2026-02-24 11:31", "2026-03-02 07:29")


@pytest.fixture
def terminal() -> Iterator[SimulatedTerminal]:
    with SimulatedTerminal(serial="SN1", clock=lambda: UTC_NOW, users=USERS, log=log_of(*MORNING)) as running:
        yield running


@pytest.fixture
def office(engine: Engine, terminal: SimulatedTerminal) -> Engine:
    open_office(engine)
    with transaction(engine) as session:
        session.connection().execute(update(Terminal).values(host=terminal.host, port=terminal.port))
    return engine


def read(engine: Engine, settings: Settings, *, minutes: int = 0) -> PullReport:
    return pull(engine, 1, settings=settings, clock=lambda: UTC_NOW + timedelta(minutes=minutes))


def coverage(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "SELECT starts, ends FROM coverage_interval ORDER BY starts")


def test_a_log_is_stored_once_and_covers_to_the_terminals_clock(office: Engine, settings: Settings) -> None:
    report = read(office, settings)
    assert (report.error_code, report.intake.stored) == ("", 3)
    assert rows(office, "SELECT count(*) FROM punch") == [(3,)]
    start = seconds_of(datetime.fromisoformat(MORNING[0]))
    assert coverage(office) == [(start, seconds_of(NOW))]
    again = read(office, settings)
    assert (again.intake.stored, again.intake.duplicates) == (0, 3)
    assert len(coverage(office)) == 1


def test_a_later_read_prolongs_the_coverage(
    office: Engine, terminal: SimulatedTerminal, settings: Settings
) -> None:
    read(office, settings)
    terminal.append(log_of("2026-03-02 09:58", user="2"))
    assert read(office, settings).intake.stored == 1
    assert len(coverage(office)) == 1


def test_what_the_contact_told_is_kept(office: Engine, settings: Settings) -> None:
    read(office, settings)
    (row,) = rows(office, "SELECT serial, count_after, clock_offset_seconds, stored FROM pull")
    assert row == ("SN1", 3, 0, 3)
    assert rows(office, "SELECT layout FROM terminal") == [("40",)]


def test_another_serial_at_the_address_stores_nothing(office: Engine, settings: Settings) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(serial="OTHER"))
    assert read(office, settings).error_code == "wrong_serial"
    assert rows(office, "SELECT count(*) FROM punch") == [(0,)]
    assert coverage(office) == []


def test_a_serial_that_belongs_to_another_code_stores_nothing(office: Engine, settings: Settings) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(serial=None))
        session.add(Terminal(id=2, code="M2", name="Cổng sau", kind="zk", serial="SN1"))
    report = read(office, settings)
    assert (report.error_code, report.error_values) == (
        "serial_elsewhere",
        {"serial": "SN1", "terminal": "M2"},
    )
    assert rows(office, "SELECT count(*) FROM punch") == [(0,)]


def test_a_first_contact_learns_the_serial(office: Engine, settings: Settings) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(serial=None))
    assert read(office, settings).error_code == ""
    assert rows(office, "SELECT serial FROM terminal") == [("SN1",)]


def test_a_counter_that_fell_opens_a_gap(
    office: Engine, terminal: SimulatedTerminal, settings: Settings
) -> None:
    read(office, settings)
    terminal.clear()
    terminal.append(log_of("2026-03-02 09:58", user="2"))
    assert read(office, settings).intake.stored == 1
    kept = seconds_of(datetime(2026, 3, 2, 9, 58))
    # The log was cleared: what was punched and erased between the two reads is not known, but every
    # record that was read before stays.
    assert (kept, seconds_of(NOW)) in coverage(office)
    assert rows(office, "SELECT count(*) FROM punch") == [(4,)]


def test_a_refused_read_keeps_its_bytes_and_stores_nothing(
    office: Engine, terminal: SimulatedTerminal, settings: Settings
) -> None:
    terminal.faults = Faults(wrong_total=4)
    report = read(office, settings)
    assert report.error_code == "size_mismatch"
    ((raw,),) = rows(office, "SELECT raw FROM rejected_read")
    assert isinstance(raw, bytes)
    assert len(raw) >= 3 * 40
    assert rows(office, "SELECT count(*) FROM punch") == [(0,)]
    assert coverage(office) == []


def test_an_address_outside_the_allowed_networks_is_not_contacted(office: Engine) -> None:
    nowhere = Settings()
    assert pull(office, 1, settings=nowhere, clock=lambda: UTC_NOW).error_code == "address_not_allowed"


def test_the_log_hears_once_that_a_terminal_is_down_and_once_that_it_is_back(
    office: Engine, terminal: SimulatedTerminal, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    terminal.faults = Faults(refuse_connection=True)
    read(office, settings)
    read(office, settings)
    terminal.faults = Faults()
    read(office, settings)
    read(office, settings)
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "terminal M1 not read",
        "terminal M1 is back",
    ]


def test_a_terminal_with_a_comm_key_is_read_with_it(engine: Engine, settings: Settings) -> None:
    open_office(engine)
    model = SimulatedModel(comm_key=123_456)
    with SimulatedTerminal(
        serial="SN1", clock=lambda: UTC_NOW, users=USERS, log=log_of(*MORNING), model=model
    ) as terminal:
        with transaction(engine) as session:
            session.connection().execute(update(Terminal).values(host=terminal.host, port=terminal.port))
        assert read(engine, settings).error_code == "bad_credentials"
        with transaction(engine) as session:
            changed = update(Terminal).where(col(Terminal.id) == 1).values(comm_key="123456")
            session.connection().execute(changed)
        assert read(engine, settings).intake.stored == 3


def test_only_records_that_can_be_true_prove_a_layout(engine: Engine, settings: Settings) -> None:
    open_office(engine)
    lost = log_of("2000-01-01 00:03", "2000-01-01 08:10")
    with SimulatedTerminal(serial="SN1", clock=lambda: UTC_NOW, users=USERS, log=lost) as terminal:
        with transaction(engine) as session:
            session.connection().execute(update(Terminal).values(host=terminal.host, port=terminal.port))
        assert read(engine, settings).intake.quarantined == 2
        assert rows(engine, "SELECT layout FROM terminal") == [("",)]

        terminal.append(log_of("2026-03-02 09:58", user="2"))
        assert read(engine, settings).intake.stored == 1
        assert rows(engine, "SELECT layout FROM terminal") != [("",)]
