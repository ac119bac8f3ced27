"""The reader's language on a page: choosing it, words, figures, dates."""

from datetime import date
from urllib.parse import quote, urlencode

from flask import Flask, g, redirect, request, session
from markupsafe import Markup
from werkzeug.wrappers import Response

from monitor.rules.wallclock import date_of, moment_of
from monitor.text import LANGUAGES, gettext_for, sentence
from monitor.web.context import site


def install(app: Flask) -> None:
    """Choose the language of every request and give the templates their words and filters."""
    app.before_request(_choose)
    app.jinja_env.globals.update(_=_, say=say, language=language, vi=_vietnamese)
    app.jinja_env.filters.update(
        clock=clock, clock_seconds=clock_seconds, day=day_text, full_day=full_day_text, minutes=minutes_up
    )


def _choose() -> Response | None:
    """`?lang=en` is kept for the session; the address goes on without it."""
    asked = request.args.get("lang")
    if asked in LANGUAGES and request.method == "GET":
        session["language"] = asked
        rest = {key: request.args.getlist(key) for key in request.args if key != "lang"}
        return redirect(_address(rest))
    kept = session.get("language")
    g.language = kept if kept in LANGUAGES else site().settings.site.language
    return None


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
    return moment_of(seconds).strftime("%H:%M")


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
