"""What is due to be erased or made nameless, and what stands in the way; looking changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlmodel import Session

from monitor.audit import NEVER_ERASED
from monitor.config import Privacy
from monitor.doctor import Finding
from monitor.privacy.reported import due_reports
from monitor.privacy.years import years_later
from monitor.store.queries import retention
from monitor.store.queries.retention import Leaver

STEPS = ("accounts", "explanations", "punches", "records")
"""In this order; the last one takes what is left of the others with it."""

NEED_CLOSED_MONTHS = frozenset({"punches", "records"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A person who left, with the steps that are due; none is taken while `held`.

    `open_months` stand in the way of the steps of NEED_CLOSED_MONTHS: their records could still change.
    """

    person_id: int
    code: str
    left_on: date
    steps: tuple[str, ...]
    held: bool
    open_months: tuple[str, ...]

    @property
    def possible(self) -> tuple[str, ...]:
        """The steps that nothing stands in the way of."""
        if self.held:
            return ()
        return tuple(step for step in self.steps if not (self.open_months and step in NEED_CLOSED_MONTHS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Everything that is due: people, ids of audit entries and of citizens' reports whose time is over."""

    people: tuple[Due, ...]
    entries: tuple[int, ...]
    reports: tuple[int, ...] = ()


def review(session: Session, limits: Privacy, today: date) -> Review:
    """What the retention settings say as of a day."""
    return Review(
        people=tuple(_due(session, limits, today)),
        entries=tuple(_entries(session, limits, today)),
        reports=tuple(due_reports(session, limits, today)),
    )


def _due(session: Session, limits: Privacy, today: date) -> Iterator[Due]:
    stored = {
        "accounts": retention.with_live_accounts(session),
        "explanations": retention.with_explanations(session),
        "punches": retention.with_badges(session),
    }
    for leaver in retention.leavers(session, today):
        steps = tuple(step for step in STEPS if _is_due(step, leaver, stored, limits, today))
        if steps:
            months = retention.open_months(session, leaver.person_id) if _closes(steps) else []
            yield Due(
                person_id=leaver.person_id,
                code=leaver.code,
                left_on=leaver.left_on,
                steps=steps,
                held=leaver.held,
                open_months=tuple(months),
            )


def _closes(steps: tuple[str, ...]) -> bool:
    return not NEED_CLOSED_MONTHS.isdisjoint(steps)


def _is_due(
    step: str, leaver: Leaver, stored: dict[str, frozenset[int]], limits: Privacy, today: date
) -> bool:
    years = getattr(limits, f"{step}_years")
    if not years or years_later(leaver.left_on, years) >= today:
        return False
    if step == "records":
        return not leaver.pseudonymised
    if step == "punches" and leaver.unlinked:
        return False
    return leaver.person_id in stored[step]


def _entries(session: Session, limits: Privacy, today: date) -> list[int]:
    if not limits.trail_years:
        return []
    oldest = datetime.combine(years_later(today, -limits.trail_years), time(), UTC)
    return retention.old_entries(session, oldest, NEVER_ERASED)


def findings(session: Session, limits: Privacy, today: date) -> Iterator[Finding]:
    """What the doctor tells of it: erasing is proposed, never done by itself."""
    found = review(session, limits, today)
    ready = sum(bool(due.possible) for due in found.people)
    if ready or found.entries or found.reports:
        values: dict[str, object] = {
            "people": ready,
            "entries": len(found.entries),
            "reports": len(found.reports),
        }
        yield Finding(code="doctor_retention_due", values=values)
    held = sum(due.held for due in found.people)
    waiting = sum(not due.held and not due.possible for due in found.people)
    if held or waiting:
        yield Finding(code="doctor_retention_waits", values={"held": held, "waiting": waiting})
