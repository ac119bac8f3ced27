"""What inspections refuse; `code` and `values` are translated at the edge."""


class InspectionRefused(Exception):
    """Something about a campaign or its figures that cannot be; nothing was changed or written."""

    def __init__(self, code: str, **values: object) -> None:
        """Keep the code and the values for the edge."""
        super().__init__(code, values)
        self.code = code
        self.values = values
