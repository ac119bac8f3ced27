"""Storing a delivery: each punch once, the implausible set aside, the touched days marked stale."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlmodel import Session

from devices.base import BadRecord, PunchBatch
from monitor.intake.plausible import DECIDED, SET_BACK, Reasons, doubts
from monitor.intake.settling import settle
from monitor.rules.wallclock import DAY_SECONDS, text_of
from monitor.store.bulk import Columns
from monitor.store.queries import confirmations, deliveries, stale
from monitor.store.queries import punches as stored
from monitor.store.queries.arrays import texts
from monitor.store.queries.log import Identities, LogRecords, numbered, stored_at, stored_log
from monitor.store.tables import Terminal

FEW_RECORDS = 1_000
"""Up to so many, only their own ids and times are looked up, and each marks what it touches by itself."""
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
    delivered = _records(batch)
    reasons = doubts(session, terminal, delivered, origin.received_at)
    odd = reasons != ""
    sound = delivered.only(~odd)
    known = _known(session, terminal, sound)
    fresh, repeated = _unseen(known, sound)
    mark_touched(session, terminal, fresh)
    for start in range(0, len(fresh), ROWS_AT_ONCE):
        some = fresh.take(slice(start, start + ROWS_AT_ONCE))
        stored.add_punches(session, _punch_columns(some, batch, terminal, origin))
    _note_variants(session, terminal, _said_otherwise(repeated, known, fresh), origin)
    _note_support(session, terminal, repeated, origin)
    if origin.pull_id is not None and terminal.push:
        confirmations.confirm(session, terminal.id or 0, repeated, origin.pull_id)
    set_back = _keep_strange(session, terminal, _strange_rows(delivered, reasons, batch, terminal, origin))
    stored.add_quarantined(session, _bad_rows(bad, terminal, origin))
    settle(session, terminal, origin.received_at)
    return Intake(
        stored=len(fresh),
        duplicates=len(repeated),
        quarantined=int(odd.sum()) + len(bad),
        doubted=Counter(reasons[odd].tolist()),
        set_back=set_back,
    )


def _records(batch: PunchBatch) -> LogRecords:
    return LogRecords(
        number=np.arange(len(batch)),
        device_user_id=texts([user.strip() for user in batch.device_user_id]),
        device_time=batch.device_seconds,
        verify=batch.verify.astype(np.int64),
        state=batch.state.astype(np.int64),
    )


def _raw(records: LogRecords, batch: PunchBatch) -> list[bytes]:
    """The bytes of some records alone; those of a whole log are the greatest part of it."""
    return list(batch.raw[records.number].astype(object))


def _known(session: Session, terminal: Terminal, punches: Identities) -> LogRecords:
    """What is stored of a terminal's log for the time of some punches; nothing for none."""
    if not len(punches):
        return stored_log(session, terminal.id or 0, 0, -1)
    if len(punches) > FEW_RECORDS:
        return stored_log(session, terminal.id or 0, **punches.span())
    return stored_at(session, terminal.id or 0, set(punches.device_user_id), punches.device_time)


def _unseen(known: LogRecords, sound: LogRecords) -> tuple[LogRecords, LogRecords]:
    """The records whose identity is new, once each, and all others."""
    there, asked = numbered(known, sound)
    new = np.zeros(len(sound), bool)
    new[np.unique(asked, return_index=True)[1]] = True
    new &= ~np.isin(asked, there)
    return sound.take(new), sound.take(~new)


def _said_otherwise(repeated: LogRecords, known: LogRecords, fresh: LogRecords) -> LogRecords:
    """The repeated records that differ from the first of their identity, stored before or just now."""
    if not len(repeated):
        return repeated
    earlier, new, again = numbered(known, fresh, repeated)
    first = np.concatenate([earlier, new])
    order = np.argsort(first)
    place = order[np.searchsorted(first, again, sorter=order)]
    other = np.zeros(len(repeated), bool)
    for name in ("verify", "state"):
        said = np.concatenate([getattr(known, name), getattr(fresh, name)])
        other |= said[place] != getattr(repeated, name)
    return repeated.take(other)


def _note_variants(session: Session, terminal: Terminal, other: LogRecords, origin: Origin) -> None:
    """Keep what a repeated record says differently: its states count together (rules 9)."""
    if not len(other):
        return
    known = _known(session, terminal, other)
    punch_of = dict(zip(known.pairs(), known.number.tolist(), strict=True))
    punches = [punch_of[identity] for identity in other.pairs()]
    said = list(zip(punches, other.verify.tolist(), other.state.tolist(), strict=True))
    noted = stored.noted_variants(session, punches)
    again = deliveries.confirm_variants(session, set(said), origin.import_id)
    shared = origin.columns()
    rows = [
        {
            "punch_id": punch_id,
            "verify": verify,
            "state": state,
            "source": shared["source"],
            "received_at": shared["received_at"],
            "import_id": shared["import_id"],
        }
        for punch_id, verify, state in said
        if (punch_id, verify, state) not in noted
    ]
    stored.add_variants(session, rows)
    touched = again.union(row["punch_id"] for row in rows)
    _mark_holders(session, terminal.id or 0, other.take([punch in touched for punch in punches]))


def _punch_columns(fresh: LogRecords, batch: PunchBatch, terminal: Terminal, origin: Origin) -> Columns:
    shared = origin.columns() | {"terminal_id": terminal.id}
    return {
        "device_user_id": fresh.device_user_id.tolist(),
        "device_time": fresh.device_time.tolist(),
        "verify": fresh.verify.tolist(),
        "state": fresh.state.tolist(),
        "work_code": batch.work_code[fresh.number].tolist(),
        "raw": _raw(fresh, batch),
    } | {name: [value] * len(fresh) for name, value in shared.items()}


def _keep_strange(session: Session, terminal: Terminal, rows: stored.Rows) -> bool:
    """Set the records aside; whether any is new that was taken while the clock had lost its time."""
    if not any(row["reason"] in SET_BACK for row in rows):
        stored.add_quarantined(session, rows)
        return False
    before = stored.count_quarantined(session, terminal.id or 0, SET_BACK)
    stored.add_quarantined(session, rows)
    return stored.count_quarantined(session, terminal.id or 0, SET_BACK) > before


def _strange_rows(
    delivered: LogRecords, reasons: Reasons, batch: PunchBatch, terminal: Terminal, origin: Origin
) -> stored.Rows:
    """Records whose time cannot be true, but for those that somebody has found untrue already."""
    strange = (reasons != "") & (reasons != DECIDED)
    if not strange.any():
        return []
    records = delivered.take(strange)
    columns = {
        **_punch_columns(records, batch, terminal, origin),
        "device_time": [text_of(time) for time in records.device_time.tolist()],
        "reason": reasons[strange].tolist(),
    }
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


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


def _note_support(session: Session, terminal: Terminal, repeated: LogRecords, origin: Origin) -> None:
    """Punches of files that came again outlive their file's undoing; after one they count again."""
    by = deliveries.TERMINAL_ITSELF if origin.import_id is None else origin.import_id
    mark_counting(session, terminal.id or 0, deliveries.note_support(session, terminal.id or 0, repeated, by))


def mark_counting(session: Session, terminal_id: int, punches: Identities) -> None:
    """Mark the days of stored punches that begin or cease to count, for a silence may go with them."""
    _mark_holders(session, terminal_id, punches)
    for first, last in _runs(_days(punches)):
        stale.mark_badge_holders(session, terminal_id, first, last)


def mark_touched(session: Session, terminal: Terminal, fresh: Identities) -> None:
    """Mark the days of everybody these punches may mean.

    The first punch of a terminal's day also ends a silence that may have covered others (rules 7).
    """
    if not len(fresh):
        return
    _mark_holders(session, terminal.id or 0, fresh)
    days = _days(fresh)
    known = stored.days_with_punches(session, terminal.id or 0, min(days), max(days))
    for first, last in _runs(days - known):
        stale.mark_badge_holders(session, terminal.id or 0, first, last)


def _days(punches: Identities) -> set[int]:
    return set((punches.device_time // DAY_SECONDS).tolist())


def _mark_holders(session: Session, terminal_id: int, punches: Identities) -> None:
    """Mark the days of these punches for everybody who has a badge of their ids here; of many, whole days."""
    if not len(punches):
        return
    holders = stored.badge_holders(session, terminal_id, set(punches.device_user_id))
    times: defaultdict[stale.PunchDay, list[int]] = defaultdict(list)
    for user, time in punches.pairs():
        for person in holders.get(user, ()):
            times[person, time // DAY_SECONDS].append(time)
    if len(punches) <= FEW_RECORDS:
        stale.mark_punches(session, times)
    else:
        stale.mark(session, spans_of(times))


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
