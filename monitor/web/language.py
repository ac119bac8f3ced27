"""The reader's language on a page: choosing it, words, figures, dates."""

from datetime import date
from urllib.parse import quote, urlencode

from babel.numbers import format_decimal
from flask import Flask, g, redirect, request, session
from markupsafe import Markup
from werkzeug.wrappers import Response

from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of, moment_of
from monitor.text import LANGUAGES, gettext_for, sentence
from monitor.web.context import site
from monitor.web.prefix import is_asked

MINUTE, HOUR = 60, 3600


def install(app: Flask) -> None:
    """Choose the language of every request and give the templates their words and filters."""
    app.before_request(_choose)
    app.jinja_env.globals.update(
        _=_,
        say=say,
        language=language,
        vi=_vietnamese,
        with_language=_with_language,
        short_weekday=_short_weekday,
    )
    app.jinja_env.filters.update(
        clock=clock,
        clock_seconds=clock_seconds,
        moment=moment_text,
        wall=wall_text,
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
    words = gettext_for(language())(text)
    return words.format_map(values) if values else words


def say(code: str, **values: object) -> str:
    """A coded sentence in the reader's language."""
    return sentence(code, values, language())


def _vietnamese() -> Markup:
    """Marks names and titles of documents, which stay Vietnamese, on a page in another language."""
    return Markup("") if language() == "vi" else Markup(' lang="vi"')


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


def _short_weekday(number: int) -> str:
    return say(f"weekday_short_{number}")
