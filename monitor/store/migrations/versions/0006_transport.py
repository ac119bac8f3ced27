"""How a terminal is spoken to: TCP or UDP, HTTP or HTTPS."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
