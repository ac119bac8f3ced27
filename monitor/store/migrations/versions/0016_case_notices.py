"""A message to whoever is asked to explain a day, and the choice not to have it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KINDS = "kind IN ('morning', 'evening', 'monthly', 'asked', 'alarm', 'confirm', 'test')"


def upgrade() -> None:
    """One more kind, and one more choice; whoever chose before has it, as everybody has at first."""
    with op.batch_alter_table("notice_choice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("notice_choice", schema=None) as batch_op:
        batch_op.alter_column(
            "asked", server_default=None, existing_type=sa.Boolean(), existing_nullable=False
        )
    name = op.f("ck_outgoing_message_kind")
    with op.batch_alter_table("outgoing_message", schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, KINDS)
