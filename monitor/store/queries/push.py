"""Terminals that deliver by themselves, and serial numbers that ask to."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, func, select
from sqlmodel import Session, col

from monitor.store.tables import PendingTerminal, Punch, PushContact, Terminal, TerminalEvent

# Hundreds of terminals call every few seconds: a statement put together anew would cost more than its answer.
_CALLER = select(Terminal).where(col(Terminal.serial) == bindparam("serial"))
_CALLER_ALONE = _CALLER.with_for_update(key_share=True)
_CONTACT = select(PushContact).where(col(PushContact.terminal_id) == bindparam("terminal"))


def pushing_terminal(session: Session, serial: str, *, lock: bool = False) -> Terminal | None:
    """The terminal with this serial number, if it may push.

    With `lock` no other transaction that locks it goes on before this one ends (PostgreSQL; on SQLite
    writers wait for each other anyway).
    """
    terminal = session.scalars(_CALLER_ALONE if lock else _CALLER, {"serial": serial}).first()
    return terminal if terminal is not None and (terminal.push or terminal.kind == "zk_push") else None


def push_contact(session: Session, terminal_id: int) -> PushContact | None:
    """What is remembered of a terminal's calls; None before the first."""
    return session.scalars(_CONTACT, {"terminal": terminal_id}).first()


def forget_pending(session: Session, serial: str) -> None:
    """A serial number waits no longer."""
    session.connection().execute(delete(PendingTerminal).where(col(PendingTerminal.serial) == serial))


def make_room_for_pending(session: Session, most: int) -> None:
    """Drop whoever has not called for longest, so that another one may wait."""
    waiting = session.connection().execute(select(func.count()).select_from(PendingTerminal)).scalar_one()
    if waiting >= most:
        oldest = select(col(PendingTerminal.serial)).order_by(col(PendingTerminal.last_at)).limit(1)
        session.connection().execute(
            delete(PendingTerminal).where(col(PendingTerminal.serial).in_(oldest.scalar_subquery()))
        )


def new_events(session: Session, terminal_id: int, told: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of the events (kind, the terminal's own time) that are not stored yet."""
    known = select(col(TerminalEvent.kind), col(TerminalEvent.device_time)).where(
        col(TerminalEvent.terminal_id) == terminal_id
    )
    return set(told) - {(kind, time) for kind, time in session.connection().execute(known)}


def last_pushed(session: Session, terminal_id: int, until: int) -> int | None:
    """The newest punch that the terminal delivered by itself, up to a time of its own clock."""
    newest = select(func.max(col(Punch.device_time))).where(
        col(Punch.terminal_id) == terminal_id,
        col(Punch.source) == "push",
        col(Punch.device_time) <= until,
    )
    return session.connection().execute(newest).scalar()
