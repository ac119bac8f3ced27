"""The schema: which version a database has, which one the program needs, and bringing it there."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, column, inspect, select, table

from monitor.store.session import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
_HAS = select(table(VERSION_TABLE, column("version_num")).c.version_num)


@cache
def versions() -> tuple[str, ...]:
    """Every version there has been, the oldest first: a migration's file begins with the one it makes.

    Asking Alembic would load all of them, for a quarter of a second of each command's time.
    """
    return tuple(sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")))


def schema_versions(engine: Engine) -> tuple[str | None, str]:
    """The version that the database has, None for an empty one, and the one that the program needs."""
    with engine.connect() as connection:
        there = inspect(connection).has_table(VERSION_TABLE)
        return connection.execute(_HAS).scalar() if there else None, versions()[-1]


def require_current_schema(engine: Engine) -> None:
    """Refuse to work on an old or empty database.

    Raises StoreError `schema_missing` or `schema_old`.
    """
    has, needs = schema_versions(engine)
    if has is None:
        raise StoreError("schema_missing")
    if has != needs:
        raise StoreError("schema_old", has=has, needs=needs)


def migrations(url: str, *, anywhere: bool = False) -> "Config":
    """Alembic's configuration for this database, without a file of its own."""
    from alembic.config import Config  # noqa: PLC0415 - see `migrate`

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"], config.attributes["anywhere"] = url, anywhere
    return config


def migrate(url: str, *, to: str = "head", anywhere: bool = False, within: Connection | None = None) -> None:
    """Bring the schema to the newest version, or `to` another; makes the tables of a new database.

    `within`: a connection to that database, in whose transaction it is done.
    """
    # Alembic takes a tenth of a command's start, and hardly any command migrates.
    from alembic import command  # noqa: PLC0415

    config = migrations(url, anywhere=anywhere)
    config.attributes["connection"] = within
    command.upgrade(config, to)
