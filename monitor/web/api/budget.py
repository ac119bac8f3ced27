"""One budget of requests for each token, whichever process answers: drawn from the database by portions."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from monitor.config import Settings
from monitor.store.queries.budgets import Rule, draw, is_spent
from monitor.store.session import reading, transaction
from monitor.web.push_limits import Budget

log = logging.getLogger(__name__)

PORTION = 20
"""Requests drawn at once: one commit for so many, and so many may lie unused with another process."""
KEPT_SECONDS = 60.0
"""A portion is not spent later: by then its budget may be full again."""
SPENT_SECONDS = 1.0
"""Whoever goes on asking with nothing left asks the database once in so long."""


class Spending(Protocol):
    """What lets a request in or not."""

    def spend(self, key: str) -> bool:
        """Take one; false when none is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Portion:
    left: int
    until: float

    def after(self, now: float) -> "_Portion | None":
        """What is left after one more request; None when there is nothing to spend."""
        alive = self.left > 0 and now < self.until
        return _Portion(left=self.left - 1, until=self.until) if alive else None


class SharedBudget:
    """Budgets of tokens, by their numbers, over all processes with one database.

    Never more than `burst` at once and `per_second` in the long run are let in by all of them together, but
    for what was drawn within the last minute. While the database is busy each process counts for itself.
    """

    def __init__(self, engine: Engine, rule: Rule, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Draw nothing yet."""
        self._engine, self._rule, self._clock = engine, rule, clock
        self._alone = Budget(burst=rule.burst, per_second=rule.per_second, clock=clock)
        self._portions: dict[str, _Portion] = {}
        self._spent_until: dict[str, float] = {}
        self._lock = threading.Lock()

    def spend(self, key: str) -> bool:
        """Take a request; false when none is left."""
        now = self._clock()
        with self._lock:
            held = self._portions.pop(key, None)
            after = None if held is None else held.after(now)
            if after is not None:
                self._portions[key] = after
                return True
            if now < self._spent_until.get(key, now):
                return False
        try:
            drawn = self._drawn(int(key), 0 if held is None else held.left)
        except OperationalError:
            log.warning("budget not shared", extra={"event": "budget_not_shared"})
            return self._alone.spend(key)
        return self._kept(key, drawn, now)

    def _drawn(self, token_id: int, back: int) -> int:
        with reading(self._engine) as session:
            if not back and is_spent(session, token_id, self._rule):
                return 0
        with transaction(self._engine) as session:
            return draw(session, token_id, PORTION, back, self._rule)

    def _kept(self, key: str, drawn: int, now: float) -> bool:
        """Spend one of what was drawn and keep the others; another thread may have drawn some as well."""
        with self._lock:
            if not drawn:
                self._spent_until[key] = now + SPENT_SECONDS
                return False
            others = self._portions.get(key, _Portion(left=0, until=now))
            self._portions[key] = _Portion(left=others.left + drawn - 1, until=now + KEPT_SECONDS)
            self._spent_until.pop(key, None)
            return True


def budget_for(engine: Engine, settings: Settings, rule: Rule) -> Spending:
    """A shared budget where several processes may answer; one process with SQLite counts by itself."""
    if engine.dialect.name == "sqlite" and settings.web.workers == 1:
        return Budget(burst=rule.burst, per_second=rule.per_second)
    return SharedBudget(engine, rule)
