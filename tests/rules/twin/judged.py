"""From marks and coverage to a status, with its reasons, seconds, symbol and công (rules 4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.rules.codes import AllowanceWhere, GraceCounts, Reason, SessionKind, Status
from monitor.rules.regulation import Regulation
from tests.rules.twin.covered import Spans, uncovered
from tests.rules.twin.excused import NONE, Expected, allowed_seconds, takes_allowance
from tests.rules.twin.matched import Presence, Window
from tests.rules.twin.plain import PlainWorld

MINUTE = 60


@dataclass(slots=True, kw_only=True)
class Facts:
    """All that is known of one session when it is judged; `late`, `early` after allowances, before grace."""

    expected: Expected
    presence: Presence | None  # None: marks 0
    relevant: list[int]
    found_away: bool = False
    late: int = 0
    early: int = 0
    allowance_used: bool = False

    @property
    def settings(self) -> Regulation:
        """Grace, credit and absence limits are each session's own (rules 3)."""
        return self.expected.session.settings

    @property
    def is_late(self) -> bool:
        """Exactly on the grace is not late (rules 4)."""
        return self.late > self.settings.grace_late

    @property
    def is_early(self) -> bool:
        """Exactly on the grace is not early (rules 4)."""
        return self.early > self.settings.grace_early

    @property
    def late_is_absent(self) -> bool:
        """Late strictly beyond the limit (rules 4)."""
        limit = self.settings.late_is_absent_after
        return self.is_late and limit is not None and self.late > limit

    @property
    def early_is_absent(self) -> bool:
        """Early strictly beyond the limit (rules 4)."""
        limit = self.settings.early_is_absent_after
        return self.is_early and limit is not None and self.early > limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A status, why, and the terminals whose log is not known where it would have to be."""

    status: Status
    reasons: Reason = NONE
    uncovered: tuple[int, ...] = ()


def measure(facts: Facts) -> None:
    """Rules 4: lateness of the own IN against start', earliness of the own OUT against end'.

    An allowance is used where the minutes would be more without it (rules 6, 8).
    """
    presence, expected = facts.presence, facts.expected
    if presence is None or expected.excused or expected.session.marks == 1:
        return
    if presence.run_in is not None:
        beyond = compared(presence.run_in.first, facts.settings) - expected.due_from
        facts.late = max(0, beyond)
        facts.allowance_used |= expected.allowed_start > 0 and beyond + expected.allowed_start > 0
    if presence.run_out is not None:
        beyond = expected.due_to - compared(presence.run_out.last, facts.settings)
        facts.early = max(0, beyond)
        facts.allowance_used |= expected.allowed_end > 0 and beyond + expected.allowed_end > 0


def compared(instant: int, settings: Regulation) -> int:
    """Rules 4: with `truncate_to_minute` punches are cut to the minute before comparison."""
    return instant - instant % MINUTE if settings.truncate_to_minute else instant


def spend_allowances(world: PlainWorld, all_facts: Sequence[Facts]) -> None:
    """Rules 6: `either` goes first to the lateness of the day's sessions in order, then to the earliness."""
    for day in {facts.expected.session.day for facts in all_facts}:
        spending = [facts for facts in all_facts if takes_allowance(facts.expected, day)]
        if not spending:
            continue
        person = spending[0].expected.session.person
        left = allowed_seconds(world, person, day, AllowanceWhere.EITHER)
        for facts in spending:
            spent = min(left, facts.late)
            facts.late, left = facts.late - spent, left - spent
            facts.allowance_used |= spent > 0
        for facts in spending:
            spent = min(left, facts.early)
            facts.early, left = facts.early - spent, left - spent
            facts.allowance_used |= spent > 0


def judge(facts: Facts, covered: Spans, now: int) -> Judgement:
    """Rules 4: the first status that fits."""
    if facts.expected.excused:
        return Judgement(status=Status.EXCUSED)
    if facts.presence is None:
        status = Status.ABSENT if facts.found_away else Status.EXEMPT
        return Judgement(status=status, reasons=Reason.EXEMPT)
    pending = (
        not_yet(facts, facts.presence, covered, now)
        or may_come_back(facts, facts.presence, now)
        or not_known(facts, facts.presence, covered)
    )
    return pending or concluded(facts, facts.presence)


def missing_windows(presence: Presence) -> list[Window]:
    """Windows of the marks of its own that no punch met."""
    windows = []
    if presence.asks_in and presence.run_in is None:
        windows.append(presence.in_window)
    if presence.asks_out and presence.run_out is None:
        windows.append(presence.out_window)
    return windows


def not_yet(facts: Facts, presence: Presence, covered: Spans, now: int) -> Judgement | None:
    """Rules 4, pending (a): the window of a missing mark is still open, or the session has not begun."""
    if not presence.asks_in and not presence.asks_out:
        if now < facts.expected.start:
            return Judgement(status=Status.PENDING, reasons=Reason.NOT_DUE)
        return None
    if not any(now < window_to for _, window_to in missing_windows(presence)):
        return None
    if presence.asks_in and presence.run_in is None:
        return not_in_yet(facts, presence, covered, now)
    return Judgement(status=Status.PENDING, reasons=Reason.AT_WORK)


def not_in_yet(facts: Facts, presence: Presence, covered: Spans, now: int) -> Judgement:
    """Rules 4, pending (a): the IN is missing and may still come."""
    due = facts.expected.due_from + facts.settings.grace_late
    if now < due:
        return Judgement(status=Status.PENDING, reasons=Reason.NOT_DUE)
    return no_data(facts, covered, [(presence.in_window[0], due)]) or Judgement(
        status=Status.PENDING, reasons=Reason.NOT_IN_YET
    )


def no_data(facts: Facts, covered: Spans, asked: Sequence[Window]) -> Judgement | None:
    """Rules 7: every relevant terminal must cover every window asked; without any, nothing is covered."""
    if not asked:
        return None
    if not facts.relevant:
        return Judgement(status=Status.PENDING, reasons=Reason.NO_DATA | Reason.NO_BADGE)
    failing: set[int] = set()
    for first, last in asked:
        failing |= uncovered(covered, facts.relevant, first, last)
    if not failing:
        return None
    return Judgement(status=Status.PENDING, reasons=Reason.NO_DATA, uncovered=tuple(sorted(failing)))


def may_come_back(facts: Facts, presence: Presence, now: int) -> Judgement | None:
    """Rules 4, pending (b): early so far, and the window of the OUT is still open."""
    if facts.is_early and now < presence.out_window[1]:
        return Judgement(status=Status.PENDING, reasons=Reason.LEFT)
    return None


def not_known(facts: Facts, presence: Presence, covered: Spans) -> Judgement | None:
    """Rules 4, pending (c): a punch may lie at a terminal that is down."""
    asked = missing_windows(presence)
    if facts.is_late and presence.run_in is not None:
        asked.append((presence.in_window[0], presence.run_in.first))
    if facts.is_early and presence.run_out is not None:
        asked.append((presence.run_out.last, presence.out_window[1]))
    return no_data(facts, covered, asked)


def concluded(facts: Facts, presence: Presence) -> Judgement:
    """Rules 4: what is left once nothing is pending."""
    reasons = NONE
    if facts.late_is_absent:
        reasons |= Reason.LATE_IS_ABSENT
    if facts.early_is_absent:
        reasons |= Reason.EARLY_IS_ABSENT
    if not presence.attended or reasons:
        return Judgement(status=Status.ABSENT, reasons=reasons)
    if presence.asks_in and presence.run_in is None:
        return Judgement(status=Status.MISSING_IN)
    if presence.asks_out and presence.run_out is None:
        return Judgement(status=Status.MISSING_OUT)
    if facts.is_late and facts.is_early:
        return Judgement(status=Status.LATE_EARLY)
    if facts.is_late:
        return Judgement(status=Status.LATE)
    return Judgement(status=Status.EARLY if facts.is_early else Status.ON_TIME)


def counted(seconds: int, grace: int, grace_counts: GraceCounts) -> int:
    """Rules 4: nothing within grace; beyond it the whole, or only the excess."""
    if seconds <= grace:
        return 0
    return seconds if grace_counts == GraceCounts.WHOLE else seconds - grace


def worked_seconds(facts: Facts, status: Status) -> int:
    """Rules 4: the overlap of [IN, OUT] with the session; a credit where one mark is missing."""
    expected, presence = facts.expected, facts.presence
    if presence is None or expected.excused or expected.session.marks == 1:
        return 0
    if status in {Status.MISSING_IN, Status.MISSING_OUT}:
        return min(facts.settings.missing_mark_credit, expected.end - expected.start)
    if not presence.attended or presence.stretch_in is None or presence.stretch_out is None:
        return 0
    began = max(presence.stretch_in.first, expected.start)
    ended = min(presence.stretch_out.last, expected.end)
    return max(0, ended - began)


def symbol_of(facts: Facts, status: Status) -> str:
    """Rules 4: the excuse's symbol, unexcused absence, nothing yet, duty, or present."""
    if facts.expected.excuse is not None:
        return facts.expected.excuse.symbol
    if status == Status.ABSENT:
        return "KP"
    if status == Status.PENDING:
        return ""
    return "TR" if facts.expected.session.kind == SessionKind.DUTY else "+"


def cong_of(facts: Facts, status: Status) -> float:
    """Rules 4: absent and pending 0, excused by its type, all else the session's worth; roster none."""
    if facts.expected.excuse is not None:
        return facts.expected.session.cong if facts.expected.excuse.counts_cong else 0.0
    if status in {Status.ABSENT, Status.PENDING}:
        return 0.0
    return facts.expected.session.cong
