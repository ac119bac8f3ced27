"""Who receives reports from citizens: inspectors named for it, and nobody by role alone."""

from sqlalchemy import select
from sqlmodel import Session, col

from monitor import audit
from monitor.inspections.errors import InspectionRefused
from monitor.inspections.wish import LONGEST_TEXT, By
from monitor.store.queries.tree import tree
from monitor.store.tables import Account, ReportOfficer, Unit


def received_units(session: Session, account_id: int) -> frozenset[int] | None:
    """The units about which an account receives reports, with those below in the bloc; None: every unit."""
    running = col(ReportOfficer.account_id) == account_id, col(ReportOfficer.ended_at).is_(None)
    tops = list(session.scalars(select(col(ReportOfficer.unit_id)).where(*running)))
    if None in tops:
        return None
    units = tree(session) if tops else None
    return frozenset[int]().union(*(units.below_in_bloc(top) for top in tops if units and top is not None))


def receives(session: Session, account_id: int, unit_id: int) -> bool:
    """Whether an account receives reports about a unit."""
    units = received_units(session, account_id)
    return units is None or unit_id in units


def officers(session: Session) -> list[tuple[ReportOfficer, Account, Unit | None]]:
    """Everybody who receives reports now."""
    joined = (
        select(ReportOfficer, Account, Unit)
        .join(Account, col(Account.id) == col(ReportOfficer.account_id))
        .outerjoin(Unit, col(Unit.id) == col(ReportOfficer.unit_id))
    )
    rows = session.execute(
        joined.where(col(ReportOfficer.ended_at).is_(None)).order_by(col(ReportOfficer.id))
    )
    return [(row[0], row[1], row[2]) for row in rows]


def name_officer(session: Session, user: str, unit: str, document: str, by: By) -> ReportOfficer:
    """Let an inspector's account receive reports about a unit ('' for all), as a document says.

    Raises InspectionRefused `officer_unknown`, `officer_unit_unknown`, `officer_document`, `officer_named`.
    """
    if not 0 < len(document.strip()) <= LONGEST_TEXT:
        raise InspectionRefused("officer_document")
    account = _inspector(session, user)
    found = tree(session).by_code(unit) if unit else None
    if unit and found is None:
        raise InspectionRefused("officer_unit_unknown", unit=unit)
    unit_id = found.id if found else None
    same = [
        one for one, other, _unit in officers(session) if other.id == account.id and one.unit_id == unit_id
    ]
    if same:
        raise InspectionRefused("officer_named", user=user)
    made = ReportOfficer(
        account_id=account.id or 0,
        unit_id=unit_id,
        document=document.strip(),
        named_by=by.actor,
        named_at=by.now,
    )
    session.add(made)
    _tell(session, "officer_name", user, by, {"unit": unit, "document": document.strip()})
    return made


def dismiss_officer(session: Session, user: str, by: By) -> int:
    """End every right of an account to receive reports; gives how many. Raises `officer_none`."""
    account = session.scalars(select(Account).where(col(Account.user_name) == user)).first()
    wanted = select(ReportOfficer).where(
        col(ReportOfficer.account_id) == (account.id if account else None),
        col(ReportOfficer.ended_at).is_(None),
    )
    found = session.scalars(wanted).all()
    if not found:
        raise InspectionRefused("officer_none", user=user)
    for one in found:
        one.ended_by, one.ended_at = by.actor, by.now
    _tell(session, "officer_dismiss", user, by, {"count": len(found)})
    return len(found)


def _inspector(session: Session, user: str) -> Account:
    known = col(Account.user_name) == user, col(Account.role) == "inspector", ~col(Account.disabled)
    account = session.scalars(select(Account).where(*known)).first()
    if account is None:
        raise InspectionRefused("officer_unknown", user=user)
    return account


def _tell(session: Session, action: str, user: str, by: By, detail: dict[str, object]) -> None:
    session.flush()
    subject = f"account:{user}"
    audit.record(session, at=by.now, actor=by.actor, action=action, subject=subject, detail=detail)
