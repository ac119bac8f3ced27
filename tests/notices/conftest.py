"""An office whose heads want messages, a mail server, and the moment of a Tuesday morning."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.store.session import open_database, transaction
from tests.notices.server import Box, mail_server
from tests.notices.world import MORNING, at, wants
from tests.web.cast import furnish


@pytest.fixture(scope="session")
def filled(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the whole cast; copied, never used."""
    path = tmp_path_factory.mktemp("notices") / "office.db"
    shutil.copy(migrated_file, path)
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        furnish(session)
    engine.dispose()
    return path


@pytest.fixture
def engine(filled: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy of the cast's database."""
    path = tmp_path / "office.db"
    shutil.copy(filled, path)
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def box() -> Box:
    """What the server took."""
    return Box()


@pytest.fixture
def port(box: Box) -> Iterator[int]:
    """The port of a mail server."""
    with mail_server(box) as found:
        yield found


@pytest.fixture
def site(port: int, tmp_path: Path) -> Settings:
    """An installation with that server, which tells counts."""
    return at(port, tmp_path)


@pytest.fixture
def office(engine: Engine) -> Engine:
    """The cast; Hạnh and Hường want the morning's digest."""
    for name in ("hanh", "huong"):
        wants(engine, name, morning=True)
    return engine


@pytest.fixture
def now() -> datetime:
    """08:15 of the cast's Tuesday."""
    return MORNING
