"""Alembic's entry: runs the migrations against the database that the program hands over."""

from alembic import context
from sqlalchemy import Connection

from monitor.store.session import open_database
from monitor.store.tables import metadata


def run(connection: Connection) -> None:
    """Run the migrations in one transaction."""
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes
within: Connection | None = given.get("connection")
if within is not None:
    run(within)
else:
    engine = open_database(given["url"], anywhere=given.get("anywhere", False))
    try:
        with engine.connect().execution_options(writes=True) as opened, opened.begin():
            run(opened)
    finally:
        engine.dispose()
