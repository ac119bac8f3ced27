"""Why something about messages is refused."""

from monitor.refusal import Refusal


class NoticeRefused(Refusal):
    """Nothing was changed."""
