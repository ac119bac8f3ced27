"""The evidence as tables of plain columns (docs/yearly-evidence.md); what is not known stays empty."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from monitor.rules.figures import Figures
from monitor.rules.wallclock import date_of
from monitor.store.queries.tree import Tree
from monitor.store.queries.year_papers import CommendationRow
from monitor.yearly.counting import MonthCount
from monitor.yearly.evidence import PersonYear
from monitor.yearly.unit import Led, UnitYear

MINUTE = 60
DECISIONS = ("accept", "excuse", "manual", "refuse", "no_reason", "remind")
COUNTS = (
    *("sessions", "on_time", "late", "late_minutes", "early", "early_minutes", "missing_mark"),
    *("absent_without_reason", "excused", "exempt", "sessions_without_data", "worked_minutes"),
)
Cell = str | int | None
Row = dict[str, Cell]


def counts_of(figures: Figures, *, known: bool) -> Row:
    """The counts by kind; all empty where nothing is known, but for what there is no data of."""
    if not known:
        return dict.fromkeys(COUNTS) | {"sessions_without_data": figures.no_data}
    return {
        "sessions": figures.sessions,
        "on_time": figures.on_time,
        "late": figures.late,
        "late_minutes": -(-figures.late_seconds // MINUTE),
        "early": figures.early,
        "early_minutes": -(-figures.early_seconds // MINUTE),
        "missing_mark": figures.missing,
        "absent_without_reason": figures.absent,
        "excused": figures.excused,
        "exempt": figures.exempt,
        "sessions_without_data": figures.no_data,
        "worked_minutes": figures.worked_seconds // MINUTE,
    }


def person_row(one: PersonYear, units: Tree, period: tuple[str, str]) -> Row:
    """A person's year in one row."""
    shown, papers = one.papers.shown, one.papers
    return {
        "person": one.who.code,
        "name": one.who.name,
        "units": ";".join(dict.fromkeys(units.units[stay.unit_id].code for stay in one.stays)),
        "position": one.who.position,
        "from": period[0],
        "to": period[1],
        "months_with_data": one.year.with_data,
        "months_without_data": one.year.without_data,
        **counts_of(one.year.figures, known=bool(one.year.with_data)),
        "excused_by_symbol": ";".join(f"{symbol}={count}" for symbol, count in one.excused.items()),
        "perfect_months": ";".join(one.year.perfect),
        "reminders": len(papers.reminders) if shown else None,
        "reminders_within_12_months": papers.repeated if shown else None,
        "commendations": len(one.commendations),
        "findings": len(papers.findings) if shown else None,
        **{f"decided_{kind}": papers.decisions.get(kind, 0) if shown else None for kind in DECISIONS},
    }


def month_row(code: str, month: MonthCount) -> Row:
    """One month of one person."""
    return {
        "person": code,
        "month": month.text,
        "state": month.state.value,
        "days": month.days,
        **counts_of(month.figures, known=month.known),
        "perfect": int(month.perfect),
    }


def reminder_rows(one: PersonYear) -> list[Row]:
    """The written reminders of a person, and what each follows within twelve months."""
    return [
        {
            "person": one.who.code,
            "number": reminder.row.number,
            "issued_on": reminder.row.issued_on.isoformat(),
            "issuer": reminder.row.issuer,
            "rule_cited": reminder.row.rule_cited,
            "about": ";".join(on.isoformat() for on in reminder.row.about),
            "within_12_months_of": "" if reminder.after is None else reminder.after.number,
            "within_12_months_of_date": "" if reminder.after is None else str(reminder.after.issued_on),
            "twelve_months_end_on": reminder.window_ends_on.isoformat(),
        }
        for reminder in one.papers.reminders
    ]


def commendation_row(whose: Row, row: CommendationRow) -> Row:
    """A commendation of a person or a unit, which `whose` names."""
    return {
        **whose,
        "given_on": row.given_on.isoformat(),
        "document": row.document,
        "issuer": row.issuer,
        "text": row.body,
    }


def finding_rows(one: PersonYear) -> list[Row]:
    """What inspections found."""
    return [
        {
            "person": one.who.code,
            "date": date_of(finding.day).isoformat(),
            "kind": finding.kind,
            "minutes": finding.document,
        }
        for finding in one.papers.findings
    ]


def led_row(led: Led) -> Row:
    """An appointment and the unit's counts within its dates."""
    return {
        "unit": led.unit.code,
        "person": led.by.code,
        "name": led.by.name,
        "role": led.by.role,
        "from": date_of(led.by.first_day).isoformat(),
        "to": date_of(led.by.last_day).isoformat(),
        **counts_of(led.figures, known=led.known),
    }


def tables_of(found: UnitYear, units: Tree) -> dict[str, list[Row]]:
    """Every table of a unit's year, by the name of its sheet."""
    period = (
        date_of(found.period.first_day).isoformat(),
        date_of(found.period.last_day).isoformat(),
    )
    commended = [
        commendation_row({"person": one.who.code, "unit": ""}, row)
        for one in found.people
        for row in one.commendations
    ]
    commended += [
        commendation_row({"person": "", "unit": units.units[row.unit_id].code}, row)
        for row in found.commendations
        if row.unit_id is not None
    ]
    return {
        "people": [person_row(one, units, period) for one in found.people],
        "months": [month_row(one.who.code, month) for one in found.people for month in one.months],
        "reminders": _all(reminder_rows(one) for one in found.people),
        "commendations": commended,
        "findings": _all(finding_rows(one) for one in found.people),
        "leaders": [led_row(led) for led in found.leaders],
    }


def _all(parts: Iterable[list[Row]]) -> list[Row]:
    return [row for part in parts for row in part]


HEADS: Mapping[str, Sequence[str]] = {
    "people": (
        *("person", "name", "units", "position", "from", "to", "months_with_data", "months_without_data"),
        *COUNTS,
        *("excused_by_symbol", "perfect_months", "reminders", "reminders_within_12_months"),
        *("commendations", "findings", *(f"decided_{kind}" for kind in DECISIONS)),
    ),
    "months": ("person", "month", "state", "days", *COUNTS, "perfect"),
    "reminders": (
        *("person", "number", "issued_on", "issuer", "rule_cited", "about"),
        *("within_12_months_of", "within_12_months_of_date", "twelve_months_end_on"),
    ),
    "commendations": ("person", "unit", "given_on", "document", "issuer", "text"),
    "findings": ("person", "date", "kind", "minutes"),
    "leaders": ("unit", "person", "name", "role", "from", "to", *COUNTS),
}
"""The columns of each table, in order; a table without rows has them, too."""


def frame(name: str, rows: Sequence[Row]) -> pd.DataFrame:
    """The rows of a table; cells of no value are None, whatever the others of the column are."""
    cells = {head: pd.Series([row[head] for row in rows], dtype=object) for head in HEADS[name]}
    return pd.DataFrame(cells, columns=list(HEADS[name]), dtype=object)
