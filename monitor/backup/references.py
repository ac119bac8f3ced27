"""What has no foreign key on PostgreSQL: looked up by triggers, or after a copy for all rows at once."""

from sqlalchemy import Connection, exists, select, text

from monitor.store.references import LOOKED_UP
from monitor.store.tables import metadata

_TRIGGERS = text(
    "SELECT DISTINCT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger "
    "JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE (proname = 'require_punch' OR proname LIKE 'require\\_references\\_of\\_%') "
    "AND NOT relispartition AND relnamespace = CAST(quote_ident(current_schema()) AS regnamespace)"
)


def check_rows(connection: Connection, *, on: bool) -> None:
    """Switch the triggers on or off, as the tables' owner; an older schema has foreign keys instead."""
    for table, trigger in _triggers(connection):
        connection.execute(text(f"ALTER TABLE {table} {'ENABLE' if on else 'DISABLE'} TRIGGER {trigger}"))


def _triggers(connection: Connection) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in connection.execute(_TRIGGERS)]


def dangling(connection: Connection) -> str:
    """A table and its column with an id that is not there, as `table.column`; '' when there is none."""
    checked = {table for table, _ in _triggers(connection)}
    for name in sorted(checked & LOOKED_UP.keys()):
        table = metadata.tables[name]
        for column, of in LOOKED_UP[name].items():
            id_, target = table.c[column], metadata.tables[of]
            there = exists().where(target.c.id == id_)
            lost = select(id_).where(id_.is_not(None), ~there).limit(1)
            if connection.execute(lost).first() is not None:
                return f"{name}.{column}"
    return ""
