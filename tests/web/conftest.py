"""Applications over a furnished office: one migrated database, copied for each test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from monitor.config import Settings
from monitor.store.session import open_database, transaction
from monitor.web.app import create_app
from tests.browsing import serving
from tests.web.cast import NOW, furnish

LogIn = Callable[[str], FlaskClient]


@pytest.fixture(scope="session")
def furnished(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the whole cast."""
    path = tmp_path_factory.mktemp("office") / "office.db"
    shutil.copy(migrated_file, path)
    engine = open_database(f"sqlite:///{path}")
    with transaction(engine) as session:
        furnish(session)
    engine.dispose()
    return path


@pytest.fixture
def engine(furnished: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy of the furnished database."""
    with copy_of(furnished, tmp_path / "office.db") as engine:
        yield engine


@contextmanager
def copy_of(furnished: Path, path: Path) -> Iterator[Engine]:
    """A copy of a database, open within the block."""
    shutil.copy(furnished, path)
    engine = open_database(f"sqlite:///{path}")
    try:
        yield engine
    finally:
        engine.dispose()


def settings_for(folder: Path, **web: object) -> Settings:
    """Settings of a test installation."""
    secret = {"secret_key": "k" * 32, "development_login": True}
    return Settings.model_validate({"web": secret | web, "folder": folder})


@pytest.fixture
def app(engine: Engine, tmp_path: Path) -> Flask:
    """The application with the development log-in, at 14:20 on 24/02/2026."""
    app = create_app(engine, settings_for(tmp_path), lambda: NOW)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return app


@pytest.fixture
def served(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """The address of a running server with the whole cast, for a browser."""
    with serving(create_app(engine, settings_for(tmp_path), lambda: NOW)) as address:
        yield address


@pytest.fixture
def log_in(app: Flask) -> LogIn:
    """Gives a browser in which an account is logged in."""

    def signed_in(user_name: str) -> FlaskClient:
        client = app.test_client()
        answer = client.post("/dang-nhap", data={"user_name": user_name})
        assert answer.status_code == 302, answer.status
        return client

    return signed_in
