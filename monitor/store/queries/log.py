"""Punches of one terminal as columns: what is stored of its log, and which records are the same punch."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from monitor.rules.columns import Columns, Int64, Text
from monitor.store.asking import Question, among
from monitor.store.queries.arrays import int64s, texts
from monitor.store.tables import Punch

TIME_SPAN = 1 << 40
"""More seconds than any plausible time has."""
ROWS_AT_ONCE = 10_000

THEN = (
    col(Punch.terminal_id) == bindparam("terminal"),
    col(Punch.device_time).between(bindparam("first"), bindparam("last")),
)
"""The condition on `Punch` that it is of a terminal and between two readings of its clock, inclusive."""
_COLUMNS = select(
    col(Punch.id), col(Punch.device_user_id), col(Punch.device_time), col(Punch.verify), col(Punch.state)
)
_LOG = _COLUMNS.where(*THEN)
_TIMES_OF_IDS = Question(
    select(col(Punch.id), col(Punch.device_time)).where(*THEN, among(col(Punch.device_user_id), "ids"))
)
# With their times: PostgreSQL would look for ids alone in every month.
_LOG_OF_PUNCHES = Question(
    _COLUMNS.where(
        among(col(Punch.id), "punches"),
        col(Punch.device_time).between(bindparam("first"), bindparam("last")),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities(Columns):
    """Whose punches, and when by the terminal's clock: with the terminal, what makes them one (rules 9).

    `device_user_id`: object array of `str`; `device_time`: int64 wall-clock seconds.
    """

    device_user_id: Text
    device_time: Int64

    @classmethod
    def of(cls, pairs: Iterable[Sequence[Any]]) -> Self:
        """From (device user id, time) pairs."""
        listed = list(pairs)
        return cls(
            device_user_id=texts([user for user, _ in listed]),
            device_time=int64s([time for _, time in listed]),
        )

    def pairs(self) -> Iterable[tuple[str, int]]:
        """(Device user id, time) of each."""
        return zip(self.device_user_id.tolist(), self.device_time.tolist(), strict=True)

    def span(self) -> dict[str, int]:
        """The `first` and `last` time; of at least one."""
        return {"first": int(self.device_time.min()), "last": int(self.device_time.max())}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecords(Identities):
    """Records of a terminal's log, stored or delivered.

    `number`: int64, the punch's id in the database, or a record's place in its delivery; `verify` and
    `state`: int64, -1 where the source has none.
    """

    number: Int64
    verify: Int64
    state: Int64


def numbered(*parts: Identities) -> list[Int64]:
    """One number for each identity, the same in all parts; as tuples they would take ten times the memory."""
    users: dict[str, int] = {}
    each = [[users.setdefault(user, len(users)) for user in part.device_user_id.tolist()] for part in parts]
    return [int64s(place) * TIME_SPAN + part.device_time for place, part in zip(each, parts, strict=True)]


def stored_log(session: Session, terminal_id: int, first: int, last: int) -> LogRecords:
    """Stored punches of a terminal between two readings of its clock, both inclusive."""
    asked = {"terminal": terminal_id, "first": first, "last": last}
    rows = session.connection().execute(_LOG, asked, execution_options={"yield_per": ROWS_AT_ONCE})
    parts, users = [], dict[str, str]()
    for some in rows.partitions():
        columns: list[Sequence[Any]] = list(zip(*some, strict=True))
        # The driver makes a new text of every row's id; a log has few different ones.
        columns[1] = [users.setdefault(user, user) for user in columns[1]]
        parts.append(_records(columns))
    return parts[0] if len(parts) == 1 else _joined(parts)


def stored_at(session: Session, terminal_id: int, ids: Collection[str], times: Int64) -> LogRecords:
    """Stored punches of some device ids of a terminal at some times, at least one.

    Others' punches in between are looked through by the key alone, without a row of the table read.
    """
    span = {"first": int(times.min()), "last": int(times.max())}
    found, at = _TIMES_OF_IDS.columns(session, terminal=terminal_id, ids=ids, **span)
    wanted = set(times.tolist())
    same = [punch for punch, time in zip(found, at, strict=True) if time in wanted]
    return _records(_LOG_OF_PUNCHES.columns(session, punches=same, **span) if same else [()] * 5)


def _records(columns: Sequence[Sequence[Any]]) -> LogRecords:
    number, users, at, verify, state = columns
    return LogRecords(
        number=int64s(number),
        device_user_id=texts(users),
        device_time=int64s(at),
        verify=int64s(verify),
        state=int64s(state),
    )


def _joined(parts: Sequence[LogRecords]) -> LogRecords:
    every = [_records([()] * 5), *parts]
    names = LogRecords.__dataclass_fields__
    return LogRecords(**{name: np.concatenate([getattr(part, name) for part in every]) for name in names})
