"""The SQLite library of this program: one for the whole process.

A process that closes a file loses all its POSIX locks on it, also those of another copy of the library in the
same process, which then writes without a lock. So nobody else imports `sqlite3` (ruff: TID251).
"""

import os
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

__all__ = ["CHOICE", "chosen", "sqlite3"]

CHOICE = "MONITOR_SQLITE"
"""With the value `python`, this variable of the environment chooses Python's own library."""


def chosen() -> ModuleType:
    """The library that comes with the product, or Python's where there is none for the machine.

    Python's is as old as the system: Debian 12's and those of Python for Windows cannot keep a write-ahead
    log safely (`monitor.store.session.safe_journal`), and with a rollback journal readers hold up commits.
    """
    if os.environ.get(CHOICE) != "python":
        try:
            return import_module("pysqlite3.dbapi2")
        except ImportError:  # no wheel for this machine
            pass
    return import_module("sqlite3")


if TYPE_CHECKING:
    import sqlite3  # noqa: TID251 - for the types
else:
    sqlite3 = chosen()
