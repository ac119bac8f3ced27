"""Tokens: what each role's may ask, when they end, and that nothing but a token counts."""

from datetime import UTC, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from monitor.accounts import AccountRefused
from monitor.accounts.administration import By
from monitor.accounts.programs import revoke_token
from monitor.config import Settings
from monitor.store.session import transaction
from monitor.web.api.admission import KEY, Budgets
from monitor.web.push_limits import Budget
from tests.api.conftest import Ask, make_token
from tests.office import rows
from tests.web.cast import NOW

SPAN = "from=2026-02-23&to=2026-02-24"
ADDRESSES = {
    "/openapi.json": {"hr", "supervisor", "technician"},
    "/units": {"hr", "supervisor"},
    "/units/vp": {"hr", "supervisor"},
    "/people": {"hr", "supervisor"},
    "/people/CB001": {"hr", "supervisor"},
    f"/records?{SPAN}": {"hr"},
    f"/overtime?{SPAN}": {"hr"},
    "/months/2026-01": {"hr", "supervisor"},
    "/terminals": {"hr", "technician"},
}
"""Every address but the sheet's (test_answers), and whose tokens it answers."""


def changed(engine: Engine, statement: str) -> None:
    with transaction(engine) as session:
        session.connection().execute(text(statement))


@pytest.mark.parametrize("role", ["hr", "supervisor", "technician"])
def test_a_role_reads_what_it_is_for_and_is_told_when_it_is_not(role: str, program: Ask) -> None:
    ask = program(role)

    statuses = {address: ask(address).status_code for address in ADDRESSES}

    assert statuses == {address: 200 if role in roles else 403 for address, roles in ADDRESSES.items()}


def test_what_is_refused_is_told_as_a_problem_in_vietnamese(program: Ask, app: Flask) -> None:
    nobody: Any = app.test_client().get("/api/v1/people")
    technician = program("technician")("/people")

    assert nobody.content_type == technician.content_type == "application/problem+json"
    assert nobody.headers["WWW-Authenticate"].startswith("Bearer")
    assert (nobody.status_code, nobody.json["code"]) == (401, "unauthorized")
    assert (technician.status_code, technician.json["code"]) == (403, "forbidden")
    assert technician.json["detail"] == "Vai trò của mã truy cập này không được xem loại dữ liệu đó."


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Basic YWRtaW46eA==", "Bearer chamcong_" + "x" * 43]
)
def test_without_a_good_token_every_address_is_closed_even_one_that_is_not_there(
    header: str, app: Flask
) -> None:
    for address in (*ADDRESSES, "/nothing", "/"):
        answer = app.test_client().get(f"/api/v1{address}", headers={"Authorization": header})
        assert answer.status_code == 401, address


def test_a_log_in_s_cookie_opens_nothing_here(app: Flask) -> None:
    browser = app.test_client()
    browser.post("/dang-nhap", data={"user_name": "nhansu"})

    answer = browser.get("/api/v1/people")

    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_a_token_opens_no_page_and_gets_no_cookie(program: Ask, app: Flask) -> None:
    ask = program()

    page = app.test_client().get("/bang-cong", headers={"Authorization": f"Bearer {ask.token}"})
    answer = ask("/units?lang=en")

    assert page.location.startswith("/dang-nhap")
    assert answer.status_code == 400
    assert "Set-Cookie" not in ask("/units").headers


def test_only_reading_is_answered_and_nothing_is_shared_with_other_sites(program: Ask, app: Flask) -> None:
    ask = program()
    headers = {"Authorization": f"Bearer {ask.token}", "Origin": "https://elsewhere.example"}

    answers = [
        app.test_client().open("/api/v1/units", method=name, headers=headers) for name in ("POST", "PUT")
    ]
    preflight = app.test_client().options("/api/v1/units", headers=headers)
    read = app.test_client().get("/api/v1/units", headers=headers)

    assert [answer.status_code for answer in answers] == [405, 405]
    assert preflight.status_code >= 400
    assert not [name for name in dict(read.headers) if name.startswith("Access-Control")]


def test_a_revoked_token_ends_with_the_next_request(program: Ask, engine: Engine) -> None:
    ask, other = program(), program()
    assert ask("/units").status_code == 200

    with transaction(engine) as session:
        revoke_token(session, ask.number, By(actor="admin", settings=Settings(), now=NOW))

    assert ask("/units").status_code == 401
    assert other("/units").status_code == 200
    assert ("token_revoke", f"token:{ask.number}") in rows(engine, "SELECT action, subject FROM audit_entry")


def test_an_expired_token_is_over(program: Ask, engine: Engine) -> None:
    ask = program()
    past = (NOW - timedelta(seconds=1)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")

    changed(engine, f"UPDATE api_token SET expires_at = '{past}.000000'")

    assert ask("/units").status_code == 401


@pytest.mark.parametrize(
    "loss",
    [
        "UPDATE account SET disabled = true WHERE user_name = 'nhansu'",
        "UPDATE account SET role = 'staff' WHERE user_name = 'nhansu'",
        "UPDATE account SET unit_id = (SELECT id FROM unit WHERE code = 'kt') WHERE user_name = 'nhansu'",
    ],
)
def test_what_ends_its_owner_s_right_ends_the_token(loss: str, program: Ask, engine: Engine) -> None:
    ask = program("hr", "vp", owner="nhansu")
    assert ask("/people/CB002").status_code == 200

    changed(engine, loss)

    assert ask("/people/CB002").status_code == 401


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("hr", "", "admin"), "token_unit_needed"),
        (("hr", "nowhere", "admin"), "unknown_unit"),
        (("admin", "vp", "admin"), "token_role"),
        (("hr", "vp", "duc"), "token_owner"),
        (("hr", "vp", "nobody"), "token_owner"),
        (("technician", "", "nhansu"), "token_owner_sees_less"),
    ],
)
def test_a_token_that_must_not_be_is_not_made(asked: tuple[str, str, str], code: str, engine: Engine) -> None:
    with pytest.raises(AccountRefused) as refused:
        make_token(engine, *asked)

    assert refused.value.code == code
    assert rows(engine, "SELECT count(*) FROM api_token") == [(0,)]


def test_only_the_token_s_hash_is_stored_and_its_use_is_noted(program: Ask, engine: Engine) -> None:
    ask = program()
    ask("/units")

    ((stored, used),) = rows(engine, "SELECT token_sha256, last_used_at FROM api_token")

    assert used is not None
    everything = str([rows(engine, f"SELECT * FROM {name}") for name in ("api_token", "audit_entry")])
    assert ask.token not in everything
    assert len(str(stored)) == 64


def test_who_asks_too_much_waits(program: Ask, app: Flask) -> None:
    app.extensions[KEY] = Budgets(
        requests=Budget(burst=2, per_second=0), strangers=Budget(burst=1, per_second=0)
    )
    ask, other = program(), program()

    assert [ask("/units").status_code for _ in range(3)] == [200, 200, 429]
    assert other("/units").status_code == 200
    assert ask("/units").headers["Retry-After"] == "30"
    guesses = [app.test_client().get("/api/v1/units").status_code for _ in range(2)]
    assert guesses == [401, 429]


def test_a_hand_over_is_traced_with_the_program_s_name(program: Ask, engine: Engine) -> None:
    ask = program("hr", "kt")
    tag = ask(f"/records?{SPAN}").headers["ETag"]
    again = ask(f"/records?{SPAN}", headers={"If-None-Match": tag})

    shown = rows(
        engine,
        "SELECT e.actor, p.code FROM shown s JOIN audit_entry e ON e.id = s.entry_id "
        "JOIN person p ON p.id = s.person_id WHERE e.action = 'export' ORDER BY p.code",
    )

    assert (again.status_code, again.data) == (304, b"")
    actor = f"token:{ask.number}:Phần mềm hr kt"
    assert shown == [(actor, code) for code in ("CB005", "CB006", "CB007", "CB008")]
