"""Alembic's entry: runs the migrations against the database that the program hands over."""

from alembic import context
from sqlalchemy import Connection

from monitor.store.session import StoreError, open_database
from monitor.store.tables import metadata


def run(connection: Connection) -> None:
    """Run the migrations in one transaction.

    Raises StoreError `database_damaged` when a reference leads nowhere.
    """
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        has = context.get_context().get_current_revision()
        context.run_migrations()
        if connection.dialect.name == "sqlite" and context.get_context().get_current_revision() != has:
            lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if lost is not None:
                raise StoreError("database_damaged", why=f"{lost[0]}: {lost[1]}")


def let_go(connection: Connection) -> None:
    """Let SQLite put a table in another's place: with references held to, those to it could not stand.

    They are all looked at before anything is committed.
    """
    driver = connection.connection.dbapi_connection
    if driver is not None and connection.dialect.name == "sqlite":
        driver.cursor().execute("PRAGMA foreign_keys = OFF")


given = context.config.attributes
within: Connection | None = given.get("connection")
if within is not None:
    run(within)
else:
    engine = open_database(given["url"], anywhere=given.get("anywhere", False))
    try:
        with engine.connect().execution_options(writes=True) as opened:
            let_go(opened)
            with opened.begin():
                run(opened)
    finally:
        engine.dispose()
