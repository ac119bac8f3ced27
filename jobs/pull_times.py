"""When a terminal is read: at its own place in the period, away from the rush, later after failures."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.config import Settings
from monitor.store.queries.pulls import PullState

LONGEST_BACK_OFF = timedelta(hours=1)
_GOLDEN = 0.6180339887498949
"""Multiples of the golden ratio spread any run of numbers evenly: neighbours lie far apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """How often terminals are read, and the `rush` when none is: seconds of the day in `zone`, ordered.

    Each terminal has a place within the period that follows from its id alone, so that hundreds do not
    fire at once and a restart changes nothing.
    """

    period: timedelta
    zone: ZoneInfo
    rush: tuple[tuple[int, int], ...] = ()

    def is_rush(self, moment: datetime) -> bool:
        """Whether people queue at the terminals."""
        return self._rush_around(moment) is not None

    def due_at(self, state: PullState) -> datetime | None:
        """When a terminal should be read next; None: it never was, so at once.

        At its first place after the last try, or after the back-off: twice the period for each failure
        in a row, an hour at most. A place within a rush moves by the length of that rush, which keeps
        the terminals apart and delays none by more.
        """
        if state.last_tried_at is None:
            return None
        back_off = min(self.period * 2**state.failures, max(LONGEST_BACK_OFF, self.period))
        place = self._place_after(state.terminal_id, state.last_tried_at + back_off - self.period)
        while (length := self._rush_around(place)) is not None:
            place += length
        return place

    def is_due(self, state: PullState, now: datetime) -> bool:
        """Whether a terminal should be read now; a try of the future was made by a clock that was wrong."""
        due_at = self.due_at(state)
        if due_at is None or (state.last_tried_at is not None and state.last_tried_at > now):
            due_at = now
        return not self.is_rush(now) and due_at <= now

    def _place_after(self, terminal_id: int, moment: datetime) -> datetime:
        every = self.period.total_seconds()
        place = terminal_id * _GOLDEN % 1.0 * every
        rounds = (moment.timestamp() - place) // every + 1
        return datetime.fromtimestamp(rounds * every + place, UTC)

    def _rush_around(self, moment: datetime) -> timedelta | None:
        """Length of the rush that a moment lies in, None outside."""
        local = moment.astimezone(self.zone)
        second = local.hour * 3600 + local.minute * 60 + local.second
        lengths = (timedelta(seconds=end - start) for start, end in self.rush if start <= second < end)
        return next(lengths, None)


def timetable_of(settings: Settings) -> Timetable:
    """The timetable of an installation; windows that meet or overlap are one."""
    merged: list[tuple[int, int]] = []
    for start, end in settings.terminals.rush:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return Timetable(
        period=timedelta(minutes=settings.terminals.pull_every_minutes),
        zone=ZoneInfo(settings.site.timezone),
        rush=tuple(merged),
    )
