"""What the tests of pushing terminals share."""

import pytest
from sqlalchemy import Engine, update

from monitor.store.session import transaction
from monitor.store.tables import Terminal
from tests.office import open_office


@pytest.fixture
def office(engine: Engine) -> Engine:
    """The small office; its terminal M1, serial SN1, is read and may push beside it."""
    open_office(engine)
    with transaction(engine) as session:
        session.connection().execute(update(Terminal).values(push=True))
    return engine
