"""Đăng ký: nobody registers, sees or lends beyond their own reach on the days that are meant."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlmodel import col

from monitor.access import Action
from monitor.registers import delegations, reach
from monitor.store.session import reading, transaction
from monitor.store.tables import (
    AccessGrant,
    Account,
    Commendation,
    Excuse,
    Meeting,
    MeetingInvitation,
    Posting,
    RosterEntry,
)
from monitor.web import registerfile
from monitor.web.pages import delegations as delegation_page
from monitor.web.policy import Policy, policy_of
from tests.web.cast import NOW, at
from tests.web.conftest import LogIn

LEAVE = {"loai": "leave", "hinh-thuc": "days", "tu": "2026-02-25", "den": "2026-02-25", "viec": "luu"}
NOT_FOUND = 404
ENTRIES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("get", "/dang-ky/{excuse}", {}),
    ("get", "/dang-ky/moi?sua={excuse}", {}),
    ("post", "/dang-ky/{excuse}/rut", {"ly-do": "x"}),
    ("post", "/dang-ky/moi", LEAVE | {"nguoi": "CB006", "sua": "{excuse}", "ly-do": "x"}),
    ("get", "/dang-ky/lich-truc/{duty}", {}),
    ("post", "/dang-ky/lich-truc/{duty}/xoa", {"ly-do": "x"}),
    ("get", "/dang-ky/hop/{meeting}", {}),
    ("post", "/dang-ky/hop/{meeting}/moi", {"nguoi": "CB002", "vai": "member"}),
    ("post", "/dang-ky/hop/{meeting}/cua", {"nguoi": "6", "viec": "khong-moi"}),
    ("post", "/dang-ky/hop/{meeting}/ly-do", {}),
    ("post", "/dang-ky/hop/{meeting}/huy", {"ly-do": "x"}),
    ("post", "/dang-ky/uy-quyen/{grant}/thu-hoi", {"ly-do": "x"}),
    ("post", "/dang-ky/bieu-duong/{commendation}/rut", {"ly-do": "x"}),
)


@pytest.fixture
def entries(engine: Engine) -> dict[str, int]:
    """An excuse, a duty, a meeting and a delegation of the unit `kt`, whose head is Hường."""
    starts, ends = at("08:00", date(2026, 2, 25)), at("10:00", date(2026, 2, 25))
    with transaction(engine) as session:
        excuse = Excuse(person_id=6, type_code="leave", starts=starts, ends=ends)
        duty = RosterEntry(person_id=6, kind="duty", starts=starts + 50_000, ends=ends + 50_000)
        meeting = Meeting(
            unit_id=3, title="Họp", starts=starts, ends=ends, created_by="huong", created_at=NOW
        )
        grant = AccessGrant(
            account_id=account(session, "duc"),
            unit_id=3,
            role="head",
            valid_from=date(2026, 3, 1),
            valid_to=date(2026, 3, 2),
            reason="x",
            granted_by="huong",
            granted_at=NOW,
        )
        commendation = Commendation(
            person_id=6,
            given_on=date(2026, 2, 20),
            document="1/QĐ",
            body="Trực Tết",
            entered_by="huong",
            entered_at=NOW,
        )
        for one in (excuse, duty, meeting, grant, commendation):
            session.add(one)
        session.flush()
        session.add(MeetingInvitation(meeting_id=meeting.id or 0, person_id=6))
        return {
            "excuse": excuse.id or 0,
            "duty": duty.id or 0,
            "meeting": meeting.id or 0,
            "grant": grant.id or 0,
            "commendation": commendation.id or 0,
        }


def account(session: Any, user_name: str) -> int:
    found = session.scalars(select(col(Account.id)).where(col(Account.user_name) == user_name)).one()
    return found or 0


def ask(client: FlaskClient, entry: tuple[str, str, dict[str, str]], ids: dict[str, int]) -> int:
    method, address, form = entry
    filled = {name: value.format(**ids) for name, value in form.items()}
    place = address.format(**ids)
    return client.get(place).status_code if method == "get" else client.post(place, data=filled).status_code


def test_entries_of_another_unit_are_not_found_and_those_of_one_s_own_are(
    entries: dict[str, int], log_in: LogIn
) -> None:
    nowhere = dict.fromkeys(entries, 9_999)
    for name in ("hanh", "thanhtra", "giamsat", "kythuat", "admin", "duc"):
        client = log_in(name)
        found = [entry for entry in ENTRIES if ask(client, entry, entries) != NOT_FOUND]
        assert found == [], name
    head = log_in("huong")
    assert [entry for entry in ENTRIES if ask(head, entry, nowhere) != NOT_FOUND] == []
    of_others = [entry for entry in ENTRIES if "CB002" in entry[2].values()]
    assert [entry for entry in ENTRIES if ask(head, entry, entries) == NOT_FOUND] == of_others


@pytest.mark.parametrize("name", ["hanh", "huong"])
def test_people_of_other_units_do_not_exist_for_a_head(engine: Engine, log_in: LogIn, name: str) -> None:
    client = log_in(name)
    other = {"hanh": "CB006", "huong": "CB002"}[name]
    for code in (other, "CB999"):
        answer = client.post("/dang-ky/moi", data=LEAVE | {"nguoi": code})
        assert answer.status_code == 404
        assert f"Không có cán bộ mã {code} trong phạm vi" in answer.text
        cell = {"o": f"{code}@2026-02-25", "tuan": "2026-02-23", "gio-tu": "07:00", "gio-den": "09:00"}
        assert client.post("/dang-ky/lich-truc", data=cell | {"loai": "duty"}).status_code == 404
    with reading(engine) as session:
        assert session.connection().execute(text("SELECT count(*) FROM excuse")).scalar() == 1


def move(engine: Engine) -> None:
    """CB006 went from `kt` to `vp` on 25 February."""
    with transaction(engine) as session:
        old = session.scalars(select(Posting).where(col(Posting.person_id) == 6)).one()
        old.valid_to = date(2026, 2, 24)
        session.add(Posting(person_id=6, unit_id=2, valid_from=date(2026, 2, 25)))


def days(first: str, last: str) -> dict[str, str]:
    return LEAVE | {"nguoi": "CB006", "tu": first, "den": last}


def test_a_person_belongs_to_whoever_s_unit_it_was_on_every_one_of_the_days(
    engine: Engine, log_in: LogIn
) -> None:
    move(engine)
    former, present, hr = log_in("huong"), log_in("hanh"), log_in("nhansu")
    assert former.post("/dang-ky/moi", data=days("2026-02-25", "2026-02-25")).status_code == 404
    assert present.post("/dang-ky/moi", data=days("2026-02-23", "2026-02-24")).status_code == 404
    assert present.post("/dang-ky/moi", data=days("2026-02-24", "2026-02-25")).status_code == 404
    assert former.post("/dang-ky/moi", data=days("2026-02-23", "2026-02-23")).status_code == 302
    assert present.post("/dang-ky/moi", data=days("2026-02-25", "2026-02-25")).status_code == 302
    assert hr.post("/dang-ky/moi", data=days("2026-02-26", "2026-02-27")).status_code == 302
    assert former.get("/dang-ky/2").status_code == present.get("/dang-ky/3").status_code == 200
    assert former.get("/dang-ky/3").status_code == present.get("/dang-ky/2").status_code == 404
    shown = present.get("/dang-ky?don-vi=vp&thang=2026-02").text
    assert ("/dang-ky/3" in shown, "/dang-ky/2" in shown) == (True, False)


HEADER = "person,type,from,to,document\n"


def upload(client: FlaskClient, content: str) -> Any:
    sent = {"tep": (BytesIO(content.encode()), "x.csv")}
    return client.post("/dang-ky/tep/excuses", data=sent, content_type="multipart/form-data")


def row(code: str, kind: str = "leave", end: str = "2026-02-25 17:00:00") -> str:
    return f"{code},{kind},2026-02-25 07:30:00,{end},x\n"


def test_rows_of_a_file_about_others_are_refused_in_the_words_for_nobody(log_in: LogIn) -> None:
    client = log_in("huong")
    answers = [upload(client, HEADER + row(code)) for code in ("CB002", "CB999")]
    assert {answer.status_code for answer in answers} == {400}
    lists = [answer.text.partition('<ul class="entries')[2].partition("</ul>")[0] for answer in answers]
    assert "CB002" in lists[0]
    assert lists[0].replace("CB002", "?") == lists[1].replace("CB999", "?")


def test_a_file_may_not_hold_one_s_own_rows_nor_reasons_of_health_from_a_head(log_in: LogIn) -> None:
    client = log_in("huong")
    assert "Không ai tự đăng ký" in upload(client, HEADER + row("CB005")).text
    assert "tổ chức, nhân sự nhập" in upload(client, HEADER + row("CB006", "sick")).text
    assert upload(client, HEADER + row("CB006")).status_code == 200


def test_a_file_may_not_shorten_what_reaches_into_another_unit(engine: Engine, log_in: LogIn) -> None:
    starts, ends = at("07:30", date(2026, 2, 24)), at("17:00", date(2026, 2, 26))
    with transaction(engine) as session:
        session.add(Excuse(person_id=6, type_code="leave", starts=starts, ends=ends))
    move(engine)
    content = HEADER + "CB006,leave,2026-02-24 07:30:00,2026-02-24 17:00:00,x\n"
    assert upload(log_in("huong"), content).status_code == 400
    assert upload(log_in("nhansu"), content).status_code == 200


LENT = {"don-vi": "kt", "tai-khoan": "an", "tu": "2026-02-24", "den": "2026-02-26", "ly-do": "Đi công tác"}


@pytest.fixture
def deputy(engine: Engine) -> None:
    """An account of CB006, who works for Hường; its name is `an`."""
    with transaction(engine) as session:
        session.add(Account(user_name="an", display_name="Đặng Hoà Bình", role="staff", person_id=6))


@pytest.mark.usefixtures("deputy")
def test_a_head_lends_the_own_unit_to_own_people_and_no_more(engine: Engine, log_in: LogIn) -> None:
    head = log_in("huong")
    for change, status in (
        ({"don-vi": "vp"}, 404),
        ({"don-vi": "ubnd"}, 404),
        ({"don-vi": "khong-co"}, 404),
        ({"tai-khoan": "duc"}, 404),  # works for somebody else
        ({"tai-khoan": "huong"}, 404),
        ({"tai-khoan": "nhansu"}, 404),
        ({"tu": "2026-02-23"}, 400),
        ({"den": "2026-02-23"}, 400),
        ({"den": "2027-03-01"}, 400),
        ({"ly-do": " "}, 400),
        ({}, 302),
        ({}, 400),  # the same again
    ):
        assert head.post("/dang-ky/uy-quyen", data=LENT | change).status_code == status, change


@pytest.mark.usefixtures("deputy")
def test_what_was_lent_is_not_lent_further(engine: Engine, log_in: LogIn) -> None:
    log_in("nhansu").post("/dang-ky/uy-quyen", data=LENT)
    acting = log_in("an")
    assert acting.get("/don-vi/kt/ngay/2026-02-24").status_code == 200
    with transaction(engine) as session:
        session.add(Account(user_name="dung", display_name="Vũ Quốc Dũng", role="staff", person_id=7))
    assert acting.post("/dang-ky/uy-quyen", data=LENT | {"tai-khoan": "dung"}).status_code == 404


@pytest.mark.usefixtures("deputy")
def test_a_head_cannot_lend_beyond_the_end_of_the_own_posting(engine: Engine, log_in: LogIn) -> None:
    with transaction(engine) as session:
        posting = session.scalars(select(Posting).where(col(Posting.person_id) == 5)).one()
        posting.valid_to = date(2026, 2, 25)
    head = log_in("huong")
    assert head.post("/dang-ky/uy-quyen", data=LENT).status_code == 404
    assert head.post("/dang-ky/uy-quyen", data=LENT | {"den": "2026-02-25"}).status_code == 302


def test_lending_and_taking_back_ask_again_who_is_there(app: Any) -> None:
    for endpoint in ("delegations.give", "delegations.withdraw"):
        assert policy_of(app, endpoint) == Policy(action=Action.DECIDE, step_up=True)


def test_an_inspector_s_grant_is_nothing_to_take_back_here(engine: Engine, log_in: LogIn) -> None:
    with reading(engine) as session:
        number = session.scalars(
            select(col(AccessGrant.id)).where(col(AccessGrant.role) == "inspector")
        ).one()
    answer = log_in("nhansu").post(f"/dang-ky/uy-quyen/{number}/thu-hoi", data={"ly-do": "x"})
    assert answer.status_code == 404


def test_the_trail_says_whose_data_the_lists_showed(engine: Engine, log_in: LogIn) -> None:
    log_in("nhansu").get("/dang-ky?thang=2026-02")
    wanted = (
        "SELECT count(*) FROM shown JOIN audit_entry a ON a.id = entry_id WHERE a.action = 'view_register'"
    )
    with reading(engine) as session:
        assert session.connection().execute(text(wanted)).scalar() == 1


def test_the_checks_notice_a_scope_that_is_forgotten(
    engine: Engine, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: any unit counts as in reach."""
    monkeypatch.setattr(reach, "in_units", lambda *_: True)
    answer = log_in("hanh").post("/dang-ky/moi", data=LEAVE | {"nguoi": "CB006"})
    assert answer.status_code == 302


def test_the_checks_notice_a_file_that_is_not_narrowed(
    log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: rows about others are let in."""
    monkeypatch.setattr(registerfile, "_narrow", lambda *_: None)
    assert upload(log_in("huong"), HEADER + row("CB002")).status_code == 200


@pytest.mark.usefixtures("deputy")
def test_the_checks_notice_powers_that_are_lent_beyond_one_s_own(
    log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: every unit may be lent."""
    monkeypatch.setattr(delegations, "lendable_units", lambda *_: frozenset({1, 2, 3, 4}))
    monkeypatch.setattr(delegation_page, "lendable_units", lambda *_: frozenset({1, 2, 3, 4}))
    assert log_in("huong").post("/dang-ky/uy-quyen", data=LENT | {"don-vi": "vp"}).status_code == 302
