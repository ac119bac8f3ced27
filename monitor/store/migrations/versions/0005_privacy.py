"""Erasable payloads of the audit trail, who was shown whom, retention and legal hold."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SMALL = sa.SmallInteger().with_variant(sa.Integer(), "sqlite")

# Emptying the payload, the whole of it, is the only change that an entry may undergo.
PAYLOAD = ("actor", "subject", "detail", "salt")
KEPT = ("id", "at", "action", "previous_hash", "hash", "form", "payload_sha256")


def upgrade() -> None:
    """Entries that stand keep their hashes: as form 1 they are verified as they always were."""
    _payloads()
    _shown()
    _retention()


def _payloads() -> None:
    # Added one by one: a copy of the table would lose its triggers.
    op.add_column("audit_entry", sa.Column("form", SMALL, nullable=False, server_default="1"))
    op.add_column("audit_entry", sa.Column("salt", sa.Text(), nullable=False, server_default=""))
    op.add_column("audit_entry", sa.Column("payload_sha256", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_audit_entry_actor_at", "audit_entry", ["actor", "at"])
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"])
    op.create_index(op.f("ix_audit_entry_subject"), "audit_entry", ["subject"])
    erased = [f"NEW.{name} = ''" for name in PAYLOAD]
    same = [f"NEW.{name} = OLD.{name}" for name in KEPT]
    on = " ON audit_entry" if _postgresql() else ""
    op.execute(f"DROP TRIGGER append_only_audit_entry_update{on}")
    _refuse("audit_entry", "UPDATE", f"NOT ({' AND '.join([*erased, *same])})")


def _shown() -> None:
    op.create_table(
        "shown",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_shown_person_id_person")),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entry.id"], name=op.f("fk_shown_entry_id_audit_entry")),
        sa.PrimaryKeyConstraint("person_id", "entry_id", name=op.f("pk_shown")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_shown_entry_id", "shown", ["entry_id"])
    _refuse("shown", "UPDATE")


def _retention() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.Column("released_at", Instant(), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_legal_hold_reason")),
        sa.CheckConstraint("(released_at IS NULL) = (released_by = '')", name=op.f("ck_legal_hold_released")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_legal_hold_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    still_open = sa.text("released_at IS NULL")
    op.create_index(
        "uq_legal_hold_open",
        "legal_hold",
        ["person_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    _refuse("legal_hold", "DELETE")
    op.create_table(
        "retired_person",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("unlinked_at", Instant(), nullable=True),
        sa.Column("pseudonymised_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_retired_person_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_retired_person")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_retired_person_pseudonym")),
    )
    _refuse("retired_person", "DELETE")


def _postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _refuse(table: str, change: str, when: str = "") -> None:
    """Let the database itself refuse a change, or one that fits a condition."""
    name = f"append_only_{table}_{change.lower()}"
    each = f"FOR EACH ROW {f'WHEN ({when})' if when else ''}"
    action = (
        "EXECUTE FUNCTION refuse_change()"
        if _postgresql()
        else "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON {table} {each} {action}")
