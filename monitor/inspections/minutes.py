"""The minutes of a visit: versions of what was written and found, their number, and the signed copy."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from monitor.cases.papers import Paper
from monitor.inspections.campaigns import tell
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.roll import RollLine, totals_of_roll
from monitor.inspections.totals import reconciled
from monitor.inspections.visits import refuse_signed
from monitor.inspections.wish import By
from monitor.rules.wallclock import DAY_SECONDS
from monitor.setup.spans import site_at
from monitor.store.queries import stale
from monitor.store.queries.visits import highest_number, versions
from monitor.store.tables import Campaign, ExemptFinding, Visit, VisitMinutes, VisitScan

LONGEST_PART = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What only people can write into minutes; `symbol` stands behind their number: 05/BB-ĐKT."""

    body: str
    symbol: str = "ĐKT"
    place: str = ""
    team: str = ""
    hosts: str = ""
    content: str = ""
    desk: str = ""
    other: str = ""
    opinions: str = ""
    proposals: str = ""
    ended: str = ""
    copies: str = "03"

    def check(self) -> None:
        """Raises InspectionRefused `minutes_body`, `minutes_long`."""
        if not self.body.strip():
            raise InspectionRefused("minutes_body")
        if any(len(getattr(self, one.name)) > LONGEST_PART for one in fields(self)):
            raise InspectionRefused("minutes_long", most=LONGEST_PART)


def write_version(
    session: Session, visit: Visit, campaign: Campaign, roll: Sequence[RollLine], words: Words, by: By
) -> VisitMinutes:
    """A new version of the minutes, its number drawn with the first; everybody expected must be marked.

    Raises InspectionRefused as `Words.check` and `reconciled`, and `visit_signed`.
    """
    words.check()
    refuse_signed(session, visit)
    facts = facts_of(roll, words)
    if visit.number is None:
        year = by.today.year
        visit.body = words.body.strip()
        visit.number, visit.year = highest_number(session, visit.body, year) + 1, year
    made = VisitMinutes(
        visit_id=visit.id or 0,
        version=len(versions(session, visit.id or 0)) + 1,
        facts=facts,
        sha256=hashlib.sha256(facts.encode()).hexdigest(),
        written_by=by.account_id or 0,
        written_at=by.now,
    )
    session.add(made)
    told = {"visit": visit.code, "number": visit.number, "version": made.version, "sha256": made.sha256}
    tell(session, "minutes_write", campaign, by, told)
    return made


def facts_of(roll: Sequence[RollLine], words: Words) -> str:
    """What a version holds, as JSON without names. Raises as `reconciled`: minutes never fail to add up."""
    totals = reconciled(totals_of_roll(roll))
    told = {
        "words": asdict(words),
        "totals": asdict(totals),
        "waiting": sum(line.waiting for line in roll),
        "people": [_found(line) for line in roll if line.expected or line.marks],
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _found(line: RollLine) -> dict[str, object]:
    alcohol, note = line.last("alcohol"), line.last("note")
    return {
        "person": line.frozen.person_id,
        "expected": line.expected,
        "presence": line.presence,
        "excused": line.excused,
        "waiting": line.waiting,
        "false_punch": line.expected and line.false_punch,
        "badge": line.value("badge"),
        "alcohol": alcohol.context if alcohol and alcohol.value == "found" else "",
        "note": note.id if note and note.note else "",
        "reasons": [reason.id for reason in line.reasons],
    }


def read_facts(minutes: VisitMinutes) -> Mapping[str, Any]:
    """The facts of a version. Raises InspectionRefused `minutes_changed`: they are not what was sealed."""
    if hashlib.sha256(minutes.facts.encode()).hexdigest() != minutes.sha256:
        raise InspectionRefused("minutes_changed")
    told: Mapping[str, Any] = json.loads(minutes.facts)
    return told


def keep_signed(
    session: Session, visit: Visit, campaign: Campaign, roll: Sequence[RollLine], paper: Paper, by: By
) -> VisitScan:
    """Store the signed copy of the last version: from now on nothing of the visit changes.

    Raises InspectionRefused `minutes_none`, `visit_signed`, `minutes_behind`: something was found after the
    last version was written.
    """
    refuse_signed(session, visit)
    newest = next(iter(versions(session, visit.id or 0)), None)
    if newest is None:
        raise InspectionRefused("minutes_none")
    told = read_facts(newest)
    if facts_of(roll, Words(**told["words"])) != newest.facts:
        raise InspectionRefused("minutes_behind")
    _tell_rules(session, visit, roll, by)
    scan = VisitScan(
        visit_id=visit.id or 0,
        minutes_id=newest.id or 0,
        name=paper.name,
        media_type=paper.media_type,
        bytes_count=len(paper.content),
        sha256=paper.sha256,
        content=paper.content,
        stored_by=by.account_id or 0,
        stored_at=by.now,
    )
    session.add(scan)
    detail = {"visit": visit.code, "version": newest.version, "sha256": paper.sha256}
    tell(session, "minutes_sign", campaign, by, detail)
    return scan


def _tell_rules(session: Session, visit: Visit, roll: Sequence[RollLine], by: By) -> None:
    """Who is exempt from punching and was away without reason is absent in that session (rules 2)."""
    away = [line for line in roll if line.frozen.kind == "exempt" and line.absent and not line.excused]
    document = f"BB {visit.number}/{visit.year}"
    people = [line.frozen.person_id for line in away]
    known = set(
        session.scalars(
            select(col(ExemptFinding.person_id)).where(
                col(ExemptFinding.person_id).in_(people), col(ExemptFinding.starts) == visit.frozen_at
            )
        )
    )
    session.add_all(
        ExemptFinding(person_id=one, starts=visit.frozen_at, ends=visit.frozen_at, document=document)
        for one in people
        if one not in known
    )
    site = site_at(by.now, by.settings.site.timezone)
    days = site.days_of_seconds(visit.frozen_at, visit.frozen_at)
    stale.mark(session, [(one, *days) for one in people])


def clock_words(seconds: int) -> str:
    """The time of day of wall-clock seconds, as documents write it: 08 giờ 15."""
    of_day = seconds % DAY_SECONDS
    return f"{of_day // 3600:02} giờ {of_day // 60 % 60:02}"
