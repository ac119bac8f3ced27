"""Why an entry is refused."""


class RegisterRefused(Exception):
    """Nothing was changed; `code` and `values` are translated at the edge."""

    def __init__(self, code: str, **values: object) -> None:
        """Keep the code and the values for the edge."""
        super().__init__(code, values)
        self.code = code
        self.values = values


class EntriesRefused(Exception):
    """Some of several entries were refused, so none is kept; `refusals` says why of each."""

    def __init__(self, refusals: list[RegisterRefused]) -> None:
        """Keep the refusals for the edge."""
        super().__init__(refusals)
        self.refusals = tuple(refusals)
