"""Deciding about a day: each decision is in force until the next one; a punch is never edited."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from monitor import audit
from monitor.access import Action
from monitor.cases import effects
from monitor.cases.book import Asking, last_note_id, opened_case, write_note
from monitor.cases.desks import Desks, Matter
from monitor.cases.effects import Effect, Paperwork, Reminding
from monitor.cases.errors import CaseRefused
from monitor.cases.explaining import KINDS, refuse_closed_day
from monitor.store.tables import CaseDecision, CaseNote, DayCase, DecisionEffect, ExcuseType, Person
from monitor.store.tables.cases import DECISION_KINDS

NEEDS_REASON = frozenset({"refuse", "no_reason", "revoke"})
ANSWERS = frozenset({"accept", "refuse"})
"""Decisions about an explanation: there must be one."""

STATE_AFTER = {"accept": "accepted", "refuse": "refused"}
"""Of the case; after every other decision it is `decided`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decides; `papers` with kind `excuse`, `reminding` with `remind`.

    `seen`: the newest note of the thread that the decider has seen (0: none), None if nobody looked.
    """

    kind: str
    reason: str = ""
    papers: Paperwork | None = None
    reminding: Reminding | None = None
    seen: int | None = None


def decide(session: Session, asking: Asking, matter: Matter, made: Decision) -> CaseDecision:
    """Take a decision about a day; what an earlier one brought about is withdrawn with it.

    The caller has found the person in scope; one transaction holds one decision, so that of many none is
    half applied. Raises CaseRefused `case_not_yours`, `case_day_ahead`, `case_changed` (somebody wrote or
    decided meanwhile), `case_reason_missing`, `case_not_explained`, `case_nothing_decided`,
    `case_sensitive_type`, `manual_not_asked`, `reminder_incomplete`, `case_closed`, what a note raises and
    what the door for excuses raises.
    """
    case = opened_case(session, matter.person_id, matter.day)
    _check(session, asking, matter.of(case), case, made)
    refuse_closed_day(session, matter)
    before, previous = case.state, in_force(session, case)
    if previous is None and made.kind == "revoke":
        raise CaseRefused("case_nothing_decided")
    if previous is not None:
        why = made.reason.strip() or "–"
        effects.withdraw(session, previous, case, reason=why, actor=asking.actor, at=asking.now)
    decision = _stored(session, asking, case, made)
    for kind, target in _brought_about(session, asking, case, made):
        session.add(DecisionEffect(decision_id=decision.id or 0, kind=kind, target_id=target))
    _write(session, asking, case, made)
    session.flush()
    _tell(session, asking, case, decision, before, None if previous is None else previous.kind)
    return decision


def in_force(session: Session, case: DayCase) -> CaseDecision | None:
    """The decision that holds: the newest, unless it revoked the one before."""
    newest = _newest(session, case)
    return None if newest is None or newest.kind == "revoke" else newest


def _newest(session: Session, case: DayCase) -> CaseDecision | None:
    mine = select(CaseDecision).where(col(CaseDecision.case_id) == case.id)
    return session.scalars(mine.order_by(col(CaseDecision.id).desc())).first()


def _check(session: Session, asking: Asking, matter: Matter, case: DayCase, made: Decision) -> None:
    desks = Desks.on(session, asking.now.date())
    if not desks.may_decide(asking.scope, matter):
        raise CaseRefused("case_not_yours")
    if made.kind not in DECISION_KINDS:
        raise CaseRefused("case_kind")
    if matter.day > asking.today:
        raise CaseRefused("case_day_ahead")
    if made.seen is not None and made.seen != last_note_id(session, case):
        raise CaseRefused("case_changed")
    if made.kind in NEEDS_REASON and not made.reason.strip():
        raise CaseRefused("case_reason_missing")
    if made.kind in ANSWERS and not has_explanation(session, case):
        raise CaseRefused("case_not_explained")


def has_explanation(session: Session, case: DayCase) -> bool:
    """Whether the person has said anything."""
    own = col(CaseNote.case_id) == case.id, col(CaseNote.kind).in_(KINDS)
    return session.scalars(select(col(CaseNote.id)).where(*own)).first() is not None


def _stored(session: Session, asking: Asking, case: DayCase, made: Decision) -> CaseDecision:
    newest = _newest(session, case)
    decision = CaseDecision(
        case_id=case.id or 0,
        kind=made.kind,
        decided_at=asking.now,
        decider_id=asking.scope.account_id,
        level=case.level,
        reason=made.reason.strip(),
        replaces_id=None if newest is None else newest.id,
    )
    session.add(decision)
    session.flush()
    return decision


def _brought_about(session: Session, asking: Asking, case: DayCase, made: Decision) -> Iterator[Effect]:
    actor, at = asking.actor, asking.now
    match made.kind:
        case "accept":
            return effects.mark_explained(session, case, actor=actor, at=at)
        case "manual":
            return effects.approve_punches(session, case, actor=actor, at=at)
        case "excuse" if made.papers is not None:
            _check_type(session, asking, made.papers)
            return effects.enter_papers(
                session, case, made.papers, actor=actor, at=at, entered_at=asking.wall_clock
            )
        case "remind" if made.reminding is not None:
            author = asking.scope.account_id
            return effects.remind(session, case, made.reminding, author_id=author, at=at)
        case "refuse" | "no_reason" | "revoke":
            return iter(())
        case _:
            raise CaseRefused("case_kind")


def _check_type(session: Session, asking: Asking, papers: Paperwork) -> None:
    """Sickness and the like are entered by those who may see the papers."""
    kind = session.get(ExcuseType, papers.type_code)
    if kind is not None and kind.sensitive and not asking.scope.may(Action.SEE_SENSITIVE_EXCUSES):
        raise CaseRefused("case_sensitive_type", name=kind.name)


def _write(session: Session, asking: Asking, case: DayCase, made: Decision) -> None:
    """The state and the thread after the decision."""
    revoked = made.kind == "revoke"
    case.state = STATE_AFTER.get(made.kind, "decided")
    case.decide_by = None
    if revoked:
        case.state = "explained" if has_explanation(session, case) else "open"
        case.decide_by = asking.now + timedelta(days=asking.limits.days_until_escalation)
    write_note(
        session,
        case,
        at=asking.now,
        kind="revoked" if revoked else "decided",
        body=made.reason.strip(),
        author_id=asking.scope.account_id,
    )


def _tell(
    session: Session, asking: Asking, case: DayCase, made: CaseDecision, before: str, previous: str | None
) -> None:
    person = session.get_one(Person, case.person_id)
    detail = {
        "day": case.on_date.isoformat(),
        "decision": made.id,
        "kind": made.kind,
        "before": {"state": before, "decision": previous},
        "after": {"state": case.state},
        "reason": "" if case.for_hr else made.reason,
    }
    subject, action = f"person:{person.code}", "case_revoke" if made.kind == "revoke" else "case_decide"
    audit.record(session, at=asking.now, actor=asking.actor, action=action, subject=subject, detail=detail)
