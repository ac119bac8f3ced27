"""The demo's other programs: who may read through the API, who is told of closed months, a closed month."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.accounts.administration import By
from monitor.accounts.programs import NewToken, add_token, revoke_token
from monitor.accounts.sealing import seal
from monitor.audit import record
from monitor.config import Settings, secret_key
from monitor.demo.span import span_until
from monitor.periods import Month, close_period
from monitor.rules.wallclock import day_of
from monitor.store.queries.tree import tree
from monitor.store.session import transaction
from monitor.store.tables import Unit, Webhook
from monitor.webhooks.signing import PURPOSE, new_secret

ACTOR = "admin"
ROOT, CLOSED = "LG", "HCC"
PAYROLL, OLD = "Phần mềm tiền lương của tỉnh", "Bảng điều hành thử nghiệm"
TOKENS = (
    NewToken(name=PAYROLL, role="hr", unit=ROOT, owner="hr", days=365),
    NewToken(name="Giám sát mạng máy chấm công", role="technician", unit="", owner="admin", days=365),
    NewToken(name=OLD, role="supervisor", unit=CLOSED, owner="hr", days=90),
)
MADE_BEFORE = timedelta(days=20)
URL = "https://tien-luong.lamgiang.example/cham-cong"
"""A name that no server has (RFC 2606): a demo whose clock runs tries it, and says what went wrong."""


def add_programs(engine: Engine, settings: Settings, now: datetime) -> int:
    """Add three tokens and an address, then close a month that the address is told of.

    `now` is an aware instant in the demo's zone. Gives how many units' months were closed: none where the
    demo has no month before the last one.
    """
    with transaction(engine) as session:
        by = By(actor=ACTOR, settings=settings, now=now - MADE_BEFORE)
        units = tree(session)
        made = {new.name: add_token(session, new, by, units) for new in TOKENS}
        later = By(actor=ACTOR, settings=settings, now=now - MADE_BEFORE / 2)
        revoke_token(session, made[OLD].number, later)
        _tell_payroll(session, settings, by.now)
    return _close(engine, settings, now)


def _tell_payroll(session: Session, settings: Settings, at: datetime) -> None:
    """As `add_webhook` does, but without looking the name up: there may be no network."""
    unit = session.scalars(select(col(Unit.id)).where(col(Unit.code) == ROOT)).one()
    secret = seal(new_secret(), secret_key(settings), PURPOSE)
    row = Webhook(name=PAYROLL, url=URL, unit_id=unit or 0, secret=secret, made_by=ACTOR, made_at=at)
    session.add(row)
    session.flush()
    detail = {"name": PAYROLL, "url": URL, "unit": ROOT}
    record(session, at=at, actor=ACTOR, action="webhook_add", subject=f"webhook:{row.id}", detail=detail)


def _close(engine: Engine, settings: Settings, now: datetime) -> int:
    """One office's month before the last one is closed; none where the demo begins later."""
    before = (now.replace(day=1) - timedelta(days=1)).replace(day=1) - timedelta(days=1)
    month = Month.of(f"{before:%Y-%m}")
    if month.first_day < day_of(span_until(now.replace(tzinfo=None)).begins):
        return 0
    closed = close_period(
        engine, CLOSED, month.text, now=now, actor="hr", settings=settings, with_subunits=True
    )
    return len(closed)
