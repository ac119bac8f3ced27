"""Reports from citizens in figures: by source, unit and outcome, for a month's report; nobody is named."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.inspections.citizen_reports import last_outcomes
from monitor.rules.wallclock import DAY_SECONDS, day_of
from monitor.store.tables import CitizenReport
from monitor.store.tables.citizen_reports import OUTCOMES

WAITING = "waiting"
COLUMNS = (*OUTCOMES, WAITING)
"""Every report is in exactly one: what it came to, or not concluded yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFigures:
    """Counts of the reports received in a span: (source, column) and (unit, column)."""

    by_source: Counter[tuple[str, str]]
    by_unit: Counter[tuple[int, str]]

    @property
    def total(self) -> int:
        """All reports."""
        return self.by_source.total()

    def of_source(self, source: str) -> int:
        """The reports of a source."""
        return sum(self.by_source[source, column] for column in COLUMNS)

    def of_unit(self, unit_id: int) -> int:
        """The reports about a unit itself, without those below it."""
        return sum(self.by_unit[unit_id, column] for column in COLUMNS)

    def of_column(self, column: str) -> int:
        """The reports with an outcome."""
        return sum(count for (_source, one), count in self.by_source.items() if one == column)

    @property
    def units(self) -> list[int]:
        """The units with a report."""
        return sorted({unit for unit, _column in self.by_unit})


def report_figures(
    session: Session, first: date, last: date, unit_ids: frozenset[int] | None = None
) -> ReportFigures:
    """The reports received on these days (both included) about some units (None: all)."""
    columns = (col(CitizenReport.id), col(CitizenReport.source), col(CitizenReport.unit_id))
    starts, ends = day_of(first) * DAY_SECONDS, (day_of(last) + 1) * DAY_SECONDS
    within = col(CitizenReport.received_at) >= starts, col(CitizenReport.received_at) < ends
    wanted = select(*columns).where(*within)
    if unit_ids is not None:
        wanted = wanted.where(col(CitizenReport.unit_id).in_(unit_ids))
    outcomes = last_outcomes(session)
    by_source: Counter[tuple[str, str]] = Counter()
    by_unit: Counter[tuple[int, str]] = Counter()
    for number, source, unit in session.execute(wanted):
        column = outcomes.get(number or 0, WAITING)
        by_source[source, column] += 1
        by_unit[unit, column] += 1
    return ReportFigures(by_source=by_source, by_unit=by_unit)
