"""The reader's language on a page: choosing it, words, figures, dates."""

import re
from datetime import date
from decimal import Decimal
from urllib.parse import quote, urlencode

from babel.numbers import format_decimal
from flask import Flask, g, redirect, request, session
from markupsafe import Markup
from werkzeug.wrappers import Response

from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of, moment_of
from monitor.text import LANGUAGES, gettext_for, sentence, worded
from monitor.web.context import site
from monitor.web.prefix import is_asked

MINUTE, HOUR = 60, 3600
ISO = re.compile(
    r"(?P<year>(?:19|20|21)\d\d)-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:[ T](?P<clock>\d\d:\d\d)(?::\d\d)?)?)?"
)
"""A month, a day or a moment as the lower layers and files write it."""
SHIPPED_SESSIONS = {"Sáng": "session_morning", "Chiều": "session_afternoon"}
"""Names of sessions that the product itself brings with it; any other is the office's own word."""


def install(app: Flask) -> None:
    """Choose the language of every request and give the templates their words and filters."""
    app.before_request(_choose)
    app.jinja_env.globals.update(
        _=_,
        say=say,
        say_in_vietnamese=say_in_vietnamese,
        language=language,
        vi=_vietnamese,
        with_language=_with_language,
        short_weekday=_short_weekday,
        session_word=lambda name: session_word(name, language()),
    )
    app.jinja_env.filters.update(
        clock=clock,
        clock_seconds=clock_seconds,
        moment=moment_text,
        wall=wall_text,
        device_time=device_time_text,
        day=day_text,
        full_day=full_day_text,
        month=month_text,
        iso=lambda day: date_of(day).isoformat(),
        minutes=minutes_up,
        length_of_time=length_of_time,
        exact_length=exact_length,
        number=number_text,
    )


def _choose() -> Response | None:
    """`?lang=en` is kept for the session; the address goes on without it."""
    if is_asked():  # programs get codes, and Vietnamese sentences
        g.language = "vi"
        return None
    asked = request.args.get("lang")
    if asked in LANGUAGES and request.method == "GET":
        session["language"] = asked
        rest = {key: request.args.getlist(key) for key in request.args if key != "lang"}
        return redirect(_address(rest))
    kept = session.get("language")
    g.language = kept if kept in LANGUAGES else site().settings.site.language
    return None


def _with_language(wanted: str) -> str:
    """The query of this address with the language asked for."""
    return urlencode([*((k, v) for k, v in request.args.items(multi=True) if k != "lang"), ("lang", wanted)])


def _address(arguments: dict[str, list[str]]) -> str:
    query = urlencode(arguments, doseq=True)
    path = quote(request.path)
    return f"{path}?{query}" if query else path


def language() -> str:
    """The language of this request."""
    chosen: str = g.get("language") or site().settings.site.language
    return chosen


def _(text: str, **values: object) -> str:
    """A Vietnamese text in the reader's language, with its values filled in."""
    return worded(text, values, language()) if values else gettext_for(language())(text)


def say(code: str, **values: object) -> str:
    """A coded sentence in the reader's language; dates of files become those of people."""
    return sentence(code, {name: _as_read(value) for name, value in values.items()}, language())


def _as_read(value: object) -> object:
    """27/02/2026 for 2026-02-27, 07:30 27/02/2026 for 2026-02-27 07:30:00, 02/2026 for 2026-02."""
    found = ISO.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    day = "/".join(part for part in (found["day"], found["month"], found["year"]) if part)
    return f"{found['clock']} {day}" if found["clock"] else day


def say_in_vietnamese(code: str, **values: object) -> str:
    """A coded sentence of an official paper, which is Vietnamese for every reader."""
    return sentence(code, values, "vi")


def _vietnamese() -> Markup:
    """Marks names and titles of documents, which stay Vietnamese, on a page in another language."""
    return Markup("") if language() == "vi" else Markup(' lang="vi"')


def session_word(name: str, wanted: str) -> str:
    """A session's name in a language where it is one of ours, as the office wrote it otherwise."""
    code = SHIPPED_SESSIONS.get(name)
    return name if code is None or wanted == "vi" else sentence(code, {}, wanted)


def clock(seconds: int) -> str:
    """Wall-clock seconds as 07:42."""
    minutes = seconds // 60 % 1440
    return f"{minutes // 60:02}:{minutes % 60:02}"


def clock_seconds(seconds: int) -> str:
    """Wall-clock seconds as 07:42:10."""
    return moment_of(seconds).strftime("%H:%M:%S")


def day_text(day: int | date) -> str:
    """A day as 24/02/2026."""
    on = day if isinstance(day, date) else date_of(day)
    return on.strftime("%d/%m/%Y")


def full_day_text(day: int | date) -> str:
    """A day as Thứ Ba, 24/02/2026."""
    on = day if isinstance(day, date) else date_of(day)
    return f"{say(f'weekday_{on.isoweekday()}')}, {day_text(on)}"


def minutes_up(seconds: int) -> int:
    """Seconds of lateness in minutes, rounded up as the rules have it."""
    return -(-seconds // 60)


def moment_text(seconds: int, day: int) -> str:
    """A moment on a page about a day: 07:42, with the date when it is another day."""
    moment = moment_of(seconds)
    return f"{moment:%H:%M}" if seconds // DAY_SECONDS == day else f"{moment:%H:%M %d/%m}"


def wall_text(seconds: int) -> str:
    """Wall-clock seconds as 07:42 24/02/2026."""
    return f"{moment_of(seconds):%H:%M %d/%m/%Y}"


def device_time_text(text: str) -> str:
    """What a terminal said the time was, 2000-01-01 00:12:40 as 00:12:40 01/01/2000; else as it said it."""
    on, _space, at = text.partition(" ")
    year, *rest = on.split("-")
    return f"{at} {'/'.join((*reversed(rest), year))}" if at and len(rest) == len(("month", "day")) else text


def month_text(day: int) -> str:
    """The month of a day as 02/2026."""
    return date_of(day).strftime("%m/%Y")


def length_of_time(seconds: int) -> str:
    """A length of time in its two largest units."""
    hours, minutes = divmod(seconds // 60, 60)
    if seconds < MINUTE:
        return _("{seconds} giây", seconds=seconds)
    if seconds < HOUR:
        return _("{minutes} phút", minutes=minutes)
    if seconds < DAY_SECONDS:
        return _("{hours} giờ {minutes} phút", hours=hours, minutes=minutes)
    return _("{days} ngày {hours} giờ", days=hours // 24, hours=hours % 24)


def exact_length(seconds: int) -> str:
    """A length of time to the second: 4 phút 12 giây."""
    minutes, rest = divmod(seconds, 60)
    code = "duration_seconds" if not minutes else "duration_both" if rest else "duration_minutes"
    return say(code, minutes=minutes, seconds=rest)


def number_text(value: float) -> str:
    """A number as the language writes it: 1.234,5 or 1,234.5."""
    return format_decimal(value, locale=language())


def percent_text(rate: Decimal | None) -> str:
    """A share as the language writes it: 78,54 % or 78.54 %; – for none."""
    return "–" if rate is None else f"{format_decimal(rate, format='0.00', locale=language())} %"


def _short_weekday(number: int) -> str:
    return say(f"weekday_short_{number}")
