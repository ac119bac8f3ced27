"""Terminals, contacts with them and their coverage."""

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.store.tables import CoverageInterval, Pull, Terminal


def terminal_by_code(session: Session, code: str) -> Terminal | None:
    """The terminal with this code."""
    return session.scalars(select(Terminal).where(col(Terminal.code) == code)).first()


def readable_terminals(session: Session) -> list[Terminal]:
    """Terminals that are read over the network by themselves, by code; one that is switched off is not."""
    networked = col(Terminal.kind).in_(("zk", "hikvision", "dahua", "biotime")), ~col(Terminal.switched_off)
    return list(session.scalars(select(Terminal).where(*networked).order_by(col(Terminal.code))))


def last_good_pull(session: Session, terminal_id: int) -> Pull | None:
    """The newest contact that went well."""
    good = col(Pull.terminal_id) == terminal_id, col(Pull.error_code) == ""
    return session.scalars(select(Pull).where(*good).order_by(col(Pull.id).desc()).limit(1)).first()


def known_from(session: Session, terminal_id: int) -> int | None:
    """The terminal's clock at the contact that last found it to have lost its time; None: it never did."""
    lost = select(col(Pull.device_time)).where(
        col(Pull.terminal_id) == terminal_id, col(Pull.clock_lost), col(Pull.device_time).is_not(None)
    )
    return session.scalars(lost.order_by(col(Pull.id).desc()).limit(1)).first()


def is_down(session: Session, terminal_id: int) -> bool:
    """Whether the newest contact failed."""
    newest = (
        select(col(Pull.error_code))
        .where(col(Pull.terminal_id) == terminal_id)
        .order_by(col(Pull.id).desc())
        .limit(1)
    )
    return bool(session.connection().execute(newest).scalar())


def serial_owner(session: Session, serial: str) -> Terminal | None:
    """The terminal that a serial number belongs to."""
    return session.scalars(select(Terminal).where(col(Terminal.serial) == serial)).first()


def last_interval(session: Session, terminal_id: int, source: str) -> CoverageInterval | None:
    """The interval of a source that reaches furthest."""
    mine = col(CoverageInterval.terminal_id) == terminal_id, col(CoverageInterval.source) == source
    newest = select(CoverageInterval).where(*mine).order_by(col(CoverageInterval.ends).desc()).limit(1)
    return session.scalars(newest).first()
