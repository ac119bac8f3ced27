"""Registers: who entered an excuse, removed roster entries, meetings with invitations and arrivals."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Big, Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables of the registers; an excuse that was rejected or withdrawn no longer bars its like."""
    _excuses()
    _roster()
    _meetings()


def _excuses() -> None:
    op.drop_index("uq_excuse_identity", table_name="excuse")
    counted = sa.text("status <> 'rejected'")
    op.create_index(
        "uq_excuse_identity",
        "excuse",
        ["person_id", "type_code", "starts"],
        unique=True,
        sqlite_where=counted,
        postgresql_where=counted,
    )
    op.create_table(
        "excuse_entry",
        sa.Column("excuse_id", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant, nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", Instant, nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(entered_at IS NULL) = (entered_by = '')", name=op.f("ck_excuse_entry_entered")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by = '')", name=op.f("ck_excuse_entry_withdrawn")
        ),
        sa.ForeignKeyConstraint(["excuse_id"], ["excuse.id"], name=op.f("fk_excuse_entry_excuse_id_excuse")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["excuse.id"], name=op.f("fk_excuse_entry_replaces_id_excuse")
        ),
        sa.PrimaryKeyConstraint("excuse_id", name=op.f("pk_excuse_entry")),
    )


def _roster() -> None:
    op.create_table(
        "removed_roster_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts", Big, nullable=False),
        sa.Column("ends", Big, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("removed_by", sa.Text(), nullable=False),
        sa.Column("removed_at", Instant, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_removed_roster_entry_reason")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_removed_roster_entry_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removed_roster_entry")),
    )
    with op.batch_alter_table("removed_roster_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_removed_roster_entry_person_id"), ["person_id"], unique=False)


def _meetings() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("starts", Big, nullable=False),
        sa.Column("ends", Big, nullable=False),
        sa.Column("terminal_id", sa.Integer(), nullable=True),
        sa.Column("open_before_minutes", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("cancelled_by", sa.Text(), nullable=False),
        sa.Column("cancelled_at", Instant, nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(cancelled_at IS NULL) = (cancelled_by = '')", name=op.f("ck_meeting_cancelled")),
        sa.CheckConstraint("title <> ''", name=op.f("ck_meeting_title")),
        sa.CheckConstraint("ends > starts", name=op.f("ck_meeting_interval")),
        sa.CheckConstraint("open_before_minutes BETWEEN 0 AND 240", name=op.f("ck_meeting_open_before")),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["terminal.id"], name=op.f("fk_meeting_terminal_id_terminal")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_meeting_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_starts"), ["starts"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_unit_id"), ["unit_id"], unique=False)

    _invitations()


def _invitations() -> None:
    op.create_table(
        "meeting_arrival",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("arrived", Big, nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_arrival_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_meeting_arrival_person_id_person")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_meeting_arrival")),
    )
    with op.batch_alter_table("meeting_arrival", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_arrival_person_id"), ["person_id"], unique=False)

    op.create_table(
        "meeting_invitation",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("instead_of_id", sa.Integer(), nullable=True),
        sa.Column("excuse_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(role = 'substitute') = (instead_of_id IS NOT NULL)",
            name=op.f("ck_meeting_invitation_instead_of"),
        ),
        sa.CheckConstraint(
            "role IN ('chair', 'member', 'guest', 'substitute')", name=op.f("ck_meeting_invitation_role")
        ),
        sa.ForeignKeyConstraint(
            ["excuse_id"], ["excuse.id"], name=op.f("fk_meeting_invitation_excuse_id_excuse")
        ),
        sa.ForeignKeyConstraint(
            ["instead_of_id"], ["person.id"], name=op.f("fk_meeting_invitation_instead_of_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_invitation_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_meeting_invitation_person_id_person")
        ),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_meeting_invitation")),
    )
    with op.batch_alter_table("meeting_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_invitation_person_id"), ["person_id"], unique=False)
