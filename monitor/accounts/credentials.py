"""An account by its name, and the row of what proves its holder."""

import unicodedata

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.accounts.errors import AccountRefused
from monitor.store.tables import Account, Credential

LONGEST_NAME = 200


def plain_name(user_name: str) -> str:
    """A user name as it is stored: people type capitals and spaces around it."""
    return unicodedata.normalize("NFKC", user_name[:LONGEST_NAME]).strip().lower()


def account_named(session: Session, user_name: str) -> Account | None:
    """The account of a name, however it was typed."""
    return session.scalars(select(Account).where(col(Account.user_name) == plain_name(user_name))).first()


def known_account(session: Session, user_name: str) -> Account:
    """The account of a name, locked for change. Raises AccountRefused `account_unknown`."""
    wanted = select(Account).where(col(Account.user_name) == plain_name(user_name)).with_for_update()
    account = session.scalars(wanted).first()
    if account is None:
        raise AccountRefused("account_unknown", user=user_name)
    return account


def credential_of(session: Session, account_id: int) -> Credential:
    """What proves an account's holder, held until the transaction ends; made when there is none yet."""
    wanted = select(Credential).where(col(Credential.account_id) == account_id).with_for_update()
    found = session.scalars(wanted).first()
    if found is None:
        found = Credential(account_id=account_id)
        session.add(found)
        session.flush()
    return found


def stored_credential(session: Session, account_id: int) -> Credential:
    """The same for reading: an empty one when there is none."""
    return session.get(Credential, account_id) or Credential(account_id=account_id)
