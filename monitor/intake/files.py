"""Punch files: read, counted, stored with the same identity as live punches."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from devices.errors import BadReply
from devices.files import FileReading, read_punch_file
from monitor import audit
from monitor.intake.accept import Intake, Origin, accept
from monitor.intake.coverage import declare
from monitor.intake.plausible import CLOCK_RESET_ENDS
from monitor.rules.wallclock import seconds_of
from monitor.store.queries.punches import badge_holders
from monitor.store.queries.terminals import terminal_by_code
from monitor.store.session import StoreError, transaction
from monitor.store.tables import FileImport, Terminal

SIZE_LIMIT_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What became, or with a dry run would become, of a file.

    `bad`: number and reason of each line that is no punch. `unknown_ids`: how many punches each device id
    has that no badge explains; they are stored all the same. `date_order`: `dmy` or `mdy` where days and
    months had to be told apart.
    """

    file: str
    layout: str
    intake: Intake
    bad: tuple[tuple[int, str], ...]
    unknown_ids: Mapping[str, int]
    applied: bool
    processed_pairs: bool = False
    date_order: str = ""


def import_punches(  # noqa: PLR0913 - one argument per option of the command
    engine: Engine,
    path: Path,
    terminal_code: str,
    *,
    now: datetime,
    actor: str,
    layout: str = "auto",
    covers: str = "",
    dry_run: bool = False,
) -> FileReport:
    """Store the punches of a file for a terminal; the file counts whole or not at all.

    `covers` is '' (declares nothing), `log` (a full log: from its oldest to its newest plausible
    record) or `FROM/TO`, two times of the terminal's own clock (rules 7).
    Raises StoreError `unknown_terminal`, DeviceError for a file that cannot be understood.
    """
    data = _content(path)
    interval = None if covers in {"", "log"} else _interval(covers)
    found = read_punch_file(data, layout)
    with transaction(engine, keep=not dry_run) as session:
        terminal = terminal_by_code(session, terminal_code)
        if terminal is None:
            raise StoreError("unknown_terminal", terminal=terminal_code)
        _check_serials(terminal, found)
        row, intake = _store(session, terminal, path.name, data, found, now)
        unknown = _unknown_ids(session, terminal, found)
        _declare(session, row, _plausible(found) if covers == "log" else interval)
        _tell(session, terminal, path.name, now, actor, intake)
    bad = tuple((record.line, record.reason) for record in found.bad)
    return FileReport(
        file=path.name,
        layout=found.layout,
        intake=intake,
        bad=bad,
        unknown_ids=unknown,
        applied=not dry_run,
        processed_pairs=found.processed_pairs,
        date_order=found.date_order,
    )


def _unknown_ids(session: Session, terminal: Terminal, found: FileReading) -> dict[str, int]:
    """The file's device ids that nobody has a badge of, with their punches, the commonest first."""
    counts = Counter(str(user).strip() for user in found.batch.device_user_id)
    known = badge_holders(session, terminal.id or 0, set(counts))
    return {user: count for user, count in counts.most_common() if user not in known}


def _check_serials(terminal: Terminal, found: FileReading) -> None:
    """A file that names its terminals must be of this one: a serial belongs to one code (rules 9)."""
    mine = {terminal.serial} if terminal.serial else set(found.serials[:1])
    if not set(found.serials) <= mine:
        serials = ", ".join(found.serials)
        raise BadReply("file_of_another_terminal", serials=serials, terminal=terminal.code)


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > SIZE_LIMIT_BYTES:
            raise BadReply("file_too_large", file=path.name, limit_megabytes=SIZE_LIMIT_BYTES // 2**20)
        return path.read_bytes()
    except OSError as error:
        raise BadReply("file_unreadable", file=str(path)) from error


def _interval(covers: str) -> tuple[int, int]:
    """`FROM/TO` as seconds; each `YYYY-MM-DD HH:MM:SS` or a date, which means its whole day."""
    start, slash, end = covers.partition("/")
    try:
        first = datetime.fromisoformat(start.strip())
        last = datetime.fromisoformat(end.strip())
    except ValueError:
        raise StoreError("bad_covers", covers=covers) from None
    if len(end.strip()) == len("YYYY-MM-DD"):
        last += timedelta(days=1, seconds=-1)
    if not slash or first.tzinfo or last.tzinfo or last < first:
        raise StoreError("bad_covers", covers=covers)
    return seconds_of(first), seconds_of(last)


def _plausible(found: FileReading) -> tuple[int, int] | None:
    """Oldest and newest plausible record of a full log."""
    times = found.batch.device_seconds
    times = times[times >= CLOCK_RESET_ENDS]
    return (int(times.min()), int(times.max())) if len(times) else None


def _declare(session: Session, row: FileImport, interval: tuple[int, int] | None) -> None:
    if interval is not None:
        declare(session, row.terminal_id, *interval, source="file", import_id=row.id)


def _store(
    session: Session, terminal: Terminal, name: str, data: bytes, found: FileReading, now: datetime
) -> tuple[FileImport, Intake]:
    row = FileImport(
        terminal_id=terminal.id or 0,
        file_name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        layout=found.layout,
        imported_at=now,
        lines=found.lines,
        stored=0,
        duplicates=0,
        quarantined=0,
    )
    session.add(row)
    session.flush()
    origin = Origin(source="file", received_at=now, import_id=row.id)
    intake = accept(session, terminal, found.batch, found.bad, origin)
    row.stored, row.duplicates, row.quarantined = intake.stored, intake.duplicates, intake.quarantined
    return row, intake


def _tell(session: Session, terminal: Terminal, name: str, now: datetime, actor: str, intake: Intake) -> None:
    audit.record(
        session,
        at=now,
        actor=actor,
        action="import_punches",
        subject=terminal.code,
        detail={
            "file": name,
            "stored": intake.stored,
            "duplicates": intake.duplicates,
            "quarantined": intake.quarantined,
        },
    )
