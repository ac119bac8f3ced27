"""Why an explanation or a decision is refused."""

from monitor.refusal import Refusal


class CaseRefused(Refusal):
    """Nothing was changed."""
