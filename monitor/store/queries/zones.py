"""Wall-clock readings of one zone in another: terminals may keep a zone of their own (rules 7)."""

from zoneinfo import ZoneInfo

from monitor.rules.wallclock import moment_of, seconds_of


def in_zone(seconds: int, from_zone: str, to_zone: str) -> int:
    """A wall-clock reading of one zone as the wall clock of another shows it."""
    if from_zone == to_zone:
        return seconds
    moment = moment_of(seconds).replace(tzinfo=ZoneInfo(from_zone))
    return seconds_of(moment.astimezone(ZoneInfo(to_zone)).replace(tzinfo=None))
