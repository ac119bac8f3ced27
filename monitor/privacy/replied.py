"""What a person said of their own rows of a month's sheet, as parts of the copy."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from monitor.store.tables import MonthReply, Unit


def reply_queries(person_id: int) -> Iterator[tuple[str, Select[*tuple[Any, ...]]]]:
    """Name and query of each part."""
    row = MonthReply
    columns: tuple[Any, ...] = (
        *(col(row.month), col(Unit.code).label("unit"), col(row.answer), col(row.text)),
        col(row.answered_at),
    )
    joined = select(*columns).join(Unit, col(Unit.id) == col(row.unit_id))
    mine = joined.where(col(row.person_id) == person_id)
    yield "month_replies", mine.order_by(col(row.id))
