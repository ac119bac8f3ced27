"""A person's copy of everything about them: one ZIP with a page to read, CSV for a spreadsheet, JSON."""

import csv
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import Engine
from sqlmodel import Session

from monitor.audit import record_shown
from monitor.config import Settings
from monitor.privacy.errors import PrivacyRefused
from monitor.privacy.explanations import papers_of
from monitor.privacy.followed import own_papers
from monitor.privacy.holds import person_named
from monitor.privacy.parts import Cell, Part, count_rows, parts_of
from monitor.rules.wallclock import day_of
from monitor.store.queries.campaigns import NOBODY, hidden_subjects
from monitor.store.session import reading, transaction
from monitor.store.tables import Person
from monitor.text import sentence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet calculate: such texts get an apostrophe in the CSV, for people open it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy, ready to be handed over: it has been told to the audit trail."""

    person: str
    file_name: str
    content: bytes
    rows: int


def copy_of(
    engine: Engine, code: str, *, now: datetime, actor: str, settings: Settings, language: str
) -> Copy:
    """Everything that is stored about a person, sensitive reasons included: it is theirs.

    The caller has checked that `actor` may have it. Raises PrivacyRefused `person_unknown`.
    """
    zone = settings.site.timezone
    with reading(engine) as session:
        person_id = person_named(session, code)
        hidden = hidden_subjects(session, NOBODY, now)
        parts = list(parts_of(session, person_id, zone, hidden))
        papers = [*papers_of(session, person_id), *own_papers(session, person_id, hidden)]
    told = _about(parts, code, now, settings, language)
    content = zipped(parts, told, now, language, papers)
    name = f"du-lieu-{_plain(code)}-{now:%Y%m%d}.zip"
    copy = Copy(person=code, file_name=name, content=content, rows=count_rows(parts))
    with transaction(engine) as session:
        _trace(session, person_id, copy, now, actor)
    return copy


def _trace(session: Session, person_id: int, copy: Copy, now: datetime, actor: str) -> None:
    """Say who got the copy; a person's own copy shows nobody else anything, yet it left the house."""
    if session.get_one(Person, person_id).code != copy.person:
        raise PrivacyRefused("person_unknown", person=copy.person)  # made nameless in between
    detail: dict[str, object] = {"sha256": hashlib.sha256(copy.content).hexdigest(), "rows": copy.rows}
    record_shown(
        session,
        [(person_id, 0, day_of(now.date()))],
        at=now,
        actor=actor,
        action="export_person",
        subject=f"person:{copy.person}",
        detail=detail,
    )


def _plain(code: str) -> str:
    """A staff code as a part of a file's name."""
    return "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in code)


def _about(parts: Sequence[Part], code: str, now: datetime, settings: Settings, language: str) -> str:
    values = {"person": code, "site": settings.site.name, "time": f"{now:%H:%M %d/%m/%Y}"}
    return sentence("copy_about", values | {"rows": count_rows(parts)}, language)


def zipped(
    parts: Sequence[Part],
    about: str,
    now: datetime,
    language: str,
    papers: Sequence[tuple[str, bytes]] = (),
) -> bytes:
    """The ZIP: index.html, data.json, one CSV for each part, and the papers that were handed in."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as folder:
        files = {"index.html": page(parts, about, language), "data.json": _json(parts)}
        files |= {f"{place:02}-{part.name}.csv": _csv(part, language) for place, part in enumerate(parts, 1)}
        contents = {name: text.encode() for name, text in files.items()}
        contents |= {f"giay-to/{name}": content for name, content in papers}
        for name, content in contents.items():
            info = ZipInfo(name, (now.year, now.month, now.day, now.hour, now.minute, now.second))
            info.compress_type = ZIP_DEFLATED
            folder.writestr(info, content)
    return target.getvalue()


def _json(parts: Sequence[Part]) -> str:
    rows = {part.name: [dict(zip(part.columns, row, strict=True)) for row in part.rows] for part in parts}
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _csv(part: Part, language: str) -> str:
    """With a byte order mark, without which spreadsheets take Vietnamese letters for others."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_heading(column, language) for column in part.columns])
    writer.writerows([[_safe(cell) for cell in row] for row in part.rows])
    return f"\ufeff{text.getvalue()}"


def _safe(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _heading(column: str, language: str) -> str:
    return sentence(f"copy_column_{column}", {}, language)


def page(parts: Sequence[Part], about: str, language: str) -> str:
    """One page without scripts, styles from elsewhere or links: it is read from a folder."""
    title = escape(sentence("copy_title", {}, language))
    body = "\n".join(_section(part, language) for part in parts)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title></head>\n<body><h1>{title}</h1>\n<p>{escape(about)}</p>\n{body}\n</body></html>\n"
    )


def _section(part: Part, language: str) -> str:
    name = escape(sentence(f"copy_part_{part.name}", {}, language))
    if not part.rows:
        return f"<h2>{name}</h2>\n<p>{escape(sentence('copy_nothing', {}, language))}</p>"
    heads = "".join(f'<th scope="col">{escape(_heading(one, language))}</th>' for one in part.columns)
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{'' if cell is None else escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in part.rows
    )
    return f'<h2>{name}</h2>\n<table border="1">\n<tr>{heads}</tr>\n{rows}\n</table>'
