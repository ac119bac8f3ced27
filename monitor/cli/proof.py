"""`--as USER`: a command in an account's name, proven by its password and its second factor, if any."""

import os
from pathlib import Path

import click

from monitor import audit
from monitor.access import scope_of
from monitor.accounts import AccountRefused, Door, Visit, has_factor, lacks, prove_factor, prove_password
from monitor.cli.installation import Installation
from monitor.store.queries.tree import tree
from monitor.store.session import StoreError, reading, transaction
from monitor.store.tables import Account
from monitor.text import sentence

PASSWORD_FILE, CODE = "MONITOR_PASSWORD_FILE", "MONITOR_CODE"
PERIOD_ROLES = frozenset({"admin", "hr"})
"""Who may close and reopen months."""

AS = click.option("--as", "user", metavar="USER", help="Tài khoản thực hiện / in this account's name.")


def actor_over(installation: Installation, user: str | None, unit: str) -> str:
    """The name to act in on a unit: a proven account's, or the operating system's user without `--as`.

    Raises AccountRefused `account_not_proven`, `account_not_complete` or `account_may_not`, and StoreError
    `unknown_unit`.
    """
    if user is None:
        return installation.actor
    account = _proven(installation, user)
    with reading(installation.engine) as session:
        units = tree(session)
        found = units.by_code(unit)
        if found is None:
            raise StoreError("unknown_unit", unit=unit)
        scope = scope_of(session, account, installation.local_now().date(), units)
    if scope.role not in PERIOD_ROLES or not scope.sees_unit(found.id):
        raise AccountRefused("account_may_not", user=account.user_name, unit=unit)
    return account.user_name


def _proven(installation: Installation, user: str) -> Account:
    visit = Visit(address=installation.actor)
    door = Door(
        engine=installation.engine, settings=installation.settings, visit=visit, now=installation.clock()
    )
    account = prove_password(door, user, _password(installation, user))
    if account is None:
        raise AccountRefused("account_not_proven", user=user)
    factor = has_factor(installation.engine, account)
    if factor and not prove_factor(door, account, _code(installation, user)):
        raise AccountRefused("account_not_proven", user=user)
    if lacks(door, account, factor_proven=factor):
        raise AccountRefused("account_not_complete", user=user)
    _tell(door, account)
    return account


def _password(installation: Installation, user: str) -> str:
    """From a file that a script names, or typed without being shown; never an argument, which others see."""
    if path := os.environ.get(PASSWORD_FILE):
        try:
            return Path(path).read_text(encoding="utf-8").strip("\r\n")
        except OSError:
            raise StoreError("file_unreadable", file=path) from None
    asked: str = click.prompt(
        sentence("prompt_password", {"user": user}, installation.words), hide_input=True, err=True
    )
    return asked


def _code(installation: Installation, user: str) -> str:
    """The code of the second factor."""
    if code := os.environ.get(CODE):
        return code
    asked: str = click.prompt(sentence("prompt_code", {"user": user}, installation.words), err=True)
    return asked


def _tell(door: Door, account: Account) -> None:
    name, detail = account.user_name, {"method": "command_line", "address": door.visit.address}
    with transaction(door.engine) as session:
        audit.record(
            session, at=door.now, actor=name, action="log_in", subject=f"account:{name}", detail=detail
        )
