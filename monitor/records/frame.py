"""What one recomputation goes by: the present, and the settings that judge it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.config import Settings
from monitor.rules.wallclock import DAY_SECONDS, moment_of, seconds_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What one recomputation goes by: the present on the installation's wall clock, and its settings."""

    now: int
    zone: str
    silence_people: int

    @property
    def today(self) -> int:
        """The day of `now`."""
        return self.now // DAY_SECONDS

    @property
    def instant(self) -> datetime:
        """`now` as an aware instant."""
        return moment_of(self.now).replace(tzinfo=ZoneInfo(self.zone))


def frame_at(now: datetime, settings: Settings) -> Frame:
    """The frame of an aware instant."""
    zone = settings.site.timezone
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return Frame(now=seconds_of(local), zone=zone, silence_people=settings.rules.silence_people)
