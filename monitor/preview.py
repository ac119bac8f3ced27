"""What an import or another change would do, before it is done: who from what to what; nothing is kept."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.config import Settings
from monitor.records import Foreseen, foreseen, refresh_within
from monitor.rules.codes import Status
from monitor.rules.wallclock import date_of
from monitor.setup import ImportReport, ReadFile, import_into, read_file
from monitor.store.queries.adjustments import as_said, pending
from monitor.store.queries.differences import Difference, differences
from monitor.store.queries.periods import SESSIONS, ClosedPeriods, closed_between, person_days
from monitor.store.session import transaction
from monitor.store.tables import Person, Unit
from monitor.store.wall import beyond_wall

JUDGED = frozenset(
    (
        "unit_id", "starts", "ends", "due_from", "due_to", "status", "late_seconds", "early_seconds",
        "worked_seconds", "symbol", "cong", "reasons",
    )
)  # fmt: skip
"""Columns that somebody would see change; what is left is where a verdict comes from."""

MINUTE = 60
NO_SESSION = "none"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One session's verdict as it is shown: status by name, minutes rounded as in exports."""

    unit: str
    status: str
    late_minutes: int
    early_minutes: int
    worked_minutes: int
    symbol: str
    cong: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRow:
    """A session whose verdict would change; None where there is no such session.

    `unit` is the one it would belong to, or belongs to when it would vanish. In a closed period the
    change would wait as a pending adjustment (rules 8).
    """

    unit: str
    person: str
    name: str
    date: str
    session: str
    before: Verdict | None
    after: Verdict | None
    in_closed_period: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewReport:
    """What an import would do to the records.

    `imported.applied` says whether the file would be taken; its errors say why not.
    `by_unit` counts the changed sessions of each unit by (status before, status after), statuses by
    name and `none` for no session. `rows` are the first of them. `restated` counts sessions with the
    same verdict from another rule version or other evidence, which are not listed.
    """

    imported: ImportReport
    person_days: int
    changed: int
    restated: int
    by_unit: Mapping[str, Mapping[tuple[str, str], int]]
    rows: tuple[PreviewRow, ...]


def _nobody(_row: PreviewRow) -> None:
    """Tell nobody."""


def preview_import(  # noqa: PLR0913 - as `import_file`, and what becomes of the rows
    engine: Engine,
    kind: str,
    path: Path,
    *,
    now: datetime,
    settings: Settings,
    partial: bool = False,
    keep_rows: int = 50,
    each: Callable[[PreviewRow], None] = _nobody,
) -> PreviewReport:
    """Read a file and do what `preview_read` does. Raises ImportRefused when it cannot be read at all."""
    file = read_file(kind, path, partial=partial)
    return preview_read(engine, file, now=now, settings=settings, keep_rows=keep_rows, each=each)


def preview_read(
    engine: Engine,
    file: ReadFile,
    *,
    now: datetime,
    settings: Settings,
    keep_rows: int = 50,
    each: Callable[[PreviewRow], None] = _nobody,
) -> PreviewReport:
    """Do what `preview_change` does with the import of a file that was read.

    A file that would be refused changes nothing: see `imported`.
    """
    zone = settings.site.timezone

    def change(session: Session) -> ImportReport:
        return import_into(session, file, now=now, zone=zone, actor="preview")

    return preview_change(engine, change, now=now, settings=settings, keep_rows=keep_rows, each=each)


def preview_change(
    engine: Engine,
    change: Callable[[Session], ImportReport],
    *,
    now: datetime,
    settings: Settings,
    keep_rows: int = 50,
    each: Callable[[PreviewRow], None] = _nobody,
) -> PreviewReport:
    """Make a change, recompute what it touches, say what would become of whom, and keep nothing.

    Everything happens in one transaction that is rolled back; what `change` raises ends it too. What was
    stale before is recomputed first, so that only the change's own doing is shown. The report holds at
    most `keep_rows` rows; `each` is called with every one of them, block of people by block of people, so
    memory stays bounded whatever is touched.
    """
    with transaction(beyond_wall(engine), keep=False) as session:
        refresh_within(session, now=now, settings=settings)
        imported = change(session)
        tally = _Tally(imported=imported, keep_rows=keep_rows, person_days=0, restated=0, by_unit={}, rows=[])
        for block in foreseen(session, now=now, settings=settings) if imported.applied else ():
            tally.person_days += len(person_days(block.spans))
            for row in _changes(session, block, tally):
                tally.add(row)
                each(row)
        return tally.report()


@dataclass(slots=True, kw_only=True)
class _Tally:
    """The report as it grows."""

    imported: ImportReport
    keep_rows: int
    person_days: int
    restated: int
    by_unit: dict[str, Counter[tuple[str, str]]]
    rows: list[PreviewRow]

    def add(self, row: PreviewRow) -> None:
        """Count a row; keep it if there is room."""
        before, after = (NO_SESSION if v is None else v.status for v in (row.before, row.after))
        self.by_unit.setdefault(row.unit, Counter())[before, after] += 1
        if len(self.rows) < self.keep_rows:
            self.rows.append(row)

    def report(self) -> PreviewReport:
        """What it came to."""
        by_unit = {unit: dict(sorted(counts.items())) for unit, counts in sorted(self.by_unit.items())}
        return PreviewReport(
            imported=self.imported,
            person_days=self.person_days,
            changed=sum(sum(counts.values()) for counts in by_unit.values()),
            restated=self.restated,
            by_unit=by_unit,
            rows=tuple(self.rows),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What ids are called, and which days are closed."""

    units: Mapping[int, str]
    people: Mapping[int, tuple[str, str]]
    closed: ClosedPeriods


def _changes(session: Session, block: Foreseen, tally: _Tally) -> Iterator[PreviewRow]:
    """The sessions of a block whose verdict would change, by person code, day and session."""
    stored = _stored(session, block)
    names = _names(session, block)
    found = sorted(
        differences(stored, block.sessions),
        key=lambda d: (names.people[d.person_day[0]], d.person_day[1], d.seq),
    )
    known = {said[1:] for said in pending(session, block.spans).values()}
    for difference in found:
        if as_said(difference) in known:
            continue  # waits already, whatever this file says
        if JUDGED.isdisjoint(difference.columns):
            tally.restated += 1
        else:
            yield _row(difference, names)


def _stored(session: Session, block: Foreseen) -> list[dict[str, Any]]:
    wanted = person_days(block.spans)
    days = [day for _, day in wanted]
    mine = (
        SESSIONS.c.person_id.in_({person for person, _ in wanted}),
        SESSIONS.c.day.between(min(days), max(days)),
    )
    rows = session.connection().execute(select(SESSIONS).where(*mine).order_by(*SESSIONS.primary_key.columns))
    return [dict(row) for row in rows.mappings() if (row["person_id"], row["day"]) in wanted]


def _names(session: Session, block: Foreseen) -> _Names:
    people = {person for person, _, _ in block.spans}
    called = select(col(Person.id), col(Person.code), col(Person.name)).where(col(Person.id).in_(people))
    units = select(col(Unit.id), col(Unit.code))
    first, last = min(span[1] for span in block.spans), max(span[2] for span in block.spans)
    return _Names(
        units={unit or 0: code for unit, code in session.connection().execute(units)},
        people={person or 0: (code, name) for person, code, name in session.connection().execute(called)},
        closed=closed_between(session, first, last),
    )


def _row(found: Difference, names: _Names) -> PreviewRow:
    code, name = names.people[found.person_day[0]]
    before, after = (None if row is None else _verdict(row, names) for row in (found.before, found.after))
    shown = after or before
    rows = [row for row in (found.before, found.after) if row is not None]
    return PreviewRow(
        unit="" if shown is None else shown.unit,
        person=code,
        name=name,
        date=date_of(found.person_day[1]).isoformat(),
        session=found.row["name"],
        before=before,
        after=after,
        in_closed_period=any(names.closed.find(row["unit_id"], row["day"]) is not None for row in rows),
    )


def _verdict(row: Row, names: _Names) -> Verdict:
    return Verdict(
        unit=names.units[row["unit_id"]],
        status=Status(row["status"]).name.lower(),
        late_minutes=-(-row["late_seconds"] // MINUTE),
        early_minutes=-(-row["early_seconds"] // MINUTE),
        worked_minutes=row["worked_seconds"] // MINUTE,
        symbol=row["symbol"],
        cong=row["cong"],
    )
