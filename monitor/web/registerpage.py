"""What the pages of the registers share: units to choose from, people of a form, days of a filter."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import abort, request
from sqlalchemy import select
from sqlmodel import Session, col

from monitor.access import Action
from monitor.registers.errors import RegisterRefused
from monitor.registers.meetings import By
from monitor.registers.reach import holds
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of, day_of
from monitor.setup.report import ImportReport
from monitor.store.queries.tree import Tree, UnitRow, tree
from monitor.store.tables import Person
from monitor.web import forms
from monitor.web.addresses import iso_day
from monitor.web.context import scope, site
from monitor.web.language import say
from monitor.web.pages.board import switcher
from monitor.web.sign_in import holder

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?", re.ASCII)
MOST_PEOPLE = 200
CODES = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The unit that a page is about, everything of it in scope, and the units to change to."""

    unit: UnitRow
    unit_ids: frozenset[int]
    switcher: list[tuple[UnitRow, int]]


def chosen_unit(database: Session, code: str, first: int, last: int) -> Chosen:
    """The unit of a code, '' for the account's own; one that is out of scope on the days is not found."""
    units = tree(database)
    choice = switcher(units, scope())
    unit = units.by_code(code) if code else _home(units, choice)
    if unit is None or not (scope().sees_unit(unit.id, first) or scope().sees_unit(unit.id, last)):
        abort(404)
    return Chosen(unit=unit, unit_ids=units.subtree(unit.id) & scope().units_of(units), switcher=choice)


def _home(units: Tree, choice: Sequence[tuple[UnitRow, int]]) -> UnitRow | None:
    home = scope().home
    return units.units[home] if home is not None else next((unit for unit, _ in choice), None)


def today() -> int:
    """Today's number by the installation's clock."""
    return site().wall_clock() // DAY_SECONDS


def month_asked() -> tuple[int, int]:
    """First and last day of the month in the address, of this month without one; else not found."""
    text = request.args.get("thang", "")
    try:
        first = date_of(iso_day(f"{text}-01") if text else today()).replace(day=1)
    except ValueError:
        abort(404)
    return day_of(first), day_of((first + timedelta(days=31)).replace(day=1)) - 1


def day_asked(name: str) -> int:
    """A day in the address, today without one; else not found."""
    text = request.args.get(name, "")
    try:
        return iso_day(text) if text else today()
    except ValueError:
        abort(404)


def seconds_of_day(name: str) -> int:
    """A time of a form, `07:30`, in seconds of the day. Raises RegisterRefused `register_bad_time`."""
    text = forms.field(name)
    found = _TIME.fullmatch(text)
    if found is None:
        raise RegisterRefused("register_bad_time", value=text[:20])
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return (hours * 60 + minutes) * 60 + seconds


def day_of_form(name: str) -> int:
    """A day that must be given. Raises RegisterRefused `register_bad_day`."""
    text = forms.field(name)
    try:
        return iso_day(text)
    except ValueError:
        raise RegisterRefused("register_bad_day", value=text[:20]) from None


def codes_of_form(field: str = "nguoi", typed: str = "ma-khac") -> list[str]:
    """The staff codes that were ticked and those that were typed, each once, in order."""
    said = forms.field(typed)[:CODES].replace(",", " ").replace(";", " ").split()
    return list(dict.fromkeys([*request.form.getlist(field), *said]))


def people_named(database: Session, codes: Sequence[str]) -> list[Person]:
    """The people of some staff codes.

    Raises RegisterRefused `register_nobody` or `register_people_many`; NotHere for one who does not exist.
    """
    if not codes:
        raise RegisterRefused("register_nobody")
    if len(codes) > MOST_PEOPLE:
        raise RegisterRefused("register_people_many", most=MOST_PEOPLE)
    found = {row.code: row for row in database.scalars(select(Person).where(col(Person.code).in_(codes)))}
    for code in codes:
        if code not in found:
            raise NotHere(code)
    return [found[code] for code in codes]


class NotHere(Exception):
    """A person who does not exist, or whose days are out of scope: to the reader these are one."""

    def __init__(self, code: str) -> None:
        """Keep the code that was asked for."""
        super().__init__(code)
        self.code = code


def check_days(database: Session, person: Person, first: int, last: int) -> None:
    """Refuse a person's days that the account may not register anything for.

    Raises NotHere, or RegisterRefused `register_own`: nobody registers for themselves.
    """
    if not holds(database, scope().reach, person.id or 0, first, last):
        raise NotHere(person.code)
    if person.id == scope().person_id:
        raise RegisterRefused("register_own")


def by() -> By:
    """Who asks, and when."""
    return By(actor=holder().user_name, at=site().now(), wall_clock=site().wall_clock())


def may_see_sensitive() -> bool:
    """Whether the reader is told why somebody is away for their health."""
    return scope().may(Action.SEE_SENSITIVE_EXCUSES)


def said(refused: RegisterRefused | forms.FormRefused) -> str:
    """A refusal in the reader's words."""
    return say(refused.code, **refused.values)


def entered_report(kind: str, ids: Iterable[int]) -> ImportReport:
    """What a preview is told of entries made by hand."""
    count = len(list(ids))
    return ImportReport(kind=kind, file="", rows=count, added=count, applied=True)
