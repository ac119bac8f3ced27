"""From database rows to numpy columns: positions for ids, integers for dates and times."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select
from sqlmodel import Session

from monitor.rules.columns import DAY_MAX, DAY_MIN, NO_DAY, NO_TIME, Int8, Int32, Int64, Text
from monitor.rules.wallclock import EPOCH_DATE, moment_of

QUARTER = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """Database ids and labels by position, and back.

    `ids` int64 and `labels` (codes) by position; `order` sorts `ids`.
    """

    ids: Int64
    labels: Text
    order: Int64

    @classmethod
    def of(cls, pairs: Iterable[Sequence[Any]]) -> "Positions":
        """From (id, label) pairs, positions by label."""
        ordered = sorted(pairs, key=lambda pair: str(pair[1]))
        ids = int64s([pair[0] for pair in ordered])
        return cls(ids=ids, labels=texts([pair[1] for pair in ordered]), order=np.argsort(ids))

    def find(self, ids: Sequence[int | None]) -> Int32:
        """Position of each id; -1 for None and for an id that is not here."""
        try:
            wanted = np.array(ids, dtype=np.int64)
        except TypeError:  # some are None
            wanted = np.array([-1 if value is None else value for value in ids], dtype=np.int64)
        if not len(self.ids):
            return np.full(len(wanted), -1, dtype=np.int32)
        place = np.minimum(np.searchsorted(self.ids, wanted, sorter=self.order), len(self.ids) - 1)
        found = self.order[place]
        return np.where(self.ids[found] == wanted, found, -1).astype(np.int32)


def columns_of(session: Session, statement: Select[*tuple[Any, ...]], **values: Any) -> list[Sequence[Any]]:
    """Rows of a query, turned into one sequence per column; one that is always the same is a `Question`."""
    found = session.connection().execute(statement, values)
    rows = found.all()
    return list(zip(*rows, strict=True)) if rows else [()] * len(found.keys())


def int8s(values: Sequence[int]) -> Int8:
    """An int8 column."""
    return np.array(values, dtype=np.int8)


def int32s(values: Sequence[int]) -> Int32:
    """An int32 column."""
    return np.array(values, dtype=np.int32)


def int64s(values: Sequence[int]) -> Int64:
    """An int64 column."""
    return np.array(values, dtype=np.int64)


def texts(values: Sequence[str]) -> Text:
    """An object column of `str`."""
    column = np.empty(len(values), dtype=np.object_)
    column[:] = values
    return column


def days(values: Sequence[date | None], none: int = NO_DAY) -> Int32:
    """Dates as days since 1970."""
    return int32s([none if value is None else (value - EPOCH_DATE).days for value in values])


def valid_days(starts: Sequence[date | None], ends: Sequence[date | None]) -> tuple[Int32, Int32]:
    """First and last day of validities, open ends as the rules write them."""
    return days(starts, DAY_MIN), days(ends, DAY_MAX)


def times(values: Sequence[int | None]) -> Int64:
    """Wall-clock seconds, `NO_TIME` for none."""
    return int64s([NO_TIME if value is None else value for value in values])


def in_zone(seconds: Int64, source: str, target: str) -> Int64:
    """Wall-clock seconds of one zone as wall-clock seconds of another (rules 7, last sentence).

    Offsets change on quarters of an hour, so one look-up each is enough.
    """
    if source == target or not len(seconds):
        return seconds
    quarters, which = np.unique(seconds // QUARTER, return_inverse=True)
    shift = _shift(ZoneInfo(source), ZoneInfo(target))
    return seconds + int64s([shift(int(quarter) * QUARTER) for quarter in quarters])[which]


def _shift(source: ZoneInfo, target: ZoneInfo) -> Callable[[int], int]:
    def between(seconds: int) -> int:
        here: datetime = moment_of(seconds)
        there = here.replace(tzinfo=source).astimezone(target).replace(tzinfo=None)
        return int((there - here).total_seconds())

    return between


def whole(values: NDArray[Any]) -> list[int]:
    """Plain integers of a column, for a driver that knows no numpy."""
    return [int(value) for value in values]
