"""An application over a random organisation, and a browser for each of its accounts."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from monitor.store.session import open_database, transaction
from monitor.web.app import create_app
from tests.access.organisation import NOW, Organisation, furnish
from tests.web.conftest import settings_for


@contextmanager
def serving(made: Organisation, migrated: Path, folder: Path) -> Iterator[Flask]:
    """The pages over an organisation, in a database of its own."""
    folder.mkdir()
    shutil.copy(migrated, folder / "monitor.db")
    engine = open_database(f"sqlite:///{folder / 'monitor.db'}")
    try:
        with transaction(engine) as session:
            furnish(session, made)
        app = create_app(engine, settings_for(folder), lambda: NOW)
        app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
        yield app
    finally:
        engine.dispose()


def browser(app: Flask, user_name: str) -> FlaskClient:
    """A browser in which the account is logged in."""
    client = app.test_client()
    answer = client.post("/dang-nhap", data={"user_name": user_name})
    assert answer.status_code == 302, answer.status
    return client
