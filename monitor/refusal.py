"""What the program will not do, told by a code: the edge has the sentence, in the reader's language."""

from collections.abc import Callable
from functools import partial


class Refusal(Exception):
    """Something cannot be done, and nothing was.

    `code` is stable: the edge translates it, and `values` fill its sentence. The message is for logs only.
    """

    def __init__(self, code: str, **values: object) -> None:
        """Keep the code and the values for the edge."""
        super().__init__(code, values)
        self.code = code
        self.values = values

    def __reduce__(self) -> tuple[Callable[[], Exception], tuple[()]]:
        """Come back whole from a worker's process."""
        return partial(type(self), self.code, **self.values), ()
