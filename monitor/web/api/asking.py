"""What a request asks for: parameters that are declared, in one form each; where a page goes on.

A cursor names the last row that was given, not a number of rows: what is added or taken away in between
neither doubles a row nor loses one that was there all the time.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from flask import request

from monitor.periods import Month, PeriodRefused
from monitor.rules.wallclock import day_of
from monitor.store.queries.tree import Tree, UnitRow
from monitor.web.addresses import iso_day
from monitor.web.api.problems import Problem, not_found
from monitor.web.context import scope, site

Key = tuple[str | int, ...]
"""What rows are ordered by; no two rows have the same."""
T = TypeVar("T")

USUAL, MOST = 200, 1_000
MOST_DAYS = 366
PAGING = ("limit", "cursor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """So many rows at most, those after a key; None: from the first on."""

    limit: int
    after: Key | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days since 1970, both inclusive."""

    first: int
    last: int


def require_known(*names: str) -> None:
    """Refuse parameters that nobody reads, and those that come twice: a slip would ask for everything."""
    for name, values in request.args.lists():
        if name not in names:
            raise Problem(400, "api_unknown_parameter", name=name[:40], known=", ".join(names) or "–")
        if len(values) > 1:
            raise Problem(400, "api_bad_parameter", name=name, form="1")


def page_asked(kinds: tuple[type, ...]) -> Page:
    """The page that is asked for, with rows keyed by values of these kinds."""
    limit = _read("limit", str(USUAL), _limit, f"1–{MOST}")
    cursor = request.args.get("cursor", "")
    return Page(limit=limit, after=_key(cursor, kinds) if cursor else None)


def cursor_after(key: Key) -> str:
    """The cursor by which this very question goes on after a row."""
    written = json.dumps([_question(), *key], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _key(cursor: str, kinds: tuple[type, ...]) -> Key:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        question, *key = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise Problem(400, "api_bad_cursor") from None
    fits = len(key) == len(kinds) and all(type(part) is kind for part, kind in zip(key, kinds, strict=True))
    small = all(abs(part) < 2**31 for part in key if isinstance(part, int))
    if question != _question() or not (fits and small):
        raise Problem(400, "api_bad_cursor")
    return tuple(key)


def _question() -> str:
    """The same for every page of one question."""
    asked = sorted((name, value) for name, value in request.args.items() if name not in PAGING)
    return hashlib.sha256(json.dumps([request.path, asked]).encode()).hexdigest()[:12]


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST)) and 1 <= int(text) <= MOST):
        raise ValueError(text)
    return int(text)


def day_asked(name: str) -> int:
    """A day; today when none is named."""
    return _read(name, site().now().date().isoformat(), iso_day, "YYYY-MM-DD")


def span_asked() -> Span:
    """`from` and `to`, both needed, at most a year apart."""
    span = Span(first=_read("from", "", iso_day, "YYYY-MM-DD"), last=_read("to", "", iso_day, "YYYY-MM-DD"))
    if not 0 <= span.last - span.first < MOST_DAYS:
        raise Problem(400, "api_bad_parameter", name="to", form=f"from ≤ to ≤ from + {MOST_DAYS - 1}")
    return span


def month_asked(text: str) -> Month:
    """A month, `YYYY-MM`."""
    try:
        return Month.of(text)
    except PeriodRefused:
        raise Problem(400, "api_bad_parameter", name="month", form="YYYY-MM") from None


def choice_asked(name: str, choices: Mapping[str, T], usual: str) -> T:
    """One of some words."""
    return _read(name, usual, lambda text: choices[text], ", ".join(choices))


def units_asked(units: Tree) -> frozenset[int]:
    """The units in scope: those of the subtree of `unit`, or all."""
    mine = scope().units_of(units)
    code = request.args.get("unit")
    if code is None:
        return mine
    return mine & units.subtree(seen_unit(units, code).id)


def seen_unit(units: Tree, code: str) -> UnitRow:
    """A unit in scope by its code; any other is not found."""
    unit = units.by_code(code)
    if unit is None or not scope().sees_unit(unit.id):
        raise not_found()
    return unit


def _read(name: str, usual: str, read: Callable[[str], T], form: str) -> T:
    try:
        return read(request.args.get(name, usual))
    except (ValueError, KeyError):
        raise Problem(400, "api_bad_parameter", name=name, form=form) from None


def today() -> int:
    """The installation's day."""
    found: date = site().now().date()
    return day_of(found)
