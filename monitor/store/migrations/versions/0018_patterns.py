"""The patterns that an office has switched on, and the words of its reports."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Instant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables of their own; every pattern begins switched off."""
    op.create_table(
        "pattern_switch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("switched_on", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("switched_by", sa.Text(), nullable=False),
        sa.Column("switched_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "pattern IN ('friday_early', 'no_out', 'pairs', 'last_minute', 'flood')",
            name=op.f("ck_pattern_switch_pattern"),
        ),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_pattern_switch_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pattern_switch")),
    )
    op.create_index("ix_pattern_switch_pattern", "pattern_switch", ["pattern"], unique=False)
    op.create_table(
        "report_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_words_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_words")),
    )
    op.create_index(
        "ix_report_words_unit_id_kind_period", "report_words", ["unit_id", "kind", "period"], unique=False
    )
