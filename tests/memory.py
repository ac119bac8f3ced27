"""Where tests put what no disk need keep: a disk in memory, where the system has one."""

import shutil
from pathlib import Path

ROOM = 4 << 30
"""Bytes that must be free in it; all of a run's databases together are some hundred MB."""


def memory_disk() -> str | None:
    """A folder for folders with names of their own; None, the usual place, where there is none with room.

    Nothing there waits for a disk: a kill does not mind, and cut power is a model of a disk's recorded calls.
    A PostgreSQL database is copied thirty times faster.
    """
    shared = Path("/dev/shm")  # noqa: S108 - its use is the point
    return str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > ROOM else None
