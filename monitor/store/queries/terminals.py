"""Terminals, contacts with them and their coverage.

Statements are declared once: each contact asks them, and putting one together takes longer than its answer.
"""

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session, col

from monitor.store.asking import Question
from monitor.store.tables import CoverageInterval, Pull, Terminal

NETWORKED = (
    or_(*(col(Terminal.kind) == kind for kind in ("zk", "hikvision", "dahua", "biotime"))),
    ~col(Terminal.switched_off),
)
"""The conditions on a terminal that is read over the network by itself; one that is switched off is not."""

_BY_ID = select(Terminal).where(col(Terminal.id) == bindparam("terminal"))
_BY_SERIAL = select(Terminal).where(col(Terminal.serial) == bindparam("serial"))
_HERE = col(Pull.terminal_id) == bindparam("terminal")
_NEWEST_FIRST = col(Pull.id).desc()
_LAST_GOOD = select(Pull).where(_HERE, col(Pull.error_code) == "").order_by(_NEWEST_FIRST).limit(1)
_LAST_CLOCK = Question(
    select(col(Pull.clock_offset_seconds))
    .where(_HERE, col(Pull.id) < bindparam("before"), col(Pull.clock_offset_seconds).is_not(None))
    .order_by(_NEWEST_FIRST)
    .limit(1)
)
_LAST_LOST = Question(
    select(col(Pull.device_time))
    .where(_HERE, col(Pull.clock_lost), col(Pull.device_time).is_not(None))
    .order_by(_NEWEST_FIRST)
    .limit(1)
)
_NEWEST = Question(select(col(Pull.error_code)).where(_HERE).order_by(_NEWEST_FIRST).limit(1))
_LAST_INTERVAL = (
    select(CoverageInterval)
    .where(
        col(CoverageInterval.terminal_id) == bindparam("terminal"),
        col(CoverageInterval.source) == bindparam("source"),
    )
    .order_by(col(CoverageInterval.ends).desc())
    .limit(1)
)


def terminal_by_id(session: Session, terminal_id: int) -> Terminal:
    """The terminal with this id. Raises NoResultFound."""
    return session.scalars(_BY_ID, {"terminal": terminal_id}).one()


def terminal_by_code(session: Session, code: str) -> Terminal | None:
    """The terminal with this code."""
    return session.scalars(select(Terminal).where(col(Terminal.code) == code)).first()


def readable_terminals(session: Session) -> list[Terminal]:
    """Terminals that are read over the network by themselves, by code; one that is switched off is not."""
    return list(session.scalars(select(Terminal).where(*NETWORKED).order_by(col(Terminal.code))))


def last_good_pull(session: Session, terminal_id: int) -> Pull | None:
    """The newest contact that went well."""
    return session.scalars(_LAST_GOOD, {"terminal": terminal_id}).first()


def last_offset(session: Session, terminal_id: int, before: int) -> int | None:
    """How far a terminal's clock was ahead of ours, in seconds, when it was read last before a contact."""
    found = _LAST_CLOCK.rows(session, terminal=terminal_id, before=before)
    return next((seconds for (seconds,) in found), None)


def known_from(session: Session, terminal_id: int) -> int | None:
    """The terminal's clock at the contact that last found it to have lost its time; None: it never did."""
    return next((time for (time,) in _LAST_LOST.rows(session, terminal=terminal_id)), None)


def is_down(session: Session, terminal_id: int) -> bool:
    """Whether the newest contact failed."""
    return any(code for (code,) in _NEWEST.rows(session, terminal=terminal_id))


def serial_owner(session: Session, serial: str) -> Terminal | None:
    """The terminal that a serial number belongs to."""
    return session.scalars(_BY_SERIAL, {"serial": serial}).first()


def last_interval(session: Session, terminal_id: int, source: str) -> CoverageInterval | None:
    """The interval of a source that reaches furthest."""
    return session.scalars(_LAST_INTERVAL, {"terminal": terminal_id, "source": source}).first()
