"""Why a period is not closed or not reopened."""

from monitor.refusal import Refusal


class PeriodRefused(Refusal):
    """Nothing was done."""
