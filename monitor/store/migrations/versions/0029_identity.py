"""A punch's identity is kept in the order of its terminal's log, and serves for what another index did."""

import sqlalchemy as sa
from alembic import op

from monitor.store.session import StoreError

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

IDENTITY = ["terminal_id", "device_time", "device_user_id"]
MADE = """
CREATE TABLE punch_0029 (
  id INTEGER NOT NULL,
  terminal_id INTEGER NOT NULL,
  device_user_id TEXT NOT NULL,
  device_time INTEGER NOT NULL,
  verify INTEGER NOT NULL,
  state INTEGER NOT NULL,
  work_code INTEGER NOT NULL,
  source TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  pull_id INTEGER,
  import_id INTEGER,
  raw BLOB NOT NULL,
  CONSTRAINT pk_punch PRIMARY KEY (id),
  CONSTRAINT ck_punch_source CHECK (source IN ('pull', 'push', 'file')),
  CONSTRAINT fk_punch_import_id_file_import FOREIGN KEY(import_id) REFERENCES file_import (id),
  CONSTRAINT fk_punch_pull_id_pull FOREIGN KEY(pull_id) REFERENCES pull (id),
  CONSTRAINT fk_punch_terminal_id_terminal FOREIGN KEY(terminal_id) REFERENCES terminal (id),
  CONSTRAINT uq_punch_identity UNIQUE (terminal_id, device_time, device_user_id)
) STRICT
"""
NAMES = (
    *("id", "terminal_id", "device_user_id", "device_time", "verify", "state", "work_code", "source"),
    *("received_at", "pull_id", "import_id", "raw"),
)
OLD, NEW = (sa.table(name, *map(sa.column, NAMES)) for name in ("punch", "punch_0029"))
BY_PERSON = ("device_user_id", "device_time", "terminal_id", "state")


def upgrade() -> None:
    """Every punch stays as it is; only the order in which its identity is looked up is another."""
    if op.get_bind().dialect.name == "postgresql":
        # Nobody adds a punch in between: the table stays locked until the upgrade is done.
        op.drop_constraint("uq_punch_identity", "punch")
        op.create_unique_constraint("uq_punch_identity", "punch", IDENTITY)
        op.drop_index("ix_punch_terminal_id_device_time", "punch")
        return
    _rebuild()


def _rebuild() -> None:
    """SQLite changes no constraint of a table that is there: all punches go into another in its place."""
    op.execute("PRAGMA cache_size = -262144")  # the ends of some thousand terminals' logs
    op.execute(MADE)
    op.execute(NEW.insert().from_select(NAMES, OLD.select().order_by(OLD.c.id)))
    equal = (OLD.c[name].is_not_distinct_from(NEW.c[name]) for name in NAMES)
    before, after, same = map(_count, (OLD, NEW, OLD.join(NEW, sa.and_(*equal))))
    if not before == after == same:
        told = f"punch: {before} rows before, {after} after, {same} of them the same"
        raise StoreError("database_damaged", why=told)
    op.execute("DROP TABLE punch")
    op.execute("ALTER TABLE punch_0029 RENAME TO punch")
    op.create_index("ix_punch_device_user_id_device_time_terminal_id_state", "punch", [*BY_PERSON])
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER append_only_punch_{change.lower()} BEFORE {change} ON punch "
            "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
        )


def _count(rows: sa.FromClause) -> int:
    return op.get_bind().execute(sa.select(sa.func.count()).select_from(rows)).scalar_one()
