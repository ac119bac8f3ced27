"""What people do to their own account: password, second factor, recovery codes, other log-ins."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from monitor import audit
from monitor.accounts import codes, hashing, passwords, sessions
from monitor.accounts.credentials import credential_of
from monitor.accounts.errors import AccountRefused, Fault, PasswordRefused
from monitor.accounts.profiles import needs_factor
from monitor.accounts.proving import Door, proof_by_password, prove_password
from monitor.accounts.sealing import seal, unseal
from monitor.accounts.slips import context_of, set_password
from monitor.accounts.tokens import new_token, token_hash
from monitor.config import secret_key
from monitor.store.session import transaction
from monitor.store.tables import Account, RecoveryCode

RECOVERY_CODES = 10


def change_password(door: Door, account: Account, old: str, new: str, kept: int | None) -> None:
    """Set another password; every log-in but the one with the id `kept` ends, and a slip is void.

    Raises AccountRefused `password_elsewhere` for an account without a password of its own, which the
    directory's would prove, `password_wrong` when the old one is wrong (or too many were tried) and
    PasswordRefused when the new one breaks rules.
    """
    if proof_by_password(door.engine, account) != "password":
        raise AccountRefused("password_elsewhere")
    if prove_password(door, account.user_name, old) is None:
        raise AccountRefused("password_wrong")
    passwords.check(new, door.profile, context_of(account, door.settings))
    with transaction(door.engine) as session:
        current = session.get_one(Account, account.id)
        if hashing.verify(credential_of(session, current.id or 0).password_hash, new):
            raise PasswordRefused((Fault(code="password_same"),))
        set_password(session, current, new, door)
        current.token_sha256 = None
        sessions.end_all(session, current.id or 0, but=kept)
        _record(session, door, "change_password", current)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Enrolment:
    """A second factor that is not confirmed yet. Nothing is stored: the browser keeps `sealed`."""

    secret: str
    sealed: str


def begin_factor(door: Door, account: Account, sealed: str = "") -> Enrolment:
    """A secret for a new second factor: the one in `sealed` if it was made for this account."""
    key = secret_key(door.settings)
    owner, _, secret = unseal(sealed, key).partition(":")
    if owner != str(account.id):
        secret = codes.new_secret()
        sealed = seal(f"{account.id}:{secret}", key)
    return Enrolment(secret=secret, sealed=sealed)


def confirm_factor(
    door: Door, account: Account, enrolment: Enrolment, code: str, kept: int | None = None
) -> list[str]:
    """Take the new second factor once its first code is right; gives its recovery codes, shown only now.

    Log-ins other than the one with the id `kept` end. Raises AccountRefused `factor_wrong`.
    """
    step = codes.matching_step(enrolment.secret, code, door.now, 0)
    if step is None:
        raise AccountRefused("factor_wrong")
    with transaction(door.engine) as session:
        credential = credential_of(session, account.id or 0)
        credential.factor_secret = seal(enrolment.secret, secret_key(door.settings))
        credential.factor_step, credential.factor_at = step, door.now
        session.flush()
        sessions.end_all(session, account.id or 0, but=kept)
        _record(session, door, "set_factor", account)
        return _new_recovery_codes(session, account.id or 0)


def remove_factor(door: Door, account: Account) -> None:
    """Do without a second factor. Raises AccountRefused `factor_needed` where the role must have one."""
    if needs_factor(account.role):
        raise AccountRefused("factor_needed")
    with transaction(door.engine) as session:
        clear_factor(session, account.id or 0)
        _record(session, door, "remove_factor", account)


def clear_factor(session: Session, account_id: int) -> None:
    """Forget a second factor with everything that belongs to it."""
    credential = credential_of(session, account_id)
    credential.factor_secret, credential.factor_step, credential.factor_at = "", 0, None
    session.connection().execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    session.flush()


def renew_recovery_codes(door: Door, account: Account) -> list[str]:
    """New recovery codes in place of all old ones. Raises AccountRefused `factor_none`."""
    with transaction(door.engine) as session:
        if not credential_of(session, account.id or 0).factor_secret:
            raise AccountRefused("factor_none")
        _record(session, door, "renew_recovery_codes", account)
        return _new_recovery_codes(session, account.id or 0)


def _new_recovery_codes(session: Session, account_id: int) -> list[str]:
    session.connection().execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    found = [new_token() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account_id, code_sha256=token_hash(code)) for code in found)
    session.flush()
    return found


def recovery_codes_left(session: Session, account_id: int) -> int:
    """How many recovery codes are unused."""
    wanted = select(func.count()).where(col(RecoveryCode.account_id) == account_id)
    return int(session.connection().execute(wanted).scalar_one())


def end_own(door: Door, account: Account, session_id: int) -> None:
    """End one of one's own log-ins; nothing happens when it is over already."""
    with transaction(door.engine) as session:
        if sessions.end(session, account.id or 0, session_id):
            _record(session, door, "end_session", account)


def end_others(door: Door, account: Account, kept: int) -> int:
    """End all of one's own log-ins but one; gives how many."""
    with transaction(door.engine) as session:
        ended = sessions.end_all(session, account.id or 0, but=kept)
        _record(session, door, "end_other_sessions", account)
        return ended


def _record(session: Session, door: Door, action: str, account: Account) -> None:
    subject, detail = f"account:{account.user_name}", {"address": door.visit.address}
    audit.record(session, at=door.now, actor=account.user_name, action=action, subject=subject, detail=detail)
