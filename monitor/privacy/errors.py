"""Why something about personal data is refused."""

from monitor.refusal import Refusal


class PrivacyRefused(Refusal):
    """Nothing was changed."""
