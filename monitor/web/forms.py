"""Fields of forms as values: a reason, a number, a day, a moment; what is wrong is said in one sentence."""

import re
from datetime import date, datetime

from flask import request

from monitor.refusal import Refusal
from monitor.rules.wallclock import date_of, seconds_of
from monitor.web.addresses import iso_day

LONGEST_REASON = 500
_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)
_MOMENT = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?", re.ASCII)


class FormRefused(Refusal):
    """A form that cannot be taken."""


def field(name: str) -> str:
    """A field's text without the spaces around it, '' where it was not sent."""
    return request.form.get(name, "").strip()


def reason() -> str:
    """Why somebody does something. Raises FormRefused `form_reason_missing`, `form_reason_long`."""
    found = " ".join(field("ly-do").split())
    if not found:
        raise FormRefused("form_reason_missing")
    if len(found) > LONGEST_REASON:
        raise FormRefused("form_reason_long", most=LONGEST_REASON)
    return found


def small_number(text: str | None) -> int | None:
    """A whole number that a database can hold; None for anything else."""
    return int(text) if text and _DIGITS.fullmatch(text) else None


def day(name: str) -> date | None:
    """A day that may be left out. Raises FormRefused `form_bad_day`."""
    text = field(name)
    try:
        return date_of(iso_day(text)) if text else None
    except ValueError:
        raise FormRefused("form_bad_day", value=text[:20]) from None


def moment(name: str) -> int:
    """Wall-clock seconds of a moment as browsers send it. Raises FormRefused `form_bad_moment`."""
    text = field(name)
    try:
        if _MOMENT.fullmatch(text):
            return seconds_of(datetime.fromisoformat(text))
    except ValueError:
        pass
    raise FormRefused("form_bad_moment", value=text[:20])


def shift() -> int:
    """A length of time in four fields, with its sign, in seconds. Raises FormRefused `form_bad_shift`."""
    parts = {"ngay": 86_400, "gio": 3600, "phut": 60, "giay": 1}
    numbers = [small_number(field(f"lech-{name}") or "0") for name in parts]
    total = sum((number or 0) * size for number, size in zip(numbers, parts.values(), strict=True))
    if None in numbers or not 0 < total <= 36_525 * 86_400:
        raise FormRefused("form_bad_shift")
    return -total if field("lech-dau") == "tru" else total
