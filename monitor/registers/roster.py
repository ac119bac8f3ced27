"""One roster entry put on or taken off by hand: checked, marked stale, told to the trail (rules 2.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from monitor import audit
from monitor.registers.days import day_bounds, refuse_closed, touched_days
from monitor.registers.errors import RegisterRefused
from monitor.registers.excuses import held_person, plain_reason, plain_text
from monitor.rules.wallclock import text_of
from monitor.setup.roster import OVERTIME_SECONDS, SESSION_KINDS
from monitor.store.queries import stale
from monitor.store.tables import Person, RemovedRosterEntry, RosterEntry

KINDS = ("duty", "extra", "overtime", "release")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rostered:
    """A roster entry as it is entered; times are wall-clock seconds, the end is not part of it."""

    person_id: int
    kind: str
    starts: int
    ends: int
    place: str = ""
    document: str = ""


def enter_roster(session: Session, entered: Rostered, *, actor: str, at: datetime) -> int:
    """Put an entry on the roster; gives its id. The caller has checked the reach.

    Raises RegisterRefused `roster_kind_unknown`, `interval_empty`, `overtime_too_long`,
    `register_text_long`, `register_no_person`, `roster_taken` or `register_month_closed`.
    """
    person = held_person(session, entered.person_id)
    _check(session, entered, person)
    entry = RosterEntry(
        person_id=entered.person_id,
        kind=entered.kind,
        starts=entered.starts,
        ends=entered.ends,
        place=plain_text(entered.place),
        document=plain_text(entered.document),
    )
    session.add(entry)
    stale.mark(session, [(entered.person_id, *touched_days(entered.starts, entered.ends, at))])
    session.flush()
    detail = {"entry": entry.id, "before": None, "after": _told(entry)}
    audit.record(
        session, at=at, actor=actor, action="roster_enter", subject=f"person:{person.code}", detail=detail
    )
    return entry.id or 0


def remove_roster(session: Session, entry_id: int, *, reason: str, actor: str, at: datetime) -> None:
    """Take an entry off the roster; what it was is kept, with who did it, when and why.

    Raises RegisterRefused `roster_unknown`, `register_reason_needed`, `register_text_long` or
    `register_month_closed`.
    """
    said = plain_reason(reason)
    entry = session.get(RosterEntry, entry_id, with_for_update=True)
    if entry is None:
        raise RegisterRefused("roster_unknown")
    person = held_person(session, entry.person_id)
    refuse_closed(session, entry.person_id, *day_bounds(entry.starts, entry.ends))
    kept = entry.model_dump(exclude={"id"})
    session.add(RemovedRosterEntry(**kept, removed_by=actor, removed_at=at, reason=said))
    stale.mark(session, [(entry.person_id, *touched_days(entry.starts, entry.ends, at))])
    detail = {"entry": entry_id, "before": _told(entry), "after": None, "reason": said}
    session.delete(entry)
    session.flush()
    audit.record(
        session, at=at, actor=actor, action="roster_remove", subject=f"person:{person.code}", detail=detail
    )


def _check(session: Session, entered: Rostered, person: Person) -> None:
    times = {"start": text_of(entered.starts), "end": text_of(entered.ends)}
    if entered.kind not in KINDS:
        raise RegisterRefused("roster_kind_unknown")
    if entered.ends <= entered.starts:
        raise RegisterRefused("interval_empty", **times)
    if entered.kind == "overtime" and entered.ends - entered.starts > OVERTIME_SECONDS:
        raise RegisterRefused("overtime_too_long", **times)
    other = _clash(session, entered)
    if other is not None:
        taken = {"start": text_of(other.starts), "end": text_of(other.ends), "kind": other.kind}
        raise RegisterRefused("roster_taken", person=person.code, name=person.name, **taken)
    refuse_closed(session, entered.person_id, *day_bounds(entered.starts, entered.ends))


def _clash(session: Session, entered: Rostered) -> RosterEntry | None:
    """An entry that cannot be beside the new one: another session at that time, or one of the same kind."""
    kinds = SESSION_KINDS if entered.kind in SESSION_KINDS else (entered.kind,)
    return session.scalar(
        select(RosterEntry)
        .where(
            col(RosterEntry.person_id) == entered.person_id,
            col(RosterEntry.kind).in_(kinds),
            col(RosterEntry.starts) < entered.ends,
            col(RosterEntry.ends) > entered.starts,
        )
        .order_by(col(RosterEntry.starts), col(RosterEntry.id))
    )


def _told(entry: RosterEntry) -> Mapping[str, object]:
    return {
        "kind": entry.kind,
        "starts": text_of(entry.starts),
        "ends": text_of(entry.ends),
        "place": entry.place,
        "document": entry.document,
    }
