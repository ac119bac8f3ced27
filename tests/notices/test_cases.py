"""Explanations in messages: who is asked is told so; who has to decide reads how many wait, and no names."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import Session, col

from jobs.context import JobContext
from jobs.escalate_cases import run as escalate_cases
from monitor.access import scope_of
from monitor.cases import Asking, Decision, Explanation, Matter, ask, decide, explain
from monitor.config import Explanations, Settings
from monitor.notices import queue_due
from monitor.store.queries.cases import home_of
from monitor.store.session import transaction
from monitor.store.tables import Account, DayRecord, Person, SessionRecord
from tests.notices.server import Box
from tests.notices.world import at, look_and_send, moment, rows, wants
from tests.web.cast import DAY

ASKED_AT = moment("2026-02-24 09:00")
REASON = "Đề nghị nói rõ vì sao đến muộn nhiều lần"


def _asking(session: Session, user_name: str, now: datetime) -> Asking:
    account = session.scalars(select(Account).where(col(Account.user_name) == user_name)).one()
    scope = scope_of(session, account, now.date())
    return Asking(scope=scope, actor=user_name, now=now, limits=Explanations())


def _duc(session: Session) -> Matter:
    person = session.scalars(select(Person).where(col(Person.code) == "CB002")).one().id or 0
    return Matter(person_id=person, day=DAY, home=home_of(session, person, DAY) or 0)


def asked(engine: Engine, now: datetime = ASKED_AT) -> None:
    """Hạnh asks Đức to explain Tuesday."""
    with transaction(engine) as session:
        ask(session, _asking(session, "hanh", now), _duc(session), REASON)


def explained(engine: Engine, now: datetime = ASKED_AT) -> None:
    """Đức explains Tuesday."""
    with transaction(engine) as session:
        said = Explanation(kind="explain", body="Đường ngập")
        explain(session, _asking(session, "duc", now), _duc(session), said)


def decided(engine: Engine) -> None:
    """Hạnh accepts it."""
    with transaction(engine) as session:
        made = Decision(kind="accept", reason="Đúng")
        decide(session, _asking(session, "hanh", ASKED_AT), _duc(session), made)


def to(box: Box, name: str) -> list[str]:
    """The texts that went to somebody."""
    together = zip(box.messages(), box.texts(), strict=True)
    return [text for message, text in together if message["To"] == f"{name}@xa.example"]


def test_who_is_asked_reads_the_day_the_deadline_and_the_way_there_and_no_more(
    engine: Engine, port: int, tmp_path: Path, box: Box
) -> None:
    wants(engine, "duc")
    asked(engine)
    settings = at(port, tmp_path, site_url="https://cham.xa.example")
    look_and_send(engine, settings, ASKED_AT + timedelta(minutes=1))

    assert box.subjects() == ["Bạn được yêu cầu giải trình ngày 24/02/2026"]
    (text,) = to(box, "duc")
    assert "hạn trả lời hết ngày 27/02/2026" in text
    assert "https://cham.xa.example/viec-can-lam" in text
    for detail in (REASON, "Hạnh", "muộn", "Văn phòng"):
        assert detail not in text


def test_one_is_told_once_each_time_one_is_asked(engine: Engine, site: Settings, box: Box) -> None:
    wants(engine, "duc")
    asked(engine)
    counts = [len(look_and_send(engine, site, ASKED_AT + timedelta(minutes=number))) for number in (1, 2, 3)]
    asked(engine, ASKED_AT + timedelta(days=1))
    look_and_send(engine, site, ASKED_AT + timedelta(days=1, minutes=1))

    assert counts == [1, 0, 0]
    assert len(to(box, "duc")) == 2
    assert "28/02/2026" in to(box, "duc")[1]


def test_one_who_answered_before_it_was_sent_or_wants_no_such_message_gets_none(
    engine: Engine, site: Settings, box: Box
) -> None:
    wants(engine, "duc")
    asked(engine)
    queue_due(engine, site, ASKED_AT)
    explained(engine)
    look_and_send(engine, site, ASKED_AT + timedelta(minutes=1))
    assert [(row.kind, row.state, row.error) for row in rows(engine)] == [
        ("asked", "dropped", "notice_answered")
    ]

    wants(engine, "duc", asked=False)
    asked_again = ASKED_AT + timedelta(minutes=5)
    with transaction(engine) as session:
        person = session.scalars(select(Person).where(col(Person.code) == "CB002")).one().id or 0
        before = Matter(person_id=person, day=DAY - 1, home=home_of(session, person, DAY - 1) or 0)
        ask(session, _asking(session, "hanh", asked_again), before, "")
    assert queue_due(engine, site, asked_again) == 0
    assert box.taken == []


def test_the_morning_s_digest_counts_what_waits_for_a_decision_without_a_name(
    engine: Engine, site: Settings, box: Box
) -> None:
    wants(engine, "hanh", morning=True)
    explained(engine)
    look_and_send(engine, site, moment("2026-02-24 09:30"))

    (text,) = to(box, "hanh")
    assert "1 giải trình chờ bạn quyết định." in text
    assert "Đức" not in text
    assert "ngập" not in text


def test_who_does_not_decide_about_it_reads_nothing_of_it(engine: Engine, site: Settings, box: Box) -> None:
    for name in ("huong", "giamsat"):
        wants(engine, name, morning=True)
    explained(engine)
    look_and_send(engine, site, moment("2026-02-24 09:30"))

    assert len(box.taken) == 2
    assert "giải trình" not in "".join(box.texts())


def test_what_is_overdue_and_came_up_from_below_is_told_to_the_desk_above(
    engine: Engine, site: Settings, box: Box
) -> None:
    for name in ("hanh", "nhansu"):
        wants(engine, name, evening=True)
    explained(engine)
    late = ASKED_AT + timedelta(days=3, minutes=1)
    look_and_send(engine, site, late.replace(hour=18))
    assert "1 giải trình chờ bạn quyết định, 1 quá hạn." in to(box, "hanh")[0]

    # First to the chairman's desk, who has no account, then to HR.
    for after in (moment("2026-03-02 18:00"), moment("2026-03-06 18:00")):
        escalate_cases(JobContext(engine=engine, settings=site, clock=lambda: after))  # noqa: B023 - at once
    look_and_send(engine, site, after)

    assert (
        "1 giải trình chờ bạn quyết định, 1 do cấp dưới chưa quyết định chuyển lên." in to(box, "nhansu")[1]
    )
    assert "giải trình" not in to(box, "hanh")[1]


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("vi", "Sáng 24/02: 1 giải trình chờ quyết định – Văn phòng HĐND và UBND"),
        ("en", "Morning of 24/02: 1 to decide – Văn phòng HĐND và UBND"),
    ],
)
def test_a_morning_with_nothing_else_is_not_said_to_have_nothing_to_do(
    engine: Engine, site: Settings, box: Box, language: str, subject: str
) -> None:
    wants(engine, "hanh", language=language, morning=True)
    explained(engine)
    fine = {"status": 9, "late_seconds": 0, "reasons": 0}
    with transaction(engine) as session:
        session.connection().execute(update(SessionRecord).values(**fine))
        session.connection().execute(update(DayRecord).values(**fine))
    look_and_send(engine, site, moment("2026-02-24 09:30"))

    assert box.subjects() == [subject]
    assert "Không có việc" not in box.texts()[0]


def test_what_has_been_decided_is_told_no_more(engine: Engine, site: Settings, box: Box) -> None:
    wants(engine, "hanh", morning=True, evening=True)
    explained(engine)
    decided(engine)
    look_and_send(engine, site, moment(f"{date(2026, 2, 24)} 18:00"))

    assert "giải trình" not in "".join(box.texts())
    assert len(box.taken) == 1
