"""A report as a paper in the layout of Nghị định 30/2020: the same parts for the page, Word and PDF."""

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.exports.timesheet.form import BLANK
from monitor.inspections.minutes_paper import plain
from monitor.inspections.paper import vietnamese, word
from monitor.inspections.totals import Totals, percent
from monitor.inspections.upward.gathering import Gathered
from monitor.inspections.upward.tables import Grid, counted, figures_grid, full_grid, people_grid, public_grid
from monitor.rules.wallclock import date_of

MARCH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A numbered part: its heading, paragraphs, and a table where it has one."""

    heading: str
    lines: tuple[str, ...] = ()
    grid: Grid | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpwardPaper:
    """A report; every text is as it is printed, in Vietnamese. `wide`: set on A4 across."""

    agency: str
    body: str
    number: str
    dated: str
    title: str
    subject: str
    addressee: str
    opening: tuple[str, ...]
    parts: tuple[Part, ...]
    signatory: str
    recipients: tuple[str, ...]
    foot: str
    wide: bool
    made_at_seconds: int


def upward_paper(found: Gathered) -> UpwardPaper:
    """The paper of what was gathered."""
    asked, words = found.asked, found.words
    root = asked.units.units[list(asked.units.path(asked.unit.id))[-1]]
    name = asked.forms.office.agency or root.name
    top = asked.unit.id == root.id
    now = asked.now
    return UpwardPaper(
        agency="" if top else plain(name).upper(),
        body=plain(name if top else asked.unit.name).upper(),
        number=word("upward_number", symbol=plain(words.symbol) or "BC-…"),
        dated=word(
            "paper_dated",
            place=asked.forms.office.place or BLANK,
            day=f"{now:%d}",
            month=f"{now:%m}" if now.month < MARCH else now.month,
            year=now.year,
        ),
        title=word("upward_title"),
        subject=_subject(found),
        addressee=plain(words.addressee),
        opening=tuple(_opening(found)),
        parts=tuple(_numbered(PARTS[asked.kind](found))),
        signatory=plain(words.signatory) or word("upward_signatory"),
        recipients=_recipients(words.recipients),
        foot=word("paper_foot", made_at=f"{now:%H:%M %d/%m/%Y}"),
        wide=asked.kind == "table",
        made_at_seconds=int(now.timestamp()),
    )


def _recipients(text: str) -> tuple[str, ...]:
    lines = tuple(line.strip(" -;.") for line in plain(text).splitlines() if line.strip(" -;."))
    return (*lines, word("upward_kept"))


def _subject(found: Gathered) -> str:
    asked = found.asked
    if asked.month is not None:
        code, about = f"upward_subject_{asked.kind}", word("upward_month", month=_month_words(found))
    else:
        code = f"upward_subject_{asked.kind}"
        about = plain(asked.campaign.title) if asked.campaign else ""
    return word(code, about=about)


def _month_words(found: Gathered) -> str:
    on = date_of(found.days[0])
    return f"{on.month:02}/{on.year}"


def _opening(found: Gathered) -> Iterator[str]:
    first, last = (f"{date_of(day):%d/%m/%Y}" for day in found.days)
    campaign = found.asked.campaign
    if campaign is not None and campaign.legal_basis:
        yield word("paper_basis", basis=plain(campaign.legal_basis))
    yield word("upward_opening", unit=plain(found.asked.unit.name), first=first, last=last)


def _numbered(parts: Iterator[Part]) -> Iterator[Part]:
    """Parts with Roman numbers, as official papers have them."""
    for number, part in zip(("I", "II", "III", "IV", "V", "VI", "VII"), parts, strict=False):
        yield Part(heading=f"{number}. {part.heading}", lines=part.lines, grid=part.grid)


def _typed(text: str) -> tuple[str, ...]:
    """What somebody wrote, line by line; dots to write on where nobody did."""
    lines = tuple(line.strip() for line in plain(text).splitlines() if line.strip())
    return lines or (BLANK,)


def _written(code: str, text: str) -> Part:
    return Part(heading=word(code), lines=_typed(text))


def _rated(part: int, totals: Totals) -> str:
    """A count with its share of those with data."""
    return f"{counted(part)} ({_unbroken(vietnamese(percent(part, totals.known)))})"


def _unbroken(rate: str) -> str:
    """With a space that never ends a line."""
    return rate.replace(" ", "\N{NO-BREAK SPACE}")


def _of_month(found: Gathered) -> Iterator[Part]:
    summary = (*_summary(found), *_compared(found))
    general = plain(found.words.general)
    yield Part(heading=word("upward_part_general"), lines=(*summary, *(_typed(general) if general else ())))
    yield Part(
        heading=word("upward_part_figures"), lines=(word("upward_note_sessions"),), grid=figures_grid(found)
    )
    yield _inspected(found)
    yield Part(heading=word("upward_part_exemplary"), lines=(_exemplary_units(found),))
    yield _written("upward_part_proposals", found.words.proposals)


def _summary(found: Gathered) -> Iterator[str]:
    table = found.table
    if table is not None:
        totals = table.whole.totals
        unit = "upward_unit_sessions" if found.asked.month is not None else "upward_unit_days"
        yield word(
            "upward_summary",
            units=table.units,
            days=found.counted_days,
            what=word(unit),
            expected=counted(totals.expected),
            present=_rated(totals.present, totals),
            absent=counted(totals.absent),
            excused=counted(totals.excused),
            unexcused=_rated(totals.unexcused, totals),
            late=counted(totals.late),
            early=counted(totals.early),
            no_data=counted(totals.no_data),
        )


def _compared(found: Gathered) -> Iterator[str]:
    before = found.before
    if before is not None:
        yield word(
            "upward_before",
            present=_unbroken(vietnamese(percent(before.present, before.known))),
            unexcused=_unbroken(vietnamese(percent(before.unexcused, before.known))),
            late=counted(before.late),
        )


def _inspected(found: Gathered) -> Part:
    """What inspections there were, what became of their findings, and what the person adds."""
    checks, handled = found.checks, found.handling
    lines: tuple[str, ...] = (
        word("upward_checks", campaigns=checks.campaigns, visits=checks.visits, signed=checks.signed),
        word(
            "upward_handling",
            findings=handled.findings,
            requests=handled.requests,
            accepted=handled.accepted,
            not_accepted=handled.not_accepted,
            closed=handled.closed,
            late=handled.late,
        ),
    )
    if found.citizen_reports is not None:
        lines = (*lines, word("upward_citizens", count=found.citizen_reports))
    own = plain(found.words.handling)
    return Part(heading=word("upward_part_handling"), lines=(*lines, *(_typed(own) if own else ())))


def _exemplary_units(found: Gathered) -> str:
    names = "; ".join(plain(unit.name) for unit in found.spotless_units)
    return word("upward_exemplary_units", units=names) if names else word("upward_exemplary_none")


def _of_self_check(found: Gathered) -> Iterator[Part]:
    yield _written("upward_part_done", found.words.general)
    lines = (*_summary(found), word("upward_note_days"))
    yield Part(heading=word("upward_part_results"), lines=lines, grid=figures_grid(found))
    yield _inspected(found)
    yield _written("upward_part_proposals", found.words.proposals)


def _of_table(found: Gathered) -> Iterator[Part]:
    note = "upward_note_sessions" if found.asked.month is not None else "upward_note_days"
    yield Part(heading=word("upward_part_table"), lines=(word(note),), grid=full_grid(found))
    yield _inspected(found)
    yield _written("upward_part_proposals", found.words.proposals)


def _of_exemplary(found: Gathered) -> Iterator[Part]:
    people = found.spotless or ()
    yield Part(heading=word("upward_part_criteria"), lines=(word("upward_criteria"),))
    yield Part(heading=word("upward_part_collectives"), lines=(_exemplary_units(found),))
    grid = people_grid(found) if found.asked.names and people else None
    yield Part(
        heading=word("upward_part_people"), lines=(word("upward_people_count", count=len(people)),), grid=grid
    )
    yield _written("upward_part_proposals", found.words.proposals)


def _of_public(found: Gathered) -> Iterator[Part]:
    yield Part(
        heading=word("upward_part_public"), lines=(word("upward_note_public"),), grid=public_grid(found)
    )


PARTS = {
    "month": _of_month,
    "self_check": _of_self_check,
    "table": _of_table,
    "exemplary": _of_exemplary,
    "public": _of_public,
}
