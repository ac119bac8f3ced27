"""The [patterns] table: from when on a pattern is listed (docs/patterns.md). Which are on is no setting."""

from pydantic import Field

from monitor.config.sections import Section
from monitor.rules.patterns import PatternLimits

USUAL = PatternLimits()


class Patterns(Section):
    """As `monitor.rules.patterns.PatternLimits`; what is measured of a pattern holds for the defaults."""

    weeks: int = Field(default=USUAL.weeks, ge=2, le=26)
    friday_days: int = Field(default=USUAL.friday_days, ge=2, le=26)
    friday_percent: int = Field(default=USUAL.friday_percent, ge=1, le=100)
    no_out_days: int = Field(default=USUAL.no_out_days, ge=2, le=130)
    no_out_percent: int = Field(default=USUAL.no_out_percent, ge=1, le=100)
    pairs_seconds: int = Field(default=USUAL.pairs_seconds, ge=1, le=60)
    pairs_days: int = Field(default=USUAL.pairs_days, ge=2, le=130)
    pairs_percent: int = Field(default=USUAL.pairs_percent, ge=1, le=100)
    last_minute_days: int = Field(default=USUAL.last_minute_days, ge=2, le=130)
    last_minute_percent: int = Field(default=USUAL.last_minute_percent, ge=1, le=100)
    flood_seconds: int = Field(default=USUAL.flood_seconds, ge=10, le=600)
    flood_people: int = Field(default=USUAL.flood_people, ge=3, le=500)
    flood_percent: int = Field(default=USUAL.flood_percent, ge=110, le=1000)
    flood_usual_days: int = Field(default=USUAL.flood_usual_days, ge=3, le=130)

    @property
    def limits(self) -> PatternLimits:
        """For the rules."""
        return PatternLimits(**self.model_dump())
