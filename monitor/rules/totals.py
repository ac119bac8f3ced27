"""Session verdicts turned into a month: symbols of each day, and totals in units of công (rules 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.rules.arrays import begins
from monitor.rules.columns import Columns, Float64, Int32, Int64, Text
from monitor.rules.regulation import OfficeSession

PLACES = 4
"""Decimals of a total: thirds of a day add up to whole days again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSessions(Columns):
    """Sessions of a month, sorted by person, day, start.

    `person` and `day` are positions on the sheet: its lines, and days counted from the month's first.
    `symbol` is the record's. `worth` is what the session is worth in units of công, attended or not:
    0 for a roster session.
    """

    person: Int32
    day: Int32
    symbol: Text
    worth: Float64


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTotals:
    """A month as a form shows it.

    `cells` (people, days) of `str`: the symbols of a day one below the other, alike ones once; ""
    without sessions. `totals` (people, columns) float64: units of công. `unplaced`: symbols that the
    form neither counts in a column nor leaves out on purpose.
    """

    cells: NDArray[np.object_]
    totals: Float64
    unplaced: frozenset[str]


def month_totals(
    sessions: MonthSessions,
    shape: tuple[int, int],
    columns: Sequence[frozenset[str]],
    shown: Mapping[str, str],
    uncounted: frozenset[str],
) -> MonthTotals:
    """Add up sessions; `shape` is how many people and days there are.

    A session counts with its worth in every column that has its symbol. `shown` is what the form
    writes for a symbol where it differs; a session that is worth nothing asks for its symbol + " 0"
    first, e.g. for work on a rostered Saturday that the regulation does not count.
    """
    people, days = shape
    code, symbols = _coded(sessions.symbol)
    totals = np.zeros((people, len(columns)))
    for place, column in enumerate(columns):
        counts = np.array([symbol in column for symbol in symbols], bool)[code]
        totals[:, place] = np.bincount(
            sessions.person[counts], weights=sessions.worth[counts], minlength=people
        )
    placed = uncounted.union(*columns)
    return MonthTotals(
        cells=_cells(sessions, _written(code, symbols, sessions.worth, shown), people, days),
        totals=np.round(totals, PLACES),
        unplaced=frozenset(symbol for symbol in symbols if symbol not in placed),
    )


def _coded(texts: Text) -> tuple[Int64, list[str]]:
    """Position of each text among the distinct ones; they are few, so a table beats sorting."""
    plain = texts.tolist()
    distinct = list(dict.fromkeys(plain))
    table = {text: code for code, text in enumerate(distinct)}
    return np.fromiter(map(table.__getitem__, plain), np.int64, len(plain)), distinct


def _written(code: Int64, symbols: Sequence[str], worth: Float64, shown: Mapping[str, str]) -> Text:
    """What the form writes for each session."""
    valued = np.array([shown.get(symbol, symbol) for symbol in symbols], object)
    worthless = np.array([shown.get(f"{symbol} 0", shown.get(symbol, symbol)) for symbol in symbols], object)
    if not len(code):
        return np.zeros(0, object)
    written: Text = np.where(worth == 0, worthless[code], valued[code])
    return written


def _cells(sessions: MonthSessions, written: Text, people: int, days: int) -> NDArray[np.object_]:
    """The symbols of each day; neighbours that are alike are one."""
    cells = np.full((people, days), "", object)
    mark, marks = _coded(written)
    place = sessions.person.astype(np.int64) * days + sessions.day
    rows = np.flatnonzero(begins(place, mark))
    place, mark = place[rows], mark[rows]
    first = np.flatnonzero(begins(place))
    size = np.diff(np.append(first, len(place)))
    flat = cells.reshape(-1)
    alone = first[size == 1]
    flat[place[alone]] = np.array([*marks, ""], object)[mark[alone]]
    for start, length in zip(first[size > 1].tolist(), size[size > 1].tolist(), strict=True):
        flat[place[start]] = "\n".join(marks[value] for value in mark[start : start + length].tolist())
    return cells


def session_worth(sessions: Sequence[OfficeSession], weekday: int, name: str, start_seconds: int) -> float:
    """What a regulation's session is worth on an ISO weekday: its `cong`, or an equal share (rules 4).

    0.0 if the regulation has no such session on that weekday.
    """
    of_weekday = [session for session in sessions if weekday in session.weekdays]
    for session in of_weekday:
        if (session.name, session.start_seconds) == (name, start_seconds):
            return 1 / len(of_weekday) if session.cong is None else session.cong
    return 0.0
