"""A disk that forgets what was not synced: the recorded calls of a program, and what a cut leaves of them.

Nothing is kept for certain but what a sync of its file (of its folder, for a name) followed. Of the rest
any part may be there: pieces of 512 or 4,096 bytes of any of the writes, and the first few of the changes
of names, which file systems keep in order.
"""

import os
import random
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).with_name("disk.c")
_HEAD = struct.Struct("<5Q")
CREATED, WRITTEN, TRUNCATED, SYNCED, REMOVED, FOLDER_SYNCED = range(1, 7)
PIECES = (512, 4_096)
FORGOTTEN_NAMES = ("-shm",)
"""The shared memory of the write-ahead log: made anew after a cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One thing asked of the disk; `offset` is the new size where a file is cut."""

    kind: int
    path: str
    offset: int
    data: bytes


def compiler() -> str | None:
    """Where the C compiler is, None without one."""
    return shutil.which("cc") or shutil.which("gcc")


def record(folder: Path, scratch: Path, *command: str) -> list[Call]:
    """Run a Python program and give what it asked of the disk in one folder."""
    library, journal = scratch / "disk.so", scratch / "disk.journal"
    if not library.exists():
        built = (compiler() or "cc", "-O1", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-lpthread")
        subprocess.run(built, check=True, capture_output=True)
    journal.unlink(missing_ok=True)
    asked = {
        "LD_PRELOAD": str(library),
        "MONITOR_DISK_FOLDER": f"{folder}",
        "MONITOR_DISK_JOURNAL": f"{journal}",
    }
    ran = subprocess.run([sys.executable, *command], env=os.environ | asked, check=False, capture_output=True)
    if ran.returncode != 0:
        raise RuntimeError(ran.stderr.decode(errors="replace"))
    return [call for call in _calls(journal.read_bytes()) if not call.path.endswith(FORGOTTEN_NAMES)]


def _calls(told: bytes) -> Iterator[Call]:
    at = 0
    while at < len(told):
        kind, path, offset, length, _ = _HEAD.unpack_from(told, at)
        at += _HEAD.size
        name = told[at : at + path].decode()
        at += path
        yield Call(kind=kind, path=name, offset=offset, data=told[at : at + length])
        at += length


@dataclass(slots=True)
class File:
    """What of a file is on the disk for certain, and what was asked since."""

    durable: bytearray
    pending: list[Call] = field(default_factory=list)

    def sync(self) -> None:
        """Everything asked is on the disk."""
        for call in self.pending:
            _apply(self.durable, call, None, 0)
        self.pending.clear()

    def after_a_cut(self, dice: random.Random) -> bytes:
        """What one finds: any pieces of what was not synced."""
        if not self.pending:
            return bytes(self.durable)
        found, piece, share = bytearray(self.durable), dice.choice(PIECES), dice.choice((0.0, 0.3, 0.7, 1.0))
        for call in self.pending:
            _apply(found, call, dice, piece, share)
        return bytes(found)


def _apply(
    content: bytearray, call: Call, dice: random.Random | None, piece: int, share: float = 1.0
) -> None:
    """Do a call, wholly, or with dice the pieces of it that chance leaves."""
    if call.kind == TRUNCATED:
        if dice is None or dice.random() < share:
            content[call.offset :] = b"\0" * max(0, call.offset - len(content))
        return
    end = call.offset + len(call.data)
    if dice is None:
        content.extend(b"\0" * max(0, end - len(content)))
        content[call.offset : end] = call.data
        return
    at = call.offset
    while at < end:
        until = min(end, (at // piece + 1) * piece)
        if dice.random() < share:
            content.extend(b"\0" * max(0, until - len(content)))
            content[at:until] = call.data[at - call.offset : until - call.offset]
        at = until


class Disk:
    """One folder under the rules above."""

    def __init__(self, folder: Path) -> None:
        """Begin with what the folder holds, all of it synced."""
        self._files = {
            str(path): File(bytearray(path.read_bytes())) for path in folder.glob("*") if path.is_file()
        }
        self._durable = dict(self._files)
        self._names: list[tuple[Call, File]] = []

    def do(self, call: Call) -> None:
        """One call of the recording."""
        if call.kind == CREATED or (call.path not in self._files and call.kind in (WRITTEN, TRUNCATED)):
            self._files[call.path] = File(bytearray())
            self._names.append((call, self._files[call.path]))
        if call.kind in (WRITTEN, TRUNCATED):
            self._files[call.path].pending.append(call)
        elif call.kind == SYNCED and call.path in self._files:
            self._files[call.path].sync()
        elif call.kind == REMOVED and call.path in self._files:
            self._names.append((call, self._files.pop(call.path)))
        elif call.kind == FOLDER_SYNCED:
            self._durable = dict(self._files)
            self._names.clear()

    def after_a_cut(self, dice: random.Random) -> dict[str, bytes]:
        """What is found in the folder when the power comes back."""
        names = dict(self._durable)
        for call, file in self._names[: dice.randrange(len(self._names) + 1)]:
            if call.kind == REMOVED:
                names.pop(call.path, None)
            else:
                names[call.path] = file
        return {path: file.after_a_cut(dice) for path, file in names.items()}

    def said(self, name: str) -> bytes:
        """What a file holds for those who still had power."""
        file = self._files.get(name, File(bytearray()))
        content = bytearray(file.durable)
        for call in file.pending:
            _apply(content, call, None, 0)
        return bytes(content)
