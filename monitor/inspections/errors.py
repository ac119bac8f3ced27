"""What inspections refuse."""

from monitor.refusal import Refusal


class InspectionRefused(Refusal):
    """Something about a campaign or its figures that cannot be; nothing was changed or written."""
