"""What a stretch of code opens and starts, seen by the interpreter itself; and what it leaves in tables."""

import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from monitor.store.session import reading

ROOT = Path(__file__).parents[2]
OF_THE_PROGRAM = (
    *(str(ROOT / name) for name in ("monitor", "devices", "jobs", ".venv", "tests")),
    *(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    "/usr/share/zoneinfo",
    "/dev/null",
    "/proc/self/statm",  # the test's own look at its memory
)
WRITES = frozenset("wax+")
STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.spawn")


@dataclass(kw_only=True)
class Seen:
    """Files opened, programs started."""

    opened: list[tuple[str, bool]] = field(default_factory=list)
    started: list[str] = field(default_factory=list)

    def outside(self, *folders: Path) -> list[str]:
        """Files opened that are neither the program's nor in the folders; writes outside of the folders."""
        own = tuple(str(folder) for folder in folders)
        return [
            path
            for path, writing in self.opened
            if not path.startswith(own) and (writing or not path.startswith(OF_THE_PROGRAM))
        ]


_watching: list[Seen] = []
_installed: list[bool] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if not _watching:
        return
    if event == "open" and isinstance(arguments[0], str | bytes):
        path = arguments[0] if isinstance(arguments[0], str) else arguments[0].decode("utf-8", "replace")
        mode, flags = arguments[1], arguments[2]
        writing = bool(WRITES & set(str(mode))) if mode else isinstance(flags, int) and bool(flags & 3)
        _watching[-1].opened.append((str(Path(path).absolute()), writing))
    elif event in STARTS:
        _watching[-1].started.append(event)


@contextmanager
def watched() -> Iterator[Seen]:
    """See everything the block opens and starts. Hooks stay for ever, so ours sleeps outside of blocks."""
    if not _installed:
        sys.addaudithook(_hook)
        _installed.append(True)
    seen = Seen()
    _watching.append(seen)
    try:
        yield seen
    finally:
        _watching.remove(seen)


def row_counts(engine: Engine) -> dict[str, int]:
    """Rows of every table."""
    with reading(engine) as session:
        connection = session.connection()
        return {
            name: int(connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one())
            for name in inspect(connection).get_table_names()
        }


def resident_bytes() -> int:
    """Memory of this process that is in use now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096
