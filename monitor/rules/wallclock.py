"""Wall-clock seconds and days: the integers in which the rules count, to and from Python's own types."""

from datetime import date, datetime, timedelta

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
EPOCH_DATE = date(1970, 1, 1)
DAY_SECONDS = 86_400


def seconds_of(moment: datetime) -> int:
    """Whole seconds from 1970-01-01 00:00:00 to a naive wall-clock reading."""
    return (moment - EPOCH) // timedelta(seconds=1)


def moment_of(seconds: int) -> datetime:
    """The naive wall-clock reading of `seconds_of`."""
    return EPOCH + timedelta(seconds=int(seconds))


def day_of(on: date) -> int:
    """Days from 1970-01-01 to a date."""
    return (on - EPOCH_DATE).days


def date_of(day: int) -> date:
    """The date of `day_of`."""
    return EPOCH_DATE + timedelta(days=int(day))


def weekday_of(day: int) -> int:
    """ISO weekday of a day, 1 = Monday; 1970-01-01 was a Thursday."""
    return (int(day) + 3) % 7 + 1


def text_of(seconds: int) -> str:
    """`YYYY-MM-DD HH:MM:SS`, the form of rules 9."""
    return moment_of(seconds).strftime("%Y-%m-%d %H:%M:%S")
