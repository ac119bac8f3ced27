"""Who sees what: a subtree, oneself, nobody; what is out of scope looks like what does not exist."""

import sys
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.access import ALLOWED, Action, Scope, scope_of
from monitor.store.queries.reach import NOBODY
from monitor.store.queries.tree import tree
from monitor.store.session import reading, transaction
from monitor.store.tables import AccessGrant, Account, Person, Posting, Unit
from monitor.store.tables.operations import ROLES
from monitor.web.policy import PUBLIC, policy_of
from tests.web.cast import NOW, ON
from tests.web.conftest import LogIn
from tests.web.signing import plain

DUC = "/nguoi/CB002/ngay/2026-02-24"
STEPS = {
    *(f"steps.{name}" for name in ("factor", "check_factor", "enrolment", "enrol")),
    *(f"steps.{name}" for name in ("new_password", "change_password", "slip", "use_slip")),
    *(f"sign_on.{name}" for name in ("start", "back")),
}
"""Before there is a session: each asks for a password, a slip or a journey that was right."""
HUONG = "/nguoi/CB005/ngay/2026-02-24"


def scope(engine: Engine, user_name: str, on: date = ON) -> Scope:
    """The scope of an account of the cast."""
    with reading(engine) as session:
        account = session.scalars(select(Account).where(col(Account.user_name) == user_name)).one()
        return scope_of(session, account, on)


def person_id(session: Session, code: str) -> int:
    """The id of a person of the cast."""
    return session.scalars(select(col(Person.id)).where(col(Person.code) == code)).one() or 0


def units_of(engine: Engine, user_name: str, on: date = ON) -> set[str]:
    """The codes of the units that an account of the cast may see on some day."""
    with reading(engine) as session:
        units = tree(session)
    return {units.units[unit].code for unit in scope(engine, user_name, on).units_of(units)}


def test_a_scope_over_units_takes_in_everything_below_them(engine: Engine) -> None:
    assert units_of(engine, "nhansu") == units_of(engine, "giamsat") == {"ubnd", "vp", "kt", "pvhcc"}
    assert units_of(engine, "hanh") == {"vp"}
    assert scope(engine, "admin").terms is None
    assert units_of(engine, "duc") == units_of(engine, "kythuat") == set()


def test_a_head_sees_the_unit_from_the_day_of_appointment_to_the_last(engine: Engine) -> None:
    with transaction(engine) as session:
        of_hanh = session.scalars(
            select(Posting).where(col(Posting.person_id) == person_id(session, "CB001"))
        ).one()
        of_hanh.valid_to = date(2026, 2, 28)
        successor = Posting(
            person_id=person_id(session, "CB002"),
            unit_id=of_hanh.unit_id,
            role="head",
            valid_from=date(2026, 3, 1),
        )
        session.add(successor)

    assert units_of(engine, "hanh", date(2026, 2, 28)) == {"vp"}
    assert units_of(engine, "duc", date(2026, 2, 28)) == set()
    assert units_of(engine, "hanh", date(2026, 3, 1)) == set()
    assert scope(engine, "hanh", date(2026, 3, 1)).role == "staff"
    assert units_of(engine, "duc", date(2026, 3, 1)) == {"vp"}
    assert scope(engine, "duc", date(2026, 3, 1)).may(Action.SEE_UNITS)


def test_an_inspector_sees_the_granted_unit_for_the_granted_days(engine: Engine, log_in: LogIn) -> None:
    inspector = log_in("thanhtra")

    assert units_of(engine, "thanhtra") == {"kt"}
    assert (
        units_of(engine, "thanhtra", date(2026, 2, 19))
        == units_of(engine, "thanhtra", date(2026, 4, 1))
        == set()
    )
    assert inspector.get(HUONG).status_code == inspector.get("/don-vi/kt/ngay/2026-02-23").status_code == 200
    for outside in (
        "/don-vi/kt/ngay/2026-02-22",
        "/don-vi/vp/ngay/2026-02-24",
        DUC,
        HUONG.replace("24", "25", 1),
    ):
        assert inspector.get(outside).status_code == 404, outside


def test_a_grant_that_was_withdrawn_is_over_at_once(engine: Engine, log_in: LogIn) -> None:
    inspector = log_in("thanhtra")
    with transaction(engine) as session:
        grant = session.scalars(select(AccessGrant)).one()
        grant.withdrawn_by, grant.withdrawn_at = "admin", NOW

    assert inspector.get(HUONG).status_code == 404


def test_while_the_head_is_away_a_deputy_by_grant_sees_the_unit(engine: Engine) -> None:
    with transaction(engine) as session:
        of_duc = session.scalars(select(Account).where(col(Account.user_name) == "duc")).one()
        unit = session.scalars(select(Unit).where(col(Unit.code) == "vp")).one()
        session.add(
            AccessGrant(
                account_id=of_duc.id or 0,
                unit_id=unit.id or 0,
                role="head",
                reason="Giấy uỷ quyền số 4",
                valid_from=ON,
                valid_to=date(2026, 2, 27),
                granted_by="hanh",
                granted_at=NOW,
            )
        )

    assert (units_of(engine, "duc"), scope(engine, "duc").role) == ({"vp"}, "head")
    assert (units_of(engine, "duc", date(2026, 2, 28)), scope(engine, "duc", date(2026, 2, 28)).role) == (
        set(),
        "staff",
    )


def test_a_subtree_ends_where_another_bloc_begins(engine: Engine) -> None:
    with transaction(engine) as session:
        for unit in session.scalars(select(Unit)):
            unit.bloc = {"ubnd": "", "vp": "chính quyền", "kt": "Đảng"}.get(unit.code, "")
            if unit.code in {"kt", "pvhcc"}:
                unit.parent_id = session.scalars(select(col(Unit.id)).where(col(Unit.code) == "vp")).one()

    assert units_of(engine, "hanh") == {"vp", "pvhcc"}
    assert units_of(engine, "nhansu") == {"ubnd", "vp", "kt", "pvhcc"}


@pytest.mark.parametrize("role", ["hr", "head", "inspector", "supervisor"])
def test_a_role_over_units_without_a_unit_sees_nobody(engine: Engine, role: str) -> None:
    with reading(engine) as session:
        found = scope_of(session, Account(id=9, user_name="x", display_name="x", role=role), ON)

    assert found.terms == found.reach.terms == ()


def test_an_account_whose_role_nobody_knows_sees_nobody(engine: Engine) -> None:
    with reading(engine) as session:
        account = Account(id=9, user_name="x", display_name="x", role="auditor", unit_id=1, person_id=1)
        found = scope_of(session, account, ON)

    assert (found.role, found.terms, found.tended) == ("auditor", (), frozenset())
    assert found.reach == NOBODY


def test_a_technician_without_a_unit_tends_every_terminal_and_with_one_those_below(engine: Engine) -> None:
    with reading(engine) as session:
        units = tree(session)
        vp = next(unit.id for unit in units.units.values() if unit.code == "vp")
        whole, office = (
            scope_of(
                session, Account(id=9, user_name="x", display_name="x", role="technician", unit_id=unit), ON
            )
            for unit in (None, vp)
        )

    assert whole.tended is None
    assert whole.tends_terminal(1)
    assert whole.tends_terminal(None)
    assert office.tended == units.below_in_bloc(vp)
    assert not office.tends_terminal(None)


def test_an_inspector_begins_at_the_first_of_several_units(engine: Engine) -> None:
    with transaction(engine) as session:
        first = session.scalars(select(AccessGrant)).one()
        vp = session.scalars(select(col(Unit.id)).where(col(Unit.code) == "vp")).one() or 0
        session.add(
            AccessGrant(
                account_id=first.account_id,
                unit_id=vp,
                role="inspector",
                reason="QĐ 7",
                valid_from=first.valid_from,
                granted_by="admin",
                granted_at=NOW,
            )
        )
        home = first.unit_id

    assert units_of(engine, "thanhtra") == {"kt", "vp"}
    assert scope(engine, "thanhtra").home == home != vp


def test_a_technician_reaches_no_personal_data_even_with_a_person_linked() -> None:
    found = Scope(role="technician", account_id=1, terms=None, person_id=7)

    assert found.reach == NOBODY


def test_a_role_that_is_not_known_may_do_nothing() -> None:
    assert not any(Scope(role="", account_id=1, terms=None).may(action) for action in Action)
    assert set(ALLOWED) == set(ROLES)


def test_another_unit_looks_like_a_page_that_does_not_exist(log_in: LogIn) -> None:
    head = log_in("hanh")

    foreign, absent = head.get("/don-vi/kt/ngay/2026-02-24"), head.get("/don-vi/khong-co/ngay/2026-02-24")

    assert foreign.status_code == absent.status_code == 404
    assert plain(foreign.text) == plain(absent.text)
    assert head.get("/don-vi?ma=kt").status_code == 404
    assert head.get("/don-vi/ubnd/ngay/2026-02-24").status_code == 404


def test_a_person_of_another_unit_looks_like_nobody(log_in: LogIn) -> None:
    head = log_in("hanh")

    foreign, nobody = head.get(HUONG), head.get("/nguoi/CB999/ngay/2026-02-24")

    assert foreign.status_code == nobody.status_code == 404
    assert plain(foreign.text) == plain(nobody.text)
    assert head.get(DUC).status_code == 200


@pytest.mark.parametrize("address", ["/nhat-ky", HUONG])
def test_what_was_refused_is_in_the_log(
    log_in: LogIn, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    head = log_in("hanh")
    with caplog.at_level("INFO"):
        assert head.get(address).status_code == 404

    told = [vars(entry) for entry in caplog.records if vars(entry).get("event") == "refused"]
    assert [(one["endpoint"], one["status"]) for one in told] in (
        [("trail.overview", 404)],
        [("person.day", 404)],
    )
    assert "CB005" not in caplog.text


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
    entrance = {"static", "bootstrap.static", "login.form", "login.log_in", "home.alive"}
    health = {"health.live", "health.ready", "health.work", "health.metrics"}  # the last one by address
    paper = {"sheet_code.check"}  # whoever holds a sheet of paper may ask whether it is true
    assert public == entrance | health | paper | set(STEPS)


HANDS_OVER = (".export", ".sheet", ".records", "own_data.copy")


def test_whatever_hands_over_people_s_data_as_a_file_asks_for_proof_again(app: Flask) -> None:
    views = app.view_functions
    # Programs prove themselves with each request: the next test.
    handing = {name for name in views if name.endswith(HANDS_OVER) and not name.startswith("api.")}
    tracing = {
        name.partition(".")[0]
        for name, view in views.items()
        if hasattr(sys.modules[view.__module__], "trace_export")
    }

    found = {name: policy_of(app, name) for name in handing}

    assert sorted(name for name, policy in found.items() if policy is None or not policy.step_up) == []
    assert tracing <= {name.partition(".")[0] for name in handing}


def test_what_programs_are_handed_over_is_under_the_api_s_prefix_and_asks_for_a_token(app: Flask) -> None:
    """They prove themselves with each request; no log-in comes there, and no program anywhere else."""
    rules = list(app.url_map.iter_rules())
    found = {rule.endpoint: policy_of(app, rule.endpoint) for rule in rules}

    for_programs = {name for name, policy in found.items() if policy is not None and policy.program}
    assert for_programs == {rule.endpoint for rule in rules if rule.rule.startswith("/api/")}
    assert for_programs


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
