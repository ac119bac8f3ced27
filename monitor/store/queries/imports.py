"""Imported punch files, for the list from which one is undone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.store.tables import FileImport, ImportUndo, Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFile:
    """One imported file; `undone_at` None while it counts."""

    id: int
    terminal: str
    file_name: str
    layout: str
    imported_at: datetime
    lines: int
    stored: int
    duplicates: int
    quarantined: int
    undone_at: datetime | None
    undone_by: str
    undone_reason: str


def imported_files(
    session: Session, *, terminal_id: int | None = None, limit: int = 200
) -> list[ImportedFile]:
    """The newest imports, newest first; of one terminal or of all."""
    wanted = (
        select(FileImport, col(Terminal.code), ImportUndo)
        .join(Terminal, col(Terminal.id) == col(FileImport.terminal_id))
        .outerjoin(ImportUndo, col(ImportUndo.import_id) == col(FileImport.id))
        .order_by(col(FileImport.id).desc())
        .limit(limit)
    )
    if terminal_id is not None:
        wanted = wanted.where(col(FileImport.terminal_id) == terminal_id)
    return [_file(row, code, undo) for row, code, undo in session.execute(wanted)]


def _file(row: FileImport, terminal: str, undo: ImportUndo | None) -> ImportedFile:
    return ImportedFile(
        id=row.id or 0,
        terminal=terminal,
        file_name=row.file_name,
        layout=row.layout,
        imported_at=row.imported_at,
        lines=row.lines,
        stored=row.stored,
        duplicates=row.duplicates,
        quarantined=row.quarantined,
        undone_at=None if undo is None else undo.undone_at,
        undone_by="" if undo is None else undo.undone_by,
        undone_reason="" if undo is None else undo.reason,
    )
