"""Terminals that deliver by themselves, and serial numbers that ask to."""

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from monitor.store.tables import PendingTerminal, Terminal


def pushing_terminal(session: Session, serial: str, *, lock: bool = False) -> Terminal | None:
    """The terminal with this serial number, if it may push.

    With `lock` no other transaction that locks it goes on before this one ends (PostgreSQL; on SQLite
    writers wait for each other anyway).
    """
    found = select(Terminal).where(col(Terminal.serial) == serial)
    if lock:
        found = found.with_for_update(key_share=True)
    terminal = session.scalars(found).first()
    return terminal if terminal is not None and (terminal.push or terminal.kind == "zk_push") else None


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
