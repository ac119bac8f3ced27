"""Storing a delivery: each punch once, the implausible set aside, the touched days marked stale."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlmodel import Session

from devices.base import BadRecord, PunchBatch
from monitor.rules.wallclock import DAY_SECONDS, day_of, seconds_of, text_of
from monitor.store.queries import confirmations, stale
from monitor.store.queries import punches as stored
from monitor.store.tables import Terminal

FUTURE_TOLERANCE = timedelta(minutes=10)
CLOCK_RESET_ENDS = seconds_of(datetime(2001, 1, 1))  # noqa: DTZ001 - a terminal's wall clock
"""A clock that lost its battery starts again in the year 2000 (terminals: failure mode 5)."""


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
    """What became of a delivery; the three counts add up to its lines."""

    stored: int
    duplicates: int
    quarantined: int

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
    frame = _frame(batch)
    frame["reason"] = _implausible(frame["device_time"], terminal, origin.received_at)
    sound = frame[frame["reason"] == ""]
    strange = frame[frame["reason"] != ""]
    fresh, repeated = _unseen(session, terminal, sound)
    _mark_stale(session, terminal, fresh)
    stored.add_punches(session, _punch_rows(fresh, terminal, origin))
    _note_variants(session, terminal, repeated, origin)
    if origin.pull_id is not None and terminal.push:
        confirmations.confirm(session, terminal.id or 0, repeated, origin.pull_id)
    quarantined = [*_set_aside(strange), *bad]
    stored.add_quarantined(session, _quarantine_rows(quarantined, terminal, origin))
    return Intake(stored=len(fresh), duplicates=len(repeated), quarantined=len(quarantined))


def _frame(batch: PunchBatch) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "device_user_id": pd.Series(batch.device_user_id, dtype=object).str.strip(),
            "device_time": batch.device_seconds,
            "verify": batch.verify.astype(np.int64),
            "state": batch.state.astype(np.int64),
            "work_code": batch.work_code.astype(np.int64),
            "raw": pd.Series(batch.raw, dtype=object),
        }
    )


def _implausible(times: "pd.Series[int]", terminal: Terminal, received_at: datetime) -> np.ndarray:
    """Reason code per record, '' where the time can be true."""
    local = received_at.astimezone(ZoneInfo(terminal.timezone)).replace(tzinfo=None)
    latest = seconds_of(local + FUTURE_TOLERANCE)
    installed = -(2**62) if terminal.installed_on is None else day_of(terminal.installed_on) * DAY_SECONDS
    return np.select(
        [times < CLOCK_RESET_ENDS, times < installed, times > latest],
        ["clock_reset", "before_installation", "in_the_future"],
        default="",
    )


def _unseen(session: Session, terminal: Terminal, sound: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The records whose identity is new, once each, and all others."""
    if sound.empty:
        return sound, sound
    times = sound["device_time"]
    known = stored.stored_log(session, terminal.id or 0, int(times.min()), int(times.max()))
    identities = pd.MultiIndex.from_frame(sound[stored.IDENTITY])
    new = ~identities.isin(pd.MultiIndex.from_frame(known[stored.IDENTITY])) & ~identities.duplicated()
    return sound[new], sound[~new]


def _note_variants(session: Session, terminal: Terminal, repeated: pd.DataFrame, origin: Origin) -> None:
    """Keep what a repeated record says differently: its states count together (rules 9)."""
    if repeated.empty:
        return
    times = repeated["device_time"]
    known = stored.stored_log(session, terminal.id or 0, int(times.min()), int(times.max()))
    both = repeated.merge(known, on=stored.IDENTITY, suffixes=("", "_first"))
    other = both[(both["state"] != both["state_first"]) | (both["verify"] != both["verify_first"])]
    noted = stored.noted_variants(session, other["id"].tolist())
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
        }
        for row in other.to_dict("records")
    ]
    stored.add_variants(session, rows)
    _mark_holders(session, terminal, other)


def _punch_rows(fresh: pd.DataFrame, terminal: Terminal, origin: Origin) -> stored.Rows:
    shared = origin.columns() | {"terminal_id": terminal.id}
    records = fresh.drop(columns="reason").to_dict("records")
    return [{str(name): value for name, value in record.items()} | shared for record in records]


def _set_aside(strange: pd.DataFrame) -> Iterable[BadRecord]:
    for row in strange.to_dict("records"):
        yield BadRecord(
            raw=row["raw"],
            reason=row["reason"],
            device_user_id=row["device_user_id"],
            device_time=text_of(row["device_time"]),
        )


def _quarantine_rows(records: Sequence[BadRecord], terminal: Terminal, origin: Origin) -> stored.Rows:
    shared = origin.columns() | {"terminal_id": terminal.id, "verify": -1, "state": -1}
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


def _mark_stale(session: Session, terminal: Terminal, fresh: pd.DataFrame) -> None:
    """Mark the days of everybody these punches may mean.

    The first punch of a terminal's day also ends a silence that may have covered others (rules 7).
    """
    if fresh.empty:
        return
    _mark_holders(session, terminal, fresh)
    days = fresh["device_time"] // DAY_SECONDS
    known = stored.days_with_punches(session, terminal.id or 0, int(days.min()), int(days.max()))
    for first, last in _runs(sorted(set(days.tolist()) - known)):
        stale.mark_badge_holders(session, terminal.id or 0, first, last)


def _mark_holders(session: Session, terminal: Terminal, punches: pd.DataFrame) -> None:
    """Mark the days of these punches for everybody who has a badge of their ids here."""
    days = punches.assign(day=punches["device_time"] // DAY_SECONDS)
    holders = stored.badge_holders(session, terminal.id or 0)
    stale.mark(session, spans_of(days.merge(holders, on="device_user_id")[["person_id", "day"]]))


def spans_of(person_days: pd.DataFrame) -> list[stale.Span]:
    """Columns person_id, day -> one span per run of consecutive days of a person."""
    rows = person_days.drop_duplicates().sort_values(["person_id", "day"])
    person, day = rows["person_id"].to_numpy(np.int64), rows["day"].to_numpy(np.int64)
    if not len(rows):
        return []
    starts = np.flatnonzero(np.r_[True, (np.diff(person) != 0) | (np.diff(day) != 1)])
    ends = np.r_[starts[1:], len(rows)] - 1
    return list(zip(person[starts].tolist(), day[starts].tolist(), day[ends].tolist(), strict=True))


def _runs(days: list[int]) -> list[tuple[int, int]]:
    """First and last day of each run of consecutive days."""
    frame = pd.DataFrame({"person_id": 0, "day": days})
    return [(first, last) for _, first, last in spans_of(frame)]
