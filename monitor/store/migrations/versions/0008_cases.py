"""Cases: explanations, papers, decisions and written reminders; what they derived can be withdrawn."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Words and papers may be emptied when their time is over; nothing else of a thread ever changes.
NOTE_KEPT = ("id", "case_id", "written_at", "author_id", "kind", "asked_time")
PAPER_KEPT = ("id", "note_id", "media_type", "bytes_count", "sha256", "for_hr")
DECISION_KEPT = ("id", "case_id", "kind", "decided_at", "decider_id", "level", "replaces_id")
REMINDER_KEPT = ("id", "person_id", "number", "issued_on", "author_id", "written_at")
NEVER_DELETED = (
    *("day_case", "case_note", "attachment", "case_decision", "decision_effect"),
    *("written_reminder", "reminder_day", "manual_punch", "explained_day"),
)


def upgrade() -> None:
    """Tables, marks of what was withdrawn, and the triggers that keep a thread as it was written."""
    _cases()
    _decisions()
    _reminders()
    for table in ("manual_punch", "explained_day"):
        op.add_column(table, sa.Column("withdrawn_at", Instant(), nullable=True))
    for table in NEVER_DELETED:
        _refuse(table, "DELETE")
    _only_emptied("case_note", NOTE_KEPT, "NEW.body = '' AND NEW.witness = ''")
    empty = "length(NEW.content) = 0 AND NEW.name = ''"
    _only_emptied("attachment", PAPER_KEPT, empty)
    _only_emptied("case_decision", DECISION_KEPT, "NEW.reason = ''")
    _only_emptied("written_reminder", REMINDER_KEPT, "NEW.body = ''")


def _cases() -> None:
    states = "state IN ('open', 'explained', 'accepted', 'refused', 'decided')"
    kinds = (
        "kind IN ('asked', 'explain', 'sick', 'maternity', 'forgot', 'wrong', 'decided', 'revoked', "
        "'escalated')"
    )
    op.create_table(
        "day_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("decide_by", Instant(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("for_hr", sa.Boolean(), nullable=False),
        sa.CheckConstraint(states, name=op.f("ck_day_case_state")),
        sa.CheckConstraint("level >= 0", name=op.f("ck_day_case_level")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_day_case_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_case")),
    )
    op.create_index("uq_day_case_person_day", "day_case", ["person_id", "on_date"], unique=True)
    op.create_index("ix_day_case_state", "day_case", ["state"])
    op.create_table(
        "case_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("asked_time", BIG, nullable=True),
        sa.Column("witness", sa.Text(), nullable=False),
        sa.CheckConstraint(kinds, name=op.f("ck_case_note_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["day_case.id"], name=op.f("fk_case_note_case_id_day_case")),
        sa.ForeignKeyConstraint(["author_id"], ["account.id"], name=op.f("fk_case_note_author_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
    )
    op.create_index(op.f("ix_case_note_case_id"), "case_note", ["case_id"])
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes_count", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("for_hr", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_attachment_sha256")),
        sa.ForeignKeyConstraint(["note_id"], ["case_note.id"], name=op.f("fk_attachment_note_id_case_note")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_note_id"), "attachment", ["note_id"])


def _decisions() -> None:
    kinds = "kind IN ('accept', 'excuse', 'manual', 'refuse', 'no_reason', 'remind', 'revoke')"
    op.create_table(
        "case_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("decider_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(kinds, name=op.f("ck_case_decision_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["day_case.id"], name=op.f("fk_case_decision_case_id_day_case")),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["account.id"], name=op.f("fk_case_decision_decider_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["case_decision.id"], name=op.f("fk_case_decision_replaces_id_case_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_decision")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_case_decision_replaces_id")),
    )
    op.create_index(op.f("ix_case_decision_case_id"), "case_decision", ["case_id"])
    effects = "kind IN ('explained', 'excuse', 'manual', 'reminder')"
    op.create_table(
        "decision_effect",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.CheckConstraint(effects, name=op.f("ck_decision_effect_kind")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["case_decision.id"], name=op.f("fk_decision_effect_decision_id_case_decision")
        ),
        sa.PrimaryKeyConstraint("decision_id", "kind", "target_id", name=op.f("pk_decision_effect")),
    )


def _reminders() -> None:
    op.create_table(
        "written_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("rule_cited", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "number <> '' AND issuer <> '' AND rule_cited <> ''", name=op.f("ck_written_reminder_named")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_written_reminder_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name=op.f("fk_written_reminder_author_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_written_reminder")),
    )
    op.create_index("ix_written_reminder_person_id", "written_reminder", ["person_id"])
    op.create_table(
        "reminder_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reminder_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reminder_id"],
            ["written_reminder.id"],
            name=op.f("fk_reminder_day_reminder_id_written_reminder"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_day")),
    )
    op.create_index(op.f("ix_reminder_day_reminder_id"), "reminder_day", ["reminder_id"])


def _only_emptied(table: str, kept: tuple[str, ...], emptied: str) -> None:
    """The one change that a row may undergo: its words go, the rest of it stays."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    same = "IS NOT DISTINCT FROM" if postgresql else "IS"
    stays = [f"NEW.{name} {same} OLD.{name}" for name in kept]
    _refuse(table, "UPDATE", f"NOT ({' AND '.join([emptied, *stays])})")


def _refuse(table: str, change: str, when: str = "") -> None:
    """Let the database itself refuse a change, or one that fits a condition."""
    name = f"append_only_{table}_{change.lower()}"
    each = f"FOR EACH ROW {f'WHEN ({when})' if when else ''}"
    postgresql = op.get_bind().dialect.name == "postgresql"
    action = (
        "EXECUTE FUNCTION refuse_change()" if postgresql else "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} {each} {action}")
