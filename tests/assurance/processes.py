"""Processes to be killed: begun cheaply, heard, ended with SIGKILL."""

import multiprocessing
import os
import signal
import time
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

from tests.assurance.victims import Task, live

PATIENCE_SECONDS = 120


class Nursery:
    """Gives processes: forked from one that has imported everything, so that each costs milliseconds."""

    def __init__(self) -> None:
        """Start it, unless it runs."""
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.assurance.kills"])

    def begin(self, task: Task) -> "Victim":
        """A process that does the task."""
        here, there = self._context.Pipe()
        process = self._context.Process(target=live, args=(task, there), daemon=True)
        process.start()
        there.close()
        victim = Victim(process, here)
        victim.wait_for("ready")
        return victim


class Victim:
    """A process to be killed, and what it has said."""

    def __init__(self, process: ForkServerProcess, line: Connection) -> None:
        """Take them."""
        self._process, self._line = process, line
        self.said: list[tuple[str, object]] = []
        self.idle = False
        self.begun_at = time.monotonic()

    def hear(self, seconds: float) -> bool:
        """Listen for so long at most; whether something was said."""
        try:
            if not self._line.poll(max(seconds, 0)):
                return False
            self.said.append(self._line.recv())
        except (EOFError, ConnectionResetError):
            return False
        return True

    def wait_for(self, word: str) -> object:
        """Listen until it says this, or `ended`, or `escaped`; gives what came with it."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if self.hear(until - time.monotonic()) and self.said[-1][0] in {word, "ended", "escaped"}:
                return self.said[-1][1]
            if not self._process.is_alive() and not self._line.poll():
                break
        raise TimeoutError(f"a process never said {word}")

    def listen(self, seconds: float, acknowledgements: int) -> None:
        """Listen until so many things are acknowledged, and then for so long; less when it has ended."""
        while not self.ended and len(self.said) <= acknowledgements:
            if not self.hear(PATIENCE_SECONDS):
                raise TimeoutError(f"a process said nothing after {self.said[-1]}")
        until = time.monotonic() + seconds
        while not self.ended and self.hear(until - time.monotonic()):
            pass

    @property
    def ended(self) -> bool:
        """Whether it has said its last."""
        return self.said[-1][0] in {"ended", "escaped"}

    def kill(self) -> None:
        """SIGKILL to it and its children; whatever it had said before is heard."""
        pid = self._process.pid or 0
        os.killpg(pid, signal.SIGKILL)
        self._process.join()
        while self.hear(0):
            pass
        self._line.close()
