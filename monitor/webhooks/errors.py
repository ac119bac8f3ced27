"""The one error of this package."""


class WebhookRefused(Exception):
    """An address cannot be told, or told now; `code` and `values` are translated at the edge."""

    def __init__(self, code: str, **values: object) -> None:
        """Keep the code and the values for the edge."""
        super().__init__(code, values)
        self.code = code
        self.values = values
