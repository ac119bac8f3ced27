"""Explanations of the demo's last working days, made through the doors that people use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.access import scope_of
from monitor.cases import (
    Asking,
    CaseRefused,
    Decision,
    Explanation,
    Matter,
    Reminding,
    ask,
    decide,
    escalate,
    examined,
    explain,
)
from monitor.config import Settings
from monitor.demo.papers import confirmation
from monitor.rules.codes import Status
from monitor.rules.wallclock import DAY_SECONDS, date_of
from monitor.store.queries.cases import home_of
from monitor.store.queries.tree import tree
from monitor.store.session import transaction
from monitor.store.tables import Account, DayRecord, Person, Posting

WAITS, ACCEPTED, REMINDED, ASKED = "waits", "accepted", "reminded", "asked"
PARTS = (
    (Status.LATE, WAITS),
    (Status.MISSING_OUT, WAITS),
    (Status.EARLY, WAITS),
    (Status.LATE, REMINDED),
    (Status.LATE, ACCEPTED),
    (Status.ABSENT, ASKED),
)
"""What the days of an office that are talked about came to, and how far the talk went."""

FORGOTTEN_SECOND = 17 * 3600
DAYS_BACK = 30
WORDS = {
    Status.LATE: "Đường vào cơ quan bị ngập, tôi phải đi vòng.",
    Status.EARLY: "Tôi về sớm để nộp hồ sơ ở bộ phận một cửa trước giờ đóng cửa.",
    Status.ABSENT: "Tôi đi họp ở tỉnh theo giấy mời, quên đăng ký.",
    Status.MISSING_OUT: "Tôi làm đến hết giờ nhưng quên chấm ra.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Talk:
    """One case: whose day, what it came to, and how far the talk goes."""

    matter: Matter
    status: Status
    step: str


def add_explanations(engine: Engine, settings: Settings, now: datetime) -> int:
    """Add a few cases to each office whose head has an account; gives how many there are now."""
    made = 0
    with transaction(engine) as session:
        heads = select(Account).where(col(Account.role) == "head", col(Account.person_id).is_not(None))
        for head in session.scalars(heads.order_by(col(Account.id))).all():
            who = _asking(session, head, settings, now)
            for talk in _talks(session, head, who.today, settings):
                made += _play(session, who, talk, settings, now)
    escalate(engine, now=now, limits=settings.explanations)
    return made


def _asking(session: Session, account: Account, settings: Settings, now: datetime) -> Asking:
    scope = scope_of(session, account, now.date())
    return Asking(scope=scope, actor=account.user_name, now=now, limits=settings.explanations)


def _talks(session: Session, head: Account, today: int, settings: Settings) -> Iterator[_Talk]:
    """Days that came to something, each person once; what waits has come up to the head."""
    if head.unit_id is None:
        return
    below = tree(session).below_in_bloc(head.unit_id)
    leads = select(col(Posting.person_id)).where(col(Posting.role) != "staff")
    days = (
        select(col(DayRecord.person_id), col(DayRecord.day), col(DayRecord.status))
        .where(col(DayRecord.unit_id).in_(below), col(DayRecord.day).between(today - DAYS_BACK, today))
        .where(col(DayRecord.status).in_([int(one) for one in WORDS]), col(DayRecord.person_id).not_in(leads))
        .order_by(col(DayRecord.day).desc(), col(DayRecord.person_id))
    )
    found, taken = list(session.connection().execute(days)), set[int]()
    silent = today - settings.explanations.days_until_escalation - 1
    for wanted, step in PARTS:
        latest = silent if step == WAITS else today
        rows = (one for one in found if one[2] == wanted and one[1] < latest and one[0] not in taken)
        row = next(rows, None)
        home = None if row is None else home_of(session, row[0], row[1])
        if row is not None and home is not None:
            taken.add(row[0])
            yield _Talk(matter=Matter(person_id=row[0], day=row[1], home=home), status=wanted, step=step)


def _play(session: Session, head: Asking, talk: _Talk, settings: Settings, now: datetime) -> int:
    """Let the person and the head do what they do; what the product refuses is left out whole."""
    try:
        with session.begin_nested():
            if talk.step == ASKED:
                ask(session, head, talk.matter, "Đề nghị giải trình vì sao vắng mặt.")
                return 1
            next_morning = datetime.combine(date_of(talk.matter.day + 1), time(8, 10), now.tzinfo)
            person = _account_of(session, talk.matter.person_id)
            explain(session, _asking(session, person, settings, next_morning), talk.matter, _said(talk))
            if talk.step in DECISIONS:
                home = head.scope.home
                issuer = "" if home is None else tree(session).units[home].name
                decide(session, head, talk.matter, DECISIONS[talk.step](issuer, now))
    except CaseRefused:
        return 0
    return 1


def _said(talk: _Talk) -> Explanation:
    forgot = talk.status == Status.MISSING_OUT
    asked = talk.matter.day * DAY_SECONDS + FORGOTTEN_SECOND if forgot else None
    flooded = talk.status == Status.LATE and talk.step == WAITS
    return Explanation(
        kind="forgot" if forgot else "explain",
        body=WORDS[talk.status],
        asked_time=asked,
        paper=examined("giay-xac-nhan.pdf", confirmation(), 1 << 20) if flooded else None,
    )


def _accepted(_issuer: str, _now: datetime) -> Decision:
    return Decision(kind="accept", reason="Đã kiểm tra, đúng như trình bày.")


def _reminded(issuer: str, now: datetime) -> Decision:
    reminding = Reminding(
        issuer=issuer,
        number="03/TB",
        issued_on=now.date(),
        rule_cited="Điều 5 Nội quy cơ quan",
        body="Đề nghị có mặt đúng giờ làm việc đã quy định.",
    )
    return Decision(kind="remind", reason="Đã nhắc miệng hai lần trong tháng.", reminding=reminding)


DECISIONS = {ACCEPTED: _accepted, REMINDED: _reminded}


def _account_of(session: Session, person_id: int) -> Account:
    """The person's account; one that the log-in page does not list where there is none."""
    found = session.scalars(select(Account).where(col(Account.person_id) == person_id)).first()
    if found is None:
        person = session.get_one(Person, person_id)
        found = Account(
            user_name=f"nv.{person.code.lower()}",
            display_name=person.name,
            role="staff",
            person_id=person_id,
            disabled=True,
        )
        session.add(found)
        session.flush()
    return found
