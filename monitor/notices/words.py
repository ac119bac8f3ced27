"""Small things about text in messages: one line, days."""

import re
from datetime import date

from monitor.text import sentence


def one_line(text: str) -> str:
    """A text without line breaks and other signs that cannot be seen: a name can begin no header."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


_DATED = re.compile(r"(?:([0-9a-f]{8}) )?([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?(?:T([0-9:]{5}))?")


def about_text(about: str) -> str:
    """What a message is about as people write it: 24/02/2026, 02/2026, 14:20 24/02/2026."""
    found = _DATED.fullmatch(about)
    if found is None:
        return about
    channel, year, month, day, clock = found.groups()
    on = "/".join(part for part in (day, month, year) if part)
    return " ".join(part for part in (channel, clock, on) if part)


def day_text(on: date, language: str) -> str:
    """A day as Thứ Ba, 24/02/2026."""
    return f"{sentence(f'weekday_{on.isoweekday()}', {}, language)}, {on:%d/%m/%Y}"
