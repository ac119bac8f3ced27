"""Which contacts found that a log may have lost records, and could not say from when on it is known again."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more column; of contacts without a clock nobody noted what they found, so the next begins anew."""
    # Added in place: coverage and punches refer to the table, so it cannot be made anew.
    op.add_column("pull", sa.Column("gap_open", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE pull SET gap_open = true WHERE device_time IS NULL AND error_code = ''")
