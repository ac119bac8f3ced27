"""The keys of regulations.toml: what each accepts, which must be there, what the others mean when absent."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from monitor.setup.cells import CellRefused, clock, day, one_of, text

Value = object
Reader = Callable[[Value], object]

WEEK_MINUTES = 7 * 24 * 60
HALF_DAY_MINUTES = 12 * 60
"""No window opens earlier or closes later than that beside its sessions: it would cross those of other days.
Nor are blocks farther apart one stretch of work."""
DAY_SECONDS = 24 * 60 * 60
MOST_CONG = 5
WEEKDAYS = range(1, 8)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table: how its value is read; a key without default must be there."""

    read: Reader
    required: bool = False
    default: object = None


def _words(value: Value) -> str:
    if not isinstance(value, str) or not value.strip():
        raise CellRefused("toml_not_text")
    return text(value)


def _date(value: Value) -> date:
    """A TOML date, or the same as text."""
    if isinstance(value, datetime) or not isinstance(value, str | date):
        raise CellRefused("bad_date", value=str(value))
    return day(value)


def _whole(least: int, most: int) -> Reader:
    """A whole number between two bounds; true and false are none."""

    def read(value: Value) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise CellRefused("bad_number", value=str(value), least=least, most=most)
        if not least <= value <= most:
            raise CellRefused("bad_number", value=str(value), least=least, most=most)
        return value

    return read


def _one_of(*choices: str) -> Reader:
    return lambda value: one_of(*choices)(value if isinstance(value, str) else str(value))


def _flag(value: Value) -> bool:
    if not isinstance(value, bool):
        raise CellRefused("bad_choice", value=str(value), choices="true, false")
    return value


def _marks(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in {0, 1, 2, 4}:
        raise CellRefused("bad_choice", value=str(value), choices="0, 1, 2, 4")
    return value


def _weekdays(value: Value) -> tuple[int, ...]:
    """ISO weekdays in order, each once."""
    days = value if isinstance(value, list) else []
    sound = [d for d in days if isinstance(d, int) and not isinstance(d, bool) and d in WEEKDAYS]
    if not days or len(set(sound)) != len(days):
        raise CellRefused("bad_weekdays", value=str(value))
    return tuple(sorted(sound))


def _targets(value: Value) -> tuple[str, ...]:
    """`*`, `unit:CODE` and `person:CODE`, each once; whether they exist is asked of the database."""
    targets = value if isinstance(value, list) else []
    if not targets or not all(isinstance(target, str) for target in targets):
        raise CellRefused("bad_targets", value=str(value))
    if len(set(targets)) != len(targets):
        raise CellRefused("bad_targets", value=str(value))
    return tuple(targets)


def _clock(value: Value) -> int:
    if not isinstance(value, str):
        raise CellRefused("bad_clock", value=str(value))
    return clock(value)


def _cong(value: Value) -> float:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not 0 <= number <= MOST_CONG:
        raise CellRefused("bad_number", value=str(value), least=0, most=MOST_CONG)
    return float(number)


_minutes = _whole(0, WEEK_MINUTES)
_half_day = _whole(0, HALF_DAY_MINUTES)

SETTING_KEYS = {
    "title": Key(_words, default=""),
    "document": Key(_words, required=True),
    "marks": Key(_marks, default=4),
    "grace_late_minutes": Key(_minutes, default=0),
    "grace_early_minutes": Key(_minutes, default=0),
    "open_before_minutes": Key(_half_day, default=120),
    "close_after_minutes": Key(_half_day, default=240),
    "repeat_within_seconds": Key(_whole(0, DAY_SECONDS), default=30),
    "chain_within_minutes": Key(_half_day, default=60),
    "grace_counts": Key(_one_of("whole", "excess"), default="whole"),
    "direction": Key(_one_of("ignore", "state", "terminal"), default="ignore"),
    "truncate_to_minute": Key(_flag, default=False),
    "missing_mark_credit_minutes": Key(_minutes, default=0),
    "late_is_absent_after_minutes": Key(_minutes),
    "early_is_absent_after_minutes": Key(_minutes),
}
IDENTITY_KEYS = {
    "code": Key(_words, required=True),
    "valid_from": Key(_date, required=True),
    "applies_to": Key(_targets, required=True),
}
SESSION_KEYS = {
    "name": Key(_words, required=True),
    "weekdays": Key(_weekdays, required=True),
    "start": Key(_clock, required=True),
    "end": Key(_clock, required=True),
    "cong": Key(_cong),
}
