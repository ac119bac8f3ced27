"""Proposed days of the calendar made certain: the same rows with their notice and status F (rules 2.3)."""

import csv
from datetime import date
from io import StringIO

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.setup.calendar import COLUMNS, PROPOSED
from monitor.setup.report import ImportRefused
from monitor.store.tables import CalendarDay, Unit

CONFIRMED = "F"


def confirmed_calendar(
    session: Session, first_on: date, last_on: date, *, document: str, scope: str | None = None
) -> bytes:
    """The proposed rows of some dates, both inclusive, as a calendar.csv that confirms them.

    `scope` is the code of the unit whose rows are meant, None the national ones; `document` the number of
    the notice that decided them. Imported like any file it is checked, previewed and audited.

    Raises ImportRefused `calendar_document_missing`, `unknown_unit`, `calendar_nothing_proposed`.
    """
    if not document.strip():
        raise ImportRefused("calendar_document_missing")
    unit_id = None if scope is None else _unit_id(session, scope)
    table = CalendarDay
    owner = col(table.unit_id).is_(None) if unit_id is None else col(table.unit_id) == unit_id
    within = col(table.on_date).between(first_on, last_on)
    proposed = select(table).where(owner, within, col(table.status) == PROPOSED).order_by(col(table.on_date))
    rows = session.scalars(proposed).all()
    if not rows:
        dates = {"first": first_on.isoformat(), "last": last_on.isoformat()}
        raise ImportRefused("calendar_nothing_proposed", **dates)
    text = StringIO(newline="")
    sheet = csv.DictWriter(text, [column.name for column in COLUMNS], lineterminator="\n")
    sheet.writeheader()
    sheet.writerows(_cells(row, scope or "", document.strip()) for row in rows)
    return text.getvalue().encode()


def _unit_id(session: Session, code: str) -> int:
    found = session.scalars(select(Unit).where(col(Unit.code) == code)).first()
    if found is None or found.id is None:
        raise ImportRefused("unknown_unit", unit=code)
    return found.id


def _cells(row: CalendarDay, scope: str, document: str) -> dict[str, str]:
    return {
        "date": row.on_date.isoformat(),
        "kind": row.kind,
        "name": row.name,
        "for_date": "" if row.for_date is None else row.for_date.isoformat(),
        "scope": scope,
        "document": document,
        "status": CONFIRMED,
    }
