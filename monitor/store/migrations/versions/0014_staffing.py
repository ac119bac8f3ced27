"""Minimum staffing of units that serve the public."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row for each unit, session and first day."""
    op.create_table(
        "minimum_staffing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_minimum_staffing_people")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_minimum_staffing_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minimum_staffing")),
    )
    with op.batch_alter_table("minimum_staffing", schema=None) as batch_op:
        batch_op.create_index(
            "uq_minimum_staffing_identity", ["unit_id", "session", "valid_from"], unique=True
        )
