"""Stored findings and their steps: those an account may know of, in reach or of its own team."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlmodel import Session, col
from sqlmodel import select as pairs

from monitor.store.queries.campaigns import may_know
from monitor.store.queries.reach import Reach
from monitor.store.tables import (
    Account,
    Campaign,
    CampaignMember,
    Finding,
    FindingEscalation,
    FindingPaper,
    FindingReminder,
    FindingStep,
    Person,
    ReminderDay,
    Unit,
    Visit,
    VisitMinutes,
    WrittenReminder,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: what is in reach, and, whatever the dates of the grants, what the own team found.

    `reports` are units whose citizens' reports the account receives (None: all units'); `everything`: a job
    or the machine's operator, to whom sealed campaigns are no secret.
    """

    reach: Reach
    account_id: int = 0
    now: datetime | None = None
    inspects: bool = False
    reports: frozenset[int] | None = frozenset()
    everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A finding with whom, where and in which campaign; without a person it is about the unit."""

    finding: Finding
    person: Person | None
    unit: Unit
    visit: Visit | None
    campaign: Campaign | None

    @property
    def kinds(self) -> list[str]:
        """What was found, as codes."""
        return self.finding.kinds.split(",")


def findings(session: Session, reader: Reader, *conditions: ColumnElement[bool]) -> list[FindingRow]:
    """The findings that a reader may know of, the newest first."""
    wanted = (
        select(Finding, Person, Unit, Visit, Campaign)
        .join(Unit, col(Unit.id) == col(Finding.unit_id))
        .outerjoin(Person, col(Person.id) == col(Finding.person_id))
        .outerjoin(Visit, col(Visit.id) == col(Finding.visit_id))
        .outerjoin(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .where(*conditions)
        .order_by(col(Finding.day).desc(), col(Unit.code), col(Person.sort_key), col(Finding.id))
    )
    if not reader.everything:
        wanted = wanted.where(_known(reader), or_(_reached(reader), _of_team(reader), _received(reader)))
    rows: Sequence[Any] = session.execute(wanted).all()
    return [
        FindingRow(finding=row[0], person=row[1], unit=row[2], visit=row[3], campaign=row[4]) for row in rows
    ]


def _known(reader: Reader) -> ColumnElement[bool]:
    """Of no campaign, or of one that is not sealed to the reader any more."""
    if reader.now is None:
        return false()
    return or_(col(Finding.visit_id).is_(None), may_know(reader.account_id, reader.now))


def _reached(reader: Reader) -> ColumnElement[bool]:
    person: Any = col(Finding.person_id)
    return reader.reach.allows(person, col(Finding.unit_id), col(Finding.day))


def _of_team(reader: Reader) -> ColumnElement[bool]:
    """A team follows up what it found although its right to look has ended."""
    if not reader.inspects:
        return false()
    mine = select(col(CampaignMember.campaign_id)).where(col(CampaignMember.account_id) == reader.account_id)
    return col(Visit.campaign_id).in_(mine)


def _received(reader: Reader) -> ColumnElement[bool]:
    reported = col(Finding.report_id).is_not(None)
    if reader.reports is None:
        return reported
    return and_(reported, col(Finding.unit_id).in_(reader.reports))


def is_of_team(session: Session, campaign_id: int, account_id: int) -> bool:
    """Whether an account is of a campaign's team."""
    return session.get(CampaignMember, (campaign_id, account_id)) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A paper of a step without its content; one whose time is over has none."""

    id: int
    name: str
    bytes_count: int
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A step, who took it, and its papers."""

    step: FindingStep
    by: str
    papers: tuple[PaperRow, ...]


def steps_of(session: Session, findings: Collection[int]) -> dict[int, list[FindingStep]]:
    """The steps of some findings, in order."""
    mine = select(FindingStep).where(col(FindingStep.finding_id).in_(findings))
    found: defaultdict[int, list[FindingStep]] = defaultdict(list)
    for step in session.scalars(mine.order_by(col(FindingStep.finding_id), col(FindingStep.seq))):
        found[step.finding_id].append(step)
    return dict(found)


def chain_of(session: Session, finding_id: int) -> list[StepRow]:
    """The steps of one finding with names and papers."""
    named = pairs(FindingStep, Account).join(Account, col(Account.id) == col(FindingStep.taken_by))
    rows = session.exec(named.where(col(FindingStep.finding_id) == finding_id).order_by(col(FindingStep.seq)))
    papers = _papers(session, finding_id)
    return [
        StepRow(step=row[0], by=row[1].display_name, papers=tuple(papers.get(row[0].id or 0, ())))
        for row in rows
    ]


def _papers(session: Session, finding_id: int) -> dict[int, list[PaperRow]]:
    one = FindingPaper
    columns = (col(one.step_id), col(one.id), col(one.name), col(one.bytes_count))
    rows = session.execute(
        select(*columns, func.length(col(one.content)))
        .join(FindingStep, col(FindingStep.id) == col(one.step_id))
        .where(col(FindingStep.finding_id) == finding_id)
        .order_by(col(one.id))
    )
    found: defaultdict[int, list[PaperRow]] = defaultdict(list)
    for step, number, name, count, kept in rows:
        found[step].append(PaperRow(id=number or 0, name=name, bytes_count=count, kept=bool(kept)))
    return found


def paper_of_finding(session: Session, finding_id: int, number: int) -> FindingPaper | None:
    """A paper with its content, of this finding only."""
    joined = select(FindingPaper).join(FindingStep, col(FindingStep.id) == col(FindingPaper.step_id))
    mine = col(FindingPaper.id) == number, col(FindingStep.finding_id) == finding_id
    return session.scalars(joined.where(*mine)).first()


def followed_people(session: Session, visit_id: int) -> frozenset[int]:
    """The people of a visit about whom a finding is followed up already."""
    mine = select(col(Finding.person_id)).where(col(Finding.visit_id) == visit_id)
    return frozenset(one for one in session.scalars(mine) if one is not None)


def last_minutes(session: Session, visit_id: int) -> VisitMinutes | None:
    """The version of a visit's minutes that was signed: the last one."""
    mine = select(VisitMinutes).where(col(VisitMinutes.visit_id) == visit_id)
    return session.scalars(mine.order_by(col(VisitMinutes.version).desc())).first()


def reminders_because_of(session: Session, finding_id: int) -> list[WrittenReminder]:
    """The written reminders that a finding led to."""
    joined = select(WrittenReminder).join(
        FindingReminder, col(FindingReminder.reminder_id) == col(WrittenReminder.id)
    )
    mine = joined.where(col(FindingReminder.finding_id) == finding_id)
    return list(session.scalars(mine.order_by(col(WrittenReminder.id))))


def standing_reminders(session: Session, person_id: int, first: date, last: date) -> list[WrittenReminder]:
    """A person's written reminders of some days that still stand for at least one day, oldest first."""
    stands = select(col(ReminderDay.reminder_id)).where(col(ReminderDay.withdrawn_at).is_(None))
    mine = (
        col(WrittenReminder.person_id) == person_id,
        col(WrittenReminder.issued_on).between(first, last),
        col(WrittenReminder.id).in_(stands),
    )
    query = select(WrittenReminder).where(*mine)
    return list(session.scalars(query.order_by(col(WrittenReminder.issued_on), col(WrittenReminder.id))))


def escalations_of(session: Session, finding_ids: Collection[int]) -> dict[int, list[FindingEscalation]]:
    """Who was told of a late step, by finding."""
    mine = select(FindingEscalation).where(col(FindingEscalation.finding_id).in_(finding_ids))
    found: defaultdict[int, list[FindingEscalation]] = defaultdict(list)
    for one in session.scalars(mine.order_by(col(FindingEscalation.id))):
        found[one.finding_id].append(one)
    return dict(found)


TOLD_FOR = timedelta(days=30)
"""So long a message about a late step may wait for a server; after that the list tells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A late step that a unit's head is told of until `told_until`; nobody is named."""

    number: int
    finding: str
    unit: str
    step: str
    due_on: date
    told_unit_id: int
    told_until: datetime


def still_late(session: Session, now: datetime, number: int | None = None) -> list[Late]:
    """Told to a unit, and the step is not taken yet; of sealed campaigns nothing."""
    one = FindingEscalation
    taken = select(col(FindingStep.id)).where(
        col(FindingStep.finding_id) == col(one.finding_id), col(FindingStep.kind) == col(one.step)
    )
    columns = (col(one.id), col(Finding.code), col(Unit.name), col(one.step), col(one.due_on))
    wanted = (
        select(*columns, col(one.unit_id), col(one.told_at))
        .join(Finding, col(Finding.id) == col(one.finding_id))
        .join(Unit, col(Unit.id) == col(Finding.unit_id))
        .outerjoin(Visit, col(Visit.id) == col(Finding.visit_id))
        .outerjoin(Campaign, col(Campaign.id) == col(Visit.campaign_id))
        .where(~taken.correlate(one).exists(), col(one.unit_id).is_not(None))
        .where(or_(col(Finding.visit_id).is_(None), may_know(0, now)))
        .order_by(col(one.id))
    )
    if number is not None:
        wanted = wanted.where(col(one.id) == number)
    return [
        Late(
            number=row[0] or 0,
            finding=row[1],
            unit=row[2],
            step=row[3],
            due_on=row[4],
            told_unit_id=row[5] or 0,
            told_until=row[6] + TOLD_FOR,
        )
        for row in session.execute(wanted)
    ]
