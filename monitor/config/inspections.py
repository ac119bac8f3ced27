"""The [inspections] table: which days around a break are checked, and for how long."""

from typing import Annotated

from pydantic import Field, StringConstraints

from monitor.config.sections import Section

ClockTime = Annotated[str, StringConstraints(pattern="^(?:[01][0-9]|2[0-3]):[0-5][0-9]$")]


class Inspections(Section):
    """Lengths in days, working days where they are days to check; `check_time` is "present at".

    `photos`: whether inspectors may take any on a visit. The product takes and keeps none either way.
    `explain_days`, `follow_days`: proposed until when to explain, and how long any other step of a finding
    may take. `repeat_months`: how far back an earlier reminder is shown beside a new one.
    """

    break_days: int = Field(default=3, ge=2, le=30)
    before_days: int = Field(default=1, ge=0, le=5)
    after_days: int = Field(default=5, ge=1, le=20)
    check_time: ClockTime = "08:00"
    open_ahead_days: int = Field(default=14, ge=0, le=90)
    close_after_days: int = Field(default=30, ge=1, le=366)
    access_days: int = Field(default=30, ge=0, le=366)
    photos: bool = False
    explain_days: int = Field(default=5, ge=1, le=60)
    follow_days: int = Field(default=10, ge=1, le=90)
    repeat_months: int = Field(default=12, ge=1, le=60)

    @property
    def check_second(self) -> int:
        """`check_time` as a second of the day."""
        hours, minutes = self.check_time.split(":")
        return int(hours) * 3600 + int(minutes) * 60
