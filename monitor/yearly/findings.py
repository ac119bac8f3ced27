"""What inspections found of people, once the minutes are written: who, when, what, by which minutes."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlmodel import Session

from monitor.inspections.roll import RollLine
from monitor.rules.columns import DAY_SECONDS
from monitor.store.queries.campaigns import SUBJECT
from monitor.store.queries.reach import Reach
from monitor.store.queries.year_papers import exempt_findings
from monitor.store.queries.year_visits import Seen, seen_on_visits

BADGE, ALCOHOL, EXEMPT = "badge_missing", "alcohol_found", "exempt_away"
KINDS = ("not_seen", "off_post", "locked_room", BADGE, ALCOHOL, EXEMPT)
"""Not there in one of three ways, without a badge, alcohol, and away although exempt from punching."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found of one person; `document` names the minutes: number/year, body."""

    person_id: int
    day: int
    kind: str
    document: str


def findings_of(
    session: Session, reach: Reach, people: Collection[int], days: range, hidden: tuple[str, ...]
) -> list[Finding]:
    """Findings by day; `hidden` are subjects of campaigns that the reader may not know of yet.

    Whoever was away with a document, or a reason that the team accepted or has not judged, is none.
    """
    codes = [subject.removeprefix(SUBJECT) for subject in hidden]
    found = [
        finding for seen in seen_on_visits(session, reach, people, days, codes) for finding in _of_visit(seen)
    ]
    first, last = days[0] * DAY_SECONDS, (days[-1] + 1) * DAY_SECONDS - 1
    found += [
        Finding(person_id=person, day=starts // DAY_SECONDS, kind=EXEMPT, document=document)
        for person, starts, document in exempt_findings(session, people, first, last)
    ]
    return sorted(found, key=lambda one: (one.day, one.person_id))


def _of_visit(seen: Seen) -> Iterator[Finding]:
    line = RollLine(
        frozen=seen.frozen, person=seen.person, terminal="", marks=seen.marks, reasons=seen.reasons
    )
    kinds = []
    if line.expected and line.absent and not line.excused and not line.waiting:
        kinds.append(line.presence)
    kinds += [BADGE] if line.value("badge") == "missing" else []
    kinds += [ALCOHOL] if line.value("alcohol") == "found" else []
    visit = seen.visit
    number = f"{visit.number}/{visit.year}" if visit.number else visit.code
    document = f"{number}, {visit.body}" if visit.body else number
    for kind in kinds:
        yield Finding(person_id=seen.frozen.person_id, day=visit.day, kind=kind, document=document)
