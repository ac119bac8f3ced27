"""The report as an official paper: the same lines and words for the page, the workbook and the PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from monitor.exports.timesheet.form import BLANK, Forms
from monitor.inspections.report import Line, Report
from monitor.inspections.totals import Totals, percent, reconciled
from monitor.rules.codes import Status
from monitor.rules.wallclock import date_of
from monitor.store.queries.inspection_people import Found
from monitor.store.queries.tree import UnitRow
from monitor.text import sentence

Cell = str | int | Decimal | None
"""A text, a count, a rate in per cent; None where there is not enough data for a rate."""

COLUMNS = (
    *("number", "unit", "checked_at", "expected", "no_data", "present", "present_rate", "absent"),
    *("excused", "unexcused", "unexcused_rate", "late", "early", "other", "heads", "proposals", "remedied"),
)
PAPER = "paper_column_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table; `depth` of the unit in the tree, None for the sum of all."""

    depth: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A report on one day of a campaign; every text is as it is printed, in Vietnamese.

    `people` are those who were late, early or away, for readers who may see names; else empty.
    """

    agency: str
    body: str
    place: str
    title: str
    about: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    compared: tuple[tuple[str, ...], ...]
    exemplary: tuple[str, ...]
    notes: tuple[str, ...]
    people: tuple[tuple[str, ...], ...]
    signatories: tuple[str, ...]
    made_at: datetime


def paper_of(report: Report, day: int, forms: Forms, people: list[Found], *, now: datetime) -> Paper:
    """The paper of a day; `now` is local. Raises InspectionRefused where totals do not reconcile."""
    campaign, lines = report.campaign, report.lines(day)
    for line in lines:
        reconciled(line.totals)
    whole = report.whole(day)
    checked_at = f"{_clock(campaign.check_second)} {date_of(day):%d/%m/%Y}"
    rows = [_row(str(number), line, checked_at) for number, line in enumerate(lines, start=1)]
    total = _cells("", word("paper_whole"), checked_at, whole, report.whole_leads(day))
    agency = forms.office.agency or _top(report).name
    return Paper(
        agency=agency.upper(),
        body=campaign.body,
        place=forms.office.place or BLANK,
        title=campaign.title,
        about=tuple(_about(report, day)),
        heads=tuple(word(f"{PAPER}{column}") for column in COLUMNS),
        rows=(*rows, Row(depth=None, cells=total)),
        compared=tuple(_compared(report)),
        exemplary=tuple(unit.name for unit in report.exemplary()),
        notes=tuple(_notes(report, whole)),
        people=tuple(_person(one, report) for one in people),
        signatories=(word("paper_sign_secretary"), word("paper_sign_leader")),
        made_at=now,
    )


def word(code: str, /, **values: object) -> str:
    """A sentence in the language of documents."""
    return sentence(code, values)


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"


def _top(report: Report) -> UnitRow:
    return report.units.units[report.places.ids[report.places.tops[0]]]


def _about(report: Report, day: int) -> Iterator[str]:
    campaign = report.campaign
    if campaign.legal_basis:
        yield word("paper_basis", basis=campaign.legal_basis)
    yield word(
        "paper_about",
        day=f"{date_of(day):%d/%m/%Y}",
        clock=_clock(campaign.check_second),
        session=word(f"paper_part_{campaign.part}"),
    )


def _row(number: str, line: Line, checked_at: str) -> Row:
    return Row(depth=line.depth, cells=_cells(number, line.unit.name, checked_at, line.totals, line.leads))


def _cells(number: str, unit: str, checked_at: str, totals: Totals, leads: Totals) -> tuple[Cell, ...]:
    """In the order of COLUMNS; what only people can write is left empty."""
    enough = totals.enough
    return (
        *(number, unit, checked_at, totals.expected, totals.no_data, totals.present),
        percent(totals.present, totals.known) if enough else None,
        *(totals.absent, totals.excused, totals.unexcused),
        percent(totals.unexcused, totals.known) if enough else None,
        *(
            totals.late,
            totals.early,
            "",
            f"{leads.present}/{leads.expected}" if leads.expected else "–",
            "",
            "",
        ),
    )


COMPARED = ("day", "known", "present_at", "late", "unexcused", "baseline", "last_year")


def _compared(report: Report) -> Iterator[tuple[str, ...]]:
    """Day by day: presence at the clock time, beside the same people's normal days and last year."""
    yield tuple(word(f"paper_compared_{column}") for column in COMPARED)
    for day in report.days:
        now, before, last = report.whole(day), report.whole_baseline(day), report.whole_last_year(day)
        mark = report.marks[day]
        yield (
            f"{date_of(day):%d/%m/%Y}" + (f" ({word(f'paper_mark_{mark}')})" if mark else ""),
            str(now.known),
            rate_words(now.present_at, now),
            rate_words(now.late, now),
            rate_words(now.unexcused, now),
            rate_words(before.present_at, before),
            word("paper_no_last_year") if last is None else rate_words(last.present_at, last),
        )


def rate_words(part: int, totals: Totals) -> str:
    """A count with its rate: 333 (78,54 %); words instead where there is too little data."""
    if not totals.enough:
        return word("paper_not_enough")
    return f"{part} ({vietnamese(percent(part, totals.known))})"


def vietnamese(rate: Decimal | None) -> str:
    """78,54 %."""
    return "–" if rate is None else f"{rate:.2f} %".replace(".", ",")


def _notes(report: Report, whole: Totals) -> Iterator[str]:
    yield word("paper_note_sums")
    yield word("paper_note_not_enough")
    yield word("paper_note_baseline")
    if whole.no_data:
        yield word("paper_note_no_data", people=whole.no_data)
    if report.campaign.tet_year is not None:
        yield word("paper_note_lunar" if report.has_last_year else "paper_no_last_year_at_all")


def _person(one: Found, report: Report) -> tuple[str, ...]:
    unit = report.units.units[one.unit_id].name if one.unit_id in report.units.units else ""
    return (one.code, one.name, one.position, unit, f"{date_of(one.day):%d/%m/%Y}", found_words(one))


def found_words(one: Found) -> str:
    """What was found of a person, in the words of documents."""
    match Status(one.status):
        case Status.ABSENT:
            return word("paper_found_unexcused")
        case Status.EXCUSED:
            return word("paper_found_excused", symbol=one.symbol or "–")
        case _:
            late, early = -(-one.late_seconds // 60), -(-one.early_seconds // 60)
            found = [word("paper_found_late", minutes=late)] if late else []
            return "; ".join([*found, *([word("paper_found_early", minutes=early)] if early else [])])
