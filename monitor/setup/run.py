"""One file in: read, checked against the database, and applied whole, in part, or not at all."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from monitor import audit
from monitor.setup.changes import Counts, differences
from monitor.setup.kinds import TABLE
from monitor.setup.lines import Lines
from monitor.setup.report import ImportRefused, ImportReport
from monitor.setup.spans import site_at
from monitor.setup.tables_in import SIZE_LIMIT
from monitor.setup.within import refuse_outside
from monitor.store.queries.reach import EVERYBODY, Reach
from monitor.store.session import transaction
from monitor.store.wall import sees_all

KINDS: tuple[str, ...] = tuple(TABLE)


class _NotApplied(Exception):
    """Ends the transaction without keeping anything of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file of a kind, read but not yet checked against the database.

    `reach`: whose records the file may change; anything but everybody only for kinds about people's days.
    """

    kind: str
    data: bytes
    lines: Lines[Any]
    reach: Reach = EVERYBODY


def import_file(  # noqa: PLR0913 - what to import, and in whose name, when and how
    engine: Engine,
    kind: str,
    path: Path,
    *,
    now: datetime,
    zone: str,
    actor: str,
    dry_run: bool = False,
    partial: bool = False,
    reach: Reach = EVERYBODY,
) -> ImportReport:
    """Import one file of a kind of KINDS (rules 9).

    Rows are compared with what is stored by their identity, so the same file again changes nothing.
    The file is applied whole or, when any row is refused, not at all; with `partial` the good rows
    are applied. With `dry_run` everything is checked against the database and nothing is kept. What
    is applied, its audit entry and the stale marks are one transaction. `now` is an aware instant,
    `zone` the installation's, `actor` as in `audit.record`.

    Raises ImportRefused when the file cannot be read at all, or the kind is not known.
    """
    file = read_file(kind, path, partial=partial, reach=reach)
    return import_read(engine, file, now=now, zone=zone, actor=actor, dry_run=dry_run)


def import_read(
    engine: Engine, file: ReadFile, *, now: datetime, zone: str, actor: str, dry_run: bool = False
) -> ImportReport:
    """Do what `import_file` does with a file that was read already."""
    report = None
    try:
        with transaction(engine) as session:
            report = import_into(session, file, now=now, zone=zone, actor=actor)
            if dry_run or not report.applied:
                raise _NotApplied
    except _NotApplied:
        pass
    assert report is not None  # noqa: S101 - whatever else went wrong was raised
    return replace(report, applied=report.applied and not dry_run)


def read_file(kind: str, path: Path, *, partial: bool = False, reach: Reach = EVERYBODY) -> ReadFile:
    """Read a file without the database. Raises ImportRefused."""
    if kind not in TABLE:
        raise ImportRefused("import_unknown_kind", kind=kind, known=", ".join(KINDS))
    return read_bytes(kind, _bytes_of(path), path.name, partial=partial, reach=reach)


def read_bytes(
    kind: str, data: bytes, name: str, *, partial: bool = False, reach: Reach = EVERYBODY
) -> ReadFile:
    """Read what a file of one of the KINDS holds; errors name it so. Raises ImportRefused."""
    return ReadFile(kind=kind, data=data, lines=_read(kind, data, name, partial), reach=reach)


@sees_all
def import_into(session: Session, file: ReadFile, *, now: datetime, zone: str, actor: str) -> ImportReport:
    """Do what `import_file` does, once, with a file that was read, in the caller's transaction.

    Unless the report says `applied`, the caller must not keep the transaction: rows that were good
    may be in it.
    """
    site = site_at(now, zone)
    refuse_outside(session, file.lines, file.reach, site)
    counts = TABLE[file.kind].apply(session, file.lines, site)
    report = _report(file.kind, file.lines, counts)
    if not _applicable(file.lines):
        return report
    _record(session, at=now, actor=actor, kind=file.kind, data=file.data, report=report)
    return replace(report, applied=True)


def _bytes_of(path: Path) -> bytes:
    """What the file holds. Raises ImportRefused `file_missing`, `file_unreadable`, `file_too_large`."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise ImportRefused("file_too_large", file=path.name, limit_megabytes=SIZE_LIMIT // 2**20)
        return path.read_bytes()
    except FileNotFoundError:
        raise ImportRefused("file_missing", file=str(path)) from None
    except OSError as error:
        raise ImportRefused("file_unreadable", file=str(path)) from error


def _read(kind: str, data: bytes, file: str, partial: bool) -> Lines[Any]:
    """The file's lines; a refusal is told with the file's name."""
    try:
        return TABLE[kind].read(data, kind, file, partial)
    except ImportRefused as error:
        raise ImportRefused(error.code, file=file, **error.values) from error


def _applicable(lines: Lines[Any]) -> bool:
    """Whether the good lines may be kept. A file with a wrong header has no lines at all, good or bad."""
    return not lines.errors or (lines.partial and bool(lines.read))


def _report(kind: str, lines: Lines[Any], counts: Counts) -> ImportReport:
    return ImportReport(
        kind=kind,
        file=lines.file,
        rows=lines.rows,
        added=counts.added,
        changed=counts.changed,
        unchanged=counts.unchanged,
        errors=tuple(lines.errors),
    )


def _record(
    session: Session, *, at: datetime, actor: str, kind: str, data: bytes, report: ImportReport
) -> None:
    """Tell the audit trail which file did what: its name and hash, and stored rows before and after."""
    detail: dict[str, object] = {
        "file": report.file,
        "sha256": hashlib.sha256(data).hexdigest(),
        "rows": report.rows,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": report.refused,
    }
    if changes := differences(session):
        detail["changes"] = changes
    audit.record(session, at=at, actor=actor, action="import", subject=kind, detail=detail)
