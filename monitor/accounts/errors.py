"""The one error of this package."""

from dataclasses import dataclass, field

from monitor.refusal import Refusal


class AccountRefused(Refusal):
    """Something about an account cannot be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a new password; the sentence of its code says what to do."""

    code: str
    values: dict[str, object] = field(default_factory=dict)


class PasswordRefused(AccountRefused):
    """A new password breaks rules; `faults` has at least one."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Keep the faults; code and values are those of the first."""
        super().__init__(faults[0].code, **faults[0].values)
        self.faults = faults
