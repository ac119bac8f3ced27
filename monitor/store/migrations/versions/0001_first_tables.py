"""The first tables: staff, terminals, punches, rule book, verdicts, operations."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")
REAL: sa.Float[float] = sa.Double().with_variant(sa.REAL(), "sqlite")

# Punches and the audit trail are append-only; what people correct is a new row.
APPEND_ONLY = ("punch", "audit_entry", "period_seal")
# What goes on is written into the row, but none ever goes: periods, reopenings, adjustments.
NEVER_DELETED = ("period", "period_reopening", "pending_adjustment")

# code, name, symbol (C01-HD where it has one), paid, counts as work, needs a document, sensitive
EXCUSE_TYPES = (
    ("leave", "Nghỉ phép năm", "P", True, True, False, False),
    ("sick", "Ốm, điều dưỡng", "Ô", True, False, True, True),
    ("child_sick", "Con ốm", "Cô", True, False, True, True),
    ("maternity", "Thai sản", "Ts", True, False, True, True),
    ("accident", "Tai nạn", "T", True, False, True, True),
    ("business_trip", "Đi công tác", "CT", True, True, True, False),
    ("meeting", "Họp, hội nghị", "H", True, True, True, False),
    ("training", "Học tập, tập huấn", "H", True, True, True, False),
    ("compensatory", "Nghỉ bù", "Nb", True, False, False, False),
    ("unpaid", "Nghỉ không lương", "No", False, False, False, False),
    ("work_stoppage", "Ngừng việc", "N", True, False, False, False),
    ("public_duty", "Lao động nghĩa vụ", "LĐ", True, True, True, False),
    ("personal_paid", "Việc riêng có lương", "R", True, True, False, False),
)


def upgrade() -> None:
    """Make everything."""
    _organisation()
    _terminals()
    _punches()
    _regulations()
    _calendar_and_excuses()
    _verdicts()
    _periods()
    _push()
    _operations()
    _unique_expressions()
    _append_only()
    _catalogue()


def downgrade() -> None:
    """Refused: dropping the first tables would drop every punch."""
    msg = "the first migration cannot be undone"
    raise RuntimeError(msg)


def _organisation() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort_key", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("code", name=op.f("uq_person_code")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("public_facing", sa.Boolean(), nullable=False),
        sa.Column("bloc", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_unit_not_its_own_parent")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name=op.f("ck_unit_period")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_parent_id"), ["parent_id"], unique=False)
    op.create_table(
        "posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("role IN ('staff', 'deputy', 'head')", name=op.f("ck_posting_role")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_posting_period")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_posting_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_posting_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posting_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_posting_person_unit_start", ["person_id", "unit_id", "valid_from"], unique=True
        )


def _terminals() -> None:
    op.create_table(
        "terminal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("comm_key", sa.Text(), nullable=False),
        sa.Column("push", sa.Boolean(), nullable=False),
        sa.Column("push_network", sa.Text(), nullable=False),
        sa.Column("push_timezone", sa.Text(), nullable=False),
        sa.Column("installed_on", sa.Date(), nullable=True),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.CheckConstraint("direction IN ('', 'in', 'out')", name=op.f("ck_terminal_direction")),
        sa.CheckConstraint(
            "kind IN ('zk', 'zk_push', 'hikvision', 'dahua', 'biotime', 'file')",
            name=op.f("ck_terminal_kind"),
        ),
        sa.CheckConstraint("port BETWEEN 0 AND 65535", name=op.f("ck_terminal_port")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_terminal_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terminal")),
        sa.UniqueConstraint("code", name=op.f("uq_terminal_code")),
        sa.UniqueConstraint("serial", name=op.f("uq_terminal_serial")),
    )
    with op.batch_alter_table("terminal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_terminal_unit_id"), ["unit_id"], unique=False)
    op.create_table(
        "pull",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=False),
        sa.Column("error_values", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("firmware", sa.Text(), nullable=False),
        sa.Column("count_before", sa.Integer(), nullable=True),
        sa.Column("count_after", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("device_time", BIG, nullable=True),
        sa.Column("clock_offset_seconds", sa.Integer(), nullable=True),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_pull_terminal_id_terminal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pull")),
    )
    with op.batch_alter_table("pull", schema=None) as batch_op:
        batch_op.create_index("ix_pull_terminal_id_started_at", ["terminal_id", "started_at"], unique=False)
    op.create_table(
        "coverage_interval",
        sa.Column("id", BIG, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("starts", BIG, nullable=False),
        sa.Column("ends", BIG, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("pull_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "source IN ('pull', 'push', 'file', 'declared')", name=op.f("ck_coverage_interval_source")
        ),
        sa.CheckConstraint("ends >= starts", name=op.f("ck_coverage_interval_interval")),
        sa.ForeignKeyConstraint(["pull_id"], ["pull.id"], name=op.f("fk_coverage_interval_pull_id_pull")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_coverage_interval_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_interval")),
    )
    with op.batch_alter_table("coverage_interval", schema=None) as batch_op:
        batch_op.create_index(
            "ix_coverage_interval_terminal_id_starts", ["terminal_id", "starts"], unique=False
        )
    op.create_table(
        "pull_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("pull_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["pull_id"], ["pull.id"], name=op.f("fk_pull_request_pull_id_pull")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_pull_request_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pull_request")),
    )
    with op.batch_alter_table("pull_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pull_request_terminal_id"), ["terminal_id"], unique=False)
    op.create_table(
        "rejected_read",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pull_id", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["pull_id"], ["pull.id"], name=op.f("fk_rejected_read_pull_id_pull")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_read")),
    )
    with op.batch_alter_table("rejected_read", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rejected_read_pull_id"), ["pull_id"], unique=False)
    op.create_table(
        "badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=True),
        sa.Column("device_user_id", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("device_user_id <> ''", name=op.f("ck_badge_device_user_id")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name=op.f("ck_badge_period")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_badge_person_id_person")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_badge_terminal_id_terminal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
    )
    with op.batch_alter_table("badge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_badge_device_user_id"), ["device_user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_badge_terminal_id"), ["terminal_id"], unique=False)


def _punches() -> None:
    op.create_table(
        "manual_punch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("time", BIG, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_manual_punch_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_punch")),
    )
    with op.batch_alter_table("manual_punch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_manual_punch_person_id"), ["person_id"], unique=False)
    op.create_table(
        "file_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("imported_at", Instant(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_file_import_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_import")),
    )
    with op.batch_alter_table("file_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_file_import_terminal_id"), ["terminal_id"], unique=False)
    op.create_table(
        "punch",
        sa.Column("id", BIG, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("device_user_id", sa.Text(), nullable=False),
        sa.Column("device_time", BIG, nullable=False),
        sa.Column("verify", SMALL, nullable=False),
        sa.Column("state", SMALL, nullable=False),
        sa.Column("work_code", BIG, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.Column("pull_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("source IN ('pull', 'push', 'file')", name=op.f("ck_punch_source")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["file_import.id"], name=op.f("fk_punch_import_id_file_import")
        ),
        sa.ForeignKeyConstraint(["pull_id"], ["pull.id"], name=op.f("fk_punch_pull_id_pull")),
        sa.ForeignKeyConstraint(["terminal_id"], ["terminal.id"], name=op.f("fk_punch_terminal_id_terminal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_punch")),
        sa.UniqueConstraint("terminal_id", "device_user_id", "device_time", name="uq_punch_identity"),
        sqlite_strict=True,
    )
    with op.batch_alter_table("punch", schema=None) as batch_op:
        batch_op.create_index(
            "ix_punch_device_user_id_device_time", ["device_user_id", "device_time"], unique=False
        )
        batch_op.create_index(
            "ix_punch_terminal_id_device_time", ["terminal_id", "device_time"], unique=False
        )
    op.create_table(
        "quarantined_record",
        sa.Column("id", BIG, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("device_user_id", sa.Text(), nullable=False),
        sa.Column("device_time", sa.Text(), nullable=False),
        sa.Column("verify", SMALL, nullable=False),
        sa.Column("state", SMALL, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.Column("pull_id", sa.Integer(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("source IN ('pull', 'push', 'file')", name=op.f("ck_quarantined_record_source")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["file_import.id"], name=op.f("fk_quarantined_record_import_id_file_import")
        ),
        sa.ForeignKeyConstraint(["pull_id"], ["pull.id"], name=op.f("fk_quarantined_record_pull_id_pull")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_quarantined_record_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_record")),
        sa.UniqueConstraint("terminal_id", "reason", "raw", name="uq_quarantined_record_content"),
        sqlite_strict=True,
    )
    op.create_table(
        "punch_variant",
        sa.Column("id", BIG, nullable=False),
        sa.Column("punch_id", BIG, nullable=False),
        sa.Column("verify", SMALL, nullable=False),
        sa.Column("state", SMALL, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["punch_id"], ["punch.id"], name=op.f("fk_punch_variant_punch_id_punch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_punch_variant")),
        sa.UniqueConstraint("punch_id", "verify", "state", name="uq_punch_variant_content"),
        sqlite_strict=True,
    )


def _push() -> None:
    op.create_table(
        "push_contact",
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("firmware", sa.Text(), nullable=False),
        sa.Column("records", BIG, nullable=True),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=True),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("oldest", BIG, nullable=True),
        sa.Column("newest", BIG, nullable=True),
        sa.Column("lag_seconds", BIG, nullable=True),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("proven_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_push_contact_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_push_contact")),
    )
    op.create_table(
        "pending_terminal",
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.CheckConstraint("attempts > 0", name=op.f("ck_pending_terminal_attempts")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_pending_terminal")),
    )
    with op.batch_alter_table("pending_terminal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pending_terminal_last_at"), ["last_at"], unique=False)
    op.create_table(
        "push_confirmation",
        sa.Column("punch_id", BIG, nullable=False),
        sa.Column("pull_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["pull_id"], ["pull.id"], name=op.f("fk_push_confirmation_pull_id_pull")),
        sa.ForeignKeyConstraint(["punch_id"], ["punch.id"], name=op.f("fk_push_confirmation_punch_id_punch")),
        sa.PrimaryKeyConstraint("punch_id", name=op.f("pk_push_confirmation")),
    )


def _regulations() -> None:
    op.create_table(
        "regulation_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.Column("grace_late_minutes", sa.Integer(), nullable=False),
        sa.Column("grace_early_minutes", sa.Integer(), nullable=False),
        sa.Column("open_before_minutes", sa.Integer(), nullable=False),
        sa.Column("close_after_minutes", sa.Integer(), nullable=False),
        sa.Column("repeat_within_seconds", sa.Integer(), nullable=False),
        sa.Column("chain_within_minutes", sa.Integer(), nullable=False),
        sa.Column("grace_counts", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("truncate_to_minute", sa.Boolean(), nullable=False),
        sa.Column("missing_mark_credit_minutes", sa.Integer(), nullable=False),
        sa.Column("late_is_absent_after_minutes", sa.Integer(), nullable=True),
        sa.Column("early_is_absent_after_minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "direction IN ('ignore', 'state', 'terminal')", name=op.f("ck_regulation_version_direction")
        ),
        sa.CheckConstraint("document <> ''", name=op.f("ck_regulation_version_document")),
        sa.CheckConstraint(
            "grace_counts IN ('whole', 'excess')", name=op.f("ck_regulation_version_grace_counts")
        ),
        sa.CheckConstraint(
            "grace_late_minutes >= 0 AND grace_early_minutes >= 0 AND open_before_minutes >= 0 AND close_after_minutes >= 0 AND repeat_within_seconds >= 0 AND chain_within_minutes >= 0 AND missing_mark_credit_minutes >= 0",
            name=op.f("ck_regulation_version_durations"),
        ),
        sa.CheckConstraint("marks IN (0, 1, 2, 4)", name=op.f("ck_regulation_version_marks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation_version")),
    )
    with op.batch_alter_table("regulation_version", schema=None) as batch_op:
        batch_op.create_index("uq_regulation_version_code_start", ["code", "valid_from"], unique=True)
    op.create_table(
        "regulation_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regulation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("start_seconds", sa.Integer(), nullable=False),
        sa.Column("end_seconds", sa.Integer(), nullable=False),
        sa.Column("cong", REAL, nullable=True),
        sa.CheckConstraint("weekdays <> ''", name=op.f("ck_regulation_session_weekdays")),
        sa.CheckConstraint(
            "end_seconds > start_seconds AND end_seconds <= start_seconds + 86400",
            name=op.f("ck_regulation_session_end"),
        ),
        sa.CheckConstraint(
            "start_seconds >= 0 AND start_seconds < 86400", name=op.f("ck_regulation_session_start")
        ),
        sa.ForeignKeyConstraint(
            ["regulation_id"],
            ["regulation_version.id"],
            name=op.f("fk_regulation_session_regulation_id_regulation_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation_session")),
    )
    with op.batch_alter_table("regulation_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_regulation_session_regulation_id"), ["regulation_id"], unique=False
        )
    op.create_table(
        "regulation_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("regulation_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "unit_id IS NULL OR person_id IS NULL", name=op.f("ck_regulation_target_one_target")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_regulation_target_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["regulation_id"],
            ["regulation_version.id"],
            name=op.f("fk_regulation_target_regulation_id_regulation_version"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_regulation_target_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regulation_target")),
    )
    with op.batch_alter_table("regulation_target", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_regulation_target_regulation_id"), ["regulation_id"], unique=False
        )


def _calendar_and_excuses() -> None:
    op.create_table(
        "excuse_type",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("paid", sa.Boolean(), nullable=False),
        sa.Column("counts_cong", sa.Boolean(), nullable=False),
        sa.Column("needs_document", sa.Boolean(), nullable=False),
        sa.Column("sensitive", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_excuse_type")),
    )
    op.create_table(
        "allowance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('nursing', 'pregnancy', 'other')", name=op.f("ck_allowance_kind")),
        sa.CheckConstraint("place IN ('start', 'end', 'either')", name=op.f("ck_allowance_place")),
        sa.CheckConstraint("minutes > 0 AND minutes <= 1440", name=op.f("ck_allowance_minutes")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_allowance_period")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_allowance_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowance")),
    )
    with op.batch_alter_table("allowance", schema=None) as batch_op:
        batch_op.create_index(
            "uq_allowance_identity", ["person_id", "kind", "place", "valid_from"], unique=True
        )
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("for_date", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('off', 'makeup', 'work')", name=op.f("ck_calendar_day_kind")),
        sa.CheckConstraint("status IN ('F', 'C', 'P')", name=op.f("ck_calendar_day_status")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_calendar_day_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "excuse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("type_code", sa.Text(), nullable=False),
        sa.Column("starts", BIG, nullable=False),
        sa.Column("ends", BIG, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("entered_at", BIG, nullable=True),
        sa.CheckConstraint("status IN ('approved', 'pending', 'rejected')", name=op.f("ck_excuse_status")),
        sa.CheckConstraint("ends >= starts", name=op.f("ck_excuse_interval")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_excuse_person_id_person")),
        sa.ForeignKeyConstraint(
            ["type_code"], ["excuse_type.code"], name=op.f("fk_excuse_type_code_excuse_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excuse")),
    )
    with op.batch_alter_table("excuse", schema=None) as batch_op:
        batch_op.create_index("uq_excuse_identity", ["person_id", "type_code", "starts"], unique=True)
    op.create_table(
        "explained_day",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("accepted_by", sa.Text(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_explained_day_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "on_date", name=op.f("pk_explained_day")),
    )
    op.create_table(
        "roster_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts", BIG, nullable=False),
        sa.Column("ends", BIG, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('duty', 'extra', 'overtime', 'release')", name=op.f("ck_roster_entry_kind")
        ),
        sa.CheckConstraint("ends > starts", name=op.f("ck_roster_entry_interval")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_roster_entry_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entry")),
    )
    with op.batch_alter_table("roster_entry", schema=None) as batch_op:
        batch_op.create_index("uq_roster_entry_identity", ["person_id", "kind", "starts"], unique=True)


def _verdicts() -> None:
    op.create_table(
        "day_record",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("status", SMALL, nullable=False),
        sa.Column("late_seconds", sa.Integer(), nullable=False),
        sa.Column("early_seconds", sa.Integer(), nullable=False),
        sa.Column("worked_seconds", sa.Integer(), nullable=False),
        sa.Column("cong", REAL, nullable=False),
        sa.Column("reasons", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_day_record_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_day_record_unit_id_unit")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_day_record")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("day_record", schema=None) as batch_op:
        batch_op.create_index("ix_day_record_day_unit_id", ["day", "unit_id"], unique=False)
    op.create_table(
        "session_record",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("seq", SMALL, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("regulation_id", sa.Integer(), nullable=True),
        sa.Column("kind", SMALL, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts", BIG, nullable=False),
        sa.Column("ends", BIG, nullable=False),
        sa.Column("due_from", BIG, nullable=False),
        sa.Column("due_to", BIG, nullable=False),
        sa.Column("window_from", BIG, nullable=True),
        sa.Column("window_to", BIG, nullable=True),
        sa.Column("time_in", BIG, nullable=True),
        sa.Column("time_out", BIG, nullable=True),
        sa.Column("punch_in", BIG, nullable=True),
        sa.Column("punch_out", BIG, nullable=True),
        sa.Column("status", SMALL, nullable=False),
        sa.Column("late_seconds", sa.Integer(), nullable=False),
        sa.Column("early_seconds", sa.Integer(), nullable=False),
        sa.Column("worked_seconds", sa.Integer(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("cong", REAL, nullable=False),
        sa.Column("reasons", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("extras", sa.Text(), nullable=False),
        sa.Column("outside", sa.Text(), nullable=False),
        sa.Column("uncovered", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_session_record_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["regulation_id"],
            ["regulation_version.id"],
            name=op.f("fk_session_record_regulation_id_regulation_version"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_session_record_unit_id_unit")),
        sa.PrimaryKeyConstraint("person_id", "day", "seq", name=op.f("pk_session_record")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("session_record", schema=None) as batch_op:
        batch_op.create_index("ix_session_record_day_unit_id", ["day", "unit_id"], unique=False)
    pending, long = sa.text("status = 6"), sa.text("window_to - window_from > 259200")
    op.create_index(
        "ix_session_record_pending",
        "session_record",
        ["window_to"],
        sqlite_where=pending,
        postgresql_where=pending,
    )
    op.create_index(
        "ix_session_record_long", "session_record", ["person_id"], sqlite_where=long, postgresql_where=long
    )
    op.create_table(
        "stale_span",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_stale_span_span")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stale_span_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stale_span")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _periods() -> None:
    op.create_table(
        "silent_day",
        sa.Column("terminal_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_silent_day_terminal_id_terminal")
        ),
        sa.PrimaryKeyConstraint("terminal_id", "day", name=op.f("pk_silent_day")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_period_span")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_period_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
        sa.UniqueConstraint("unit_id", "month", name="uq_period_unit_month"),
    )
    op.create_table(
        "period_seal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("previous_seal", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["period_id"], ["period.id"], name=op.f("fk_period_seal_period_id_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_seal")),
        sa.UniqueConstraint("seal", name=op.f("uq_period_seal_seal")),
    )
    with op.batch_alter_table("period_seal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_period_seal_period_id"), ["period_id"], unique=False)
    op.create_table(
        "period_reopening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seal_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_period_reopening_reason")),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> requested_by", name=op.f("ck_period_reopening_two_people")
        ),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_period_reopening_approved")
        ),
        sa.ForeignKeyConstraint(
            ["seal_id"], ["period_seal.id"], name=op.f("fk_period_reopening_seal_id_period_seal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_reopening")),
        sa.UniqueConstraint("seal_id", name=op.f("uq_period_reopening_seal_id")),
    )
    op.create_table(
        "pending_adjustment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("seq", SMALL, nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("applied_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["period_id"], ["period.id"], name=op.f("fk_pending_adjustment_period_id_period")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_pending_adjustment_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_adjustment")),
    )
    with op.batch_alter_table("pending_adjustment", schema=None) as batch_op:
        batch_op.create_index("ix_pending_adjustment_person_day", ["person_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_pending_adjustment_period_id"), ["period_id"], unique=False)


def _operations() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_audit_entry_previous_hash")),
    )
    op.create_table(
        "fact",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_fact")),
    )
    op.create_table(
        "job_run",
        sa.Column("id", BIG, nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
        sa.UniqueConstraint("job", "due_at", name="uq_job_run_due"),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("token_sha256", sa.Text(), nullable=True),
        sa.Column("token_expires_at", Instant(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "role IN ('admin', 'hr', 'head', 'inspector', 'technician', 'staff')",
            name=op.f("ck_account_role"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_account_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("user_name", name=op.f("uq_account_user_name")),
    )


def _unique_expressions() -> None:
    """Identities in which an open end counts as a value: NULLs would never be equal."""
    open_start = sa.text("coalesce(valid_from, '0001-01-01')")
    anywhere, national = sa.text("coalesce(terminal_id, 0)"), sa.text("coalesce(unit_id, 0)")
    everybody = sa.text("coalesce(person_id, 0)")
    op.create_index(
        "uq_badge_identity", "badge", ["person_id", anywhere, "device_user_id", open_start], unique=True
    )
    op.create_index(
        "uq_regulation_target_start", "regulation_target", [national, everybody, "valid_from"], unique=True
    )
    op.create_index("uq_calendar_day_scope", "calendar_day", ["on_date", national], unique=True)


def _append_only() -> None:
    """Let the database itself refuse to change or delete what must stay."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'append-only'; END $$"
        )
    for table in APPEND_ONLY:
        for change in ("UPDATE", "DELETE"):
            _refuse(table, change)
    for table in NEVER_DELETED:
        _refuse(table, "DELETE")


def _refuse(table: str, change: str) -> None:
    name = f"append_only_{table}_{change.lower()}"
    if op.get_bind().dialect.name == "postgresql":
        action = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    else:
        action = "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
    op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} {action}")


def _catalogue() -> None:
    """The excuse types that every office knows; an office edits and adds to them."""
    names = ("code", "name", "symbol", "paid", "counts_cong", "needs_document", "sensitive")
    types = sa.table("excuse_type", *(sa.column(name) for name in names))
    op.bulk_insert(types, [dict(zip(names, row, strict=True)) for row in EXCUSE_TYPES])
