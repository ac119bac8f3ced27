"""An account's own address and choices: an address counts once a code that was mailed to it came back."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from monitor import audit
from monitor.access import Scope
from monitor.config import Settings, is_mail_address, secret_key
from monitor.notices.digests import kinds_for
from monitor.notices.errors import NoticeRefused
from monitor.notices.outbox import Queued, queue, queued_since
from monitor.store.tables import Account, NoticeAddress, NoticeChoice, OutgoingMessage

CODE_LASTS = timedelta(minutes=30)
CODE_DIGITS = 8
CODE_TRIES = 5
MOST_A_DAY = 5
"""Codes, and trial messages, that an account can have sent in a day: no mailbox is flooded from here."""
DAY = timedelta(days=1)
CHOSEN = ("morning", "evening", "monthly", "alarms", "asked", "days_off")
FIELDS = ("language", *CHOSEN, "quiet_from", "quiet_to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What an account's page shows; `kinds` are those that its role can have."""

    address: NoticeAddress
    choice: NoticeChoice
    kinds: frozenset[str]


def default_choice(account: Account, settings: Settings) -> NoticeChoice:
    """What holds before anything was chosen."""
    return NoticeChoice(
        account_id=account.id or 0,
        language=settings.site.language,
        morning=account.role == "head",
        evening=False,
        monthly=account.role in {"head", "hr"},
        alarms=account.role in {"technician", "admin"},
    )


def settled(session: Session, account: Account, scope: Scope, settings: Settings) -> Settled:
    """An account's address and choices, as they are or as they would be."""
    account_id = account.id or 0
    return Settled(
        address=session.get(NoticeAddress, account_id) or NoticeAddress(account_id=account_id),
        choice=session.get(NoticeChoice, account_id) or default_choice(account, settings),
        kinds=kinds_for(scope),
    )


def ask_address(session: Session, account: Account, address: str, settings: Settings, now: datetime) -> None:
    """Have a code sent to an address; the address that is confirmed stays until the code came back.

    Raises NoticeRefused `notice_no_server`, `notice_address_bad` or `notice_too_many`.
    """
    _require_server(settings)
    if not is_mail_address(address):
        raise NoticeRefused("notice_address_bad")
    _require_few(session, account, "confirm", now)
    row = _address_of(session, account)
    before = row.address
    row.candidate, row.code_digest, row.code_until, row.code_tries = address, "", None, 0
    _drop_waiting(session, account, now)
    _queue_own(session, account, "confirm", settings, now)
    _record(session, account, "notice_address_ask", now, before=before, after=address)


def make_code(row: NoticeAddress, settings: Settings, now: datetime) -> str:
    """A new code for the address that waits; made when it is sent, so that it is stored nowhere."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
    row.code_digest, row.code_until, row.code_tries = _digest(row, code, settings), now + CODE_LASTS, 0
    return code


def confirm_address(session: Session, account: Account, code: str, settings: Settings, now: datetime) -> bool:
    """Take the address that waits when the code is right; False, and one try less, when it is not."""
    row = _address_of(session, account)
    if not row.code_digest or row.code_until is None or row.code_until <= now or row.code_tries >= CODE_TRIES:
        return False
    row.code_tries += 1
    typed = _digest(row, "".join(code.split()), settings)
    if not hmac.compare_digest(typed, row.code_digest):
        session.flush()
        return False
    before, row.address, row.confirmed_at = row.address, row.candidate, now
    row.candidate, row.code_digest, row.code_until = "", "", None
    row.bounced_at, row.bounce = None, ""
    _record(session, account, "notice_address", now, before=before, after=row.address)
    return True


def forget_address(session: Session, account: Account, now: datetime) -> None:
    """Write to the account no more; what waits for it is dropped."""
    row = _address_of(session, account)
    before = row.address
    session.delete(row)
    _drop_waiting(session, account, now, every_kind=True)
    _record(session, account, "notice_address", now, before=before, after="")


def save_choice(session: Session, account: Account, choice: NoticeChoice, now: datetime) -> None:
    """Keep what an account chose."""
    known = session.get(NoticeChoice, account.id)
    before = {} if known is None else {name: getattr(known, name) for name in FIELDS}
    session.merge(choice)
    after = {name: getattr(choice, name) for name in FIELDS}
    _record(session, account, "notice_choice", now, before=before, after=after)


def ask_test(session: Session, account: Account, settings: Settings, now: datetime, actor: str = "") -> None:
    """Queue a trial message to an account's confirmed address.

    Raises NoticeRefused `notice_no_server`, `notice_no_address` or `notice_too_many`.
    """
    _require_server(settings)
    row = session.get(NoticeAddress, account.id)
    if row is None or row.confirmed_at is None or row.bounced_at is not None:
        raise NoticeRefused("notice_no_address", user=account.user_name)
    _require_few(session, account, "test", now)
    _queue_own(session, account, "test", settings, now)
    _record(session, account, "notice_test", now, actor=actor)


def _require_server(settings: Settings) -> None:
    if not settings.mail.host:
        raise NoticeRefused("notice_no_server")


def _require_few(session: Session, account: Account, kind: str, now: datetime) -> None:
    if queued_since(session, account.id or 0, kind, now - DAY) >= MOST_A_DAY:
        raise NoticeRefused("notice_too_many", most=MOST_A_DAY)


def _address_of(session: Session, account: Account) -> NoticeAddress:
    row = session.get(NoticeAddress, account.id)
    if row is None:
        row = NoticeAddress(account_id=account.id or 0)
        session.add(row)
        session.flush()
    return row


def _drop_waiting(session: Session, account: Account, now: datetime, *, every_kind: bool = False) -> None:
    message = OutgoingMessage
    mine = update(message).where(col(message.account_id) == account.id, col(message.state) == "queued")
    found = mine if every_kind else mine.where(col(message.kind) == "confirm")
    ended = {"state": "dropped", "finished_at": now, "error": "notice_replaced"}
    session.connection().execute(found.values(**ended))


def _queue_own(session: Session, account: Account, kind: str, settings: Settings, now: datetime) -> None:
    chosen = session.get(NoticeChoice, account.id) or default_choice(account, settings)
    message = Queued(
        key=f"{kind}:{account.id}:{secrets.token_hex(8)}",
        kind=kind,
        about="",
        language=chosen.language,
        expires_at=now + CODE_LASTS,
        account_id=account.id or 0,
    )
    queue(session, message, now)


def _digest(row: NoticeAddress, code: str, settings: Settings) -> str:
    """Keyed, for eight figures alone could be tried out; bound to the address that the code was sent to."""
    told = f"notice-code 1\n{row.account_id}\n{row.candidate}\n{code}"
    return hmac.digest(secret_key(settings).encode(), told.encode(), "sha256").hex()


def _record(
    session: Session, account: Account, action: str, now: datetime, actor: str = "", **detail: object
) -> None:
    session.flush()
    name = account.user_name
    audit.record(
        session, at=now, actor=actor or name, action=action, subject=f"account:{name}", detail=detail
    )
