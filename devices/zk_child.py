"""Start the child process of a ZK contact, take what it tells, and end it at the deadline."""

import json
import os
import subprocess  # a process can be killed, a thread cannot
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from devices.errors import BadCredentials, BadReply, DeviceError, NotSupported, Unreachable

Part = tuple[str, Any, bytes]
"""Name, value and raw bytes of one thing the child tells (`zk_contact`)."""

_Child = subprocess.Popen[bytes]
_COMMAND = (sys.executable, "-P", "-m", "devices.zk_contact")
_ROOT = Path(__file__).resolve().parent.parent
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP")  # none of the product's secrets
_KINDS = {kind.__name__: kind for kind in (Unreachable, BadCredentials, BadReply, NotSupported)}


def parts(task: Mapping[str, object], deadline_seconds: float) -> Generator[Part]:
    """Run one contact and give its parts as they arrive.

    Close the iterator, or exhaust it, and the child is gone. Raises the child's coded error;
    Unreachable `timed_out` when it was killed at the deadline, `contact_failed` when it ended without
    a word (for instance for want of memory).
    """
    child = _start()
    late = threading.Event()
    killer = threading.Timer(deadline_seconds, _kill, (child, late))
    killer.start()
    try:
        _ask(child, task)
        ended = yield from _told(child)
    finally:
        killer.cancel()
        _end(child)
    if not ended:
        raise Unreachable("timed_out" if late.is_set() else "contact_failed")


def _start() -> _Child:
    """Start the child with little of our environment; -P keeps this folder's `zk.py` off its path."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    search = (str(_ROOT), os.environ.get("PYTHONPATH", ""))
    environment["PYTHONPATH"] = os.pathsep.join(path for path in search if path)
    return subprocess.Popen(  # noqa: S603  (a fixed command; the task goes over the pipe)
        _COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )


def _ask(child: _Child, task: Mapping[str, object]) -> None:
    """Hand over the task by pipe: a command line, with its comm key, could be read by anyone."""
    if child.stdin is None:
        raise Unreachable("contact_failed")
    with suppress(BrokenPipeError), child.stdin:
        child.stdin.write(json.dumps(task).encode())


def _told(child: _Child) -> Generator[Part, None, bool]:
    """Give parts until the child says `end` (true) or falls silent (false)."""
    if child.stdout is None:
        return False
    while head := _heading(child.stdout.readline()):
        if head["part"] == "end":
            return True
        if head["part"] == "error":
            raise _as_error(**head["value"])
        blob = child.stdout.read(head["bytes"])
        if len(blob) == head["bytes"]:
            yield head["part"], head["value"], blob
    return False


def _heading(line: bytes) -> dict[str, Any]:
    """Read one line of the child; {} when it was killed within it."""
    try:
        heading: dict[str, Any] = json.loads(line)
    except ValueError:
        return {}
    return heading


def _as_error(*, kind: str, code: str, values: dict[str, Any]) -> DeviceError:
    return _KINDS[kind](code, **values)


def _kill(child: _Child, late: threading.Event) -> None:
    late.set()
    child.kill()


def _end(child: _Child) -> None:
    """Leave no process and no open pipe; after `end` the child has nothing more to do."""
    child.kill()
    if child.stdout is not None:
        child.stdout.close()
    child.wait()
