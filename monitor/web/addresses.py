"""Days and months in addresses: `/ngay/2026-02-24`, `/thang/2026-02`; anything else is not found."""

import re
from datetime import date

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

from monitor.rules.wallclock import date_of, day_of

DAY = re.compile(r"(?:19|20|21)\d{2}-\d{2}-\d{2}")


def iso_day(text: str) -> int:
    """The day of an ISO date of these two centuries; ValueError for anything else."""
    if not DAY.fullmatch(text):
        raise ValueError(text)
    return day_of(date.fromisoformat(text))


class DayConverter(BaseConverter):
    """An ISO date in an address, a day (since 1970-01-01) in the view."""

    regex = DAY.pattern

    def to_python(self, value: str) -> int:
        """The day of a date; a date that does not exist is not found."""
        try:
            return iso_day(value)
        except ValueError as error:
            raise ValidationError from error

    def to_url(self, value: int) -> str:
        """The date of a day."""
        return date_of(value).isoformat()


class MonthConverter(BaseConverter):
    """`YYYY-MM` in an address; anything else is not found."""

    regex = r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])"


def install(app: Flask) -> None:
    """Teach the router the words `day` and `month`, and that a page has one address.

    Doubled slashes would be answered with a redirect to whatever host the request names.
    """
    app.url_map.converters["day"] = DayConverter
    app.url_map.converters["month"] = MonthConverter
    app.url_map.merge_slashes = False
