"""What tokens may still ask for, counted over all processes by one instant each (`ApiBudget`).

A budget is used up by as much as its refilling takes until `full_at`. Processes draw portions of it and spend
them without asking again, so a request in twenty writes here, not each.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from monitor.store.queries.lease import database_now
from monitor.store.tables import ApiBudget


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """So many requests at once, and so many a second (more than 0) in the long run."""

    burst: int
    per_second: float

    def left(self, full_at: datetime, now: datetime) -> int:
        """How many requests a budget still has."""
        used = max((full_at - now).total_seconds(), 0) * self.per_second
        return max(int(self.burst - used), 0)

    def refilling(self, requests: int) -> timedelta:
        """How long it takes until so many have come back."""
        return timedelta(seconds=requests / self.per_second)


def is_spent(session: Session, token_id: int, rule: Rule) -> bool:
    """Whether nothing is left; asked first, so that whoever goes on asking in vain writes nothing."""
    full_at = session.scalar(select(col(ApiBudget.full_at)).where(col(ApiBudget.token_id) == token_id))
    return full_at is not None and not rule.left(full_at, database_now(session))


def draw(session: Session, token_id: int, wanted: int, back: int, rule: Rule) -> int:
    """Put `back` what was drawn and not spent, and draw up to so many; how many, in a writing transaction."""
    row = _locked(session, token_id)
    now = database_now(session)
    full_at = max(row.full_at - rule.refilling(back), now)
    drawn = min(wanted, rule.left(full_at, now))
    row.full_at = full_at + rule.refilling(drawn)
    session.flush()
    return drawn


def _locked(session: Session, token_id: int) -> ApiBudget:
    """The row of a token, held until the transaction ends; made where there is none."""
    dialect = postgresql if session.connection().dialect.name == "postgresql" else sqlite
    new = dialect.insert(ApiBudget).values(token_id=token_id, full_at=database_now(session))
    same = new.on_conflict_do_update(index_elements=["token_id"], set_={"token_id": token_id})
    session.connection().execute(same)
    return session.get_one(ApiBudget, token_id, populate_existing=True)
