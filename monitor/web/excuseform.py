"""The form of an excuse: what was filled in, whose it would be, and what it would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import request
from sqlalchemy import select
from sqlmodel import Session

from monitor.preview import PreviewReport, PreviewRow, preview_change
from monitor.registers.days import day_bounds
from monitor.registers.errors import RegisterRefused
from monitor.registers.excuses import Entered, enter_excuse, withdraw_excuse
from monitor.registers.many import enter_all
from monitor.registers.meant import SHAPES, Meant, interval_of
from monitor.rules.wallclock import DAY_SECONDS, date_of
from monitor.setup.report import ImportReport
from monitor.store.tables import Excuse, ExcuseType
from monitor.text.vietnamese import sort_key
from monitor.web import forms
from monitor.web.context import site
from monitor.web.language import clock
from monitor.web.registerpage import (
    by,
    check_days,
    codes_of_form,
    day_of_form,
    entered_report,
    may_see_sensitive,
    people_named,
    seconds_of_day,
)
from monitor.web.registerscope import row_in_scope

KEEP_ROWS = 50
MOST_USED = "leave"
FIELDS = ("loai", "hinh-thuc", "tu", "den", "gio-tu", "gio-den", "van-ban", "ngay-van-ban", "sua", "ly-do")
"""Everything but the people; kept while the form goes to and fro."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForPerson:
    """An excuse that one person would get."""

    code: str
    name: str
    entered: Entered


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What saving would do: the entries by person, the report, and its rows that the reader may see."""

    entries: Sequence[ForPerson]
    report: PreviewReport
    rows: Sequence[PreviewRow]


def kept() -> dict[str, str]:
    """The form's fields, or those that the address proposes."""
    if request.method == "POST":
        return {name: forms.field(name) for name in FIELDS}
    proposed = {"tu": request.args.get("tu", ""), "loai": request.args.get("loai", "")}
    return dict.fromkeys(FIELDS, "") | {"hinh-thuc": "days"} | proposed


def fields_of(excuse: Excuse) -> dict[str, str]:
    """The form filled with a stored excuse, to be entered anew."""
    first, last = day_bounds(excuse.starts, excuse.ends)
    whole = excuse.starts % DAY_SECONDS == 0 and excuse.ends % DAY_SECONDS == DAY_SECONDS - 1
    return dict.fromkeys(FIELDS, "") | {
        "loai": excuse.type_code,
        "hinh-thuc": "days" if whole or first != last else "hours",
        "tu": date_of(first).isoformat(),
        "den": date_of(last).isoformat(),
        "gio-tu": clock(excuse.starts),
        "gio-den": clock(excuse.ends),
        "van-ban": excuse.document,
        "ngay-van-ban": "" if excuse.document_date is None else excuse.document_date.isoformat(),
        "sua": str(excuse.id),
    }


def types_offered(database: Session) -> list[ExcuseType]:
    """The catalogue; what tells of somebody's health is entered by those who may know it."""
    rows = sorted(database.scalars(select(ExcuseType)), key=lambda row: (row.sensitive, sort_key(row.name)))
    rows.sort(key=lambda row: row.code != MOST_USED)
    return [row for row in rows if may_see_sensitive() or not row.sensitive]


def entries_of_form(database: Session) -> list[ForPerson]:
    """Who would get which excuse. Raises NotHere, RegisterRefused and FormRefused."""
    _check_type(database, forms.field("loai"))
    meant, zone = _meant(), site().settings.site.timezone
    dated: date | None = forms.day("ngay-van-ban")
    found = []
    for person in people_named(database, codes_of_form()):
        check_days(database, person, meant.first_day, max(meant.first_day, meant.last_day))
        starts, ends = interval_of(database, person.id or 0, meant, zone)
        entered = Entered(
            person_id=person.id or 0,
            type_code=forms.field("loai"),
            starts=starts,
            ends=ends,
            document=forms.field("van-ban"),
            document_date=dated,
        )
        found.append(ForPerson(code=person.code, name=person.name, entered=entered))
    return found


def _check_type(database: Session, code: str) -> None:
    if code not in {one.code for one in types_offered(database)}:
        raise RegisterRefused("excuse_type_not_yours")


def _meant() -> Meant:
    shape = next((one for one in SHAPES if one == forms.field("hinh-thuc")), None)
    if shape is None:
        raise RegisterRefused("register_shape_unknown")
    first = day_of_form("tu")
    last = day_of_form("den") if shape == "days" and forms.field("den") else first
    begin, end = (seconds_of_day("gio-tu"), seconds_of_day("gio-den")) if shape == "hours" else (0, 0)
    return Meant(shape=shape, first_day=first, last_day=last, from_second=begin, to_second=end)


def save(database: Session, entries: Sequence[ForPerson], replaced_id: int | None) -> list[int]:
    """Enter the excuses, in place of the replaced one. Raises EntriesRefused and RegisterRefused."""
    doer = by()
    if replaced_id is not None:
        replaced = database.get_one(Excuse, replaced_id)
        if [one.entered.person_id for one in entries] != [replaced.person_id]:
            raise RegisterRefused("excuse_edit_one")
        withdraw_excuse(database, replaced_id, reason=forms.field("ly-do"), actor=doer.actor, at=doer.at)

    def enter(entered: Entered) -> int:
        return enter_excuse(
            database,
            entered,
            entered_at=doer.wall_clock,
            actor=doer.actor,
            at=doer.at,
            replaces=replaced_id,
        )

    return enter_all([one.entered for one in entries], enter)


def foresee(replaced_id: int | None) -> Foreseen:
    """What saving would change, nothing of it kept. Raises as `entries_of_form` and `save`."""
    entries: list[ForPerson] = []
    rows: list[PreviewRow] = []

    def change(database: Session) -> ImportReport:
        entries.extend(entries_of_form(database))
        return entered_report("excuses", save(database, entries, replaced_id))

    def keep(row: PreviewRow) -> None:
        if len(rows) < KEEP_ROWS and row_in_scope(row):
            rows.append(row)

    report = preview_change(
        site().engine, change, now=site().now(), settings=site().settings, keep_rows=0, each=keep
    )
    return Foreseen(entries=entries, report=report, rows=rows)
