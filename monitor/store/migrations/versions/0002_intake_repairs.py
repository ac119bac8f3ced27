"""Undoing an import, repairing quarantined records, mapping unknown ids, alarms."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# What was decided stays; another decision is another row.
APPEND_ONLY = ("import_undo", "quarantine_decision")


def upgrade() -> None:
    """Decisions, alarms, and columns that remember what a delivery brought."""
    _columns()
    _undone_imports()
    _decisions()
    _clocks_and_alarms()
    _append_only()


def _columns() -> None:
    # Added one by one, without references: SQLite would copy the whole table for one.
    op.add_column("coverage_interval", sa.Column("import_id", sa.Integer(), nullable=True))
    op.add_column("punch_variant", sa.Column("import_id", sa.Integer(), nullable=True))
    op.add_column("quarantined_record", sa.Column("work_code", BIG, nullable=False, server_default="0"))
    op.add_column("pull", sa.Column("users", sa.Integer(), nullable=True))
    op.add_column(
        "terminal", sa.Column("switched_off", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("pending_terminal", sa.Column("rejected_at", Instant(), nullable=True))
    op.add_column("pending_terminal", sa.Column("rejected_by", sa.Text(), nullable=False, server_default=""))


def _undone_imports() -> None:
    op.create_table(
        "import_undo",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["file_import.id"], name=op.f("fk_import_undo_import_id_file_import")
        ),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_undo")),
    )
    op.create_table(
        "punch_support",
        sa.Column("punch_id", BIG, nullable=False),
        sa.Column("import_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["punch_id"], ["punch.id"], name=op.f("fk_punch_support_punch_id_punch")),
        sa.PrimaryKeyConstraint("punch_id", "import_id", name=op.f("pk_punch_support")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_punch_support_import_id", "punch_support", ["import_id"])
    op.create_table(
        "withheld_punch",
        sa.Column("punch_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["punch_id"], ["punch.id"], name=op.f("fk_withheld_punch_punch_id_punch")),
        sa.PrimaryKeyConstraint("punch_id", name=op.f("pk_withheld_punch")),
        sqlite_strict=True,
    )


def _decisions() -> None:
    op.create_table(
        "quarantine_decision",
        sa.Column("id", BIG, nullable=False),
        sa.Column("record_id", BIG, nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_time", BIG, nullable=True),
        sa.Column("punch_id", BIG, nullable=True),
        sa.CheckConstraint(
            "decision IN ('readmitted', 'released', 'corrected', 'dismissed')",
            name=op.f("ck_quarantine_decision_decision"),
        ),
        sa.CheckConstraint(
            "(decision = 'dismissed') = (punch_id IS NULL)", name=op.f("ck_quarantine_decision_punch")
        ),
        sa.CheckConstraint(
            "(decision = 'corrected') = (corrected_time IS NOT NULL)",
            name=op.f("ck_quarantine_decision_time"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["quarantined_record.id"],
            name=op.f("fk_quarantine_decision_record_id_quarantined_record"),
        ),
        sa.ForeignKeyConstraint(
            ["punch_id"], ["punch.id"], name=op.f("fk_quarantine_decision_punch_id_punch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine_decision")),
        sa.UniqueConstraint("record_id", "decision", name="uq_quarantine_decision_once"),
    )
    op.create_index("ix_quarantine_decision_punch_id", "quarantine_decision", ["punch_id"])


def _clocks_and_alarms() -> None:
    op.create_table(
        "clock_sighting",
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("offset_seconds", BIG, nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_clock_sighting_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_clock_sighting")),
    )
    op.create_table(
        "alarm",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.CheckConstraint("severity IN ('warning', 'serious')", name=op.f("ck_alarm_severity")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_alarm_terminal_id_terminal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    op.create_index(op.f("ix_alarm_terminal_id"), "alarm", ["terminal_id"])
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_alarm_open",
        "alarm",
        ["kind", "subject"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def _append_only() -> None:
    """Let the database itself refuse to change or delete a decision, as it does for punches."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    action = (
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        if postgresql
        else "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
    )
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            name = f"append_only_{table}_{change.lower()}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} {action}")
