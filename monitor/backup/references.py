"""What refers to punches on PostgreSQL: checked by triggers, or after a copy for all rows at once."""

from sqlalchemy import Connection, exists, select, text
from sqlmodel import col

from monitor.store.months import REFERRING
from monitor.store.tables import Punch, metadata

_CHECKED = text(
    "SELECT DISTINCT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger "
    "JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE proname = 'require_punch' AND relnamespace = CAST(quote_ident(current_schema()) AS regnamespace)"
)


def check_rows(connection: Connection, *, on: bool) -> None:
    """Switch the triggers on or off, as the tables' owner; an older schema has foreign keys instead."""
    for table, trigger in _triggers(connection):
        connection.execute(text(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER {trigger}"))


def _triggers(connection: Connection) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(_CHECKED)]


def dangling(connection: Connection) -> str:
    """A table with a row that refers to a punch that is not there; '' when there is none."""
    if not _triggers(connection):
        return ""
    for name in REFERRING:
        table = metadata.tables[name]
        there = exists().where(col(Punch.id) == table.c.punch_id)
        lost = select(table.c.punch_id).where(table.c.punch_id.is_not(None), ~there).limit(1)
        if connection.execute(lost).first() is not None:
            return name
    return ""
