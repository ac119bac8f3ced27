"""Undoing an imported file: its punches stay, and those that nothing else brought count no more."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from monitor import audit
from monitor.intake.accept import mark_counting
from monitor.intake.coverage import withdraw
from monitor.rules.wallclock import text_of
from monitor.store.queries import deliveries
from monitor.store.queries.log import Identities
from monitor.store.session import StoreError
from monitor.store.tables import FileImport, ImportUndo, Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """What an undoing came to: how many punches count no more, and what was claimed to be covered."""

    import_id: int
    terminal: str
    file_name: str
    withheld: int
    withdrawn: tuple[tuple[int, int], ...]


def undo_import(session: Session, import_id: int, *, by: str, reason: str, now: datetime) -> UndoReport:
    """Let a file count no more, within the caller's transaction.

    A punch that another channel delivered, too, goes on counting; the coverage that the file's operator
    claimed is withdrawn; touched person-days become stale. The same file imported again counts again.
    `by` as the actor of `audit.record`. Raises StoreError `unknown_import`, `import_already_undone`.
    """
    row = session.get(FileImport, import_id)
    if row is None:
        raise StoreError("unknown_import", id=import_id)
    terminal = session.get_one(Terminal, row.terminal_id)
    deliveries.take_turns(session, row.terminal_id)
    if session.get(ImportUndo, import_id) is not None:
        raise StoreError("import_already_undone", id=import_id, file=row.file_name)
    variants = deliveries.variants_of(session, import_id)
    session.add(ImportUndo(import_id=import_id, undone_at=now, undone_by=by, reason=reason))
    session.flush()
    withheld = deliveries.withhold(session, import_id)
    mark_counting(session, row.terminal_id, Identities.of([*withheld.pairs(), *variants.pairs()]))
    report = UndoReport(
        import_id=import_id,
        terminal=terminal.code,
        file_name=row.file_name,
        withheld=len(withheld),
        withdrawn=tuple(withdraw(session, import_id)),
    )
    _tell(session, report, by=by, reason=reason, now=now)
    return report


def _tell(session: Session, report: UndoReport, *, by: str, reason: str, now: datetime) -> None:
    audit.record(
        session,
        at=now,
        actor=by,
        action="undo_import",
        subject=report.terminal,
        detail={
            "import": report.import_id,
            "file": report.file_name,
            "reason": reason,
            "withheld": report.withheld,
            "withdrawn": [f"{text_of(start)}/{text_of(end)}" for start, end in report.withdrawn],
        },
    )
