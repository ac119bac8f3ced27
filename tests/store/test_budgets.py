"""A token's budget is one, however many processes draw from it; what is not spent goes back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine, event

from monitor.config import Settings
from monitor.store.queries.budgets import Rule
from monitor.store.session import open_database, transaction
from monitor.store.tables import Account, ApiBudget, ApiToken
from monitor.web.api.budget import KEPT_SECONDS, SPENT_SECONDS, SharedBudget, budget_for
from monitor.web.push_limits import Budget

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FIFTY = Rule(burst=50, per_second=1e-6)


class Clock:
    """A process's clock, set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def tokens(engine: Engine) -> Engine:
    """Two tokens, 1 and 2."""
    with transaction(engine) as session:
        session.add(Account(id=1, user_name="admin", display_name="", role="admin"))
        session.flush()
        for number in (1, 2):
            session.add(
                ApiToken(
                    id=number, name="x", role="technician", owner_id=1, token_sha256=str(number),
                    made_by="admin", made_at=LONG_AGO, expires_at=LONG_AGO,
                )
            )  # fmt: skip
    return engine


@pytest.fixture
def writes(tokens: Engine) -> Iterator[list[str]]:
    """Every transaction that writes, as it begins."""
    begun: list[str] = []

    def note(connection: Connection) -> None:
        if connection.get_execution_options().get("writes"):
            begun.append("writes")

    event.listen(tokens, "begin", note)
    yield begun
    event.remove(tokens, "begin", note)


def test_processes_share_what_a_token_may_ask_for(tokens: Engine) -> None:
    here, there = SharedBudget(tokens, FIFTY), SharedBudget(tokens, FIFTY)
    let_in = [process.spend("1") for _ in range(40) for process in (here, there)]
    assert sum(let_in) == 50
    assert not any(let_in[60:])
    assert there.spend("2")


def test_one_request_in_twenty_writes_and_none_once_all_is_spent(tokens: Engine, writes: list[str]) -> None:
    clock = Clock()
    budget = SharedBudget(tokens, FIFTY, clock=clock)
    assert sum(budget.spend("1") for _ in range(50)) == 50
    assert len(writes) == 3
    for _ in range(50):
        clock.now += SPENT_SECONDS
        assert not budget.spend("1")
    assert len(writes) == 3


def test_what_was_drawn_and_not_spent_goes_back(tokens: Engine) -> None:
    clock = Clock()
    slow, other = SharedBudget(tokens, FIFTY, clock=clock), SharedBudget(tokens, FIFTY)
    for _ in range(10):
        assert slow.spend("1")
        clock.now += KEPT_SECONDS
    assert sum(other.spend("1") for _ in range(60)) == 50 - 10 - 19
    assert slow.spend("1")  # of the nineteen that it still had, which went back and were drawn again


def test_a_budget_refills(tokens: Engine) -> None:
    """Time that passes is a budget that was full again so much earlier: the database has the clock."""
    clock, slow = Clock(), Rule(burst=1, per_second=1e-3)
    budget = SharedBudget(tokens, slow, clock=clock)
    for _ in range(5):
        assert budget.spend("1")
        clock.now += SPENT_SECONDS
        assert not budget.spend("1")
        clock.now += SPENT_SECONDS
        with transaction(tokens) as session:
            session.get_one(ApiBudget, 1).full_at -= slow.refilling(1)


def test_a_busy_database_refuses_nobody_and_lets_nobody_in_without_end(sqlite_url: str) -> None:
    engine, other = open_database(sqlite_url), open_database(sqlite_url)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 1"))
    budget = SharedBudget(engine, FIFTY)
    with transaction(other):
        assert sum(budget.spend("1") for _ in range(70)) == 50
    engine.dispose()
    other.dispose()


def test_one_process_with_sqlite_counts_by_itself(sqlite_url: str) -> None:
    engine = open_database(sqlite_url)
    several = Settings.model_validate({"web": {"workers": 2}})
    assert isinstance(budget_for(engine, Settings(), FIFTY), Budget)
    assert isinstance(budget_for(engine, several, FIFTY), SharedBudget)
    engine.dispose()
