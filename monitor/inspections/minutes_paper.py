"""The minutes as a paper: every line and cell as it is printed, the same for Word and PDF."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.exports.timesheet.form import BLANK, Forms
from monitor.inspections.minutes import Words, clock_words, read_facts
from monitor.inspections.paper import vietnamese, word
from monitor.inspections.roll import NOT_THERE, RollLine
from monitor.inspections.totals import Totals, percent, reconciled
from monitor.rules.wallclock import DAY_SECONDS, date_of
from monitor.store.queries.tree import Tree
from monitor.store.tables import Campaign, Visit, VisitMinutes

Row = tuple[str, ...]
LONGEST_CELL = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A numbered part of the minutes: its heading, and paragraphs below it."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesPaper:
    """Minutes in the layout of Nghị định 30/2020; tables begin with their heads."""

    agency: str
    body: str
    number: str
    title: str
    subject: str
    opening: tuple[str, ...]
    before: tuple[Part, ...]
    results_heading: str
    results: tuple[Row, ...]
    absent_heading: str
    absent: tuple[Row, ...]
    after: tuple[Part, ...]
    closing: tuple[str, ...]
    signatories: Row
    recipients: tuple[str, ...]
    foot: str
    made_at_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What minutes are printed from: a version, and where the names of its people and units come from."""

    visit: Visit
    campaign: Campaign
    minutes: VisitMinutes
    roll: Sequence[RollLine]
    units: Tree
    forms: Forms


def minutes_paper(source: Source) -> MinutesPaper:
    """The paper of a version; names come from the roll, all else from what the version holds.

    Raises InspectionRefused `minutes_changed`, and as `reconciled`: totals that do not add up are never
    printed.
    """
    visit, minutes, units = source.visit, source.minutes, source.units
    facts = read_facts(minutes)
    words, totals = Words(**facts["words"]), reconciled(Totals(**facts["totals"]))
    unit = units.units[visit.unit_id].name
    lines = {line.frozen.person_id: line for line in source.roll}
    root = units.units[list(units.path(visit.unit_id))[-1]].name
    return MinutesPaper(
        agency=plain(source.forms.office.agency or root).upper(),
        body=plain(words.body).upper(),
        number=word("minutes_number", number=f"{visit.number:02}", symbol=plain(words.symbol)),
        title=word("minutes_title"),
        subject=word("minutes_subject", unit=plain(unit)),
        opening=tuple(_opening(visit, source.campaign, words, unit)),
        before=(
            _part("minutes_team", words.team),
            _part("minutes_hosts", words.hosts),
            _part("minutes_content", words.content),
        ),
        results_heading=word("minutes_results", clock=clock_words(visit.frozen_at)),
        results=tuple(_results(totals, facts)),
        absent_heading=word("minutes_absent"),
        absent=tuple(_absent(facts["people"], lines, units)),
        after=(
            _part("minutes_desk", words.desk),
            _part("minutes_other", "\n".join([*_others(facts["people"], lines), words.other])),
            _part("minutes_opinions", words.opinions),
            _part("minutes_proposals", words.proposals),
        ),
        closing=(word("minutes_ended", clock=_clock_typed(words.ended), copies=plain(words.copies)),),
        signatories=tuple(word(f"minutes_sign_{who}") for who in ("host", "secretary", "leader")),
        recipients=(plain(unit), word("minutes_kept")),
        foot=word("minutes_foot", version=minutes.version, sha256=minutes.sha256[:16]),
        made_at_seconds=int(minutes.written_at.timestamp()),
    )


def plain(text: str) -> str:
    """Text as a paper can hold it: no control or format characters but line ends, in one normal form."""
    kept = (c for c in unicodedata.normalize("NFC", text) if c == "\n" or unicodedata.category(c)[0] != "C")
    return "".join(kept)[:LONGEST_CELL]


def _part(code: str, text: str) -> Part:
    lines = tuple(line.strip() for line in plain(text).splitlines() if line.strip())
    return Part(heading=word(code), lines=lines or (BLANK,))


def _clock_typed(text: str) -> str:
    hours, colon, minutes = text.partition(":")
    return f"{hours} giờ {minutes}" if colon else "…… giờ ……"


def _opening(visit: Visit, campaign: Campaign, words: Words, unit: str) -> Iterator[str]:
    if campaign.legal_basis:
        yield word("minutes_basis", basis=plain(campaign.legal_basis))
    on = date_of(visit.frozen_at // DAY_SECONDS)
    yield word(
        "minutes_opening",
        clock=clock_words(visit.frozen_at),
        day=f"{on.day:02}",
        month=f"{on.month:02}" if on.month < 3 else str(on.month),  # noqa: PLR2004 - as official papers write months
        year=on.year,
        place=plain(words.place or unit),
        body=plain(words.body),
    )


def _results(totals: Totals, facts: Mapping[str, Any]) -> Iterator[Row]:
    yield tuple(word(f"minutes_head_{name}") for name in ("what", "count", "rate"))
    for name in ("expected", "present", "absent", "excused", "unexcused"):
        count = getattr(totals, name)
        rate = "" if name == "expected" else vietnamese(percent(count, totals.expected))
        yield word(f"minutes_row_{name}"), str(count), rate
    people = facts["people"]
    more = {
        "waiting": facts["waiting"],
        "false_punch": sum(one["false_punch"] for one in people),
        "off_post": sum(one["expected"] and one["presence"] == "off_post" for one in people),
        "locked_room": sum(one["expected"] and one["presence"] == "locked_room" for one in people),
        "badge": sum(one["badge"] == "missing" for one in people),
        "alcohol": sum(bool(one["alcohol"]) for one in people),
    }
    yield from ((word(f"minutes_row_{name}"), str(count), "") for name, count in more.items() if count)


def _absent(people: Sequence[Mapping[str, Any]], lines: Mapping[int, RollLine], units: Tree) -> Iterator[Row]:
    yield tuple(word(f"minutes_head_{name}") for name in ("order", "name", "post", "found", "reason"))
    away = [one for one in people if one["expected"] and one["presence"] in NOT_THERE]
    for number, one in enumerate(away, start=1):
        line = lines[one["person"]]
        post = [plain(line.frozen.position), plain(units.units[line.frozen.unit_id].name)]
        found = [word(f"visit_presence_{one['presence']}")]
        if one["false_punch"] and line.frozen.last_punch is not None:
            found.append(word("minutes_false_punch", clock=clock_words(line.frozen.last_punch)))
        yield (
            str(number),
            plain(line.person.name),
            ", ".join(filter(None, post)),
            "; ".join(found),
            _reason(one, line),
        )


def _reason(one: Mapping[str, Any], line: RollLine) -> str:
    """What stands behind an absence, and what the team makes of it."""
    state = "excused" if one["excused"] else "waiting" if one["waiting"] else "unexcused"
    told = [word(f"minutes_reason_{state}")]
    if line.frozen.kind == "away":
        told.append(_document(line.frozen.symbol, line.frozen.document, line.frozen.document_date))
        told += [word("visit_flag_after_t")] if line.frozen.flag else []
    for reason in line.reasons:
        if reason.id in one["reasons"]:
            told += [plain(reason.words), _document("", reason.document, reason.document_date)]
            told += [word("visit_flag_after_t")] if reason.after_t else []
            told += [] if reason.names_person else [word("visit_flag_not_named")]
    return "; ".join(filter(None, told))


def _document(symbol: str, document: str, dated: object) -> str:
    about = " ".join(filter(None, (f"({symbol})" if symbol else "", plain(document))))
    return f"{about} ngày {dated:%d/%m/%Y}".strip() if dated else about


def _others(people: Sequence[Mapping[str, Any]], lines: Mapping[int, RollLine]) -> Iterator[str]:
    """A line for each person with another finding: no badge, alcohol with its context, the team's words."""
    for one in people:
        line = lines[one["person"]]
        found = [word("minutes_no_badge")] if one["badge"] == "missing" else []
        found += [word(f"minutes_alcohol_{one['alcohol']}")] if one["alcohol"] else []
        found += [" ".join(plain(mark.note).split()) for mark in line.marks if mark.id == one["note"]]
        if told := "; ".join(filter(None, found)):
            yield f"- {plain(line.person.name)}: {told}."
