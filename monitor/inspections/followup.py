"""The chain of a finding: which step comes next, whose it is and until when, and taking it, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from monitor import audit
from monitor.cases.papers import Paper
from monitor.config import Settings
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.wish import By
from monitor.rules.wallclock import date_of
from monitor.store.queries.findings import steps_of
from monitor.store.tables import Finding, FindingPaper, FindingStep
from monitor.store.tables.followup import STEPS

TEAM, PERSON, UNIT = "team", "person", "unit"
SIDES = {
    "request": (TEAM,),
    "explanation": (PERSON, TEAM),
    "conclusion": (TEAM,),
    "notice": (TEAM,),
    "plan": (UNIT, TEAM),
    "done": (UNIT, TEAM),
    "close": (TEAM,),
}
"""Who may take a step; the team also enters what came on paper. The first one is whose turn it is."""
OFFICIAL = ("request", "notice")
"""Steps that are papers with a number, a date and somebody they are addressed to."""
ANSWERED = {"explanation": ("given", "none"), "conclusion": ("accepted", "not_accepted")}
LONGEST_WORDS, LONGEST_FIELD = 2_000, 200
SUBJECT = "finding:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a finding is: the step that comes next (None: closed) and until when, None without a date."""

    next: str | None
    due_on: date | None
    today: date

    @property
    def days_left(self) -> int:
        """Days until it is due; negative once it is late."""
        return 0 if self.due_on is None else (self.due_on - self.today).days

    @property
    def late(self) -> bool:
        """Whether the day has passed; it never is on the day itself."""
        return self.due_on is not None and self.days_left < 0


def progress_of(finding: Finding, steps: Sequence[FindingStep], settings: Settings, today: date) -> Progress:
    """How far the steps have come; they are in order."""
    coming = next_step(steps)
    due_on = None if coming is None else _due(finding, steps, coming, settings)
    return Progress(next=coming, due_on=due_on, today=today)


def next_step(steps: Sequence[FindingStep]) -> str | None:
    """The only step that may be taken now; after an accepted explanation nothing is left to put right."""
    if not steps:
        return STEPS[0]
    last = steps[-1].kind
    if last == STEPS[-1]:
        return None
    if last == "notice" and outcome_of(steps) == "accepted":
        return STEPS[-1]
    return STEPS[STEPS.index(last) + 1]


def outcome_of(steps: Sequence[FindingStep]) -> str:
    """`accepted`, `not_accepted`, or '' before it is concluded."""
    return next((one.outcome for one in steps if one.kind == "conclusion"), "")


def _due(finding: Finding, steps: Sequence[FindingStep], coming: str, settings: Settings) -> date:
    """The day that the last step names; where it names none, some days after it."""
    asked = {one.kind: one.due_on for one in steps}
    before = {"explanation": "request", "plan": "notice", "done": "plan"}.get(coming, "")
    if named := asked.get(before):
        return named
    began_at = steps[-1].taken_at if steps else finding.opened_at
    return began_at.astimezone(ZoneInfo(settings.site.timezone)).date() + timedelta(
        days=settings.inspections.follow_days
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step as somebody takes it; what a kind does not need is left empty (`check`)."""

    kind: str
    words: str = ""
    outcome: str = ""
    number: str = ""
    body: str = ""
    addressee: str = ""
    dated_on: date | None = None
    due_on: date | None = None
    done_on: date | None = None
    paper: Paper | None = None

    def check(self, finding: Finding, today: date) -> None:
        """Raises InspectionRefused with a code that begins with `finding_step_`."""
        if self.kind not in STEPS:
            raise InspectionRefused("finding_step_unknown")
        if len(self.words) > LONGEST_WORDS or max(map(len, self._fields)) > LONGEST_FIELD:
            raise InspectionRefused("finding_step_long", most=LONGEST_WORDS)
        if self.kind in OFFICIAL and not (all(self._fields) and self.dated_on):
            raise InspectionRefused("finding_step_paper")
        if self.kind in ANSWERED and self.outcome not in ANSWERED[self.kind]:
            raise InspectionRefused("finding_step_outcome")
        self._check_content()
        self._check_days(date_of(finding.day), today)

    @property
    def _fields(self) -> tuple[str, str, str]:
        return self.number.strip(), self.body.strip(), self.addressee.strip()

    def _check_content(self) -> None:
        """What a step must say, and what must lie beside it."""
        said = bool(self.words.strip())
        if self.kind in {"conclusion", "plan"} and not said:
            raise InspectionRefused("finding_step_words")
        if self.kind == "explanation" and self.outcome == "given" and not (said or self.paper):
            raise InspectionRefused("finding_step_words")
        if self.kind == "done" and self.paper is None:
            raise InspectionRefused("finding_step_evidence")
        if self.kind in {"request", "plan"} and self.due_on is None:
            raise InspectionRefused("finding_step_due")

    def _check_days(self, found_on: date, today: date) -> None:
        """Nothing is dated before it was found or after today; nothing is asked for in the past."""
        dated = [one for one in (self.dated_on, self.done_on) if one is not None]
        if any(not found_on <= one <= today for one in dated):
            raise InspectionRefused(
                "finding_step_day", first=f"{found_on:%d/%m/%Y}", last=f"{today:%d/%m/%Y}"
            )
        if self.kind == "done" and self.done_on is None:
            raise InspectionRefused("finding_step_done_day")
        if self.due_on is not None and self.due_on < (self.dated_on or today):
            raise InspectionRefused("finding_step_due_past")


def take(session: Session, finding: Finding, step: Step, by: By, sides: frozenset[str]) -> FindingStep:
    """Take the step that comes next; `sides`: on whose side the account stands (TEAM, PERSON, UNIT).

    Two who take the same step at once: the second is refused. Raises InspectionRefused `finding_closed`,
    `finding_order`, `finding_not_yours`, `finding_not_due` and as `Step.check`.
    """
    session.get_one(Finding, finding.id, with_for_update=True)
    taken = steps_of(session, [finding.id or 0]).get(finding.id or 0, [])
    coming = next_step(taken)
    if coming is None:
        raise InspectionRefused("finding_closed")
    if step.kind != coming:
        raise InspectionRefused("finding_order", asked=step.kind, coming=coming)
    if sides.isdisjoint(SIDES[coming]):
        raise InspectionRefused("finding_not_yours")
    step.check(finding, by.today)
    if step.outcome == "none":
        _check_silence(progress_of(finding, taken, by.settings, by.today), sides)
    made = _stored(session, finding, step, by, sides, len(taken) + 1)
    _tell(session, finding, taken, made, by, step.paper)
    return made


def _check_silence(progress: Progress, sides: frozenset[str]) -> None:
    """That nobody answered is for the team to say, and only once the day has passed."""
    if TEAM not in sides or not progress.late:
        raise InspectionRefused("finding_not_due")


def _stored(
    session: Session, finding: Finding, step: Step, by: By, sides: frozenset[str], seq: int
) -> FindingStep:
    first = SIDES[step.kind][0]
    source = "" if first == TEAM else "product" if first in sides else "paper"
    made = FindingStep(
        finding_id=finding.id or 0,
        seq=seq,
        kind=step.kind,
        taken_by=by.account_id or 0,
        taken_at=by.now,
        source=source,
        outcome=step.outcome,
        number=step.number.strip(),
        body=step.body.strip(),
        addressee=step.addressee.strip(),
        dated_on=step.dated_on,
        due_on=step.due_on,
        done_on=step.done_on,
        words=step.words.strip(),
    )
    session.add(made)
    session.flush()
    if step.paper is not None:
        session.add(_paper(made, step.paper))
    return made


def _paper(made: FindingStep, paper: Paper) -> FindingPaper:
    return FindingPaper(
        step_id=made.id or 0,
        name=paper.name,
        media_type=paper.media_type,
        bytes_count=len(paper.content),
        sha256=paper.sha256,
        content=paper.content,
    )


def _tell(
    session: Session,
    finding: Finding,
    taken: Sequence[FindingStep],
    made: FindingStep,
    by: By,
    paper: Paper | None,
) -> None:
    """Everything but the words: the trail is read by more people than the finding."""
    told = {name: getattr(made, name) for name in ("outcome", "number", "dated_on", "due_on", "done_on")}
    detail: dict[str, object] = {
        "before": taken[-1].kind if taken else "",
        "after": made.kind,
        "source": made.source,
        "paper": None if paper is None else paper.sha256,
        **{name: str(value) for name, value in told.items() if value},
    }
    tell_finding(session, "finding_step", finding, by, detail)


def tell_finding(session: Session, action: str, finding: Finding, by: By, detail: dict[str, object]) -> None:
    """Record what became of a finding, as the last statement of its transaction."""
    session.flush()
    subject = f"{SUBJECT}{finding.code}"
    audit.record(session, at=by.now, actor=by.actor, action=action, subject=subject, detail=detail)
