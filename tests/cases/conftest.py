"""One furnished SQLite database, copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.store.session import open_database
from tests.cases.cast import furnish


@pytest.fixture(scope="session")
def furnished_office(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cases") / "office.db"
    shutil.copy(migrated_file, path)
    engine = open_database(f"sqlite:///{path}")
    furnish(engine)
    engine.dispose()
    return path


@pytest.fixture
def office(furnished_office: Path, tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "office.db"
    shutil.copy(furnished_office, path)
    engine = open_database(f"sqlite:///{path}")
    yield engine
    engine.dispose()
