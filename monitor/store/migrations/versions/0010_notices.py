"""Notices: addresses, choices, the outbox."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Big, Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three new tables; nobody is written to before an address is confirmed."""
    _addresses()
    _choices()
    _outbox()


def _addresses() -> None:
    op.create_table(
        "notice_address",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("candidate", sa.Text(), nullable=False),
        sa.Column("code_digest", sa.Text(), nullable=False),
        sa.Column("code_until", Instant(), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("bounced_at", Instant(), nullable=True),
        sa.Column("bounce", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_address_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_notice_address")),
    )


def _choices() -> None:
    op.create_table(
        "notice_choice",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("morning", sa.Boolean(), nullable=False),
        sa.Column("evening", sa.Boolean(), nullable=False),
        sa.Column("monthly", sa.Boolean(), nullable=False),
        sa.Column("alarms", sa.Boolean(), nullable=False),
        sa.Column("days_off", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.CheckConstraint("language IN ('vi', 'en')", name=op.f("ck_notice_choice_language")),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name=op.f("ck_notice_choice_quiet")),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439",
            name=op.f("ck_notice_choice_minutes"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_choice_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_notice_choice")),
    )


def _outbox() -> None:
    kinds = "kind IN ('morning', 'evening', 'monthly', 'alarm', 'confirm', 'test')"
    states = "state IN ('queued', 'sending', 'handing', 'sent', 'failed', 'given_up', 'dropped', 'unknown')"
    op.create_table(
        "outgoing_message",
        sa.Column("id", Big, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", Instant(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.CheckConstraint(kinds, name=op.f("ck_outgoing_message_kind")),
        sa.CheckConstraint(states, name=op.f("ck_outgoing_message_state")),
        sa.CheckConstraint("channel IN ('mail', 'other')", name=op.f("ck_outgoing_message_channel")),
        sa.CheckConstraint(
            "(channel = 'mail') = (account_id IS NOT NULL)", name=op.f("ck_outgoing_message_account")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_outgoing_message_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_message")),
        sa.UniqueConstraint("key", name=op.f("uq_outgoing_message_key")),
    )
    with op.batch_alter_table("outgoing_message", schema=None) as batch_op:
        batch_op.create_index("ix_outgoing_message_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_outgoing_message_state_next_at", ["state", "next_at"], unique=False)
