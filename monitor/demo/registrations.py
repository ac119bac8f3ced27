"""The demo's registers: a meeting with its door list, one to come, and a head's powers lent for some days."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlmodel import Session, col

from monitor.access import scope_of
from monitor.registers.delegations import Giver, Lent, lend
from monitor.registers.meetings import By, Draft, Invited, create_meeting, invite, tick
from monitor.rules.codes import SessionKind
from monitor.rules.columns import DAY_SECONDS
from monitor.rules.wallclock import date_of, day_of, seconds_of
from monitor.store.queries.tree import tree
from monitor.store.session import transaction
from monitor.store.tables import Account, Meeting, SessionRecord, Unit
from monitor.yearly.commend import Commended, enter_commendation

UNIT = "PTG"
STANDS_IN, LENDER = "head-snv", "hr"
HOUR, MINUTE = 3600, 60
ARRIVALS = (-6, -3, 0, 7)
"""Minutes after the start; one more is invited and sends somebody else, one does not come."""
INVITED = len(ARRIVALS) + 3


def add_registrations(engine: Engine, now: datetime) -> None:
    """Add them through the same doors as the pages; `now` is an aware instant in the demo's zone."""
    wall_clock = seconds_of(now.replace(tzinfo=None, microsecond=0))
    with transaction(engine) as session:
        unit = session.scalars(select(Unit).where(col(Unit.code) == UNIT)).one()
        by = By(actor=LENDER, at=now, wall_clock=wall_clock)
        _held(session, unit, by)
        _lent(session, unit, now)
        _commended(session, unit, by)


def _held(session: Session, unit: Unit, by: By) -> None:
    """The last afternoon's meeting, and the one of this afternoon, with the same people."""
    today = by.wall_clock // DAY_SECONDS
    day, people = _at_work(session, unit.id or 0, today)
    if len(people) < INVITED:
        return
    for on, title in ((day, "Giao ban công tác tuần"), (today, "Họp triển khai nhiệm vụ")):
        starts = on * DAY_SECONDS + 14 * HOUR
        draft = Draft(
            unit_id=unit.id or 0,
            title=title,
            starts=starts,
            ends=starts + HOUR + 30 * MINUTE,
            place="Phòng họp tầng 2",
            organiser="Lãnh đạo đơn vị",
            document="Giấy mời số 15/GM",
        )
        meeting = session.get_one(Meeting, create_meeting(session, draft, by))
        _invite(session, meeting, people, by)
        if on < today:
            for person, minutes in zip(people, ARRIVALS, strict=False):
                tick(session, meeting, person, starts + minutes * MINUTE, by)
            tick(session, meeting, people[INVITED - 1], starts - 2 * MINUTE, by)


def _invite(session: Session, meeting: Meeting, people: list[int], by: By) -> None:
    *members, instead_of, missing, substitute = people
    invite(session, meeting, Invited(person_id=members[0], role="chair"), by)
    for person in (*members[1:], instead_of, missing):
        invite(session, meeting, Invited(person_id=person), by)
    stands_in = Invited(person_id=substitute, role="substitute", instead_of_id=instead_of)
    invite(session, meeting, stands_in, by)


def _at_work(session: Session, unit_id: int, today: int) -> tuple[int, list[int]]:
    """The last day before today on which people of the unit came, and those who were there, by id."""
    mine = col(SessionRecord.unit_id).in_(tree(session).subtree(unit_id))
    came = (
        *(mine, col(SessionRecord.kind) == int(SessionKind.OFFICE)),
        *(col(SessionRecord.time_in).is_not(None), col(SessionRecord.day) < today),
    )
    day = session.scalar(select(func.max(col(SessionRecord.day))).where(*came)) or 0
    there = select(col(SessionRecord.person_id)).where(*came, col(SessionRecord.day) == day).distinct()
    found = session.scalars(there.order_by(col(SessionRecord.person_id)).limit(INVITED))
    return day, list(found)


def _commended(session: Session, unit: Unit, by: By) -> None:
    """The office as such, and somebody of it, for their work around Tết."""
    today = date_of(by.wall_clock // DAY_SECONDS)
    _, people = _at_work(session, unit.id or 0, day_of(today))
    whose: list[tuple[str, str, int | None, int | None]] = [
        ("18/QĐ-UBND", "Trực và tiếp dân chu đáo dịp Tết", None, unit.id),
        *(("19/QĐ-UBND", "Có sáng kiến trong bố trí lịch trực Tết", one, None) for one in people[:1]),
    ]
    for number, words, person_id, unit_id in whose:
        entered = Commended(
            given_on=today - timedelta(days=5),
            document=number,
            issuer="Chủ tịch UBND tỉnh",
            body=words,
            person_id=person_id,
            unit_id=unit_id,
        )
        enter_commendation(session, entered, actor=by.actor, at=by.at, today=today)


def _lent(session: Session, unit: Unit, now: datetime) -> None:
    """From tomorrow another head decides for the unit's head, who is on a trip."""
    wanted = select(Account).where(col(Account.user_name).in_((LENDER, STANDS_IN)))
    accounts = {account.user_name: account for account in session.scalars(wanted)}
    today = now.date()
    giver = Giver(
        account=accounts[LENDER],
        scope=scope_of(session, accounts[LENDER], today),
        actor=LENDER,
        at=now,
        today=today,
    )
    lent = Lent(
        unit_id=unit.id or 0,
        account_id=accounts[STANDS_IN].id or 0,
        valid_from=today + timedelta(days=1),
        valid_to=today + timedelta(days=3),
        reason="Giám đốc đi công tác, Quyết định số 45/QĐ",
    )
    lend(session, lent, giver)
