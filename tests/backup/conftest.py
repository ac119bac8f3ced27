"""An installation around each of the two storages, and a key."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor import audit
from monitor.config import Settings
from monitor.store.session import open_database, transaction
from tests.office import open_office, punch

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SECRET = b"a secret of the office's own"
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For what does not depend on the storage: a restore into PostgreSQL runs every migration."""


def clock() -> datetime:
    return NOW


@pytest.fixture
def office(engine: Engine) -> Engine:
    """The small office with two punches and an entry in the trail."""
    open_office(engine)
    punch(engine, ("1", "2026-03-02 07:25:00"), ("2", "2026-03-02 07:29:00"))
    with transaction(engine) as session:
        audit.record(session, at=NOW, actor="cli:x", action="import", subject="people", detail={"n": 1})
    return engine


@pytest.fixture
def installation(office: Engine, tmp_path: Path) -> Settings:
    """The settings of that office; nobody has its database open."""
    (tmp_path / "config.toml").write_text('[site]\nname = "Xã"\n', encoding="utf-8")
    (tmp_path / "secret.key").write_text("k" * 48, encoding="utf-8")
    (tmp_path / "backup.key").write_bytes(SECRET)
    office.dispose()
    url = office.url.render_as_string(hide_password=False)
    return Settings.model_validate(
        {
            "database": {"url": url},
            "backup": {"key_file": "backup.key"},
            "terminals": {"allowed_networks": ["127.0.0.0/8"]},
            "folder": tmp_path,
        }
    )


@pytest.fixture
def database(installation: Settings) -> Iterator[Engine]:
    """Whatever stands in the installation's place, looked at anew."""
    engine = open_database(installation.database_url)
    yield engine
    engine.dispose()
