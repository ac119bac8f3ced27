"""Findings that wait: what is late, and telling once who stands above; nothing is decided by it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, or_
from sqlmodel import Session, col

from monitor import audit
from monitor.cases import Desks, Matter
from monitor.config import Settings
from monitor.inspections.followup import PERSON, SIDES, SUBJECT, TEAM, Progress, progress_of
from monitor.store.queries.campaigns import may_know
from monitor.store.queries.findings import (
    FindingRow,
    Reader,
    escalations_of,
    findings,
    steps_of,
)
from monitor.store.queries.reach import EVERYBODY
from monitor.store.session import reading, transaction
from monitor.store.tables import Finding, FindingEscalation, FindingStep

ACTOR = "job:escalate_findings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A finding with how far it is; `told`: who stands above knows that the step is late."""

    row: FindingRow
    steps: tuple[FindingStep, ...]
    progress: Progress
    told: tuple[FindingEscalation, ...]

    @property
    def is_open(self) -> bool:
        """Whether anything is left to do."""
        return self.progress.next is not None

    @property
    def escalated(self) -> bool:
        """Whether the step that is late now was told above."""
        return any(one.step == self.progress.next for one in self.told)


def items_of(session: Session, rows: list[FindingRow], settings: Settings, now: datetime) -> list[Item]:
    """The findings as a list shows them: late ones first, then by the day they are due, closed ones last.

    `now` is in the installation's zone.
    """
    ids = [row.finding.id or 0 for row in rows]
    steps, told = steps_of(session, ids), escalations_of(session, ids)
    items = [
        Item(
            row=row,
            steps=tuple(steps.get(row.finding.id or 0, ())),
            progress=progress_of(row.finding, steps.get(row.finding.id or 0, ()), settings, now.date()),
            told=tuple(told.get(row.finding.id or 0, ())),
        )
        for row in rows
    ]
    return sorted(items, key=lambda one: (not one.is_open, one.progress.days_left if one.is_open else 0))


def all_items(session: Session, settings: Settings, now: datetime) -> list[Item]:
    """Every finding, for a job and for the machine's operator."""
    return items_of(session, findings(session, Reader(reach=EVERYBODY, everything=True)), settings, now)


def escalate_findings(engine: Engine, *, settings: Settings, now: datetime) -> int:
    """Tell above of every step that is late, each once; gives how many. `now` in the installation's zone.

    Each is one transaction: run twice, or cut short, nothing is told twice. Sealed campaigns wait.
    """
    open_now = or_(col(Finding.visit_id).is_(None), may_know(0, now))
    with reading(engine) as session:
        rows = findings(session, Reader(reach=EVERYBODY, everything=True), open_now)
        late = [one for one in items_of(session, rows, settings, now) if _untold(one)]
    told = 0
    for item in late:
        with transaction(engine) as session:
            told += _tell_above(session, item.row.finding.id or 0, settings, now)
    return told


def _untold(item: Item) -> bool:
    return item.is_open and item.progress.late and not item.escalated


def _tell_above(session: Session, finding_id: int, settings: Settings, now: datetime) -> bool:
    """Look again, alone with the row: somebody may have taken the step meanwhile."""
    session.get_one(Finding, finding_id, with_for_update=True)
    mine = findings(session, Reader(reach=EVERYBODY, everything=True), col(Finding.id) == finding_id)
    item = next(iter(items_of(session, mine, settings, now)), None)
    step = item.progress.next if item else None
    if item is None or step is None or item.progress.due_on is None or not _untold(item):
        return False
    unit = unit_above(Desks.on(session, now.date()), item.row.finding, step)
    session.add(
        FindingEscalation(
            finding_id=finding_id, step=step, due_on=item.progress.due_on, unit_id=unit, told_at=now
        )
    )
    session.flush()
    detail = {"step": step, "due": item.progress.due_on.isoformat(), "desk": unit}
    subject = f"{SUBJECT}{item.row.finding.code}"
    audit.record(session, at=now, actor=ACTOR, action="finding_escalate", subject=subject, detail=detail)
    return True


def unit_above(desks: Desks, finding: Finding, step: str) -> int | None:
    """The unit whose head stands above whose turn it is today; None: the team's turn, or nobody above.

    Above a person stands the person's head; above a unit's head the next unit that somebody leads.
    """
    side = SIDES[step][0]
    if side == TEAM:
        return None
    of_person = side == PERSON and finding.person_id is not None
    person = finding.person_id or 0 if of_person else 0
    chain = desks.chain(Matter(person_id=person, day=finding.day, home=finding.unit_id))
    if of_person:
        return chain[0]
    own = finding.unit_id
    return next((unit for unit in chain if unit != own), None)
