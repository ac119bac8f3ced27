"""The scheduler's lease, the fencing token of each run, and the backups that were made."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two tables, and under which token each run of a job began."""
    op.create_table(
        "scheduler_lease",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", BIG, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("beat_at", Instant(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_scheduler_lease_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduler_lease")),
    )
    op.create_table(
        "backup_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("size_bytes", BIG, nullable=False),
        sa.Column("row_count", BIG, nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("copied", sa.Boolean(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=False),
        sa.Column("error_values", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_copy")),
    )
    with op.batch_alter_table("backup_copy") as batch_op:
        batch_op.create_index(op.f("ix_backup_copy_finished_at"), ["finished_at"])
    with op.batch_alter_table("job_run") as batch_op:
        batch_op.add_column(sa.Column("token", BIG, nullable=False, server_default="0"))
