"""How much each token has asked for, shared by all processes that answer."""

import sqlalchemy as sa
from alembic import op

from monitor.store.tables.types import Instant

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own; nothing that was there changes."""
    op.create_table(
        "api_budget",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("full_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_api_budget_token_id_api_token")
        ),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_api_budget")),
    )
