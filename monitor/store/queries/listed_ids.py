"""The ids that terminals say they know: kept as of the last list, and those that mean nobody today."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, func, insert, or_, select
from sqlmodel import Session, col

from monitor.rules.wallclock import date_of
from monitor.store.queries.unknown_ids import UnknownId, candidates
from monitor.store.tables import Badge, Terminal, TerminalUser

_MINE = col(TerminalUser.terminal_id) == bindparam("terminal")
_LAST_LISTED = select(func.max(col(TerminalUser.listed_at))).where(_MINE)
_FORGET = delete(TerminalUser).where(_MINE)


def last_listed(session: Session, terminal_id: int) -> datetime | None:
    """When a terminal last told which ids it knows; None when it never did, or knows none."""
    return session.scalar(_LAST_LISTED, {"terminal": terminal_id})


def keep_listed(session: Session, terminal_id: int, users: Iterable[str], at: datetime) -> None:
    """Keep a terminal's list instead of the one before, in the caller's transaction."""
    session.connection().execute(_FORGET, {"terminal": terminal_id})
    rows = [{"terminal_id": terminal_id, "device_user_id": user, "listed_at": at} for user in users]
    if rows:
        session.connection().execute(insert(TerminalUser), rows)


def listed_without_badge(session: Session, day: int) -> list[UnknownId]:
    """Ids on terminals' lists that mean nobody on a day, by terminal and id; `punches` is 0."""
    on = date_of(day)
    here = or_(col(Badge.terminal_id).is_(None), col(Badge.terminal_id) == col(TerminalUser.terminal_id))
    holds = (
        or_(col(Badge.valid_from).is_(None), col(Badge.valid_from) <= on),
        or_(col(Badge.valid_to).is_(None), col(Badge.valid_to) >= on),
    )
    known = exists().where(col(Badge.device_user_id) == col(TerminalUser.device_user_id), here, *holds)
    wanted = (
        select(col(TerminalUser.terminal_id), col(Terminal.code), col(TerminalUser.device_user_id))
        .join(Terminal, col(Terminal.id) == col(TerminalUser.terminal_id))
        .where(~known)
        .order_by(col(Terminal.code), col(TerminalUser.device_user_id))
    )
    rows = session.connection().execute(wanted).all()
    people = candidates(session, {row[2] for row in rows})
    return [
        UnknownId(
            terminal_id=terminal,
            terminal=code,
            device_user_id=user,
            punches=0,
            first=0,
            last=0,
            candidates=tuple(people.get(user, ())),
        )
        for terminal, code, user in rows
    ]
