"""Punches that may mean some people, as columns on the installation's wall clock."""

from collections.abc import Sequence
from itertools import compress
from typing import Any

import numpy as np
from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from monitor.rules.columns import DAY_SECONDS, Int32, Int64, Punches, UInt8
from monitor.store.asking import Question, among
from monitor.store.queries.arrays import Positions, in_zone, int32s, int64s
from monitor.store.queries.badge_columns import Meant, joined
from monitor.store.queries.deliveries import undone_variants, withheld_between
from monitor.store.tables import Punch, PunchVariant

OTHER_STATE = 7
Span = tuple[int, int]

_PUNCHES = select(
    col(Punch.id),
    col(Punch.terminal_id),
    col(Punch.device_user_id),
    col(Punch.device_time),
    col(Punch.state),
).where(col(Punch.device_time) >= bindparam("first"), col(Punch.device_time) < bindparam("end"))
_ANYWHERE = Question(_PUNCHES.where(among(col(Punch.device_user_id), "ids")))
# SQLite does not know that an id can have punches at a thousand terminals. Of an expression it has no index,
# so it takes that of the identity, which begins with the terminal and the time.
_HERE = Question(
    _PUNCHES.where(
        among(col(Punch.terminal_id), "terminals"), among(col(Punch.device_user_id).concat(""), "ids")
    )
)
VARIANTS = Question(
    select(col(PunchVariant.punch_id), col(PunchVariant.state))
    .where(col(PunchVariant.punch_id).between(bindparam("first"), bindparam("last")))
    .where(col(PunchVariant.import_id).is_(None) | ~undone_variants())
)


def punches_of(
    session: Session, meant: Meant, terminals: Positions, zones: list[str], zone: str, span: Span | None
) -> Punches:
    """Punches that may be meant within `[start, end)`; None asks for none."""
    if span is None or not meant.vocabulary:
        return _empty()
    margin = DAY_SECONDS if any(other != zone for other in zones) else 0
    asked = {"first": span[0] - margin, "end": span[1] + margin}
    here = {"ids": meant.here, "terminals": meant.terminal_ids}
    found = joined(
        _ANYWHERE.columns(session, ids=meant.anywhere, **asked) if meant.anywhere else None,
        _HERE.columns(session, **here, **asked) if meant.here else None,
    )
    columns = _counting(session, found)
    terminal = terminals.find(columns[1])
    ids = int64s(columns[0])
    return Punches(
        id=ids,
        terminal=terminal,
        device_user=int32s([meant.vocabulary[text] for text in columns[2]]),
        time=shown_in(zone, int64s(columns[3]), terminal, zones),
        states=_states(session, ids, int64s(columns[4])),
    )


def shown_in(zone: str, times: Int64, terminal: Int32, zones: list[str]) -> Int64:
    """Times of terminals' wall clocks by that of a zone; `terminal` holds positions in `zones`."""
    for other in set(zones) - {zone}:
        here = np.isin(terminal, [place for place, its in enumerate(zones) if its == other])
        times[here] = in_zone(times[here], other, zone)
    return times


def _empty() -> Punches:
    none = int32s([])
    return Punches(
        id=int64s([]), terminal=none, device_user=none, time=int64s([]), states=np.array([], dtype=np.uint8)
    )


def _counting(session: Session, columns: list[Sequence[Any]]) -> list[Sequence[Any]]:
    """Without the punches that only undone files brought; nearly always there are none."""
    ids = columns[0]
    withheld = set(withheld_between(session, min(ids), max(ids))) if ids else set()
    if not withheld:
        return columns
    kept = [punch_id not in withheld for punch_id in ids]
    return [list(compress(column, kept)) for column in columns]


def _states(session: Session, ids: Int64, state: Int64) -> UInt8:
    """Bit set of each punch's states, those of later deliveries included (rules 9)."""
    bits = _bit(state)
    if not len(ids):
        return bits
    punch, other = VARIANTS.columns(session, first=int(ids.min()), last=int(ids.max()))
    order = np.argsort(ids)
    place = np.searchsorted(ids, int64s(punch), sorter=order)
    known = place < len(ids)
    mine = order[place[known]]
    same = ids[mine] == int64s(punch)[known]
    np.bitwise_or.at(bits, mine[same], _bit(int64s(other)[known][same]))
    return bits


def _bit(state: Int64) -> UInt8:
    """Bit n for state n in 0..5, bit 7 for any other."""
    named = (state >= 0) & (state <= 5)  # noqa: PLR2004 - the last of the terminals' in/out states
    bits: UInt8 = np.left_shift(1, np.where(named, state, OTHER_STATE)).astype(np.uint8)
    return bits
