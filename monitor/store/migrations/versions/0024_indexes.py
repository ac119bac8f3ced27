"""Indexes that answer by themselves what a refresh asks: whose badges stand at a terminal, who came when."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

PUNCH = ("device_user_id", "device_time", "terminal_id", "state")
BADGE = ("terminal_id", "device_user_id")


def upgrade() -> None:
    """The new ones begin with the columns of those that they replace."""
    op.create_index("ix_punch_device_user_id_device_time_terminal_id_state", "punch", [*PUNCH])
    op.drop_index("ix_punch_device_user_id_device_time", "punch")
    op.create_index("ix_badge_terminal_id_device_user_id", "badge", [*BADGE])
    op.drop_index("ix_badge_terminal_id", "badge")
