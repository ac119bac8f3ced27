"""The one error of this package."""

from monitor.refusal import Refusal


class WebhookRefused(Refusal):
    """An address cannot be told, or told now."""
