"""Marks that say at what time somebody punched: only the days are recomputed whose windows hold it."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two more columns; marks without them mean whole days and those around them, as before."""
    for name in ("punched_from", "punched_to"):
        op.add_column("stale_span", sa.Column(name, BIG, nullable=True))
