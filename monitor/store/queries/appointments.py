"""What makes a person a head today: leading postings, and grants that run."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlmodel import Session, col

from monitor.store.tables import AccessGrant, Posting


def led_units(session: Session, person_id: int, on: date) -> frozenset[int]:
    """The units that a person heads or is deputy of on a day, by posting."""
    posting = select(col(Posting.unit_id)).where(
        col(Posting.person_id) == person_id,
        col(Posting.role).in_(("head", "deputy")),
        col(Posting.valid_from) <= on,
        or_(col(Posting.valid_to).is_(None), col(Posting.valid_to) >= on),
    )
    return frozenset(session.scalars(posting))


def running_grants(session: Session, account_id: int, on: date) -> Sequence[AccessGrant]:
    """The grants of an account that are valid on a day and not withdrawn."""
    grant = select(AccessGrant).where(
        col(AccessGrant.account_id) == account_id,
        col(AccessGrant.withdrawn_at).is_(None),
        col(AccessGrant.valid_from) <= on,
        or_(col(AccessGrant.valid_to).is_(None), col(AccessGrant.valid_to) >= on),
    )
    return session.scalars(grant.order_by(col(AccessGrant.id))).all()
