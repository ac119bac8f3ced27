"""Which contacts found that a terminal's clock had lost its time: what lies before is not covered by them."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more column; of contacts before it nobody knows, so what they covered stays."""
    # Added in place: coverage and punches refer to the table, so it cannot be made anew.
    op.add_column("pull", sa.Column("clock_lost", sa.Boolean(), nullable=False, server_default=sa.false()))
    lost = sa.text("clock_lost")
    op.create_index("ix_pull_clock_lost", "pull", ["terminal_id"], sqlite_where=lost, postgresql_where=lost)
