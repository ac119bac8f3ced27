"""Who leads which unit on a day: all heads and deputies at once, for questions about many people."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlmodel import Session, col

from monitor.store.tables import AccessGrant, Account, Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaders:
    """The leading postings of a day by unit: person -> `head` or `deputy`.

    `stand_ins` have a unit by a running grant, or by an account without a person (None), by unit.
    """

    by_unit: Mapping[int, Mapping[int, str]]
    stand_ins: Mapping[int, frozenset[int | None]]

    def role(self, unit_id: int, person_id: int | None) -> str:
        """What a person is in a unit: `head`, `deputy` or '' for neither."""
        return "" if person_id is None else self.by_unit.get(unit_id, {}).get(person_id, "")

    def others_stand_in(self, unit_id: int, person_id: int) -> bool:
        """Whether somebody else than a person stands in for the head of a unit."""
        return bool(self.stand_ins.get(unit_id, frozenset()) - {person_id})

    def leads_some(self, person_id: int) -> bool:
        """Whether a person leads any unit."""
        return any(person_id in leading for leading in self.by_unit.values())


def leaders(session: Session, on: date) -> Leaders:
    """The leaders of every unit on a day; of two roles in one unit `head` counts."""
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    rows = session.connection().execute(
        select(col(Posting.unit_id), col(Posting.person_id), col(Posting.role))
        .where(
            col(Posting.role).in_(("head", "deputy")),
            col(Posting.valid_from) <= on,
            or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= on),
        )
        .order_by(col(Posting.role))  # `deputy` first: `head` then takes its place
    )
    for unit, person, role in rows:
        found[unit][person] = role
    return Leaders(
        by_unit={unit: dict(leading) for unit, leading in found.items()}, stand_ins=_stand_ins(session, on)
    )


def _stand_ins(session: Session, on: date) -> dict[int, frozenset[int | None]]:
    accounts = select(col(Account.unit_id), col(Account.person_id)).where(
        col(Account.role) == "head", col(Account.person_id).is_(None), col(Account.disabled).is_(False)
    )
    grants = (
        select(col(AccessGrant.unit_id), col(Account.person_id))
        .join(Account, col(Account.id) == col(AccessGrant.account_id))
        .where(
            col(AccessGrant.role) == "head",
            col(AccessGrant.withdrawn_at).is_(None),
            col(AccessGrant.valid_from) <= on,
            or_(col(AccessGrant.valid_to).is_(None), col(AccessGrant.valid_to) >= on),
            col(Account.disabled).is_(False),
        )
    )
    found: defaultdict[int, set[int | None]] = defaultdict(set)
    for query in (accounts, grants):
        for unit, person in session.connection().execute(query):
            if unit is not None:
                found[unit].add(person)
    return {unit: frozenset(people) for unit, people in found.items()}
