"""The words of scenarios: clock times, hours of sessions and settings of regulations, into numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Literal, cast

from monitor.rules.codes import Direction, GraceCounts
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.regulation import OfficeSession, Regulation, Target
from tests.rules.scenario import Table, presets
from tests.rules.worlds.draft import NO_STATE, at, on

NEXT_DAY = {"+": 1, "-": -1}
SESSION = re.compile(
    r"(?P<name>.+?) (?P<hours>[\d:]+-[\d:]+)(?: \[(?P<days>[\w ]+)\])?(?: công (?P<cong>[\d.]+))?"
)
PUNCH = re.compile(
    r"(?:(?P<user>[^/\s]+)/)?(?P<time>[-+\d:]+)(?:@(?P<terminal>[^#\s]+))?(?:#(?P<states>[\d+]+))?"
)
WEEKDAYS = {"T2": 1, "T3": 2, "T4": 3, "T5": 4, "T6": 5, "T7": 6, "CN": 7}
WORKDAYS = (1, 2, 3, 4, 5)
MINUTES = {
    "grace_late_minutes": "grace_late",
    "grace_early_minutes": "grace_early",
    "open_before_minutes": "open_before",
    "close_after_minutes": "close_after",
    "chain_within_minutes": "chain_within",
    "missing_mark_credit_minutes": "missing_mark_credit",
    "late_is_absent_after_minutes": "late_is_absent_after",
    "early_is_absent_after_minutes": "early_is_absent_after",
}
PLAIN = {"marks", "truncate_to_minute", "code"}
KINDS = {"grace_counts": GraceCounts, "direction": Direction}


class UnknownWordError(ValueError):
    """A text in a scenario that cannot be read."""


def instant(text: str, day: str) -> int:
    """`07:30`, `07:30:59` on the day, `+06:00` the day after, `-22:00` the day before, or a full moment."""
    if re.match(r"\d{4}-", text):
        return at(text)
    shift = NEXT_DAY.get(text[0], 0)
    parts = [int(part) for part in text.lstrip("+-").split(":")]
    seconds = sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
    return (on(day) + shift) * DAY_SECONDS + seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PunchWords:
    """One punch as written: `user/time@terminal#state`, all but the time optional; states joined by `+`."""

    user: str | None
    time: int
    terminal: str | None
    states: int


def punches_in(written: str | Table, day: str) -> Iterator[PunchWords]:
    """Punches of the day, or of several days as a table."""
    by_day = {day: written} if isinstance(written, str) else written
    for date, words in by_day.items():
        for word in words.split():
            found = PUNCH.fullmatch(word)
            if not found:
                raise UnknownWordError(word)
            yield PunchWords(
                user=found["user"],
                time=instant(found["time"], date),
                terminal=found["terminal"],
                states=states_in(found["states"] or "255"),
            )


def states_in(text: str) -> int:
    """A bit for each state; any but 0 to 5 says nothing about the direction (rules 3.1)."""
    states = [int(state) for state in text.split("+")]
    return reduce(or_, (1 << state if state in range(6) else NO_STATE for state in states))


def session(text: str) -> OfficeSession:
    """`Sáng 07:30-11:30 [T2 T3] công 0.5`; Monday to Friday unless named, next day if it ends before."""
    found = SESSION.fullmatch(text)
    if not found:
        raise UnknownWordError(text)
    start, end = (instant(hour, "1970-01-01") for hour in found["hours"].split("-"))
    days = tuple(WEEKDAYS[day] for day in found["days"].split()) if found["days"] else WORKDAYS
    return OfficeSession(
        name=found["name"],
        weekdays=days,
        start_seconds=start,
        end_seconds=end if end > start else end + DAY_SECONDS,
        cong=float(found["cong"]) if found["cong"] else None,
    )


def regulation(words: Table, units: list[str], people: list[str]) -> Regulation:
    """A version from its preset and what is said on top of it, in the keys of regulations.toml."""
    table = {**presets()[words.get("preset", "bon-luot")], **words}
    table.pop("preset", None)
    targets = [target(name, units, people) for name in table.pop("applies_to", ["*"])]
    sessions = [session(text) for text in table.pop("sessions")]
    valid_from = on(str(table.pop("valid_from", "2026-01-01")))
    return Regulation(
        valid_from=valid_from,
        targets=tuple(targets),
        sessions=tuple(sessions),
        **dict(setting(name, value) for name, value in {"code": "quy-che", **table}.items()),
    )


def setting(name: str, value: Any) -> tuple[str, Any]:
    """One key of regulations.toml as the engine's field. Raises UnknownWordError."""
    if name in MINUTES:
        return MINUTES[name], value * 60
    if name == "repeat_within_seconds":
        return "repeat_within", value
    if name in KINDS:
        return name, KINDS[name](value)
    if name in PLAIN:
        return name, value
    raise UnknownWordError(name)


def target(name: str, units: list[str], people: list[str]) -> Target:
    """`*`, `unit:CODE` or `person:CODE`."""
    kind, _, code = name.partition(":")
    if kind == "*":
        return Target(kind="*")
    return Target(
        kind=cast(Literal["unit", "person"], kind), index=(units if kind == "unit" else people).index(code)
    )
