"""The demo's accounts: one of each role, and the head of each office."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.audit import record
from monitor.demo.organisation import TOP_UNITS
from monitor.demo.province import Person as DemoPerson
from monitor.demo.world import World
from monitor.store.session import transaction
from monitor.store.tables import AccessGrant, Account, Person, Unit

ROOT = "LG"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """An account of a person: `unit` is what it may see, '' for everything or, for staff, nothing."""

    user_name: str
    role: str
    unit: str
    person: DemoPerson | None = None
    title: str = ""


def add_accounts(engine: Engine, world: World, now: datetime, actor: str) -> None:
    """Add all accounts; they have no token, because the demo's log-in page lists them."""
    with transaction(engine) as session:
        for seat in _seats(world):
            account = _account(session, seat)
            session.add(account)
            session.flush()
            if seat.role == "inspector" and account.unit_id is not None:
                session.add(_inspection(account, account.unit_id, now, actor))
            detail = {"role": seat.role, "unit": seat.unit}
            record(session, at=now, actor=actor, action="account_add", subject=seat.user_name, detail=detail)


def _inspection(account: Account, unit_id: int, now: datetime, actor: str) -> AccessGrant:
    """The inspectors' right to look at the whole province this year."""
    year = now.year
    return AccessGrant(
        account_id=account.id or 0,
        unit_id=unit_id,
        role="inspector",
        valid_from=date(year, 1, 1),
        valid_to=date(year, 12, 31),
        days_from=date(year, 1, 1),
        days_to=date(year, 12, 31),
        reason="Kế hoạch kiểm tra kỷ luật, kỷ cương hành chính",
        granted_by=actor,
        granted_at=now,
    )


def _seats(world: World) -> list[Seat]:
    heads = [
        Seat(user_name=f"head-{top.lower()}", role="head", unit=top, person=_holder(world, top, "head"))
        for top in TOP_UNITS
    ]
    return [
        *heads,
        Seat(user_name="hr", role="hr", unit=ROOT, person=_holder(world, "SNV-CCVC", "head")),
        Seat(user_name="inspector", role="inspector", unit=ROOT, person=_holder(world, "SNV-CCHC", "head")),
        Seat(user_name="supervisor", role="supervisor", unit=ROOT, title="Đoàn giám sát (chỉ xem)"),
        Seat(user_name="staff", role="staff", unit="", person=_holder(world, "XDL-KT", "staff")),
        Seat(user_name="admin", role="admin", unit="", title="Quản trị hệ thống"),
        Seat(user_name="technician", role="technician", unit="", title="Kỹ thuật máy chấm công"),
    ]


def _holder(world: World, unit: str, role: str) -> DemoPerson:
    """The first person of a role in a unit at present."""
    on = world.span.now.date()
    return next(person for person in world.people if person.unit_on(on) == unit and person.role == role)


def _account(session: Session, seat: Seat) -> Account:
    title = seat.title or (f"{seat.person.name} – {seat.person.postings[-1].position}" if seat.person else "")
    unit = session.scalar(select(col(Unit.id)).where(col(Unit.code) == seat.unit))
    code = seat.person.code if seat.person else ""
    person = session.scalar(select(col(Person.id)).where(col(Person.code) == code))
    return Account(
        user_name=seat.user_name, display_name=title, role=seat.role, unit_id=unit, person_id=person
    )
