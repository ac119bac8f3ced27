"""The small office of tests/office.py with a chairman above it, a deputy, HR, and an account for each."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.access import scope_of
from monitor.cases import Asking, Decision, Explanation, Matter, decide, explain
from monitor.config import Explanations, Settings
from monitor.records import refresh
from monitor.rules.wallclock import date_of, day_of
from monitor.store.queries.cases import home_of
from monitor.store.session import reading, transaction
from monitor.store.tables import AccessGrant, Account, DayCase, Person, Posting
from tests.office import START, cover, full_day, open_office, punch

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 2, 27, 9, 0, tzinfo=ZONE)
"""Friday morning; what is explained is Wednesday 25 February, when Bình came late and An forgot to punch."""
ON = date(2026, 2, 25)
DAY = day_of(ON)
XA, VP = 1, 2

ACCOUNTS = {
    "an": ("staff", None, "AN"),
    "binh": ("staff", None, "BINH"),
    "duc": ("staff", None, "DUC"),
    "hanh": ("head", VP, "HANH"),
    "pho": ("head", VP, "PHO"),
    "chutich": ("head", XA, "CHU"),
    "nhansu": ("hr", XA, None),
    "quantri": ("admin", None, None),
    "giamsat": ("supervisor", XA, None),
}


def furnish(engine: Engine) -> None:
    """Everybody: Hạnh heads the office, Phó is her deputy, Chủ tịch heads the commune above."""
    open_office(engine)
    with transaction(engine) as session:
        for place, (code, unit, role) in enumerate((("CHU", XA, "head"), ("PHO", VP, "deputy")), start=5):
            session.add(Person(id=place, code=code, name=code, sort_key=code, search_key=code.lower()))
            session.flush()
            session.add(Posting(person_id=place, unit_id=unit, role=role, valid_from=START))
        for name, (role, unit_id, person) in ACCOUNTS.items():
            person_id = None if person is None else person_named(session, person)
            session.add(
                Account(user_name=name, display_name=name, role=role, unit_id=unit_id, person_id=person_id)
            )
    cover(engine, "2026-02-23 00:00:00", "2026-02-27 09:00:00")
    punch(engine, *full_day("1", "2026-02-25")[:3])
    punch(engine, ("2", "2026-02-25 07:52"), *full_day("2", "2026-02-25")[1:], *full_day("4", "2026-02-25"))


def person_named(session: Session, code: str) -> int:
    return session.scalars(select(col(Person.id)).where(col(Person.code) == code)).one() or 0


def asking(session: Session, user_name: str, now: datetime = NOW) -> Asking:
    """An account with the scope that it has at the moment."""
    account = session.scalars(select(Account).where(col(Account.user_name) == user_name)).one()
    scope = scope_of(session, account, now.date())
    return Asking(scope=scope, actor=user_name, now=now, limits=Explanations())


def matter(session: Session, code: str, day: int = DAY) -> Matter:
    person_id = person_named(session, code)
    return Matter(person_id=person_id, day=day, home=home_of(session, person_id, day) or 0)


def said(engine: Engine, user_name: str, now: datetime = NOW, day: int = DAY, **more: object) -> int:
    """Let a person explain the day; gives the case's id."""
    values: dict[str, object] = {"kind": "explain", "body": "Đường ngập"}
    with transaction(engine) as session:
        who = asking(session, user_name, now)
        case = explain(
            session,
            who,
            matter(session, ACCOUNTS[user_name][2] or "", day),
            Explanation(**(values | more)),  # type: ignore[arg-type]  # a test's own values
        )
        return case.id or 0


def decided(
    engine: Engine, user_name: str, code: str, made: Decision, now: datetime = NOW, day: int = DAY
) -> int:
    """Take a decision in a transaction of its own; gives its id."""
    with transaction(engine) as session:
        return decide(session, asking(session, user_name, now), matter(session, code, day), made).id or 0


def refreshed(engine: Engine, settings: Settings, now: datetime = NOW) -> None:
    refresh(engine, now=now, settings=settings)


def case(engine: Engine, code: str, day: int = DAY) -> DayCase:
    with reading(engine) as session:
        mine = col(DayCase.person_id) == person_named(session, code), col(DayCase.on_date) == date_of(day)
        found = session.scalars(select(DayCase).where(*mine)).one()
        session.expunge(found)
        return found


def grant(session: Session, user_name: str, unit_id: int) -> None:
    """Let an account stand in for the head of a unit this week."""
    account = session.scalars(select(Account).where(col(Account.user_name) == user_name)).one()
    session.add(
        AccessGrant(
            account_id=account.id or 0,
            unit_id=unit_id,
            role="head",
            valid_from=date(2026, 2, 26),
            valid_to=date(2026, 3, 6),
            reason="Đi công tác",
            granted_by="quantri",
            granted_at=NOW,
        )
    )
    session.flush()
