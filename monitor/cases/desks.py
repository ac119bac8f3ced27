"""Who decides about whom: the desks of a case, from the person's own unit upwards, and HR after all.

A desk is a unit with somebody in charge on the day it is asked. The unit that a person heads is no desk for
that person: neither deputies nor whoever stands in for a head decide about the head. A deputy's own case
lies with the head of the unit, not with other deputies. Where no unit is left, HR of the subtree decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from monitor.access import Action, Scope
from monitor.store.queries.leaders import Leaders, leaders
from monitor.store.queries.tree import Tree, tree
from monitor.store.tables import DayCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Whose day it is: the person, the day (since 1970) and the unit the person belonged to on it.

    `level` and `for_hr` are those of the case; a day without a case has neither.
    """

    person_id: int
    day: int
    home: int
    level: int = 0
    for_hr: bool = False

    def of(self, case: DayCase | None) -> "Matter":
        """The same day with what its case says."""
        if case is None:
            return self
        return Matter(
            person_id=self.person_id, day=self.day, home=self.home, level=case.level, for_hr=case.for_hr
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desks:
    """Everything the question needs, read once: the tree, and who leads what today."""

    units: Tree
    leaders: Leaders

    @classmethod
    def on(cls, session: Session, today: date, units: Tree | None = None) -> "Desks":
        """The desks as the appointments of a day have them."""
        return cls(units=units or tree(session), leaders=leaders(session, today))

    def chain(self, matter: Matter) -> tuple[int | None, ...]:
        """The desks of a case, nearest first; None, always the last, is HR."""
        bloc = self.units.bloc_of
        own = bloc(matter.home)
        above = [unit for unit in self.units.path(matter.home) if bloc(unit) in {"", own}]
        return (*(unit for unit in above if self._leads(unit, matter.person_id)), None)

    def _leads(self, unit: int, person_id: int) -> bool:
        """Whether somebody in charge of a unit stands above a person."""
        leading = self.leaders.by_unit.get(unit, {})
        match leading.get(person_id):
            case "head":
                return False
            case "deputy":
                return "head" in leading.values() or self.leaders.others_stand_in(unit, person_id)
            case _:
                return bool(leading) or self.leaders.others_stand_in(unit, person_id)

    def decider_of(self, matter: Matter) -> int | None:
        """The desk on which a case lies now: a unit, or None for HR."""
        chain = self.chain(matter)
        return None if matter.for_hr else chain[min(matter.level, len(chain) - 1)]

    def held_by(self, scope: Scope, day: int) -> frozenset[int]:
        """The units whose desk a head's scope sits at, for cases of a day."""
        if scope.role != "head" or scope.terms is None:
            return frozenset()
        terms = (term for term in scope.terms if term.holds(day))
        return frozenset(unit for term in terms for unit in self.units.roots_of(term.unit_ids))

    def may_decide(self, scope: Scope, matter: Matter) -> bool:
        """Whether an account may decide about somebody's day: never its own, and never from below."""
        if scope.person_id == matter.person_id or not scope.may(Action.DECIDE):
            return False
        if not scope.sees_unit(matter.home, matter.day):
            return False
        if scope.role == "hr":
            return self._is_for_hr(matter)
        held = self.held_by(scope, matter.day)
        return any(unit in held and self._outranks(scope, unit, matter) for unit in self._units(matter))

    def _units(self, matter: Matter) -> Iterable[int]:
        return (unit for unit in self.chain(matter) if unit is not None)

    def _is_for_hr(self, matter: Matter) -> bool:
        """HR decides about everybody of its subtree, but about leaders only where nobody above them can."""
        leads = self.leaders.leads_some(matter.person_id)
        return not leads or self.decider_of(matter) is None

    def _outranks(self, scope: Scope, unit: int, matter: Matter) -> bool:
        """A deputy decides about another deputy of the unit only while standing in for its head."""
        role = self.leaders.role
        peers = role(unit, matter.person_id) == role(unit, scope.person_id) == "deputy"
        return not peers or scope.person_id in self.leaders.stand_ins.get(unit, frozenset())

    def on_desk(self, scope: Scope, matter: Matter) -> bool:
        """Whether a case lies on the very desk of an account: it is that account's turn."""
        if not self.may_decide(scope, matter):
            return False
        desk = self.decider_of(matter)
        return scope.role == "hr" if desk is None else desk in self.held_by(scope, matter.day)
