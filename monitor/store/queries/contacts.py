"""The last contacts with every terminal, for the page of the terminals."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from monitor.store.tables import Pull, PullRequest, Terminal, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A terminal with its last contact, the last that went well, and whether one is asked for."""

    code: str
    name: str
    kind: str
    unit_name: str | None
    last: Pull | None
    last_good: Pull | None
    asked: bool


def contacts(session: Session) -> list[Contact]:
    """Every terminal in order of its code."""
    columns = (col(Terminal.id), col(Terminal.code), col(Terminal.name), col(Terminal.kind), col(Unit.name))
    rows = session.connection().execute(
        select(*columns).outerjoin(Unit, col(Unit.id) == col(Terminal.unit_id)).order_by(col(Terminal.code))
    )
    last, good = _newest(session), _newest(session, col(Pull.error_code) == "")
    waiting = set(
        session.scalars(select(col(PullRequest.terminal_id)).where(col(PullRequest.pull_id).is_(None)))
    )
    return [
        Contact(
            code=row[1],
            name=row[2],
            kind=row[3],
            unit_name=row[4],
            last=last.get(row[0] or 0),
            last_good=good.get(row[0] or 0),
            asked=row[0] in waiting,
        )
        for row in rows
    ]


def _newest(session: Session, *conditions: ColumnElement[bool]) -> Mapping[int, Pull]:
    """The newest pull of each terminal that meets the conditions."""
    newest = select(func.max(col(Pull.id))).where(*conditions).group_by(col(Pull.terminal_id))
    found = session.scalars(select(Pull).where(col(Pull.id).in_(newest)))
    return {pull.terminal_id: pull for pull in found}
