"""Why a period is not closed or not reopened."""

from collections.abc import Callable
from functools import partial


class PeriodRefused(Exception):
    """Nothing was done; `code` and `values` are translated at the edge."""

    def __init__(self, code: str, **values: object) -> None:
        """Keep the code and the values for the edge."""
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __reduce__(self) -> tuple[Callable[[], Exception], tuple[()]]:
        """Come back whole from a worker's process."""
        return partial(type(self), self.code, **self.values), ()
