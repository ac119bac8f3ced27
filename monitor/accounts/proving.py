"""Proving who one is, by password (one's own or the directory's), code or recovery code.

Wrong, unknown, closed: one answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete, update
from sqlmodel import Session, col

from monitor import audit
from monitor.accounts import attempts, codes, directory, hashing
from monitor.accounts.credentials import account_named, credential_of, plain_name, stored_credential
from monitor.accounts.directory import Answer
from monitor.accounts.profiles import Profile, needs_factor, profile_of
from monitor.accounts.sealing import unseal
from monitor.accounts.sessions import Visit
from monitor.accounts.tokens import token_hash
from monitor.config import Settings, secret_key
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, Credential, RecoveryCode

NOBODY = "-"
"""The actor of a try under a name that nobody has: what was typed may be a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where proofs are asked for: the database, the rules, who comes from where, when."""

    engine: Engine
    settings: Settings
    visit: Visit
    now: datetime

    @property
    def profile(self) -> Profile:
        """The password profile in force."""
        return profile_of(self.settings)


def prove_password(door: Door, user_name: str, password: str) -> Account | None:
    """The account whose password this is, or None: for whatever reason, with the same work.

    One password hash is checked in every case but one: a counter that is closed, alike for known and
    unknown names; and the directory, where there is one, is asked in all these cases too. It counts for
    accounts without a password of their own. A right password whose hash was made at another cost is
    hashed anew.
    """
    opened = _opened(door, user_name)
    if opened is None:
        return None
    account, keys, stored = opened
    right = hashing.verify(stored or hashing.nobodys_hash(door.profile.scheme), password)
    counts = account is not None and not stored and may_sign_on(account, door.settings)
    answer = directory.ask(door.settings, plain_name(user_name), password if counts else None, door.now)
    if account is None or not (answer is Answer.YES if counts else right and stored and not account.disabled):
        _refuse_password(door, account, keys, answer, counts=counts)
        return None
    with transaction(door.engine) as session:
        attempts.succeed(session, keys)
        if stored:
            _rehash(session, account.id or 0, stored, password, door.profile)
    return account


def may_sign_on(account: Account, settings: Settings) -> bool:
    """Whether somebody other than this program may vouch for an account's holder."""
    return not account.disabled and (account.role != "admin" or settings.sign_on.administrators)


def _refuse_password(
    door: Door, account: Account | None, keys: Sequence[str], answer: Answer, *, counts: bool
) -> None:
    """Tell of a wrong try. One that the directory could not judge does not count."""
    if counts and answer is Answer.DOWN:
        with transaction(door.engine) as session:
            attempts.take_back(session, keys)
    _refuse(door, account, keys[0], "directory_down" if answer is Answer.DOWN else "password")


def _opened(door: Door, user_name: str) -> tuple[Account | None, Sequence[str], str] | None:
    """The account of a name, its counters and its hash, once a try is counted; None when it may not try."""
    with transaction(door.engine) as session:
        account = account_named(session, user_name)
        own = attempts.name_key(plain_name(user_name)) if account is None else f"account:{account.id}"
        keys = (own, attempts.address_key(door.visit.address))
        if not attempts.admit(session, keys, door.profile, door.now):
            return None
        stored = "" if account is None else stored_credential(session, account.id or 0).password_hash
        if account is not None:
            session.expunge(account)
    return account, keys, stored


def _rehash(session: Session, account_id: int, stored: str, password: str, profile: Profile) -> None:
    """Bring the hash up to date, unless the password was changed meanwhile."""
    if hashing.is_outdated(stored, profile.scheme):
        mine = col(Credential.account_id) == account_id, col(Credential.password_hash) == stored
        fresh = hashing.hash_password(password, profile.scheme)
        session.connection().execute(update(Credential).where(*mine).values(password_hash=fresh))


def prove_factor(door: Door, account: Account, code: str) -> bool:
    """Whether this is an unused code of the account's second factor, or one of its recovery codes."""
    account_id = account.id or 0
    keys = (f"factor:{account_id}", attempts.address_key(door.visit.address))
    with transaction(door.engine) as session:
        if not attempts.admit(session, keys, door.profile, door.now):
            return False
    with transaction(door.engine) as session:
        how = _use_code(session, door, account_id, code)
        if how:
            attempts.succeed(session, keys)
        if how == "recovery_code":
            _record(session, door, how, account, {})
    if not how:
        _refuse(door, account, keys[0], "factor")
    return bool(how)


def _use_code(session: Session, door: Door, account_id: int, code: str) -> str:
    """How the code was right, '' when it was not; it is used up."""
    credential = credential_of(session, account_id)
    secret = unseal(credential.factor_secret, secret_key(door.settings))
    if not secret:
        return ""
    step = codes.matching_step(secret, code, door.now, credential.factor_step)
    if step is not None and use_step(session, account_id, step):
        return "factor"
    return "recovery_code" if _use_recovery_code(session, account_id, code) else ""


def use_step(session: Session, account_id: int, step: int) -> bool:
    """Take a half-minute's code; False when it, or a later one, was taken already."""
    mine = col(Credential.account_id) == account_id, col(Credential.factor_step) < step
    done = session.connection().execute(update(Credential).where(*mine).values(factor_step=step))
    return done.rowcount == 1


def _use_recovery_code(session: Session, account_id: int, code: str) -> bool:
    mine = col(RecoveryCode.account_id) == account_id, col(RecoveryCode.code_sha256) == token_hash(code)
    return session.connection().execute(delete(RecoveryCode).where(*mine)).rowcount == 1


def has_factor(engine: Engine, account: Account) -> bool:
    """Whether an account has a second factor."""
    with reading(engine) as session:
        return bool(stored_credential(session, account.id or 0).factor_secret)


def proof_by_password(engine: Engine, account: Account) -> str:
    """Which password `prove_password` asks for: `password`, one's own, or `ldap`, the directory's."""
    with reading(engine) as session:
        return "password" if stored_credential(session, account.id or 0).password_hash else "ldap"


def lacks(door: Door, account: Account, *, factor_proven: bool, by_password: bool = True) -> str:
    """What a log-in still lacks: `factor`, `enrolment`, `new_password`, or '' for nothing.

    A password that has ended matters only to a log-in that used one.
    """
    with reading(door.engine) as session:
        credential = stored_credential(session, account.id or 0)
    if credential.factor_secret and not factor_proven:
        return "factor"
    if not credential.factor_secret and needs_factor(account.role):
        return "enrolment"
    return "new_password" if by_password and _ended(credential, door) else ""


def _ended(credential: Credential, door: Door) -> bool:
    lives, set_at = door.profile.lives, credential.password_set_at
    return lives is not None and set_at is not None and door.now - set_at > lives


def _refuse(door: Door, account: Account | None, key: str, proof: str) -> None:
    """Tell of a wrong try, and of the lock-out when this one closed the account."""
    with transaction(door.engine) as session:
        _record(session, door, "log_in_refused", account, {"with": proof})
        if account is not None and attempts.closes(session, key, door.profile):
            _record(session, door, "account_locked", account, {"with": proof})


def _record(
    session: Session, door: Door, action: str, account: Account | None, detail: dict[str, object]
) -> None:
    """An outcome on the audit trail: never what was typed."""
    name = NOBODY if account is None else account.user_name
    told = detail | {"address": door.visit.address}
    audit.record(session, at=door.now, actor=name, action=action, subject=f"account:{name}", detail=told)
