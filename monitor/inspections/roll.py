"""The roll of a visit: each person's last mark beside the snapshot, and the totals that follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from monitor.inspections.totals import Totals
from monitor.store.queries.reach import Reach
from monitor.store.queries.visits import visit_marks, visit_people, visit_reasons
from monitor.store.tables import Person, Visit, VisitMark, VisitPerson, VisitReason

PRESENT = "present"
NOT_THERE = ("not_seen", "off_post", "locked_room")
PRESENCE = (PRESENT, *NOT_THERE)
BADGE = ("worn", "missing")
ALCOHOL = ("none", "found")
VALUES = {"presence": PRESENCE, "badge": BADGE, "alcohol": ALCOHOL}
"""What can be tapped; an empty value takes a mark back."""

FALSE_PUNCH = "false_punch"
"""Punched before T and not there: a line of its own, and no verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollLine:
    """A person of the snapshot with what was found; `marks` hold every tap, the one that counts last."""

    frozen: VisitPerson
    person: Person
    terminal: str
    marks: Sequence[VisitMark] = field(default=())
    reasons: Sequence[VisitReason] = field(default=())

    def last(self, name: str) -> VisitMark | None:
        """The tap on a field that counts."""
        return next((mark for mark in reversed(self.marks) if mark.field == name), None)

    def value(self, name: str) -> str:
        """The value of a field, '' where nothing was found or it was taken back."""
        mark = self.last(name)
        return "" if mark is None else mark.value

    @property
    def presence(self) -> str:
        """One of PRESENCE; whoever is away with a document in order need not be looked for."""
        found = self.value("presence")
        return "not_seen" if not found and self._documented else found

    @property
    def expected(self) -> bool:
        """Whether the person had to be there at T; who is exempt from punching had to, too."""
        return self.frozen.kind != "off"

    @property
    def _documented(self) -> bool:
        return self.frozen.kind == "away" and not self.frozen.flag

    @property
    def excused(self) -> bool:
        """Away with a document that was there at T, or a reason that the team accepted."""
        return self._documented or any(reason.state == "accepted" for reason in self.reasons)

    @property
    def absent(self) -> bool:
        """Not there, whatever the reason."""
        return self.presence in NOT_THERE

    @property
    def waiting(self) -> bool:
        """Absent with a document or a reason that the team has not judged yet."""
        open_reason = any(reason.state == "waiting" for reason in self.reasons)
        return self.absent and not self.excused and (open_reason or bool(self.frozen.flag))

    @property
    def false_punch(self) -> bool:
        """Punched before T and not there at T, without a reason that counts."""
        return self.frozen.last_punch is not None and self.absent and not self.excused


def roll_of(session: Session, visit: Visit, reach: Reach) -> list[RollLine]:
    """The roll as far as it is in reach, by Vietnamese given name."""
    marks, reasons = visit_marks(session, visit.id or 0), visit_reasons(session, visit.id or 0)
    return [
        RollLine(
            frozen=frozen,
            person=person,
            terminal=terminal,
            marks=marks.get(frozen.person_id, ()),
            reasons=reasons.get(frozen.person_id, ()),
        )
        for frozen, person, terminal in visit_people(session, visit, reach)
    ]


def totals_of_roll(roll: Iterable[RollLine]) -> Totals:
    """The totals of a roll; they reconcile (`totals.reconciled`) once everybody expected is marked."""
    expected = [line for line in roll if line.expected]
    absent = [line for line in expected if line.absent]
    excused = sum(line.excused for line in absent)
    return Totals(
        expected=len(expected),
        present=sum(line.presence == PRESENT for line in expected),
        absent=len(absent),
        excused=excused,
        unexcused=len(absent) - excused,
    )
