"""A report as a file, with whom it names; and keeping the words that somebody adds to one."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlmodel import Session

from monitor import audit
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.upward.docx import as_docx
from monitor.inspections.upward.gathering import Gathered, Words
from monitor.inspections.upward.paper import upward_paper
from monitor.inspections.upward.pdf import as_pdf
from monitor.inspections.wish import By
from monitor.store.tables import ReportWords, Unit

SUFFIXES = (".docx", ".pdf")
LONGEST_WORDS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A file, how many units or people it lists, and the staff codes of everybody named in it."""

    content: bytes
    rows: int
    people: tuple[str, ...]


def made_file(found: Gathered, suffix: str, folder: Path) -> Content:
    """The report as Word or PDF. Raises InspectionRefused as `as_pdf`, `upward_suffix`."""
    if suffix not in SUFFIXES:
        raise InspectionRefused("upward_suffix", suffixes=", ".join(SUFFIXES))
    paper = upward_paper(found)
    style = found.asked.forms.print
    content = as_docx(paper) if suffix == ".docx" else as_pdf(paper, style=style, folder=folder)
    people = named_people(found)
    return Content(content=content, rows=found.table.units if found.table else len(people), people=people)


def named_people(found: Gathered) -> tuple[str, ...]:
    """The staff codes of everybody whom the report names."""
    return tuple(one.code for one in found.spotless or ()) if found.asked.names else ()


def keep_words(session: Session, kind: str, unit: Unit, period: str, words: Words, by: By) -> None:
    """Keep what somebody wrote, as a new version; the trail knows by which fields, not what.

    Raises InspectionRefused `upward_words_long`.
    """
    told = {name: text.strip() for name, text in asdict(words).items()}
    if max(map(len, told.values())) > LONGEST_WORDS:
        raise InspectionRefused("upward_words_long", most=LONGEST_WORDS)
    session.add(
        ReportWords(
            kind=kind,
            unit_id=unit.id or 0,
            period=period,
            words=json.dumps(told, ensure_ascii=False),
            written_by=by.actor,
            written_at=by.now,
        )
    )
    session.flush()
    detail = {"kind": kind, "period": period, "fields": sorted(name for name, text in told.items() if text)}
    audit.record(
        session, at=by.now, actor=by.actor, action="report_words", subject=f"unit:{unit.code}", detail=detail
    )
