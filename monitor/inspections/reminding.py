"""A written reminder because of a finding: a record of its own, beside earlier ones of the same person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from monitor.cases import CaseRefused, Reminding
from monitor.cases.effects import reminded
from monitor.config import Settings
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.followup import TEAM, UNIT, outcome_of, tell_finding
from monitor.inspections.wish import By
from monitor.rules.wallclock import date_of
from monitor.store.queries.findings import standing_reminders, steps_of
from monitor.store.tables import Finding, FindingReminder, WrittenReminder


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A reminder, and those of the same person within the months before: a repeat names their numbers.

    A repeat is ours; it is not the law's, which rests on a decision that took effect.
    """

    reminder: WrittenReminder
    earlier: tuple[WrittenReminder, ...]


def issue(
    session: Session, finding: Finding, said: Reminding, by: By, sides: frozenset[str]
) -> WrittenReminder:
    """Remind the person of a finding in writing, once it is concluded that there was no reason.

    Raises InspectionRefused `finding_not_yours`, `finding_no_person`, `finding_not_concluded`,
    `finding_step_day`, `reminder_incomplete`.
    """
    if sides.isdisjoint({TEAM, UNIT}):
        raise InspectionRefused("finding_not_yours")
    if finding.person_id is None:
        raise InspectionRefused("finding_no_person")
    steps = steps_of(session, [finding.id or 0]).get(finding.id or 0, [])
    if outcome_of(steps) != "not_accepted":
        raise InspectionRefused("finding_not_concluded")
    found_on = date_of(finding.day)
    if not found_on <= said.issued_on <= by.today:
        span = {"first": f"{found_on:%d/%m/%Y}", "last": f"{by.today:%d/%m/%Y}"}
        raise InspectionRefused("finding_step_day", **span)
    about = _reminded(session, finding, said, by)
    told = {"number": said.number, "issued_on": said.issued_on.isoformat(), "rule": said.rule_cited}
    tell_finding(session, "finding_remind", finding, by, {"before": len(steps), **told})
    return session.get_one(WrittenReminder, about)


def _reminded(session: Session, finding: Finding, said: Reminding, by: By) -> int:
    person = finding.person_id or 0
    try:
        day = reminded(session, person, date_of(finding.day), said, author_id=by.account_id or 0, at=by.now)
    except CaseRefused as refused:
        raise InspectionRefused(refused.code, **refused.values) from refused
    if session.get(FindingReminder, (finding.id, day.reminder_id)) is not None:
        raise InspectionRefused("finding_reminded")
    session.add(FindingReminder(finding_id=finding.id or 0, reminder_id=day.reminder_id))
    return day.reminder_id


def issued(session: Session, reminders: Sequence[WrittenReminder], settings: Settings) -> list[Issued]:
    """Each with the person's standing reminders of the months before it."""
    return [Issued(reminder=one, earlier=tuple(earlier_than(session, one, settings))) for one in reminders]


def earlier_than(session: Session, one: WrittenReminder, settings: Settings) -> list[WrittenReminder]:
    """The person's other reminders within `repeat_months` before this one."""
    first = months_before(one.issued_on, settings.inspections.repeat_months)
    found = standing_reminders(session, one.person_id, first, one.issued_on)
    return [other for other in found if (other.issued_on, other.id or 0) < (one.issued_on, one.id or 0)]


def months_before(day: date, months: int) -> date:
    """The same day so many months before; the last of the month where there is no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    return date(year, month + 1, 1)
