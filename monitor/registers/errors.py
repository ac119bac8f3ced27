"""Why an entry is refused."""

from monitor.refusal import Refusal


class RegisterRefused(Refusal):
    """Nothing was changed."""


class EntriesRefused(Exception):
    """Some of several entries were refused, so none is kept; `refusals` says why of each."""

    def __init__(self, refusals: list[RegisterRefused]) -> None:
        """Keep the refusals for the edge."""
        super().__init__(refusals)
        self.refusals = tuple(refusals)
