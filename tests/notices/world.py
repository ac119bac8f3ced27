"""Words that the tests of messages share: settings, who wants what, one look and one round."""

from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.config import Settings
from monitor.notices import deliver_one, queue_due
from monitor.notices.smtp import Ended
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, NoticeAddress, NoticeChoice, OutgoingMessage
from tests.web.cast import ON, ZONE

SENDER = "cham-cong@xa.example"
MORNING = datetime(ON.year, ON.month, ON.day, 8, 15, tzinfo=ZONE)


def moment(text: str) -> datetime:
    """A wall-clock reading in Vietnam as an aware instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def at(port: int, folder: Path, **mail: Any) -> Settings:
    """An installation whose mail server is on this machine."""
    told = {"host": "127.0.0.1", "port": port, "security": "none", "sender": SENDER, "timeout_seconds": 3}
    site = {"name": "UBND phường Trà Bá"}
    content = {"mail": told | mail, "site": site, "web": {"secret_key": "k" * 32}, "folder": folder}
    return Settings.model_validate(content)


def account_of(engine: Engine, name: str) -> Account:
    """An account of the cast."""
    with reading(engine) as session:
        found = session.scalars(select(Account).where(col(Account.user_name) == name)).one()
        session.expunge(found)
        return found


def wants(engine: Engine, name: str, language: str = "vi", **chosen: Any) -> None:
    """Give an account a confirmed address and a choice."""
    account_id = account_of(engine, name).id or 0
    kinds = {"morning": False, "evening": False, "monthly": False, "alarms": False}
    with transaction(engine) as session:
        session.merge(
            NoticeAddress(account_id=account_id, address=f"{name}@xa.example", confirmed_at=MORNING)
        )
        session.merge(NoticeChoice(account_id=account_id, language=language, **(kinds | chosen)))


def look_and_send(engine: Engine, settings: Settings, now: datetime) -> list[Ended]:
    """Queue what is due and send until nothing is."""
    queue_due(engine, settings, now)
    return send_all(engine, settings, now)


def send_all(engine: Engine, settings: Settings, now: datetime) -> list[Ended]:
    """Send until nothing is due."""
    found = []
    while (ended := deliver_one(engine, settings, lambda: now)) is not None:
        found.append(ended)
    return found


def rows(engine: Engine) -> list[OutgoingMessage]:
    """The outbox, oldest first."""
    with reading(engine) as session:
        found = list(session.scalars(select(OutgoingMessage).order_by(col(OutgoingMessage.id))))
        session.expunge_all()
        return found


def states(engine: Engine) -> list[str]:
    """The states of the outbox, oldest first."""
    return [row.state for row in rows(engine)]


def address_of(engine: Engine, name: str) -> NoticeAddress:
    """An account's address."""
    account_id = account_of(engine, name).id
    with reading(engine) as session:
        found = session.get_one(NoticeAddress, account_id)
        session.expunge(found)
        return found
