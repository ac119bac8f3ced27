"""Every export leaves a trace before it is handed over: what, by whom, whose data, and the file's hash."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from monitor.audit import record_shown
from monitor.store.queries.trail import person_ids
from monitor.store.session import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """An export as it leaves: its name, its bytes and rows, and the staff codes of everybody in it."""

    what: str
    content: bytes
    rows: int
    people: Iterable[str]
    first_day: int
    last_day: int
    unit: str = ""
    file: str = ""


def trace_export(engine: Engine, handed: Handed, *, now: datetime, actor: str) -> None:
    """Record an export; raises what the database raises, and then nothing may be handed over."""
    detail = {
        "what": handed.what,
        "rows": handed.rows,
        "sha256": hashlib.sha256(handed.content).hexdigest(),
        "first_day": handed.first_day,
        "last_day": handed.last_day,
        "file": handed.file,
    }
    with transaction(engine) as session:
        found = person_ids(session, {code for code in handed.people if code})
        rows = [(person, handed.first_day, handed.last_day) for person in found.values()]
        subject = f"unit:{handed.unit}" if handed.unit else "export"
        record_shown(session, rows, at=now, actor=actor, action="export", subject=subject, detail=detail)
