"""What a backup says about itself, and the same facts found in a database, to be compared."""

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlmodel import Session, col

from monitor.audit import GENESIS
from monitor.backup.errors import BackupRefused
from monitor.store.months import whole_tables
from monitor.store.schema import VERSION_TABLE
from monitor.store.tables import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Told at the start: all that must be known to read the rest. `storage` is sqlite or postgresql."""

    made_at: datetime
    program: str
    schema: str
    storage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Told at the end: rows of each table, and the last link of the audit trail."""

    rows: dict[str, int] = field(default_factory=dict)
    head: str = GENESIS

    @property
    def row_count(self) -> int:
        """Rows of all tables."""
        return sum(self.rows.values())


def facts_of(session: Session) -> Facts:
    """The facts of a database as this session sees it."""
    connection = session.connection()
    quote = connection.dialect.identifier_preparer.quote
    rows = {
        table: int(connection.execute(text(f"SELECT count(*) FROM {quote(table)}")).scalar_one())  # noqa: S608 - the database's own name, quoted
        for table in sorted(whole_tables(connection))
        if table not in {VERSION_TABLE, "sqlite_sequence"}
    }
    return Facts(rows=rows, head=_head(session))


def _head(session: Session) -> str:
    last = select(col(AuditEntry.hash)).order_by(col(AuditEntry.id).desc()).limit(1)
    return session.connection().execute(last).scalar() or GENESIS


def told(record: About | Facts) -> bytes:
    """As JSON."""
    return json.dumps(asdict(record), ensure_ascii=False, sort_keys=True, default=str).encode()


def about_in(content: bytes) -> About:
    """Read again. Raises BackupRefused `backup_damaged`."""
    given = _fields(content, About)
    return About(**{**given, "made_at": datetime.fromisoformat(given["made_at"])})


def facts_in(content: bytes) -> Facts:
    """Read again. Raises BackupRefused `backup_damaged`."""
    return Facts(**_fields(content, Facts))


def _fields(content: bytes, kind: type[About] | type[Facts]) -> dict[str, Any]:
    try:
        given = json.loads(content)
    except ValueError:
        given = None
    if not isinstance(given, dict) or set(given) != {one.name for one in fields(kind)}:
        raise BackupRefused("backup_damaged")
    return given
