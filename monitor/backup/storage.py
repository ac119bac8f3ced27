"""What a backup needs of a storage: everything out of it, a place to try a copy in, and the exchange."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import make_url

from monitor.backup.manifest import About, Facts
from monitor.backup.postgres import PostgresStorage
from monitor.backup.sqlite import SqliteStorage
from monitor.config import Settings

Add = Callable[[str, Iterable[bytes]], None]
"""Takes a part's name and its blocks."""


class Scratch(Protocol):
    """A place apart in which a copy is put together; it is gone when its context ends, unless installed."""

    @property
    def url(self) -> str:
        """The database there, for `open_database`."""

    def begin(self, about: About) -> None:
        """Make ready for what comes."""

    def take(self, name: str, blocks: Iterable[bytes]) -> None:
        """Take a part of the database."""

    def end(self) -> None:
        """All parts have come."""

    def install(self, stamp: str) -> str:
        """Take the database's place in one step; gives where the former one is, '' for none."""


class Storage(Protocol):
    """One installation's database."""

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`: a backup goes back to the kind it came from."""

    def dump(self, about: About, add: Add) -> Facts:
        """Everything as of one moment, while others go on writing; gives the facts of that moment."""

    def scratch(self) -> AbstractContextManager[Scratch]:
        """A place apart, on the same disk or server."""

    def is_empty(self) -> bool:
        """Whether nothing would be lost."""

    def require_alone(self) -> None:
        """Raises BackupRefused `database_in_use` while another process works on the database."""


def storage_of(settings: Settings) -> Storage:
    """The storage of an installation."""
    url = settings.database_url
    if make_url(url).get_backend_name() == "sqlite":
        return SqliteStorage(url)
    return PostgresStorage(url)
