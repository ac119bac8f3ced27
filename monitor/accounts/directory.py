"""Asking the office's directory (LDAP, Active Directory) whether a password is somebody's.

Every name that is typed costs the directory the same: a search, then a bind; for a name whose answer does
not matter the bind is a decoy, so that the time tells nobody which accounts there are.
"""

import threading
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

from monitor.config import Ldap, Settings

REST = timedelta(seconds=30)
"""A directory that could not be reached is left alone for so long: whoever logs in need not wait for it."""


class Answer(Enum):
    """What a directory says. `DOWN`: it could not be asked; `NONE`: no directory is configured."""

    YES = "yes"
    NO = "no"
    DOWN = "down"
    NONE = "none"


class DirectoryDown(Exception):
    """The directory cannot be reached, is not the one it should be, or refuses the account that searches."""


_lock = threading.Lock()
_resting: dict[tuple[Path, Ldap], datetime] = {}


def ask(settings: Settings, user_name: str, password: str | None, now: datetime) -> Answer:
    """Whether the directory takes a password for a name; None for a name whose answer does not matter.

    An empty password is never right: directories take it for a visit without a name (RFC 4513 5.1.2).
    """
    ldap = settings.sign_on.ldap
    if not ldap.url:
        return Answer.NONE
    if is_down(settings, now):
        return Answer.DOWN
    # ldap3 takes a while to load, and few offices ask a directory.
    from monitor.accounts import directory_contact  # noqa: PLC0415 - see above

    try:
        right = directory_contact.binds(ldap, settings.folder, user_name, password or None)
    except DirectoryDown:
        with _lock:
            _resting[settings.folder, ldap] = now + REST
        return Answer.DOWN
    return Answer.YES if right else Answer.NO


def is_down(settings: Settings, now: datetime) -> bool:
    """Whether the directory could not be reached a moment ago."""
    with _lock:
        until = _resting.get((settings.folder, settings.sign_on.ldap))
    return until is not None and now < until <= now + REST
