"""The papers of a finding: the request to explain and the notice of result, as they are printed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.exports.timesheet.form import BLANK, Forms
from monitor.inspections.followup import outcome_of
from monitor.inspections.minutes_paper import plain
from monitor.inspections.paper import word
from monitor.rules.wallclock import date_of
from monitor.store.queries.findings import FindingRow
from monitor.store.queries.tree import Tree
from monitor.store.tables import FindingStep


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterPaper:
    """A paper in the layout of Nghị định 30/2020.

    A letter says what it is about under its number (`matter`), a notice in its title and subject; exactly
    one of the two is not empty.
    """

    agency: str
    body: str
    number: str
    matter: str
    dated: str
    title: str
    subject: str
    addressee: str
    lines: tuple[str, ...]
    signatory: str
    recipients: tuple[str, ...]
    foot: str
    made_at_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a paper is printed from: the finding, its steps, and where the names come from."""

    row: FindingRow
    steps: Sequence[FindingStep]
    units: Tree
    forms: Forms

    def step(self, kind: str) -> FindingStep | None:
        """A step that was taken."""
        return next((one for one in self.steps if one.kind == kind), None)


def letter_paper(source: Source, kind: str) -> LetterPaper | None:
    """The paper of `request` or `notice`, with what stood in it when it was sent; None before that."""
    step = source.step(kind)
    if step is None:
        return None
    row, units = source.row, source.units
    root = units.units[list(units.path(row.unit.id))[-1]].name
    lines = _request(source, step) if kind == "request" else _notice(source, step)
    about = {"who": _who(row), "unit": plain(row.unit.name)}
    return LetterPaper(
        agency=plain(source.forms.office.agency or root).upper(),
        body=plain(step.body).upper(),
        number=word("letter_number", number=plain(step.number)),
        matter=word("letter_matter", **about) if kind == "request" else "",
        dated=_dated(step.dated_on, plain(source.forms.office.place)),
        title=word("letter_notice_title") if kind == "notice" else "",
        subject=word("letter_notice_subject", **about) if kind == "notice" else "",
        addressee=plain(step.addressee),
        lines=tuple(lines),
        signatory=word("letter_signatory"),
        recipients=(word("letter_as_above"), word("minutes_kept")),
        foot=word("letter_foot", code=row.finding.code),
        made_at_seconds=int(step.taken_at.timestamp()),
    )


def _who(row: FindingRow) -> str:
    return plain(row.person.name) if row.person else plain(row.unit.name)


def _dated(on: date | None, place: str) -> str:
    """As official papers write dates: a zero before days under ten, and before the first two months."""
    if on is None:
        return ""
    month = f"{on.month:02}" if on.month < 3 else str(on.month)  # noqa: PLR2004 - as said
    return word("letter_dated", place=place or BLANK, day=f"{on.day:02}", month=month, year=on.year)


def _found(source: Source) -> str:
    """What was found, when and where, as the minutes have it."""
    row, finding = source.row, source.row.finding
    kinds = ", ".join(word(f"finding_kind_{kind}").lower() for kind in row.kinds if kind != "unit")
    on = {"day": f"{date_of(finding.day):%d/%m/%Y}", "unit": plain(row.unit.name)}
    if row.visit is not None:
        basis = word("letter_by_minutes", number=f"{row.visit.number:02}", year=row.visit.year, **on)
    else:
        basis = word("letter_by_report", **on)
    what = "; ".join(filter(None, (kinds, plain(finding.words))))
    about = (
        word("letter_person", who=_who(row), code=plain(row.person.code))
        if row.person
        else word("letter_of_unit", unit=plain(row.unit.name))
    )
    return f"{basis} {about} {what}."


def _request(source: Source, step: FindingStep) -> Iterator[str]:
    yield _found(source)
    yield word("letter_asks", due=f"{step.due_on:%d/%m/%Y}" if step.due_on else "…")
    yield from _own_words(step)
    yield word("letter_right")


def _notice(source: Source, step: FindingStep) -> Iterator[str]:
    yield _found(source)
    asked, answered, concluded = (source.step(one) for one in ("request", "explanation", "conclusion"))
    if asked is not None and asked.dated_on is not None:
        yield word("letter_was_asked", number=plain(asked.number), day=f"{asked.dated_on:%d/%m/%Y}")
    if answered is not None:
        yield word(f"letter_answered_{answered.outcome}")
    if concluded is not None:
        reason = plain(concluded.words)
        yield word(f"letter_concluded_{outcome_of(source.steps)}", reason=reason.rstrip("."))
    yield from _own_words(step)
    if step.due_on is not None:
        yield word("letter_to_mend", due=f"{step.due_on:%d/%m/%Y}")
    yield word("letter_right")


def _own_words(step: FindingStep) -> Iterator[str]:
    """What the team adds in its own words; the product proposes nothing."""
    yield from (line.strip() for line in plain(step.words).splitlines() if line.strip())
