"""What a report is made of: who asks for which unit and span, and everything the product knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import true
from sqlmodel import Session

from monitor.config import Settings
from monitor.exports.aggregates import aggregates_table
from monitor.exports.timesheet.form import Forms
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.report import Report, report_of
from monitor.inspections.report_figures import report_figures
from monitor.inspections.totals import Totals
from monitor.inspections.upward.handling import Handling, handling_of, together
from monitor.inspections.upward.lines import Table, of_campaign, of_sessions
from monitor.periods import Month
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.campaigns import may_know
from monitor.store.queries.findings import Reader
from monitor.store.queries.reach import Reach
from monitor.store.queries.tree import Tree, UnitRow
from monitor.store.queries.upward import Checks, Spotless, checks_of, last_words, session_counts, spotless
from monitor.store.tables import Campaign

KINDS = ("month", "self_check", "table", "exemplary", "public")
OF_MONTHS, OF_CAMPAIGNS = (
    frozenset({"month", "table", "exemplary", "public"}),
    frozenset({"self_check", "table"}),
)
"""What a kind is about; a table may be about either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What only people can write; every field may be empty."""

    symbol: str = ""
    addressee: str = ""
    general: str = ""
    handling: str = ""
    proposals: str = ""
    signatory: str = ""
    recipients: str = ""

    @classmethod
    def read(cls, found: dict[str, str]) -> "Words":
        """From stored fields; those of a later version that this one does not know are left out."""
        return cls(**{one.name: found.get(one.name, "") for one in fields(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A report as somebody asks for it: of a month or of a campaign up to `cut_day`, with names or not.

    `now` is local. `reader` says whose findings and campaigns may be counted.
    """

    kind: str
    unit: UnitRow
    units: Tree
    reach: Reach
    reader: Reader
    settings: Settings
    forms: Forms
    now: datetime
    month: Month | None = None
    campaign: Campaign | None = None
    cut_day: int | None = None
    names: bool = False

    @property
    def period(self) -> str:
        """The month or the campaign's code, as words are kept by it."""
        if self.month is not None:
            return self.month.text
        return self.campaign.code if self.campaign is not None else ""

    @property
    def below(self) -> frozenset[int]:
        """The unit and everything below it in its bloc."""
        return self.units.below_in_bloc(self.unit.id)

    @property
    def yesterday(self) -> int:
        """The last day that is over."""
        return day_of(self.now.date()) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """All that a report says; `days` are the first and last one counted.

    `before`: the whole of the month before. `spotless`: None where the kind does not list people. `handled`:
    findings by unit. `public`: the table for the public, hidden counts empty.
    """

    asked: Asked
    days: tuple[int, int]
    handled: Mapping[int, Handling]
    checks: Checks
    citizen_reports: int | None
    words: Words
    counted_days: int = 0
    table: Table | None = None
    before: Totals | None = None
    spotless: tuple[Spotless, ...] | None = None
    spotless_units: tuple[UnitRow, ...] = ()
    public: pd.DataFrame | None = None

    @property
    def handling(self) -> Handling:
        """The findings of all units together."""
        return together(self.handled.values())


def gather(session: Session, asked: Asked) -> Gathered:
    """Everything about a unit and a span.

    Raises InspectionRefused `upward_kind`, `upward_no_days`, `campaign_no_figures`, and as
    `reconciled_table`: figures that do not add up are never printed.
    """
    month, campaign = asked.month, asked.campaign
    if asked.kind in OF_MONTHS and month is not None:
        return _of_month(session, asked, month)
    if asked.kind in OF_CAMPAIGNS and campaign is not None:
        return _of_campaign(session, asked, campaign)
    raise InspectionRefused("upward_kind", kind=asked.kind[:20])


def _of_month(session: Session, asked: Asked, month: Month) -> Gathered:
    days = month.first_day, min(month.last_day, asked.yesterday)
    if days[1] < days[0]:
        raise InspectionRefused("upward_no_days")
    counts = session_counts(session, asked.reach, asked.below, *days)
    listed = tuple(spotless(session, asked.reach, asked.below, *days))
    return replace(
        _common(session, asked, days),
        counted_days=days[1] - days[0] + 1,
        table=None
        if asked.kind == "public"
        else of_sessions(asked.units, asked.unit, counts, range(days[0], days[1] + 1)),
        before=_month_before(session, asked, month),
        spotless=listed if asked.kind == "exemplary" else None,
        spotless_units=_spotless_units(asked, counts, listed),
        public=_public(session, asked, month, days) if asked.kind == "public" else None,
    )


def _common(session: Session, asked: Asked, days: tuple[int, int]) -> Gathered:
    """What every report says of a span, whatever its kind."""
    today = asked.now.date()
    known = true() if asked.reader.everything else may_know(asked.reader.account_id, asked.now)
    return Gathered(
        asked=asked,
        days=days,
        handled=handling_of(session, asked.reader, asked.below, days, asked.settings, today),
        checks=checks_of(session, known, asked.below, *days),
        citizen_reports=_citizen_reports(session, asked, days),
        words=Words.read(last_words(session, asked.kind, asked.unit.id, asked.period)),
    )


def _citizen_reports(session: Session, asked: Asked, days: tuple[int, int]) -> int | None:
    """How many reports about the units came in; None for a reader who receives none of them."""
    mine = asked.below if asked.reader.reports is None else asked.below & asked.reader.reports
    if not mine:
        return None
    return report_figures(session, date_of(days[0]), date_of(days[1]), mine).total


def _month_before(session: Session, asked: Asked, month: Month) -> Totals | None:
    """The whole of the month before; None without any session in it."""
    last = date_of(month.first_day) - timedelta(days=1)
    past = Month.of(f"{last:%Y-%m}")
    days = range(past.first_day, past.last_day + 1)
    counts = session_counts(session, asked.reach, asked.below, days[0], days[-1])
    whole = of_sessions(asked.units, asked.unit, counts, days).whole.totals
    return whole if whole.expected else None


FEWEST = 5


def _spotless_units(
    asked: Asked, counts: dict[int, dict[str, int]], people: tuple[Spotless, ...]
) -> tuple[UnitRow, ...]:
    """Lowest units of five or more with data about every session, all on time or excused."""
    found = []
    for unit_id in sorted(counts, key=lambda one: asked.units.units[one].code):
        own = counts[unit_id]
        fine = not (own["late"] or own["early"] or own["missing"] or own["unexcused"] or own["no_data"])
        strong = sum(one.unit_id == unit_id for one in people) >= FEWEST
        if fine and strong and not asked.units.children.get(unit_id):
            found.append(asked.units.units[unit_id])
    return tuple(found)


def _public(session: Session, asked: Asked, month: Month, days: tuple[int, int]) -> pd.DataFrame:
    """Counts of people; what is hidden is decided over everybody, whoever asks."""
    shown = asked.below if asked.reach.terms is None else asked.reach.within(asked.below, days[1])
    return aggregates_table(session, month.text, *days, shown)


def _of_campaign(session: Session, asked: Asked, campaign: Campaign) -> Gathered:
    report = report_of(session, campaign, asked.units, asked.reach)
    if report is None:
        raise InspectionRefused("campaign_no_figures", campaign=campaign.code)
    days = _checked_days(report, asked)
    if not days:
        raise InspectionRefused("upward_no_days")
    common = _common(session, asked, (days[0], days[-1]))
    return replace(common, counted_days=len(days), table=of_campaign(report, asked.unit, days))


def _checked_days(report: Report, asked: Asked) -> list[int]:
    """The days of a campaign that are over and not after the cut, without those before the break."""
    last = min(asked.yesterday, asked.yesterday if asked.cut_day is None else asked.cut_day)
    after = [day for day, mark in report.marks.items() if mark != "before"]
    return [day for day in (after or report.days) if day <= last]
