"""Overtime that was worked, by date and class; what inspections found of exempt staff."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Big, Small

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One row per overtime entry and date; the next refresh fills it for the days it recomputes."""
    op.create_table(
        "overtime_record",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("seq", Small, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("kind", Small, nullable=False),
        sa.Column("starts", Big, nullable=False),
        sa.Column("ends", Big, nullable=False),
        sa.Column("present_from", Big, nullable=True),
        sa.Column("present_to", Big, nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("night_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_overtime_record_person_id_person")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_overtime_record_unit_id_unit")),
        sa.PrimaryKeyConstraint("person_id", "day", "seq", name=op.f("pk_overtime_record")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("overtime_record", schema=None) as batch_op:
        batch_op.create_index("ix_overtime_record_day_unit_id", ["day", "unit_id"], unique=False)
    op.create_table(
        "exempt_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts", Big, nullable=False),
        sa.Column("ends", Big, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.CheckConstraint("ends >= starts", name=op.f("ck_exempt_finding_interval")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_exempt_finding_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exempt_finding")),
    )
    with op.batch_alter_table("exempt_finding", schema=None) as batch_op:
        batch_op.create_index("uq_exempt_finding_identity", ["person_id", "starts"], unique=True)
    # Whoever has an entry is looked at again on its dates: what was recorded before knew no overtime.
    op.execute(
        "INSERT INTO stale_span (person_id, first_day, last_day) "
        "SELECT person_id, starts / 86400, (ends - 1) / 86400 FROM roster_entry WHERE kind = 'overtime'"
    )
