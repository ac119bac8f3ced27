"""What the doctor tells of messages."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from monitor.config import Settings
from monitor.doctor import Finding
from monitor.notices.channels import installed
from monitor.notices.listing import bounced
from monitor.store.tables import OutgoingMessage

WAITS = timedelta(hours=1)
LATELY = timedelta(days=7)


def findings(session: Session, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Addresses that are no good, messages that wait, failed or may be lost, a channel without its extra."""
    if refused := bounced(session):
        names = ", ".join(name for name, _at, _reply in refused)
        yield Finding(code="doctor_mail_bounced", values={"count": len(refused), "users": names})
    if count := _waiting(session, now):
        yield Finding(code="doctor_mail_waits", values={"count": count})
    for state in ("unknown", "failed", "given_up"):
        if count := _ended(session, state, now):
            yield Finding(code=f"doctor_mail_{state}", values={"count": count})
    if settings.mail.other_channels_file is not None and not installed():
        yield Finding(code="notice_no_apprise")


def _waiting(session: Session, now: datetime) -> int:
    """Messages whose time came an hour ago; one that is held back until quiet hours end has not."""
    message = OutgoingMessage
    held = col(message.state) == "queued", col(message.error) != "notice_quiet"
    wanted = select(func.count()).where(*held, col(message.queued_at) < now - WAITS)
    return int(session.connection().execute(wanted).scalar_one())


def _ended(session: Session, state: str, now: datetime) -> int:
    message = OutgoingMessage
    lately = col(message.state) == state, col(message.finished_at) > now - LATELY
    return int(session.connection().execute(select(func.count()).where(*lately)).scalar_one())
