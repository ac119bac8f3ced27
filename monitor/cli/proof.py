"""An account proven at the command line: by its password and its second factor, if any."""

import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from monitor import audit
from monitor.access import Action, Scope, scope_of
from monitor.accounts import AccountRefused, Door, Visit, has_factor, lacks, prove_factor, prove_password
from monitor.config import Settings
from monitor.store.session import StoreError, reading, transaction
from monitor.store.tables import Account
from monitor.text import sentence

PASSWORD_FILE, CODE = "MONITOR_PASSWORD_FILE", "MONITOR_CODE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """The account in whose name a command runs, and what it reaches today."""

    user_name: str
    scope: Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who says to be whom: the account's name, the operating system's user, and the language to ask in."""

    engine: Engine
    settings: Settings
    user: str
    operator: str
    now: datetime
    on: date
    language: str


def acting_for(claim: Claim, action: Action) -> Acting:
    """The account, proven and allowed to.

    Raises AccountRefused `account_not_proven`, `account_not_complete` or `account_may_not`.
    """
    account = _proven(claim)
    with reading(claim.engine) as session:
        scope = scope_of(session, account, claim.on)
    if not scope.may(action):
        raise AccountRefused("account_may_not", user=account.user_name)
    return Acting(user_name=account.user_name, scope=scope)


def _proven(claim: Claim) -> Account:
    visit = Visit(address=claim.operator)
    door = Door(engine=claim.engine, settings=claim.settings, visit=visit, now=claim.now)
    account = prove_password(door, claim.user, _password(claim))
    if account is None:
        raise AccountRefused("account_not_proven", user=claim.user)
    factor = has_factor(claim.engine, account)
    if factor and not prove_factor(door, account, _code(claim)):
        raise AccountRefused("account_not_proven", user=claim.user)
    if lacks(door, account, factor_proven=factor):
        raise AccountRefused("account_not_complete", user=claim.user)
    _tell(door, account)
    return account


def _password(claim: Claim) -> str:
    """From a file that a script names, or typed without being shown; never an argument, which others see."""
    if path := os.environ.get(PASSWORD_FILE):
        try:
            return Path(path).read_text(encoding="utf-8").strip("\r\n")
        except OSError:
            raise StoreError("file_unreadable", file=path) from None
    words = sentence("prompt_password", {"user": claim.user}, claim.language)
    asked: str = click.prompt(words, hide_input=True, err=True)
    return asked


def _code(claim: Claim) -> str:
    """The code of the second factor."""
    if code := os.environ.get(CODE):
        return code
    asked: str = click.prompt(sentence("prompt_code", {"user": claim.user}, claim.language), err=True)
    return asked


def _tell(door: Door, account: Account) -> None:
    name, detail = account.user_name, {"method": "command_line", "address": door.visit.address}
    with transaction(door.engine) as session:
        audit.record(
            session, at=door.now, actor=name, action="log_in", subject=f"account:{name}", detail=detail
        )
