"""From when on a unit's figures are shown as a rate."""

from pydantic import Field

from monitor.config.sections import Section


class FigureSettings(Section):
    """Below either limit a page says that there is not enough data, and shows counts only."""

    least_people: int = Field(default=5, ge=1, le=1000)
    least_coverage_percent: float = Field(default=95, ge=0, le=100)
