"""What excuses and allowances do to the sessions before any punch is seen (rules 5, 6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.rules.codes import AllowanceWhere, Reason, SessionKind
from monitor.rules.columns import NO_DAY, NO_TIME
from tests.rules.twin.expected import Session, day_of
from tests.rules.twin.plain import Excuse, PlainWorld

NONE = Reason(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Merged excuses: a closed interval; symbol and công of the type that begins first."""

    start: int
    end: int
    symbol: str
    counts_cong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A session with the excuse that covers it whole, if any, and with start' and end'.

    `allowed_start`, `allowed_end`: seconds by which an allowance moved start' and end'.
    """

    session: Session
    excuse: Away | None
    due_from: int
    due_to: int
    reasons: Reason
    allowed_start: int = 0
    allowed_end: int = 0

    @property
    def excused(self) -> bool:
        """Whether it is excused in full."""
        return self.excuse is not None

    @property
    def start(self) -> int:
        """Start of the session."""
        return self.session.start

    @property
    def end(self) -> int:
        """End of the session."""
        return self.session.end


def merged(excuses: Sequence[Excuse]) -> list[Away]:
    """Rules 5: closed intervals that touch or overlap are one; the type that begins first names it.

    All arithmetic is in whole seconds, so they touch where no second lies between them.
    """
    spans: list[Away] = []
    for excuse in sorted(excuses, key=lambda e: (e.start, e.id)):
        if spans and excuse.start <= spans[-1].end + 1:
            spans[-1] = replace(spans[-1], end=max(spans[-1].end, excuse.end))
        else:
            spans.append(
                Away(start=excuse.start, end=excuse.end, symbol=excuse.symbol, counts_cong=excuse.counts_cong)
            )
    return spans


def excused_after_the_fact(session: Session, excuses: Sequence[Excuse]) -> bool:
    """Rules 5: an overlapping excuse whose document is dated, or which was entered, after the end."""
    for excuse in excuses:
        if excuse.start < session.end and session.start < excuse.end:
            dated_after = excuse.document_day != NO_DAY and excuse.document_day > day_of(session.end)
            entered_after = excuse.entered_at != NO_TIME and excuse.entered_at > session.end
            if dated_after or entered_after:
                return True
    return False


def with_excuses(session: Session, spans: Sequence[Away]) -> Expected:
    """Rules 5: whole, start, end, or middle of a session covered."""
    start, end, reasons = session.start, session.end, NONE
    for span in spans:
        if span.start <= session.start and session.end <= span.end:
            return Expected(
                session=session, excuse=span, due_from=session.start, due_to=session.end, reasons=NONE
            )
        if span.end <= session.start or session.end <= span.start:
            continue
        if span.start <= session.start:
            start, reasons = span.end, reasons | Reason.EXCUSED_START
        elif session.end <= span.end:
            end, reasons = span.start, reasons | Reason.EXCUSED_END
        else:
            reasons |= Reason.EXCUSED_MIDDLE
    return Expected(session=session, excuse=None, due_from=start, due_to=end, reasons=reasons)


def session_reasons(session: Session, excuses: Sequence[Excuse]) -> Reason:
    """Reasons that the session carries whatever is punched (rules 2, 5)."""
    reasons = NONE
    if session.regulation == -1:
        reasons |= Reason.NO_REGULATION
    if session.overlap_cut:
        reasons |= Reason.OVERLAP_CUT
    if excused_after_the_fact(session, excuses):
        reasons |= Reason.DOCUMENT_AFTER_THE_FACT
    return reasons


def allowed_seconds(world: PlainWorld, person: int, day: int, where: AllowanceWhere) -> int:
    """Rules 6: several allowances of one day add up."""
    return sum(
        allowance.seconds
        for allowance in world.allowances
        if allowance.person == person
        and allowance.where == where
        and allowance.first_day <= day <= allowance.last_day
    )


def takes_allowance(expected: Expected, day: int) -> bool:
    """Rules 6: the day's office sessions that are not excused in full do."""
    session = expected.session
    return session.day == day and session.kind == SessionKind.OFFICE and not expected.excused


def with_start_allowance(expected: Expected, seconds: int) -> Expected:
    """Rules 6: start' moves later, at most to the session's own end."""
    due_from = min(expected.due_from + seconds, expected.end)
    return replace(expected, due_from=due_from, allowed_start=due_from - expected.due_from)


def with_end_allowance(expected: Expected, seconds: int) -> Expected:
    """Rules 6: end' moves earlier, at most to the session's own start."""
    due_to = max(expected.due_to - seconds, expected.start)
    return replace(expected, due_to=due_to, allowed_end=expected.due_to - due_to)


def with_allowances(world: PlainWorld, expected: Sequence[Expected]) -> list[Expected]:
    """Rules 6: the first taker of each day gets `start`, the last one `end`."""
    result = list(expected)
    for person, day in {(e.session.person, e.session.day) for e in expected}:
        takers = [i for i, one in enumerate(result) if takes_allowance(one, day)]
        if takers:
            first, last = takers[0], takers[-1]
            seconds = allowed_seconds(world, person, day, AllowanceWhere.START)
            result[first] = with_start_allowance(result[first], seconds)
            seconds = allowed_seconds(world, person, day, AllowanceWhere.END)
            result[last] = with_end_allowance(result[last], seconds)
    return result


def expected_of(world: PlainWorld, person: int, sessions: Sequence[Session]) -> list[Expected]:
    """Rules 5, 6: the sessions of one person with their excuses and allowances, in order of start."""
    excuses = [excuse for excuse in world.excuses if excuse.person == person]
    spans = merged(excuses)
    expected = []
    for session in sessions:
        one = with_excuses(session, spans)
        expected.append(replace(one, reasons=one.reasons | session_reasons(session, excuses)))
    return with_allowances(world, expected)
