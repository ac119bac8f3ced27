"""Patterns on the pages: off they exist for nobody; on, for the team and the unit's head in their scope."""

import json
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.rules.codes import Reason, Status
from monitor.rules.patterns import PATTERNS
from monitor.store.session import reading, transaction
from monitor.store.tables import AuditEntry, PatternSwitch, Person, Posting, Terminal, Unit
from tests.web.cast import NOW, Office
from tests.web.conftest import LogIn
from tests.web.test_roles import ACCOUNTS

PAGE = "/can-xem-lai?dv=kt"
DAYS = [date(2026, 2, 2) + timedelta(days=7 * week + day) for week in range(2) for day in range(5)]
PAIR, BINH, STRANGER = "Đặng Hoà Bình, Vũ Quốc Dũng", "Đặng Hoà Bình", "Bùi Thanh Tâm"


@pytest.fixture
def planted(engine: Engine) -> Engine:
    """Ten days: CB006 and CB007 (kt) 4 s apart, CB008 (kt) and CB010 (another unit) 3 s apart.

    CB006 has no OUT on any evening; of CB007 the evening's terminal was not read.
    """
    with transaction(engine) as session:
        office = Office(session)
        office.units = {unit.code: unit for unit in session.scalars(select(Unit))}
        office.people = {person.code: person for person in session.scalars(select(Person))}
        office.terminals = {one.code: one for one in session.scalars(select(Terminal))}
        codes = {person.id: code for code, person in office.people.items()}
        for posting in session.scalars(select(Posting)):
            office.homes[codes[posting.person_id]] = posting.unit_id
        for on in DAYS:
            _day(office, on)
        for pattern in ("pairs", "no_out"):
            session.add(
                PatternSwitch(
                    pattern=pattern, switched_on=True, reason="KH 5", switched_by="admin", switched_at=NOW
                )
            )
    return engine


def _day(office: Office, on: date) -> None:
    missing = {"status": Status.MISSING_OUT, "time_in": "13:20:00"}
    unread = {"status": Status.PENDING, "reasons": int(Reason.NO_DATA), "uncovered": "2"}
    gone = {"status": Status.ON_TIME, "time_in": "13:20:00", "time_out": "17:05:00"}
    for code, clock, evening in (
        ("CB006", "07:20:00", missing),
        ("CB007", "07:20:04", unread),
        ("CB008", "07:25:00", gone),
        ("CB010", "07:25:03", gone),
    ):
        punch = office.punch("TM1", code, clock, on=on)
        morning = {"status": Status.ON_TIME, "time_in": clock, "punch_in": punch, "time_out": "11:31:00"}
        office.day(code, morning, evening, on=on)


def text_of(client: FlaskClient, address: str = PAGE) -> str:
    return client.get(address).get_data(as_text=True)


def test_while_all_are_off_nobody_finds_the_page_nor_a_link_to_it(log_in: LogIn) -> None:
    for name in ACCOUNTS.values():
        client = log_in(name)
        assert client.get("/can-xem-lai").status_code == 404, name
        assert "/can-xem-lai" not in text_of(client, "/")


def test_what_is_on_is_shown_to_the_team_and_to_heads_alone(planted: Engine, log_in: LogIn) -> None:
    seen = {role for role, name in ACCOUNTS.items() if log_in(name).get("/can-xem-lai").status_code == 200}

    assert seen == {"head", "inspector"}
    assert log_in("hanh").get(PAGE).status_code == 404  # the head of another unit


def test_a_head_sees_the_pair_its_days_and_punches_and_nobody_of_another_unit(
    planted: Engine, log_in: LogIn
) -> None:
    page = text_of(log_in("huong"))

    assert PAIR in page
    assert "10 trên 10 ngày" in page
    assert "/nguoi/CB006/ngay/2026-02-02" in page
    assert "07:20:04 Vũ Quốc Dũng (Cổng trước)" in page
    assert STRANGER not in page
    assert "179 trên 9.000" in page  # how often the pattern errs stands beside it


def test_days_without_an_out_are_listed_where_they_are_known_alone(planted: Engine, log_in: LogIn) -> None:
    page = text_of(log_in("huong"))
    listed = page[page.index("Có lượt vào") : page.index("Hai người chấm")]

    assert BINH in listed
    assert "Vũ Quốc Dũng" not in listed  # the terminal of the evening was not read


def test_inspectors_see_their_campaign_s_days_alone(planted: Engine, log_in: LogIn) -> None:
    page = text_of(log_in("thanhtra"))

    assert PAIR not in page
    assert BINH not in page


def test_whose_days_were_listed_is_on_the_trail(planted: Engine, log_in: LogIn) -> None:
    log_in("huong").get(PAGE)

    with reading(planted) as session:
        shown = session.scalars(select(AuditEntry).where(col(AuditEntry.action) == "view_patterns")).one()
    assert (shown.actor, shown.subject) == ("huong", "unit:kt")


def test_switching_takes_a_reason_and_says_so_on_the_trail(engine: Engine, log_in: LogIn) -> None:
    admin = log_in("admin")

    assert admin.post("/mau-hinh/pairs", data={"bat": "1", "ly-do": " "}).status_code == 400
    assert admin.post("/mau-hinh/pairs", data={"bat": "1", "ly-do": "KH 5"}).status_code == 302
    assert admin.post("/mau-hinh/pairs", data={"bat": "1", "ly-do": "KH 5"}).status_code == 400
    assert log_in("huong").get(PAGE).status_code == 200
    assert admin.post("/mau-hinh/pairs", data={"bat": "", "ly-do": "xong"}).status_code == 302
    assert log_in("huong").get(PAGE).status_code == 404
    with reading(engine) as session:
        wanted = select(AuditEntry).where(col(AuditEntry.action) == "pattern_switch")
        told = [(one.subject, json.loads(one.detail)) for one in session.scalars(wanted)]
    assert told == [
        ("pattern:pairs", {"before": False, "after": True, "reason": "KH 5"}),
        ("pattern:pairs", {"before": True, "after": False, "reason": "xong"}),
    ]


def test_an_inspector_who_leads_no_open_campaign_switches_nothing(engine: Engine, log_in: LogIn) -> None:
    assert log_in("nhansu").post("/dot-kiem-tra/dot-1/dong", data={"ly-do": "xong"}).status_code == 302

    answer = log_in("thanhtra").post("/mau-hinh/pairs", data={"bat": "1", "ly-do": "KH 5"})

    assert answer.status_code == 404
    with reading(engine) as session:
        assert session.scalars(select(PatternSwitch)).first() is None


def test_the_catalogue_has_every_pattern_with_its_rate(log_in: LogIn) -> None:
    page = text_of(log_in("admin"), "/mau-hinh")

    assert all(f"/mau-hinh/{pattern}" in page for pattern in PATTERNS)
    assert page.count("bị nêu nhầm") == len(PATTERNS)
