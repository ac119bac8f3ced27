"""What people sign of a month: the cells of its sheets, person by person, as one hash.

Not the seal's content (`monitor.periods.seal`): that covers the evidence, too, and a ninth punch that
changes nobody's day must not ask four people to sign again.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlmodel import Session

from monitor.periods.month import Month
from monitor.store.queries.timesheets import OvertimeRow, UnitSessions, unit_overtime, unit_sessions
from monitor.store.wall import sees_all

FORM = "monitor month 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedContent:
    """`sha256` over everybody's digests; `people`: person id -> the digest of that person's rows."""

    sha256: str
    people: Mapping[int, str]

    def changed_since(self, before: Mapping[int, str]) -> frozenset[int]:
        """The people whose rows are not what they were, those who came or went included."""
        everybody = self.people.keys() | before.keys()
        return frozenset(one for one in everybody if self.people.get(one) != before.get(one))


@sees_all
def signed_content(session: Session, unit_id: int, month: Month) -> SignedContent:
    """What a unit's month holds now."""
    days = range(month.first_day, month.last_day + 1)
    return content_of_rows(
        unit_id, month, unit_sessions(session, unit_id, days), unit_overtime(session, unit_id, days)
    )


def content_of_rows(
    unit_id: int, month: Month, records: UnitSessions, overtime: Sequence[OvertimeRow]
) -> SignedContent:
    """The content of rows that are at hand, both in order of person, day and start.

    The canonical bytes of a person: the line `["monitor month 1", unit_id, "YYYY-MM", person_id]`; then of
    the person's sessions, little-endian and one column after the other, `day` int32, `kind` int8, `starts`
    int64, `status` int8, `late_seconds` int32, `early_seconds` int32, `cong` float64; the line of their
    names and the line of their symbols, JSON arrays; then, for overtime, a line of JSON arrays of day, kind,
    seconds and seconds at night. The month's hash is that of the line of all [person_id, digest] pairs.
    """
    extra: defaultdict[int, list[list[int]]] = defaultdict(list)
    for row in overtime:
        extra[row.person_id].append([row.day, row.kind, row.seconds, row.night_seconds])
    columns, spans = _Columns.of(records), _spans(records)
    people = {
        person: _digest(
            _line([FORM, unit_id, month.text, person]),
            columns,
            spans.get(person, slice(0)),
            extra.get(person, []),
        )
        for person in sorted(spans.keys() | extra.keys())
    }
    together = _line([FORM, unit_id, month.text, list(people.items())])
    return SignedContent(sha256=hashlib.sha256(together).hexdigest(), people=people)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """The numbers of all rows as bytes, each column with the size of one of them; and the texts."""

    numbers: tuple[tuple[bytes, int], ...]
    names: list[str]
    symbols: list[str]

    @classmethod
    def of(cls, records: UnitSessions) -> "_Columns":
        columns = (
            (records.day, "<i4"),
            (records.kind, "<i1"),
            (records.starts, "<i8"),
            (records.status, "<i1"),
            (records.late_seconds, "<i4"),
            (records.early_seconds, "<i4"),
            (records.cong, "<f8"),
        )
        return cls(
            numbers=tuple(
                (column.astype(form, copy=False).tobytes(), np.dtype(form).itemsize)
                for column, form in columns
            ),
            names=records.name.tolist(),
            symbols=records.symbol.tolist(),
        )


def _spans(records: UnitSessions) -> dict[int, slice]:
    """Where the rows of each person lie."""
    if not len(records.day):
        return {}
    bounds = np.flatnonzero(np.diff(records.person_id, prepend=-1, append=-1)).tolist()
    people = records.person_id[bounds[:-1]].tolist()
    return {one: slice(first, last) for one, first, last in zip(people, bounds, bounds[1:], strict=False)}


def _digest(head: bytes, columns: _Columns, mine: slice, overtime: list[list[int]]) -> str:
    digest = hashlib.sha256(head)
    first, last = mine.start or 0, mine.stop
    for numbers, size in columns.numbers:
        digest.update(numbers[first * size : last * size])
    digest.update(_line(columns.names[mine]))
    digest.update(_line(columns.symbols[mine]))
    if overtime:
        digest.update(_line(overtime))
    return digest.hexdigest()


def _line(values: object) -> bytes:
    return (json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
