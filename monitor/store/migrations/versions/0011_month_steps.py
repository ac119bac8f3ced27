"""Month steps."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who signed a unit's month before it was closed; what people say of their own rows."""
    op.create_table(
        "month_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_month_step_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_step")),
    )
    op.create_index("ix_month_step_unit_id_month", "month_step", ["unit_id", "month"], unique=False)
    op.create_table(
        "month_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.CheckConstraint("answer IN ('agree', 'object')", name=op.f("ck_month_reply_answer")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_month_reply_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_month_reply_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_reply")),
    )
    op.create_index("ix_month_reply_unit_id_month", "month_reply", ["unit_id", "month"], unique=False)
    op.create_index("ix_month_reply_person_id", "month_reply", ["person_id"], unique=False)
