"""What the pages of findings share: who reads, one finding as its reader may see it, steps from forms."""

from dataclasses import dataclass

from flask import Flask, abort, request
from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from monitor.access import Action
from monitor.cases.papers import Paper, examined
from monitor.inspections.findings import sides_of
from monitor.inspections.followup import Step
from monitor.inspections.officers import received_units
from monitor.inspections.overdue import Item, items_of
from monitor.store.queries.findings import FindingRow, Reader, findings
from monitor.store.session import reading
from monitor.store.tables import Finding
from monitor.web import forms
from monitor.web.context import scope, site
from monitor.web.forms import field
from monitor.web.shown import remember_shown
from monitor.web.visitpage import inspector as acting

__all__ = [
    "Seen",
    "acting",
    "followed",
    "install",
    "open_followed",
    "paper_of_form",
    "reader",
    "seen_or_404",
    "step_of_form",
]


def install(app: Flask) -> None:
    """Give the tabs what they ask."""
    app.jinja_env.globals.update(receives_reports=_receives_reports)


def _receives_reports() -> bool:
    with reading(site().engine) as database:
        units = received_units(database, scope().account_id)
    return units is None or bool(units)


def open_followed(database: Session) -> int:
    """How many findings that the account may know of are still open."""
    return sum(item.is_open for item in followed(database))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A finding, how far it is, and on whose side its reader stands."""

    row: FindingRow
    item: Item
    sides: frozenset[str]

    def remember(self, action: str = "view_finding") -> None:
        """Note that the finding of a person is about to be shown."""
        finding = self.row.finding
        people = [] if finding.person_id is None else [finding.person_id]
        remember_shown(action, f"finding:{finding.code}", people, finding.day, finding.day)


def reader(database: Session) -> Reader:
    """The account that asks, as queries of findings take it."""
    mine = scope()
    receives = mine.may(Action.RECEIVE_REPORTS)
    return Reader(
        reach=mine.reach,
        account_id=mine.account_id,
        now=site().now(),
        inspects=mine.may(Action.INSPECT),
        reports=received_units(database, mine.account_id) if receives else frozenset(),
    )


def followed(database: Session, *conditions: ColumnElement[bool]) -> list[Item]:
    """The findings that the account may know of."""
    rows = findings(database, reader(database), *conditions)
    return items_of(database, rows, site().settings, site().now())


def seen_or_404(database: Session, code: str) -> Seen:
    """One finding; out of reach, or of a sealed campaign, is not found."""
    found = followed(database, col(Finding.code) == code)
    if not found:
        abort(404)
    row = found[0].row
    return Seen(row=row, item=found[0], sides=sides_of(database, row, acting()))


def step_of_form() -> Step:
    """The step that a form tells of. Raises FormRefused `form_bad_day`, CaseRefused for its file."""
    return Step(
        kind=field("buoc"),
        words=field("noi-dung"),
        outcome=field("ket-qua"),
        number=field("so"),
        body=field("co-quan"),
        addressee=field("kinh-gui"),
        dated_on=forms.day("ngay"),
        due_on=forms.day("han"),
        done_on=forms.day("ngay-lam"),
        paper=paper_of_form(),
    )


def paper_of_form() -> Paper | None:
    """The file, if one was chosen, by its content. Raises CaseRefused for what cannot be kept."""
    sent = request.files.get("tep")
    if sent is None or not sent.filename:
        return None
    most = site().settings.explanations.attachment_kib * 1024
    return examined(sent.filename, sent.stream.read(most + 1), most)
