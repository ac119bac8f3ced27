"""Who may see and do what: an account turned into a scope, as of a day; unknown means nothing.

* Administrators reach every unit.
* HR and read-only supervisors reach the subtree of their account's unit.
* Heads and deputies reach the subtree of each unit that their posting says they lead on the day: a
  hand-over needs no change of accounts. A head's account without a person reaches its own unit's subtree.
  While a head is away, a grant gives another account the same reach.
* Inspectors reach the units of their grants, for the days that the grant names.
* Everybody with a person reaches that person.

Terminals hang in units, too. Administrators, and technicians without a unit, tend all of them; HR and
technicians with a unit tend those of their subtree. HR may also look at those of the units above, which its
people use, and at those of no unit; to tend them is for whoever looks after that unit.

A subtree ends where another bloc begins (Tree.below_in_bloc): blocs share premises, not records.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlmodel import Session

from monitor.rules.wallclock import day_of
from monitor.store.queries.appointments import led_units, running_grants
from monitor.store.queries.reach import EVERYBODY, NOBODY, Reach, Term
from monitor.store.queries.tree import Tree, tree
from monitor.store.tables import AccessGrant, Account


class Action(StrEnum):
    """What a role may be allowed to do; pages ask for one of these and for nothing else."""

    SEE_UNITS = "see_units"
    SEE_PEOPLE = "see_people"
    SEE_TERMINALS = "see_terminals"
    READ_TERMINALS = "read_terminals"
    MEND_INTAKE = "mend_intake"
    ADMIT_TERMINALS = "admit_terminals"
    MAP_BADGES = "map_badges"
    SEE_SENSITIVE_EXCUSES = "see_sensitive_excuses"
    SEE_TRAIL = "see_trail"
    MANAGE_ACCOUNTS = "manage_accounts"
    DECIDE = "decide"
    ENTER_RECORDS = "enter_records"
    SET_UP = "set_up"
    SUBMIT_MONTHS = "submit_months"
    CONFIRM_MONTHS = "confirm_months"
    CLOSE_MONTHS = "close_months"
    KEEP_PERIODS = "keep_periods"
    EXPORT = "export"
    INSPECT = "inspect"
    PLAN_CHECKS = "plan_checks"
    RECEIVE_REPORTS = "receive_reports"
    SEE_PATTERNS = "see_patterns"
    SWITCH_PATTERNS = "switch_patterns"


_LOOK = frozenset({Action.SEE_UNITS, Action.SEE_PEOPLE})
_TERMINALS = frozenset({Action.SEE_TERMINALS, Action.READ_TERMINALS, Action.MEND_INTAKE})

ALLOWED: dict[str, frozenset[Action]] = {
    "admin": _LOOK
    | _TERMINALS
    | {
        Action.ADMIT_TERMINALS,
        Action.MAP_BADGES,
        Action.SEE_TRAIL,
        Action.MANAGE_ACCOUNTS,
        Action.SET_UP,
        Action.KEEP_PERIODS,
        Action.SWITCH_PATTERNS,
    },
    "hr": _LOOK
    | _TERMINALS
    | {
        Action.MAP_BADGES,
        Action.SEE_SENSITIVE_EXCUSES,
        Action.SEE_TRAIL,
        Action.SET_UP,
        Action.DECIDE,
        Action.ENTER_RECORDS,
        Action.SUBMIT_MONTHS,
        Action.CLOSE_MONTHS,
        Action.KEEP_PERIODS,
        Action.EXPORT,
        Action.PLAN_CHECKS,
    },
    "head": _LOOK
    | {Action.DECIDE, Action.ENTER_RECORDS, Action.CONFIRM_MONTHS, Action.EXPORT, Action.SEE_PATTERNS},
    "inspector": _LOOK
    | {Action.INSPECT, Action.EXPORT, Action.PLAN_CHECKS, Action.SEE_PATTERNS, Action.SWITCH_PATTERNS}
    | {Action.RECEIVE_REPORTS},
    "supervisor": _LOOK,
    "technician": _TERMINALS | {Action.ADMIT_TERMINALS},
    "staff": frozenset({Action.SEE_PEOPLE}),
}
ROLES = tuple(ALLOWED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one account may see on the day it was asked for: units, and, whatever the unit, itself.

    `role` is the one that holds on the day: that of a head whose posting has ended is `staff`.
    `terms` None: every unit. `home`: the unit to show first. `tended` are the units whose terminals the
    account looks after (None: all), `looked_at` those whose terminals it only sees; unit None is no unit.
    """

    role: str
    account_id: int
    terms: tuple[Term, ...] | None = ()
    person_id: int | None = None
    home: int | None = None
    tended: frozenset[int] | None = frozenset()
    looked_at: frozenset[int | None] = frozenset()

    def may(self, action: Action) -> bool:
        """Whether the role allows it; a role that is not known allows nothing."""
        return action in ALLOWED.get(self.role, frozenset())

    def sees_unit(self, unit_id: int, day: int | None = None) -> bool:
        """Whether the people of a unit are in scope, on a day or on some day."""
        if self.terms is None:
            return True
        asked = [term for term in self.terms if day is None or term.holds(day)]
        return any(unit_id in term.unit_ids for term in asked)

    def tends_terminal(self, unit_id: int | None) -> bool:
        """Whether the account may mend what a terminal of the unit (None: of no unit) delivers."""
        if not self.may(Action.SEE_TERMINALS):
            return False
        return self.tended is None or (unit_id is not None and unit_id in self.tended)

    def sees_terminal(self, unit_id: int | None) -> bool:
        """Whether the account may look at a terminal of the unit (None: of no unit), and have it read."""
        shared = self.may(Action.SEE_TERMINALS) and unit_id in self.looked_at
        return shared or self.tends_terminal(unit_id)

    def units_of(self, units: Tree) -> frozenset[int]:
        """Every unit that is in scope on some day."""
        if self.terms is None:
            return frozenset(units.units)
        return frozenset[int]().union(*(term.unit_ids for term in self.terms))

    @property
    def reach(self) -> Reach:
        """What queries of personal data take."""
        if not self.may(Action.SEE_PEOPLE):
            return NOBODY
        return EVERYBODY if self.terms is None else Reach(terms=self.terms, person_id=self.person_id)


def scope_of(session: Session, account: Account, on: date, units: Tree | None = None) -> Scope:
    """The scope of an account on a day; `units` saves a query when the tree is at hand."""
    known = units or tree(session)
    match account.role:
        case "admin":
            return replace(_scope(account, "admin", None, account.unit_id), tended=None)
        case "hr" | "supervisor":
            return _with_terminals(_of_subtree(account, known), account.unit_id, known)
        case "technician":
            return _technician(account, known)
        case "inspector":
            grants = [one for one in running_grants(session, _id(account), on) if one.role == "inspector"]
            return _scope(account, "inspector", _granted(grants, known), _first(grants))
        case "head" | "staff":
            return _by_appointment(session, account, on, known)
        case role:
            return _scope(account, role, ())


def _id(account: Account) -> int:
    return account.id or 0


def _scope(account: Account, role: str, terms: tuple[Term, ...] | None, home: int | None = None) -> Scope:
    return Scope(role=role, account_id=_id(account), terms=terms, person_id=account.person_id, home=home)


def _of_subtree(account: Account, units: Tree) -> Scope:
    if account.unit_id is None:
        return _scope(account, account.role, ())
    term = Term(unit_ids=units.below_in_bloc(account.unit_id))
    return _scope(account, account.role, (term,), account.unit_id)


def _with_terminals(scope: Scope, unit_id: int | None, units: Tree) -> Scope:
    """The terminals of the subtree, and a look at those that its people share with others."""
    if unit_id is None:
        return scope
    above = frozenset[int | None]({None, *units.path(units.units[unit_id].parent_id)})
    return replace(scope, tended=units.below_in_bloc(unit_id), looked_at=above)


def _technician(account: Account, units: Tree) -> Scope:
    tended = None if account.unit_id is None else units.below_in_bloc(account.unit_id)
    return replace(_scope(account, "technician", ()), tended=tended)


def _by_appointment(session: Session, account: Account, on: date, units: Tree) -> Scope:
    """Heads and staff: what the postings of the person, and grants, say of the day."""
    led = _led(session, account, on)
    grants = [one for one in running_grants(session, _id(account), on) if one.role == "head"]
    if not led and not grants:
        return _scope(account, "staff", ())
    own = [Term(unit_ids=units.below_in_bloc(unit)) for unit in sorted(led)]
    first = min(led, key=lambda unit: units.units[unit].code) if led else _first(grants)
    return _scope(account, "head", (*own, *_granted(grants, units)), first)


def _led(session: Session, account: Account, on: date) -> frozenset[int]:
    if account.person_id is not None:
        return led_units(session, account.person_id, on)
    if account.role == "head" and account.unit_id is not None:
        return frozenset({account.unit_id})
    return frozenset()


def _granted(grants: list[AccessGrant], units: Tree) -> tuple[Term, ...]:
    return tuple(
        Term(
            unit_ids=units.below_in_bloc(grant.unit_id),
            first_day=None if grant.days_from is None else day_of(grant.days_from),
            last_day=None if grant.days_to is None else day_of(grant.days_to),
        )
        for grant in grants
    )


def _first(grants: list[AccessGrant]) -> int | None:
    return grants[0].unit_id if grants else None
