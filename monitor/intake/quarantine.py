"""Repairing what was set aside: taken in as it is, under a true time, or kept as untrue; never dropped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlmodel import Session

from monitor import audit
from monitor.intake.accept import mark_touched
from monitor.intake.plausible import FUTURE, earliest_time, seconds_in, trusted_latest
from monitor.intake.settling import BY_ITSELF
from monitor.rules.wallclock import text_of
from monitor.store.bulk import columns_of
from monitor.store.queries import deliveries, quarantine
from monitor.store.queries import punches as stored
from monitor.store.queries.clocks import suspicion
from monitor.store.queries.log import Identities
from monitor.store.queries.quarantine import Decided
from monitor.store.session import StoreError
from monitor.store.tables import QuarantinedRecord, Terminal

RELEASABLE = (FUTURE, "before_installation")
WITHOUT_IDENTITY = ("unknown_uid", "bad_user_id", "bad_line", "line_too_long")
"""Records of which nobody can say whose they are: a slot's number may be another person's id."""

Timed = tuple[QuarantinedRecord, int]
"""A record and the time under which it becomes a punch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who decides, why and when; `actor` as in `audit.record`."""

    actor: str
    reason: str
    now: datetime


def release(session: Session, record_ids: Sequence[int], by: By) -> int:
    """Take records in as they are, each under the raw time it has; returns how many.

    For records from before `installed_on` that are true all the same, and for future ones whose time has
    passed. All or none. Raises StoreError `unknown_record`, `record_decided`, `record_not_releasable`,
    `record_still_future`.
    """
    records = _open_records(session, record_ids, {"dismissed"})
    for record in records:
        time = seconds_in(record.device_time)
        if record.reason not in RELEASABLE or time is None:
            raise StoreError("record_not_releasable", id=record.id)
        terminal = session.get_one(Terminal, record.terminal_id)
        if time > trusted_latest(session, terminal, by.now):
            raise StoreError("record_still_future", id=record.id, time=record.device_time)
    every = [twin for record in records for twin in quarantine.twins(session, record)]
    _take_in(session, [(record, seconds_in(record.device_time) or 0) for record in every], "released", by)
    return len(records)


def correct(
    session: Session, record_ids: Sequence[int], by: By, *, shift_seconds: int = 0, time: int | None = None
) -> int:
    """Take records in under the time at which they were truly made; returns how many.

    Each becomes a punch at its raw time plus `shift_seconds` or, where the raw time cannot be read, of one
    record at `time` (wall-clock seconds at the terminal). The record keeps the raw time, the decision the
    corrected one. All or none. Raises StoreError `unknown_record`, `record_decided`,
    `record_not_correctable`, `corrected_time_implausible`.
    """
    records = _open_records(session, record_ids, set())
    if time is not None and len(records) > 1:
        raise StoreError("one_record_for_a_time")
    timed = [(record, _corrected(session, record, by, shift_seconds, time)) for record in records]
    every = [(twin, when) for record, when in timed for twin in quarantine.twins(session, record)]
    _take_in(session, every, "corrected", by)
    return len(records)


def dismiss(session: Session, record_ids: Sequence[int], by: By) -> int:
    """Keep records as untrue: they count for nothing, also when they are delivered again; returns how many.

    A dismissed record may still be released. Raises StoreError `unknown_record`, `record_decided`.
    """
    records = _open_records(session, record_ids, set())
    decided = Decided(decision="dismissed", at=by.now, by=by.actor, reason=by.reason)
    every = [twin for record in records for twin in quarantine.twins(session, record)]
    quarantine.note_decisions(session, (decided.row(twin) for twin in _ids(every)))
    _tell(session, records, "dismissed", by)
    return len(records)


def readmit(session: Session, now: datetime) -> int:
    """Take in the future records whose time has come true, or for which our own clock was to blame.

    What a person dismissed stays out, and what an undone file brought. Returns how many.
    """
    doubt = suspicion(session, now)
    waiting = quarantine.waiting_with_reasons(session, (FUTURE,))
    ripe: list[Timed] = []
    for terminal_id, records in groupby(waiting, key=lambda record: record.terminal_id):
        latest = trusted_latest(session, session.get_one(Terminal, terminal_id), now)
        times = [(record, seconds_in(record.device_time)) for record in records]
        ripe += [(record, time) for record, time in times if time is not None and time <= latest]
    reason = "time_has_come" if doubt is None else "server_clock_blamed"
    _take_in(session, ripe, "readmitted", By(actor=BY_ITSELF, reason=reason, now=now))
    return len(ripe)


def _open_records(session: Session, ids: Sequence[int], may_be: set[str]) -> list[QuarantinedRecord]:
    """The records, unless something else than `may_be` was decided about one already."""
    records = quarantine.records_by_id(session, ids)
    if missing := sorted(set(ids) - {record.id for record in records}):
        raise StoreError("unknown_record", id=missing[0])
    for terminal_id in sorted({record.terminal_id for record in records}):
        deliveries.take_turns(session, terminal_id)
    for record_id, decisions in quarantine.decisions_on(session, ids).items():
        if decisions - may_be:
            raise StoreError("record_decided", id=record_id)
    return records


def _corrected(
    session: Session, record: QuarantinedRecord, by: By, shift_seconds: int, time: int | None
) -> int:
    """The true time of a record, if it can be true at all."""
    shown = seconds_in(record.device_time)
    if not record.device_user_id or record.reason in WITHOUT_IDENTITY or (shown is None and time is None):
        raise StoreError("record_not_correctable", id=record.id)
    found = time if time is not None else (shown or 0) + shift_seconds
    terminal = session.get_one(Terminal, record.terminal_id)
    if not earliest_time(terminal) <= found <= trusted_latest(session, terminal, by.now):
        raise StoreError("corrected_time_implausible", id=record.id, time=text_of(found))
    return found


def _take_in(session: Session, timed: Iterable[Timed], decision: str, by: By) -> None:
    """Store the punches of records beside their raw bytes, and write down what was decided."""
    decided = Decided(decision=decision, at=by.now, by=by.actor, reason=by.reason)
    ordered = sorted(timed, key=lambda pair: (pair[0].terminal_id, pair[0].id or 0))
    for terminal_id, group in groupby(ordered, key=lambda pair: pair[0].terminal_id):
        pairs = list(group)
        _store(session, terminal_id, pairs)
        identities = {record.id: (record.device_user_id, time) for record, time in pairs}
        known = quarantine.punch_ids(session, terminal_id, list(identities.values()))
        quarantine.note_decisions(
            session,
            (
                decided.row(
                    record_id,
                    punch_id=known[identity],
                    corrected_time=identity[1] if decision == "corrected" else None,
                )
                for record_id, identity in identities.items()
            ),
        )
        _tell(session, [record for record, _ in pairs], decision, by)


def _store(session: Session, terminal_id: int, pairs: Sequence[Timed]) -> None:
    """Add the punches that are not stored yet; each keeps how and when its record came."""
    deliveries.take_turns(session, terminal_id)
    identities = [(record.device_user_id, time) for record, time in pairs]
    known = quarantine.punch_ids(session, terminal_id, identities)
    fresh = [pair for pair, identity in zip(pairs, identities, strict=True) if identity not in known]
    touched = Identities.of((record.device_user_id, time) for record, time in fresh)
    mark_touched(session, session.get_one(Terminal, terminal_id), touched)
    stored.add_punches(session, columns_of([_punch_row(record, time) for record, time in fresh]))


def _punch_row(record: QuarantinedRecord, time: int) -> dict[str, object]:
    return {
        "terminal_id": record.terminal_id,
        "device_user_id": record.device_user_id,
        "device_time": time,
        "verify": record.verify,
        "state": record.state,
        "work_code": record.work_code,
        "source": record.source,
        "received_at": record.received_at,
        "pull_id": record.pull_id,
        "import_id": record.import_id,
        "raw": record.raw,
    }


def _ids(records: Iterable[QuarantinedRecord]) -> list[int]:
    """Their ids, once each."""
    return sorted({record.id or 0 for record in records})


def _tell(session: Session, records: Sequence[QuarantinedRecord], decision: str, by: By) -> None:
    """One entry of the trail for each terminal."""
    ordered = sorted(records, key=lambda record: record.terminal_id)
    for terminal_id, group in groupby(ordered, key=lambda record: record.terminal_id):
        audit.record(
            session,
            at=by.now,
            actor=by.actor,
            action=f"quarantine_{decision}",
            subject=session.get_one(Terminal, terminal_id).code,
            detail={"records": _ids(group), "reason": by.reason},
        )
