"""The backups that were tried: the last good one, the last one at all."""

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.store.tables import BackupCopy


def last_good(session: Session) -> BackupCopy | None:
    """The newest backup that was made and proven."""
    good = select(BackupCopy).where(col(BackupCopy.error_code) == "")
    return session.scalars(good.order_by(col(BackupCopy.id).desc()).limit(1)).first()


def last_try(session: Session) -> BackupCopy | None:
    """The newest try, good or not."""
    return session.scalars(select(BackupCopy).order_by(col(BackupCopy.id).desc()).limit(1)).first()
