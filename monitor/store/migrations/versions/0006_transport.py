"""How a terminal is spoken to (TCP, UDP, HTTP, HTTPS), its push key, and what it tells about itself."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Columns for the way to a terminal; a table for what happened to one."""
    with op.batch_alter_table("terminal") as batch_op:
        batch_op.add_column(sa.Column("transport", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("push_key", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("push_contact") as batch_op:
        batch_op.add_column(sa.Column("operations_stamp", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("broken_at", BIG, nullable=True))
    op.create_table(
        "terminal_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("device_time", BIG, nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('log_cleared', 'clock_set', 'factory_reset')", name=op.f("ck_terminal_event_kind")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_terminal_event_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal_event")),
        sa.UniqueConstraint(
            "terminal_id",
            "kind",
            "device_time",
            name=op.f("uq_terminal_event_terminal_id_kind_device_time"),
        ),
    )
