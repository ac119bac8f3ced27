"""Who may see and do what: an account's role and unit turned into a scope; unknown means nothing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from sqlmodel import Session

from monitor.store.queries.reach import Reach
from monitor.store.queries.tree import Tree, tree
from monitor.store.tables import Account


class Action(StrEnum):
    """What a role may be allowed to do; pages ask for one of these and for nothing else."""

    SEE_UNITS = "see_units"
    SEE_PEOPLE = "see_people"
    SEE_TERMINALS = "see_terminals"
    READ_TERMINALS = "read_terminals"
    SEE_SENSITIVE_EXCUSES = "see_sensitive_excuses"


_LOOK = frozenset({Action.SEE_UNITS, Action.SEE_PEOPLE})
_TERMINALS = frozenset({Action.SEE_TERMINALS, Action.READ_TERMINALS})

ALLOWED: dict[str, frozenset[Action]] = {
    "admin": _LOOK | _TERMINALS,
    "hr": _LOOK | _TERMINALS | {Action.SEE_SENSITIVE_EXCUSES},
    "head": _LOOK,
    "inspector": _LOOK,
    "technician": _TERMINALS,
    "staff": frozenset({Action.SEE_PEOPLE}),
}
SUBTREE_ROLES = frozenset({"hr", "head", "inspector"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one account may see: units (with everything below them) and, whatever the unit, itself."""

    role: str
    account_id: int
    unit_ids: frozenset[int] | Literal["all"]
    person_id: int | None = None

    def may(self, action: Action) -> bool:
        """Whether the role allows it; a role that is not known allows nothing."""
        return action in ALLOWED.get(self.role, frozenset())

    def sees_unit(self, unit_id: int) -> bool:
        """Whether the people of a unit are in scope."""
        return self.unit_ids == "all" or unit_id in self.unit_ids

    @property
    def reach(self) -> Reach:
        """What queries of personal data take."""
        if not self.may(Action.SEE_PEOPLE):
            return Reach(unit_ids=frozenset())
        return Reach(
            unit_ids=None if self.unit_ids == "all" else self.unit_ids,
            person_id=self.person_id,
        )


def scope_of(session: Session, account: Account, units: Tree | None = None) -> Scope:
    """The scope of an account as it is now; `units` saves a query when the tree is at hand."""
    return Scope(
        role=account.role,
        account_id=account.id or 0,
        unit_ids=_units_of(session, account, units),
        person_id=account.person_id,
    )


def _units_of(session: Session, account: Account, units: Tree | None) -> frozenset[int] | Literal["all"]:
    if account.role == "admin":
        return "all"
    if account.role not in SUBTREE_ROLES or account.unit_id is None:
        return frozenset()
    return (units or tree(session)).subtree(account.unit_id)
