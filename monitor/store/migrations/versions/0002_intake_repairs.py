"""Undoing an import, repairing quarantined records, mapping unknown ids, alarms."""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
