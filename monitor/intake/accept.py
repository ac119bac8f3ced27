"""Storing a delivery: each punch once, the implausible set aside, the touched days marked stale."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlmodel import Session

from devices.base import BadRecord, PunchBatch
from monitor.intake.plausible import DECIDED, SET_BACK, doubts
from monitor.intake.settling import settle
from monitor.rules.wallclock import DAY_SECONDS, text_of
from monitor.store.bulk import Columns
from monitor.store.queries import confirmations, deliveries, stale
from monitor.store.queries import punches as stored
from monitor.store.tables import Terminal

TIME_SPAN = 1 << 40
"""More seconds than any plausible time has."""
FEW_RECORDS = 1_000
"""Up to so many, only their own ids and times are looked up, and each marks what it touches by itself."""
NOTHING_STRANGE = pd.DataFrame({name: pd.Series(dtype=object) for name in ("raw", "reason")})
ROWS_AT_ONCE = 5_000
"""A whole log has 100,000 records: as rows all at once they would take some 150 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How punches came: `pull`, `push` or `file`, when, and by which contact or file."""

    source: str
    received_at: datetime
    pull_id: int | None = None
    import_id: int | None = None

    def columns(self) -> dict[str, object]:
        """The columns that every stored row of this origin shares."""
        return {
            "source": self.source,
            "received_at": int(self.received_at.timestamp()),
            "pull_id": self.pull_id,
            "import_id": self.import_id,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What became of a delivery; the three counts add up to its lines.

    `doubted` counts, by reason, the records set aside because their time cannot be true; `set_back` tells
    that some came now for the first time which the terminal took while it had lost its time.
    """

    stored: int
    duplicates: int
    quarantined: int
    doubted: Mapping[str, int] = field(default_factory=dict, compare=False)
    set_back: bool = field(default=False, compare=False)

    @property
    def lines(self) -> int:
        """How many records the delivery had."""
        return self.stored + self.duplicates + self.quarantined


def accept(
    session: Session, terminal: Terminal, batch: PunchBatch, bad: Sequence[BadRecord], origin: Origin
) -> Intake:
    """Store a delivery within the caller's transaction and mark the touched person-days stale.

    Identity of a punch: (terminal, device user id, time to the second), rules 9. Implausible times
    are set aside with a reason, never dropped (terminals: failure mode 5). A delivery may repeat
    what is stored, and itself; what differs in a repeated record is noted beside the first.
    """
    deliveries.take_turns(session, terminal.id or 0)
    sound, strange = _told_apart(session, terminal, batch, origin)
    known = _known(session, terminal, sound)
    fresh, repeated = _unseen(known, sound)
    mark_touched(session, terminal, fresh)
    for start in range(0, len(fresh), ROWS_AT_ONCE):
        some = _with_raw(fresh.iloc[start : start + ROWS_AT_ONCE], batch)
        stored.add_punches(session, _punch_columns(some, terminal, origin))
    _note_variants(session, terminal, _said_otherwise(repeated, known, fresh), origin)
    _note_support(session, terminal, repeated, origin)
    if origin.pull_id is not None and terminal.push:
        confirmations.confirm(session, terminal.id or 0, repeated, origin.pull_id)
    set_back = _keep_strange(session, terminal, _strange_rows(strange, terminal, origin))
    stored.add_quarantined(session, _bad_rows(bad, terminal, origin))
    settle(session, terminal, origin.received_at)
    return Intake(
        stored=len(fresh),
        duplicates=len(repeated),
        quarantined=len(strange) + len(bad),
        doubted=Counter(strange["reason"]),
        set_back=set_back,
    )


def _told_apart(
    session: Session, terminal: Terminal, batch: PunchBatch, origin: Origin
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The records whose time can be true, and the others with their bytes and the reason."""
    frame = _frame(batch)
    reasons = doubts(session, terminal, frame, origin.received_at)
    odd = reasons != ""
    if not odd.any():
        return frame, NOTHING_STRANGE
    return frame[~odd], _with_raw(frame[odd], batch).assign(reason=reasons[odd])


def _with_raw(records: pd.DataFrame, batch: PunchBatch) -> pd.DataFrame:
    """Some records with their own bytes; those of a whole log are the greatest part of it."""
    return records.assign(raw=batch.raw[records.index].astype(object))


def _frame(batch: PunchBatch) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "device_user_id": pd.Series([user.strip() for user in batch.device_user_id], dtype=object),
            "device_time": batch.device_seconds,
            "verify": batch.verify.astype(np.int64),
            "state": batch.state.astype(np.int64),
            "work_code": batch.work_code.astype(np.int64),
        }
    )


def _known(session: Session, terminal: Terminal, punches: pd.DataFrame) -> pd.DataFrame:
    """What is stored of a terminal's log for the time of some punches; nothing for none."""
    times = punches["device_time"]
    if punches.empty:
        return stored.stored_log(session, terminal.id or 0, 0, -1)
    if len(punches) > FEW_RECORDS:
        return stored.stored_log(session, terminal.id or 0, int(times.min()), int(times.max()))
    ids = set(punches["device_user_id"])
    return stored.stored_at(session, terminal.id or 0, ids, times.to_numpy(np.int64))


def _unseen(known: pd.DataFrame, sound: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The records whose identity is new, once each, and all others."""
    first, later = _identities(known, sound)
    new = ~np.isin(later, first) & ~pd.Series(later).duplicated().to_numpy()
    return sound[new], sound[~new]


def _identities(*parts: pd.DataFrame) -> list[NDArray[np.int64]]:
    """One number for each identity, the same in all parts; as tuples they would take ten times the memory."""
    users, _ = pd.factorize(np.concatenate([part["device_user_id"].to_numpy(object) for part in parts]))
    times = np.concatenate([part["device_time"].to_numpy(np.int64) for part in parts])
    return np.split(users * TIME_SPAN + times, np.cumsum([len(part) for part in parts])[:-1])


def _said_otherwise(repeated: pd.DataFrame, known: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """The repeated records that differ from the first of their identity, stored before or just now."""
    if repeated.empty:
        return repeated
    earlier, new, again = _identities(known, fresh, repeated)
    first = np.concatenate([earlier, new])
    order = np.argsort(first)
    place = order[np.searchsorted(first, again, sorter=order)]
    other = np.zeros(len(repeated), bool)
    for name in ("verify", "state"):
        said = np.concatenate([known[name].to_numpy(), fresh[name].to_numpy()])
        other |= said[place] != repeated[name].to_numpy()
    return repeated[other]


def _note_variants(session: Session, terminal: Terminal, other: pd.DataFrame, origin: Origin) -> None:
    """Keep what a repeated record says differently: its states count together (rules 9)."""
    if other.empty:
        return
    known = _known(session, terminal, other)[["id", *stored.IDENTITY]]
    other = other.merge(known, on=stored.IDENTITY)
    noted = stored.noted_variants(session, other["id"].tolist())
    again = deliveries.confirm_variants(session, other, origin.import_id)
    said = zip(other["id"], other["verify"], other["state"], strict=True)
    other = other[np.array([what not in noted for what in said], dtype=bool)]
    shared = origin.columns()
    rows = [
        {
            "punch_id": row["id"],
            "verify": row["verify"],
            "state": row["state"],
            "source": shared["source"],
            "received_at": shared["received_at"],
            "import_id": shared["import_id"],
        }
        for row in other.to_dict("records")
    ]
    stored.add_variants(session, rows)
    _mark_holders(session, terminal.id or 0, pd.concat([other, again]))


def _punch_columns(fresh: pd.DataFrame, terminal: Terminal, origin: Origin) -> Columns:
    shared = origin.columns() | {"terminal_id": terminal.id}
    same = {name: [value] * len(fresh) for name, value in shared.items()}
    return {str(name): fresh[name].tolist() for name in fresh} | same


def _keep_strange(session: Session, terminal: Terminal, rows: stored.Rows) -> bool:
    """Set the records aside; whether any is new that was taken while the clock had lost its time."""
    if not any(row["reason"] in SET_BACK for row in rows):
        stored.add_quarantined(session, rows)
        return False
    before = stored.count_quarantined(session, terminal.id or 0, SET_BACK)
    stored.add_quarantined(session, rows)
    return stored.count_quarantined(session, terminal.id or 0, SET_BACK) > before


def _strange_rows(strange: pd.DataFrame, terminal: Terminal, origin: Origin) -> stored.Rows:
    """Records whose time cannot be true, but for those that somebody has found untrue already."""
    if strange.empty:
        return []
    shared = origin.columns() | {"terminal_id": terminal.id}
    records = strange[strange["reason"] != DECIDED].to_dict("records")
    return [
        {str(name): value for name, value in record.items()}
        | {"device_time": text_of(record["device_time"]), **shared}
        for record in records
    ]


def _bad_rows(records: Sequence[BadRecord], terminal: Terminal, origin: Origin) -> stored.Rows:
    shared = origin.columns() | {"terminal_id": terminal.id, "verify": -1, "state": -1, "work_code": 0}
    return [
        {
            "reason": record.reason,
            "raw": record.raw,
            "device_user_id": record.device_user_id,
            "device_time": record.device_time,
            **shared,
        }
        for record in records
    ]


def _note_support(session: Session, terminal: Terminal, repeated: pd.DataFrame, origin: Origin) -> None:
    """Punches of files that came again outlive their file's undoing; after one they count again."""
    by = deliveries.TERMINAL_ITSELF if origin.import_id is None else origin.import_id
    mark_counting(session, terminal.id or 0, deliveries.note_support(session, terminal.id or 0, repeated, by))


def mark_counting(session: Session, terminal_id: int, punches: pd.DataFrame) -> None:
    """Mark the days of stored punches that begin or cease to count, for a silence may go with them."""
    if punches.empty:
        return
    _mark_holders(session, terminal_id, punches)
    days = punches["device_time"] // DAY_SECONDS
    for first, last in _runs(days.tolist()):
        stale.mark_badge_holders(session, terminal_id, first, last)


def mark_touched(session: Session, terminal: Terminal, fresh: pd.DataFrame) -> None:
    """Mark the days of everybody these punches may mean.

    The first punch of a terminal's day also ends a silence that may have covered others (rules 7).
    """
    if fresh.empty:
        return
    _mark_holders(session, terminal.id or 0, fresh)
    days = fresh["device_time"] // DAY_SECONDS
    known = stored.days_with_punches(session, terminal.id or 0, int(days.min()), int(days.max()))
    for first, last in _runs(set(days.tolist()) - known):
        stale.mark_badge_holders(session, terminal.id or 0, first, last)


def _mark_holders(session: Session, terminal_id: int, punches: pd.DataFrame) -> None:
    """Mark the days of these punches for everybody who has a badge of their ids here; of many, whole days."""
    users, times = punches["device_user_id"].tolist(), punches["device_time"].tolist()
    days = (punches["device_time"] // DAY_SECONDS).tolist()
    holders = stored.badge_holders(session, terminal_id, set(users))
    if len(users) <= FEW_RECORDS:
        each = zip(users, days, times, strict=True)
        found = (((one, day), time) for user, day, time in each for one in holders.get(user, ()))
        stale.mark_punches(session, found)
    else:
        whole = set(zip(users, days, strict=True))
        stale.mark(session, spans_of((one, day) for user, day in whole for one in holders.get(user, ())))


def spans_of(person_days: Iterable[tuple[int, int]]) -> list[stale.Span]:
    """(Person id, day) pairs -> one span per run of consecutive days of a person."""
    spans: list[stale.Span] = []
    for person, day in sorted(set(person_days)):
        if spans and spans[-1][0] == person and spans[-1][2] == day - 1:
            spans[-1] = (person, spans[-1][1], day)
        else:
            spans.append((person, day, day))
    return spans


def _runs(days: Iterable[int]) -> list[tuple[int, int]]:
    """First and last day of each run of consecutive days."""
    return [(first, last) for _, first, last in spans_of((0, day) for day in days)]
