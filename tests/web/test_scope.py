"""Who sees what: a subtree, oneself, nobody; what is out of scope looks like what does not exist."""

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.access import ALLOWED, Action, Scope, scope_of
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, Person, Unit
from monitor.web.policy import PUBLIC, policy_of
from tests.web.conftest import LogIn

DUC = "/nguoi/CB002/ngay/2026-02-24"
HUONG = "/nguoi/CB005/ngay/2026-02-24"


def scope(engine: Engine, user_name: str) -> Scope:
    """The scope of an account of the cast."""
    with reading(engine) as session:
        account = session.scalars(select(Account).where(col(Account.user_name) == user_name)).one()
        return scope_of(session, account)


def test_a_head_s_scope_is_the_unit_with_everything_below_it(engine: Engine) -> None:
    with reading(engine) as session:
        units = tree(session)
    root = units.by_code("ubnd")
    assert root is not None

    assert scope(engine, "nhansu").unit_ids == units.subtree(root.id)
    assert len(units.subtree(root.id)) == 4
    assert scope(engine, "admin").unit_ids == "all"
    assert scope(engine, "duc").unit_ids == frozenset()
    assert scope(engine, "kythuat").unit_ids == frozenset()


@pytest.mark.parametrize("role", ["hr", "head", "inspector"])
def test_a_role_over_units_without_a_unit_sees_nobody(engine: Engine, role: str) -> None:
    with reading(engine) as session:
        found = scope_of(session, Account(id=9, user_name="x", display_name="x", role=role))

    assert found.unit_ids == frozenset()
    assert found.reach.unit_ids == frozenset()


def test_a_technician_reaches_no_personal_data_even_with_a_person_linked() -> None:
    found = Scope(role="technician", account_id=1, unit_ids="all", person_id=7)

    assert found.reach.unit_ids == frozenset()
    assert found.reach.person_id is None


def test_a_role_that_is_not_known_may_do_nothing() -> None:
    assert not any(Scope(role="", account_id=1, unit_ids="all").may(action) for action in Action)
    assert set(ALLOWED) == {"admin", "hr", "head", "inspector", "technician", "staff"}


def test_another_unit_looks_like_a_page_that_does_not_exist(log_in: LogIn) -> None:
    head = log_in("hanh")

    foreign, absent = head.get("/don-vi/kt/ngay/2026-02-24"), head.get("/don-vi/khong-co/ngay/2026-02-24")

    assert foreign.status_code == absent.status_code == 404
    assert foreign.text == absent.text
    assert head.get("/don-vi?ma=kt").status_code == 404
    assert head.get("/don-vi/ubnd/ngay/2026-02-24").status_code == 404


def test_a_person_of_another_unit_looks_like_nobody(log_in: LogIn) -> None:
    head = log_in("hanh")

    foreign, nobody = head.get(HUONG), head.get("/nguoi/CB999/ngay/2026-02-24")

    assert foreign.status_code == nobody.status_code == 404
    assert foreign.text == nobody.text
    assert head.get(DUC).status_code == 200


def test_the_switcher_offers_only_units_in_scope(log_in: LogIn) -> None:
    text = log_in("nhansu").get("/don-vi/ubnd/ngay/2026-02-24").text
    own = log_in("hanh").get("/don-vi/vp/ngay/2026-02-24").text

    assert '<option value="kt"' in text
    assert "Phòng Kinh tế" not in own


def test_staff_see_their_own_day_and_nothing_else(log_in: LogIn) -> None:
    staff = log_in("duc")

    assert staff.get("/").location == DUC
    assert staff.get(DUC).status_code == 200
    assert staff.get("/nguoi/CB001/ngay/2026-02-24").status_code == 404
    assert staff.get("/don-vi/vp/ngay/2026-02-24").status_code == 404
    assert staff.get("/don-vi?ma=vp").status_code == 404
    assert staff.get("/may").status_code == 404


def test_a_technician_sees_terminals_and_no_names(log_in: LogIn, engine: Engine) -> None:
    technician = log_in("kythuat")
    with reading(engine) as session:
        people = list(session.scalars(select(col(Person.name))))

    shown = technician.get("/may")

    assert technician.get("/").location == "/may"
    assert shown.status_code == 200
    assert not [name for name in people if name in shown.text]
    assert technician.get(DUC).status_code == 404
    assert technician.get("/don-vi/vp/ngay/2026-02-24").status_code == 404


def test_a_head_sees_no_terminals(log_in: LogIn) -> None:
    head = log_in("hanh")

    assert head.get("/may").status_code == 404
    assert head.post("/may/TM1/doc-ngay").status_code == 404
    assert "/may" not in head.get("/don-vi/vp/ngay/2026-02-24").text.replace("/may-cham", "")


def test_a_role_that_is_taken_away_binds_the_next_request(log_in: LogIn, engine: Engine) -> None:
    client = log_in("nhansu")
    assert client.get(DUC).status_code == 200

    with transaction(engine) as session:
        session.scalars(select(Account).where(col(Account.user_name) == "nhansu")).one().role = "technician"

    assert client.get(DUC).status_code == 404


def test_a_disabled_account_is_out_at_once(log_in: LogIn, engine: Engine) -> None:
    client = log_in("nhansu")

    with transaction(engine) as session:
        session.scalars(select(Account).where(col(Account.user_name) == "nhansu")).one().disabled = True

    assert client.get(DUC).location.startswith("/dang-nhap")


def test_the_move_of_a_unit_moves_the_scope(log_in: LogIn, engine: Engine) -> None:
    head = log_in("hanh")
    with transaction(engine) as session:
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
        units["kt"].parent_id = units["vp"].id

    assert head.get(HUONG).status_code == 200


def test_every_route_declares_a_policy(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}

    assert [endpoint for endpoint in sorted(endpoints) if policy_of(app, endpoint) is None] == []
    public = {endpoint for endpoint in endpoints if policy_of(app, endpoint) == PUBLIC}
    assert public == {"static", "bootstrap.static", "login.form", "login.log_in", "home.alive"}


def test_a_route_without_a_policy_is_closed(app: Flask, log_in: LogIn) -> None:
    client = log_in("admin")

    app.view_functions["home.index"] = lambda: "open to everybody"

    assert client.get("/").status_code == 404


@pytest.mark.parametrize("address", ["/", DUC, "/don-vi/vp/ngay/2026-02-24", "/may", "/ca-nhan"])
def test_without_a_log_in_every_page_leads_to_the_log_in(app: Flask, address: str) -> None:
    answer = app.test_client().get(address)

    assert answer.status_code == 302
    assert answer.location.startswith("/dang-nhap?tiep=")


def test_a_refresh_without_a_log_in_says_so_and_leads_nowhere(app: Flask) -> None:
    answer = app.test_client().get("/may", headers={"X-Refresh": "1"})

    assert (answer.status_code, answer.text) == (401, "")
