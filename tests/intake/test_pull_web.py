"""A terminal of another maker, pulled in parts: nothing twice, no hour claimed that is not known."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, update

from devices.simulated import HikvisionModel, WebSource, simulated_hikvision
from monitor.config import Settings
from monitor.intake import PullReport, pull
from monitor.store.session import transaction
from monitor.store.tables import Terminal
from tests.devices.sources import PASSWORD, SOURCES
from tests.intake.test_pull import MORNING, UTC_NOW, coverage, log_of
from tests.office import open_office, rows

HIKVISION = SOURCES["hikvision"]
USER = HIKVISION.secret["user"]


@pytest.fixture
def source() -> Iterator[WebSource]:
    log, model = HIKVISION.log(log_of(*MORNING)), HikvisionModel(timezone="Asia/Ho_Chi_Minh")
    with simulated_hikvision(
        serial="HK1", clock=lambda: UTC_NOW, log=log, model=model, faults=None
    ) as running:
        yield running


@pytest.fixture
def office(engine: Engine, source: WebSource) -> Engine:
    open_office(engine)
    reached = {"kind": "hikvision", "host": source.host, "port": source.port, "serial": None}
    with transaction(engine) as session:
        changed = update(Terminal).values(comm_key=f"{USER}:{PASSWORD}", **reached)
        session.connection().execute(changed)
    return engine


def read(engine: Engine, settings: Settings) -> PullReport:
    return pull(engine, 1, settings=settings, clock=lambda: UTC_NOW)


def test_the_account_opens_it_and_the_whole_log_comes_first(office: Engine, settings: Settings) -> None:
    report = read(office, settings)
    assert (report.error_code, report.intake.stored) == ("", 3)
    assert rows(office, "SELECT count(*) FROM coverage_interval") == [(1,)]


def test_a_later_read_asks_for_a_part_and_stores_what_is_new(
    office: Engine, source: WebSource, settings: Settings
) -> None:
    read(office, settings)
    source.append(HIKVISION.log(log_of("2026-03-02 09:58", user="2")))
    again = read(office, settings)
    assert again.intake.stored == 1
    assert again.intake.duplicates < 3
    assert rows(office, "SELECT count(*) FROM punch") == [(4,)]
    assert rows(office, "SELECT count(*) FROM coverage_interval") == [(1,)]


def test_a_log_that_was_cleared_opens_a_gap(office: Engine, source: WebSource, settings: Settings) -> None:
    read(office, settings)
    (known,) = coverage(office)
    source.clear()
    source.append(HIKVISION.log(log_of("2026-03-02 09:58", user="2")))
    assert read(office, settings).error_code == ""
    found = coverage(office)
    assert known in found
    assert len(found) == 2
    assert rows(office, "SELECT count(*) FROM punch") == [(4,)]


def test_a_wrong_password_is_told_apart(office: Engine, settings: Settings) -> None:
    with transaction(office) as session:
        session.connection().execute(update(Terminal).values(comm_key=f"{USER}:{PASSWORD[::-1]}"))
    assert read(office, settings).error_code == "bad_credentials"
    assert coverage(office) == []
