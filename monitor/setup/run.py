"""One file in: read, checked against the database, and applied whole, in part, or not at all."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from monitor import audit
from monitor.setup.changes import Counts
from monitor.setup.kinds import TABLE
from monitor.setup.lines import Lines
from monitor.setup.report import ImportRefused, ImportReport
from monitor.setup.spans import site_at
from monitor.setup.tables_in import SIZE_LIMIT
from monitor.store.session import transaction

KINDS: tuple[str, ...] = tuple(TABLE)


class _NotApplied(Exception):
    """Ends the transaction without keeping anything of it."""


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
) -> ImportReport:
    """Import one file of a kind of KINDS (rules 9).

    Rows are compared with what is stored by their identity, so the same file again changes nothing.
    The file is applied whole or, when any row is refused, not at all; with `partial` the good rows
    are applied. With `dry_run` everything is checked against the database and nothing is kept. What
    is applied, its audit entry and the stale marks are one transaction. `now` is an aware instant,
    `zone` the installation's, `actor` as in `audit.record`.

    Raises ImportRefused when the file cannot be read at all, or the kind is not known.
    """
    if kind not in TABLE:
        raise ImportRefused("import_unknown_kind", kind=kind, known=", ".join(KINDS))
    data = _bytes_of(path)
    lines = _read(kind, data, path.name, partial)
    counts = Counts(added=0, changed=0, unchanged=0)
    applied = False
    try:
        with transaction(engine) as session:
            counts = TABLE[kind].apply(session, lines, site_at(now, zone))
            if dry_run or not _applicable(lines):
                raise _NotApplied
            _record(session, at=now, actor=actor, kind=kind, data=data, report=_report(kind, lines, counts))
        applied = True
    except _NotApplied:
        pass
    return _report(kind, lines, counts, applied=applied)


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


def _report(kind: str, lines: Lines[Any], counts: Counts, *, applied: bool = False) -> ImportReport:
    return ImportReport(
        kind=kind,
        file=lines.file,
        rows=lines.rows,
        added=counts.added,
        changed=counts.changed,
        unchanged=counts.unchanged,
        errors=tuple(lines.errors),
        applied=applied,
    )


def _record(
    session: Session, *, at: datetime, actor: str, kind: str, data: bytes, report: ImportReport
) -> None:
    """Tell the audit trail which file did what; its name and hash, none of its content."""
    detail = {
        "file": report.file,
        "sha256": hashlib.sha256(data).hexdigest(),
        "rows": report.rows,
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": report.refused,
    }
    audit.record(session, at=at, actor=actor, action="import", subject=kind, detail=detail)
