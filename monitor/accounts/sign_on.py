"""Whom the office's provider vouches for: the account of that name, which must exist already.

Nothing else is taken from the provider: no account is made, no role and no unit is read from its token.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from monitor import audit
from monitor.accounts import attempts
from monitor.accounts.credentials import account_named
from monitor.accounts.oidc import Flow, Provider, SignOnRefused, Vouched
from monitor.accounts.proving import NOBODY, Door, may_sign_on
from monitor.store.session import reading, transaction
from monitor.store.tables import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOn:
    """An account that the provider vouches for; `multi_factor`: with more than a password, and we take it."""

    account: Account
    multi_factor: bool


def provider_of(door: Door) -> Provider | None:
    """The configured provider, None without one."""
    oidc = door.settings.sign_on.oidc
    return Provider(oidc=oidc, folder=door.settings.folder) if oidc.issuer else None


def prove_sign_on(
    door: Door, provider: Provider, flow: Flow, answer: Mapping[str, str], holder: Account | None = None
) -> SignedOn:
    """The account that the provider's answer proves; `holder` is who is asked to prove to be there still.

    Each refusal is on the audit trail. Raises SignOnRefused: what `Provider.finish` says, `unknown`,
    `disabled` (or administrators may not), `another` (somebody else came back), or `closed` when too many
    came back in vain from one address.
    """
    keys = (attempts.address_key(door.visit.address),)
    with transaction(door.engine) as session:
        if not attempts.admit(session, keys, door.profile, door.now):
            raise SignOnRefused("closed")
    vouched: Vouched | None = None
    try:
        vouched = provider.finish(flow, answer, door.now)
        account = _account(door, vouched, holder)
    except SignOnRefused as refused:
        _tell(door, vouched, refused.why)
        raise
    with transaction(door.engine) as session:
        attempts.succeed(session, keys)
    return SignedOn(account=account, multi_factor=vouched.multi_factor)


def _account(door: Door, vouched: Vouched, holder: Account | None) -> Account:
    with reading(door.engine) as session:
        found = account_named(session, vouched.user_name)
        session.expunge_all()
    if found is None:
        raise SignOnRefused("unknown")
    if not may_sign_on(found, door.settings):
        raise SignOnRefused("disabled")
    if holder is not None and holder.id != found.id:
        raise SignOnRefused("another")
    return found


def _tell(door: Door, vouched: Vouched | None, why: str) -> None:
    """A refusal on the audit trail. A name that the provider vouched for is no secret; what was sent is."""
    with transaction(door.engine) as session:
        known = None if vouched is None else account_named(session, vouched.user_name)
        name = NOBODY if known is None else known.user_name
        told: dict[str, object] = {"with": "oidc", "why": why, "address": door.visit.address}
        if vouched is not None:
            told |= {"said": vouched.user_name}
        _record(session, door, name, told)


def _record(session: Session, door: Door, name: str, told: dict[str, object]) -> None:
    audit.record(
        session,
        at=door.now,
        actor=name,
        action="log_in_refused",
        subject=f"account:{name}",
        detail=told,
    )
