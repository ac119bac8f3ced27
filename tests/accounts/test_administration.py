"""What administrators may not do to each other, also when two act at once."""

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.accounts import AccountRefused, administration
from monitor.accounts.administration import By
from monitor.store.session import reading, transaction
from monitor.store.tables import Account
from tests.accounts.cast import NOW, add_account, settings_of
from tests.accounts.test_proving import at_once


def by(account: Account | None = None) -> By:
    """A change by an account, or from the command line."""
    name = "cli:may" if account is None else account.user_name
    return By(actor=name, settings=settings_of(), now=NOW, account_id=None if account is None else account.id)


def working_administrators(engine: Engine) -> list[str]:
    """Names of administrators who can log in."""
    with reading(engine) as session:
        rows = select(col(Account.user_name)).where(col(Account.role) == "admin", ~col(Account.disabled))
        return list(session.scalars(rows))


def attempt(engine: Engine, what: str, user: str, maker: By) -> str:
    """The code of a refusal, '' when it was done."""
    try:
        with transaction(engine) as session:
            if what == "disable":
                administration.disable(session, user, maker)
            else:
                administration.change_role(session, user, "staff", "", maker)
    except AccountRefused as refused:
        return refused.code
    return ""


@pytest.mark.parametrize("what", ["disable", "demote"])
def test_the_last_administrator_is_spared(engine: Engine, what: str) -> None:
    add_account(engine, "mot", "admin")
    two = add_account(engine, "hai", "admin")

    assert attempt(engine, what, "mot", by(two)) == ""
    assert attempt(engine, what, "hai", by()) == "account_last_administrator"
    assert attempt(engine, what, "hai", by(two)) == "account_own"
    assert working_administrators(engine) == ["hai"]


def test_two_administrators_who_disable_each_other_at_once_leave_one(engine: Engine) -> None:
    one, two = add_account(engine, "mot", "admin"), add_account(engine, "hai", "admin")

    found = at_once(
        lambda: attempt(engine, "disable", "hai", by(one)), lambda: attempt(engine, "disable", "mot", by(two))
    )

    assert sorted(map(str, found)) == ["", "account_last_administrator"]
    assert len(working_administrators(engine)) == 1


def test_a_disabled_administrator_does_not_count(engine: Engine) -> None:
    add_account(engine, "mot", "admin")
    add_account(engine, "hai", "admin")
    attempt(engine, "disable", "hai", by())

    assert attempt(engine, "disable", "mot", by()) == "account_last_administrator"


def test_a_role_among_administrators_may_change_to_administrator(engine: Engine) -> None:
    add_account(engine, "mot", "admin")
    with transaction(engine) as session:
        administration.change_role(session, "mot", "admin", "", by())

    assert working_administrators(engine) == ["mot"]
