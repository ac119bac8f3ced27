"""The small office, one of whose terminals delivers by itself, and the application it calls."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine, update
from werkzeug.test import Client

from monitor.store.session import open_database, transaction
from monitor.store.tables import Terminal
from monitor.web.push import create_push_app
from tests.office import open_office
from tests.web.push.desk import NOW, SETTINGS


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Engine]:
    """The small office; its terminal has the serial number SN1."""
    engine = open_database(sqlite_url)
    open_office(engine)
    with transaction(engine) as session:
        session.connection().execute(update(Terminal).values(push=True))
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> list[datetime]:
    """The present, in a list so that a test can move it."""
    return [NOW]


@pytest.fixture
def client(office: Engine, clock: list[datetime]) -> Client:
    return Client(create_push_app(office, SETTINGS, lambda: clock[0]))
