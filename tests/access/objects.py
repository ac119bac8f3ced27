"""Things that hang on people: leave, duties, cases, papers, reminders, meetings, campaigns; one of each."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from sqlmodel import Session, SQLModel, col, select

from monitor.access import Scope
from monitor.config import Settings
from monitor.inspections.minutes import write_version
from monitor.inspections.roll import roll_of
from monitor.inspections.snapshot import freeze
from monitor.inspections.visits import Tap, keep_taps
from monitor.inspections.wish import By
from monitor.rules.patterns import PATTERNS
from monitor.rules.wallclock import day_of
from monitor.store.queries.reach import EVERYBODY
from monitor.store.queries.tree import tree
from monitor.store.tables import (
    Account,
    Attachment,
    Campaign,
    CampaignDay,
    CampaignUnit,
    CaseDecision,
    CaseNote,
    CitizenReport,
    CitizenReportPaper,
    Commendation,
    DayCase,
    Excuse,
    Finding,
    FindingPaper,
    FindingStep,
    Meeting,
    MeetingInvitation,
    PatternSwitch,
    Person,
    ReminderDay,
    RosterEntry,
    Unit,
    Visit,
    WrittenReminder,
)
from tests.access.organisation import DAYS, NOW, TODAY, Organisation, unit_on
from tests.inspections.test_minutes import WORDS

ON = DAYS[1]
CAMPAIGN = "KT-1"
PICTURE = b"\xff\xd8\xff\xe0"


@dataclass(slots=True, kw_only=True)
class Things:
    """Their numbers by kind, and the person whom each is about (of a meeting: those who were invited)."""

    excuses: dict[int, str] = field(default_factory=dict)
    duties: dict[int, str] = field(default_factory=dict)
    papers: dict[int, str] = field(default_factory=dict)
    reminders: dict[int, str] = field(default_factory=dict)
    meetings: dict[int, set[str]] = field(default_factory=dict)
    visits: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    finding_papers: dict[int, str] = field(default_factory=dict)
    reports: list[str] = field(default_factory=list)
    report_papers: dict[int, str] = field(default_factory=dict)


def furnish_things(session: Session, made: Organisation) -> Things:
    """One of each for everybody who has a unit on the day, and a meeting of each unit with people."""
    people = {person.code: person.id or 0 for person in session.scalars(select(Person))}
    units = {unit.code: unit.id or 0 for unit in session.scalars(select(Unit))}
    author = session.scalars(select(Account).order_by(col(Account.id))).first()
    assert author is not None
    things, keep = Things(), _Keep(session, author.id or 0)
    for pattern in PATTERNS:
        keep(PatternSwitch(pattern=pattern, switched_on=True, reason="x", switched_by="a0", switched_at=NOW))
    campaign = _campaign(keep, list(units.values()))
    for unit in units:
        if any(unit_on(made, code, TODAY) == unit for code in people):
            things.visits.append(_visit(session, campaign, unit, keep.author_id))
    _after_visits(keep, things, made, people, units)
    by_unit: dict[str, list[str]] = {}
    for code, person_id in people.items():
        if unit := unit_on(made, code, ON):
            by_unit.setdefault(unit, []).append(code)
            _of_person(keep, things, code, person_id, made.canaries[code])
    for unit, codes in by_unit.items():
        number = keep(_meeting(units[unit]))
        things.meetings[number] = set(codes)
        for code in codes:
            keep(MeetingInvitation(meeting_id=number, person_id=people[code]))
    return things


class _Keep:
    def __init__(self, session: Session, author_id: int) -> None:
        self.session, self.author_id = session, author_id

    def __call__(self, row: SQLModel) -> int:
        self.session.add(row)
        self.session.flush()
        return int(getattr(row, "id", 0) or 0)


def _of_person(keep: _Keep, things: Things, code: str, person_id: int, name: str) -> None:
    starts, ends = _hours(ON)
    leave = Excuse(
        person_id=person_id, type_code="leave", starts=starts, ends=ends, document="1/GP", document_date=ON
    )
    things.excuses[keep(leave)] = code
    duty = RosterEntry(person_id=person_id, kind="duty", starts=ends, ends=ends + 3600, place="Cổng")
    things.duties[keep(duty)] = code
    commended = Commendation(
        person_id=person_id, given_on=ON, document="1/QĐ", body="Trực", entered_by="a0", entered_at=NOW
    )
    keep(commended)
    overtime = RosterEntry(
        person_id=person_id, kind="overtime", starts=ends + 7200, ends=ends + 10_800, document="2/QĐ"
    )
    keep(overtime)
    case = keep(DayCase(person_id=person_id, on_date=ON, state="explained", due_at=NOW, decide_by=NOW))
    note = keep(
        CaseNote(case_id=case, written_at=NOW, author_id=keep.author_id, kind="explain", body="Kẹt xe")
    )
    paper = Attachment(
        note_id=note,
        name=f"{name}.jpg",
        media_type="image/jpeg",
        bytes_count=len(PICTURE + name.encode()),
        sha256="0" * 64,
        content=PICTURE + name.encode(),
    )
    things.papers[keep(paper)] = code
    keep(CaseDecision(case_id=case, kind="remind", decided_at=NOW, decider_id=keep.author_id, reason="Muộn"))
    reminder = WrittenReminder(
        person_id=person_id,
        issuer="Chánh văn phòng",
        number=f"{person_id}/NN",
        issued_on=ON,
        rule_cited="Điều 4",
        author_id=keep.author_id,
        written_at=NOW,
    )
    number = keep(reminder)
    things.reminders[number] = code
    keep(ReminderDay(reminder_id=number, on_date=ON))


def _visit(session: Session, campaign: Campaign, unit: str, account_id: int) -> str:
    """A visit of a unit with its minutes, so that its Word and PDF files name everybody on the roll."""
    units = tree(session)
    found = units.by_code(unit)
    assert found is not None
    scope = Scope(role="inspector", account_id=account_id, terms=None)
    by = By(actor="a0", now=NOW, settings=Settings(), account_id=account_id, scope=scope)
    visit = freeze(session, campaign, found.id, units, by, code=f"luot-{unit}")
    session.flush()
    expected = [one for one in roll_of(session, visit, EVERYBODY) if one.expected and not one.presence]
    moment = int(NOW.timestamp() * 1000)
    taps = [
        Tap(
            id=uuid4().hex, code=one.person.code, field="presence", value="present", tapped_ms=moment, note=""
        )
        for one in expected
    ]
    known = {one.person.code: one.frozen.person_id for one in expected}
    keep_taps(session, visit, campaign, known, taps, by)
    write_version(session, visit, campaign, roll_of(session, visit, EVERYBODY), WORDS, by)
    return visit.code


def _after_visits(
    keep: _Keep, things: Things, made: Organisation, people: dict[str, int], units: dict[str, int]
) -> None:
    """A finding about everybody with a unit today, answered on paper; and a report, which nobody receives."""
    visits = {visit.unit_id: visit for visit in keep.session.scalars(select(Visit))}
    for code, person_id in people.items():
        unit = unit_on(made, code, TODAY)
        if not unit:
            continue
        unit_id, name = units[unit], made.canaries[code]
        visit = visits[unit_id]
        things.findings.append(f"viec-{code}")
        finding = keep(
            Finding(
                code=f"viec-{code}",
                visit_id=visit.id,
                unit_id=unit_id,
                person_id=person_id,
                day=visit.day,
                kinds="not_seen",
                words=name,
                opened_by=keep.author_id,
                opened_at=NOW,
            )
        )
        for seq, kind in enumerate(("request", "explanation"), start=1):
            step = FindingStep(
                finding_id=finding, seq=seq, kind=kind, taken_by=keep.author_id, taken_at=NOW,
                number="1/ĐKT" if seq == 1 else "", body="SNV", addressee=name, dated_on=TODAY, due_on=TODAY,
                outcome="" if seq == 1 else "given", words=name,
            )  # fmt: skip
            number = keep(step)
        content = PICTURE + name.encode()
        about: dict[str, Any] = {
            "name": f"{name}.jpg",
            "media_type": "image/jpeg",
            "bytes_count": len(content),
        }
        things.finding_papers[
            keep(FindingPaper(step_id=number, sha256="0" * 64, content=content, **about))
        ] = code
        things.reports.append(f"pa-{code}")
        report = keep(
            CitizenReport(
                code=f"pa-{code}", source="letter", received_at=visit.frozen_at, unit_id=unit_id,
                person_id=person_id, happened_at=visit.frozen_at, words=name, received_by=keep.author_id,
                entered_at=NOW,
            )
        )  # fmt: skip
        things.report_papers[
            keep(CitizenReportPaper(report_id=report, sha256="0" * 64, content=content, **about))
        ] = code


def _campaign(keep: _Keep, unit_ids: list[int]) -> Campaign:
    """One that is open, of every unit: each account's report of it must keep to the account's people."""
    row = Campaign(code=CAMPAIGN, kind="dates", title="Kiểm tra", state="open", made_at=NOW, opened_at=NOW)
    number = keep(row)
    for day in DAYS:
        keep(CampaignDay(campaign_id=number, on_date=day))
    for unit_id in unit_ids:
        keep(CampaignUnit(campaign_id=number, unit_id=unit_id))
    return row


def _meeting(unit_id: int) -> Meeting:
    starts, ends = _hours(ON)
    return Meeting(
        unit_id=unit_id, title="Giao ban", starts=starts, ends=ends, created_by="a0", created_at=NOW
    )


def _hours(on: date) -> tuple[int, int]:
    midnight = day_of(on) * 86_400
    return midnight + 27_000, midnight + 61_200
