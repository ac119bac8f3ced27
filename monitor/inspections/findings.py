"""From signed minutes to findings that are followed up, and on whose side an account stands."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from monitor.access import Action
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.followup import PERSON, TEAM, UNIT, tell_finding
from monitor.inspections.officers import receives
from monitor.inspections.roll import NOT_THERE, RollLine
from monitor.inspections.wish import By
from monitor.store.queries.findings import FindingRow, followed_people, is_of_team, last_minutes
from monitor.store.queries.visits import signed_copy
from monitor.store.tables import Finding, Visit

KINDS = (*NOT_THERE, "false_punch", "badge", "alcohol", "note", "unit", "reported")
LONGEST_WORDS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody of a signed roll with something found; `followed`: that is followed up already."""

    line: RollLine
    kinds: tuple[str, ...]
    followed: bool


def candidates(session: Session, visit: Visit, roll: Sequence[RollLine]) -> list[Candidate]:
    """Everybody about whom the signed minutes say something, as they say it; none before the signature."""
    if signed_copy(session, visit.id or 0) is None:
        return []
    signed = last_minutes(session, visit.id or 0)
    facts = {one["person"]: one for one in json.loads(signed.facts)["people"]} if signed else {}
    followed = followed_people(session, visit.id or 0)
    found = []
    for line in roll:
        person = line.frozen.person_id
        if kinds := tuple(_kinds(facts.get(person, {}))):
            found.append(Candidate(line=line, kinds=kinds, followed=person in followed))
    return found


def _kinds(facts: dict[str, object]) -> Iterator[str]:
    """What the minutes hold against nobody's excuse: an absence with a reason is no finding."""
    if facts.get("expected") and facts.get("presence") in NOT_THERE and not facts.get("excused"):
        yield str(facts["presence"])
    if facts.get("false_punch"):
        yield "false_punch"
    if facts.get("badge") == "missing":
        yield "badge"
    if facts.get("alcohol"):
        yield "alcohol"
    if facts.get("note"):
        yield "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a finding comes from: a signed visit, or a confirmed report; never both."""

    day: int
    visit_id: int | None = None
    report_id: int | None = None


def open_of_visit(
    session: Session, visit: Visit, chosen: Sequence[Candidate], unit_words: str, by: By, codes: Sequence[str]
) -> list[Finding]:
    """Follow up these people's findings, and with `unit_words` one about the unit itself.

    `codes` come from chance, one for each. Raises InspectionRefused `finding_unsigned`, `finding_nothing`,
    `finding_followed`, `finding_step_long`.
    """
    if signed_copy(session, visit.id or 0) is None:
        raise InspectionRefused("finding_unsigned")
    if not chosen and not unit_words.strip():
        raise InspectionRefused("finding_nothing")
    if any(one.followed for one in chosen):
        raise InspectionRefused("finding_followed")
    origin, drawn = Origin(day=visit.day, visit_id=visit.id), iter(codes)
    made = [
        add_finding(
            session,
            origin,
            by,
            code=next(drawn),
            unit_id=one.line.frozen.unit_id,
            person_id=one.line.frozen.person_id,
            kinds=one.kinds,
        )
        for one in chosen
    ]
    if unit_words.strip():
        of_unit = {"unit_id": visit.unit_id, "kinds": ("unit",), "words": unit_words.strip()}
        made.append(add_finding(session, origin, by, code=next(drawn), **of_unit))  # type: ignore[arg-type]  # by name
    return made


def add_finding(  # noqa: PLR0913 - the columns of a finding
    session: Session,
    origin: Origin,
    by: By,
    *,
    code: str,
    unit_id: int,
    kinds: Collection[str],
    person_id: int | None = None,
    words: str = "",
) -> Finding:
    """One finding. Raises InspectionRefused `finding_step_long`."""
    if len(words) > LONGEST_WORDS:
        raise InspectionRefused("finding_step_long", most=LONGEST_WORDS)
    finding = Finding(
        code=code,
        visit_id=origin.visit_id,
        report_id=origin.report_id,
        unit_id=unit_id,
        person_id=person_id,
        day=origin.day,
        kinds=",".join(kinds),
        words=words,
        opened_by=by.account_id or 0,
        opened_at=by.now,
    )
    session.add(finding)
    session.flush()
    detail: dict[str, object] = {
        "kinds": list(kinds),
        "visit": origin.visit_id,
        "report": origin.report_id,
        "unit": unit_id,
    }
    tell_finding(session, "finding_open", finding, by, detail)
    return finding


def sides_of(session: Session, row: FindingRow, by: By) -> frozenset[str]:
    """On whose side an account stands that may see a finding."""
    scope, finding = by.scope, row.finding
    if scope is None:
        return frozenset()
    sides = set()
    leads = scope.role == "head" and scope.sees_unit(finding.unit_id, finding.day)
    own = finding.person_id is not None and finding.person_id == scope.person_id
    if own or (finding.person_id is None and leads):
        sides.add(PERSON)
    if leads and not own:
        sides.add(UNIT)
    if scope.may(Action.INSPECT) and not own and _of_team(session, row, by):
        sides.add(TEAM)
    return frozenset(sides)


def _of_team(session: Session, row: FindingRow, by: By) -> bool:
    """A standing campaign has no team but the inspectors who may look at the unit."""
    account_id, finding = by.account_id or 0, row.finding
    if row.campaign is None:
        return receives(session, account_id, finding.unit_id)
    if row.campaign.standing and by.scope is not None:
        return by.scope.sees_unit(finding.unit_id, finding.day)
    return row.campaign.made_by == account_id or is_of_team(session, row.campaign.id or 0, account_id)
