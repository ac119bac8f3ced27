"""Inspection campaigns: days, units, team, the rights they give, and draws by lot."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Big, Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables of their own; nothing that was there changes."""
    _campaign()
    _days_and_units()
    _team()
    _draw()


def _campaign() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("check_second", sa.Integer(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("tet_year", sa.Integer(), nullable=True),
        sa.Column("sealed_until", Instant(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.CheckConstraint("kind IN ('post_break', 'friday', 'dates')", name=op.f("ck_campaign_kind")),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed')", name=op.f("ck_campaign_state")),
        sa.CheckConstraint("part IN ('first', 'last')", name=op.f("ck_campaign_part")),
        sa.CheckConstraint(
            "choice IN ('all', 'public_facing', 'chosen', 'sample')", name=op.f("ck_campaign_choice")
        ),
        sa.CheckConstraint(
            "check_second >= 0 AND check_second < 86400", name=op.f("ck_campaign_check_second")
        ),
        sa.CheckConstraint("(closed_at IS NULL) = (state <> 'closed')", name=op.f("ck_campaign_closed")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_campaign_made_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
    )


def _of_campaign(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["campaign_id"], ["campaign.id"], name=op.f(f"fk_{table}_campaign_id_campaign")
    )


def _days_and_units() -> None:
    op.create_table(
        "campaign_day",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.CheckConstraint("mark IN ('', 'before', 'day_1', 'bridge')", name=op.f("ck_campaign_day_mark")),
        _of_campaign("campaign_day"),
        sa.PrimaryKeyConstraint("campaign_id", "on_date", name=op.f("pk_campaign_day")),
    )
    op.create_table(
        "campaign_unit",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        _of_campaign("campaign_unit"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_campaign_unit_unit_id_unit")),
        sa.PrimaryKeyConstraint("campaign_id", "unit_id", name=op.f("pk_campaign_unit")),
    )


def _team() -> None:
    op.create_table(
        "campaign_member",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('leader', 'secretary', 'member')", name=op.f("ck_campaign_member_role")),
        _of_campaign("campaign_member"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_campaign_member_account_id_account")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "account_id", name=op.f("pk_campaign_member")),
    )
    op.create_table(
        "campaign_grant",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.Integer(), nullable=False),
        _of_campaign("campaign_grant"),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["access_grant.id"], name=op.f("fk_campaign_grant_grant_id_access_grant")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "grant_id", name=op.f("pk_campaign_grant")),
    )


def _draw() -> None:
    op.create_table(
        "campaign_draw",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("size", Big, nullable=False),
        sa.Column("frame", sa.Text(), nullable=False),
        sa.Column("beacon", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("committed_at", Instant(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("drawn", sa.Text(), nullable=False),
        sa.Column("drawn_at", Instant(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_campaign_draw_size")),
        sa.CheckConstraint("(drawn_at IS NULL) = (drawn = '')", name=op.f("ck_campaign_draw_drawn")),
        _of_campaign("campaign_draw"),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_draw")),
    )
