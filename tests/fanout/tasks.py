"""Tasks for workers, at the top of a module that they can import."""

import os
import signal
from pathlib import Path


def double(number: int) -> int:
    return 2 * number


def refuse(number: int) -> int:
    raise LookupError(number)


def die_once(key: tuple[str, int]) -> int:
    """Kill the worker the first time a task of this folder is done; later ones find the mark."""
    folder, number = key
    mark = Path(folder) / "died"
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return 3 * number
    os.kill(os.getpid(), signal.SIGKILL)
    return -1


def where(_number: int) -> int:
    return os.getpid()


def kill_once(key: tuple[str, int, int]) -> int:
    """Kill another process the first time a task of this folder is done."""
    folder, pid, number = key
    mark = Path(folder) / "killed"
    try:
        mark.touch(exist_ok=False)
    except FileExistsError:
        return 5 * number
    os.kill(pid, signal.SIGKILL)
    return 5 * number
