"""Which terminals an account sees and tends; what it may not see looks like what does not exist."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.access import ALLOWED, Action, Scope
from monitor.intake.push import Caller, park
from monitor.store.session import transaction
from monitor.store.tables import Account, FileImport, Person, QuarantinedRecord, Terminal, Unit
from tests.office import rows
from tests.web.cast import NOW, at
from tests.web.conftest import LogIn
from tests.web.signing import plain
from tests.web.test_scope import scope

WRITING = {
    "/bat-tat": {"tat": "1", "ly-do": "x"},
    "/cach-ly": {"viec": "bo", "ly-do": "x", "id": "1"},
    "/tep/1/huy": {"ly-do": "x"},
    "/ma-la": {"ma": "9", "can-bo": "CB002"},
}
TRACES = ("terminal", "quarantine_decision", "import_undo", "badge", "pull_request", "pending_terminal")


@pytest.fixture
def places(engine: Engine) -> Engine:
    """A terminal of the Văn phòng, one of Kinh tế, one of no unit; HR and a technician of the Văn phòng."""
    with transaction(engine) as session:
        unit = {row.code: row.id for row in session.scalars(select(Unit))}
        for code, where in (("VP", unit["vp"]), ("KT", unit["kt"]), ("X", None)):
            session.add(Terminal(code=code, name=f"Máy {code}", kind="zk", host="10.0.0.3", unit_id=where))
        for name, role in (("ns-vp", "hr"), ("kt-vp", "technician")):
            session.add(Account(user_name=name, display_name=name, role=role, unit_id=unit["vp"]))
        session.add(Account(user_name="ns-0", display_name="", role="hr"))
        session.flush()
        for one in session.scalars(select(Terminal)).all():
            session.add(_kept(one.id or 0))
            session.add(_imported(one.id or 0))
    park(engine, Caller(serial="LA1", address="10.9.9.9", allowed_networks=()), NOW)
    return engine


def _kept(terminal_id: int) -> QuarantinedRecord:
    return QuarantinedRecord(
        terminal_id=terminal_id,
        reason="clock_reset",
        raw=b"x",
        device_user_id="002",
        device_time="2000-01-01 00:30:00",
        verify=1,
        state=0,
        work_code=0,
        source="pull",
        received_at=at("10:00"),
    )


def _imported(terminal_id: int) -> FileImport:
    return FileImport(
        terminal_id=terminal_id,
        file_name="a.dat",
        sha256="",
        layout="attlog",
        imported_at=NOW,
        lines=1,
        stored=0,
        duplicates=0,
        quarantined=1,
    )


def seen(text: str) -> set[str]:
    return set(re.findall(r'id="may-(\w+)"', text))


@pytest.mark.parametrize(
    ("account", "sees", "tends"),
    [
        ("admin", {"TM1", "TM2", "VP", "KT", "X"}, {"TM1", "TM2", "VP", "KT", "X"}),
        ("kythuat", {"TM1", "TM2", "VP", "KT", "X"}, {"TM1", "TM2", "VP", "KT", "X"}),
        ("nhansu", {"TM1", "TM2", "VP", "KT", "X"}, {"TM1", "TM2", "VP", "KT"}),
        ("ns-vp", {"TM1", "TM2", "VP", "X"}, {"VP"}),
        ("kt-vp", {"VP"}, {"VP"}),
        ("ns-0", set(), set()),
    ],
)
def test_each_account_sees_and_tends_its_own_terminals(
    places: Engine, log_in: LogIn, account: str, sees: set[str], tends: set[str]
) -> None:
    client = log_in(account)
    assert seen(client.get("/may").text) == sees
    for code in ("TM1", "TM2", "VP", "KT", "X"):
        page = client.get(f"/may/{code}")
        assert page.status_code == (200 if code in sees else 404), code
        assert (f'action="/may/{code}/bat-tat"' in page.text) == (code in tends), code
        assert client.post(f"/may/{code}/doc-ngay").status_code == (302 if code in sees else 404), code


@pytest.mark.parametrize("account", ["ns-vp", "kt-vp", "ns-0", "hanh", "duc", "giamsat", "thanhtra"])
@pytest.mark.parametrize("code", ["TM1", "KT"])
def test_what_is_not_tended_cannot_be_changed(places: Engine, log_in: LogIn, account: str, code: str) -> None:
    client = log_in(account)
    before = [rows(places, f"SELECT * FROM {table} ORDER BY 1") for table in TRACES]
    for suffix, data in WRITING.items():
        assert client.post(f"/may/{code}{suffix}", data=data).status_code == 404, suffix
    assert client.get(f"/may/{code}/tep/1").status_code == 404
    assert client.get(f"/may/{code}/ma-la?ma=9").status_code == 404
    for address in ("/may-cho-duyet/duyet", "/may-cho-duyet/tu-choi"):
        data = {"so-seri": "LA1", "ma": "M", "ten": "M", "ly-do": "x"}
        assert client.post(address, data=data).status_code == 404
    assert client.get("/may-cho-duyet").status_code == 404
    assert [rows(places, f"SELECT * FROM {table} ORDER BY 1") for table in TRACES] == before


def test_a_terminal_out_of_scope_looks_like_one_that_does_not_exist(places: Engine, log_in: LogIn) -> None:
    client = log_in("kt-vp")
    assert plain(client.get("/may/KT").text) == plain(client.get("/may/KHONG").text)


def test_records_and_imports_of_another_terminal_are_unknown_here(places: Engine, log_in: LogIn) -> None:
    client = log_in("kt-vp")
    foreign = rows(
        places,
        "SELECT q.id, f.id FROM terminal t JOIN quarantined_record q ON q.terminal_id = t.id "
        "JOIN file_import f ON f.terminal_id = t.id WHERE t.code = 'KT'",
    )[0]
    answer = client.post("/may/VP/cach-ly", data={"viec": "bo", "ly-do": "x", "id": [str(foreign[0]), "999"]})
    assert answer.status_code == 400
    assert f"Không có bản ghi cách ly số {foreign[0]}." in answer.text
    assert client.get(f"/may/VP/tep/{foreign[1]}").status_code == 404
    assert client.post(f"/may/VP/tep/{foreign[1]}/huy", data={"ly-do": "x"}).status_code == 404
    assert rows(places, "SELECT count(*) FROM quarantine_decision") == [(0,)]
    assert rows(places, "SELECT count(*) FROM import_undo") == [(0,)]


def test_alarms_of_what_is_out_of_scope_are_not_told(places: Engine, log_in: LogIn) -> None:
    from tests.web.test_terminals import alarm

    with transaction(places) as session:
        session.add(alarm("terminal_silent", "TM2", 2, '{"terminal": "TM2", "since": "13:46 24/02/2026"}'))
        session.add(alarm("serial_unknown", "LA1", None, '{"serial": "LA1", "address": "10.9.9.9"}'))
        session.add(alarm("server_clock", content='{"minutes": 9, "agreeing": 4, "seen": 5}'))
    # Without the forms' tokens: three letters are found in a random one now and then.
    own, every = (re.sub('value="[^"]*"', "", log_in(name).get("/may").text) for name in ("kt-vp", "kythuat"))
    assert ("TM2" in own, "LA1" in own, "MÁY CHỦ" in own) == (False, False, True)
    assert ("TM2" in every, "LA1" in every, "MÁY CHỦ" in every) == (True, True, True)


def test_no_page_shows_a_name_to_a_technician(places: Engine, app: Flask, log_in: LogIn) -> None:
    technician = log_in("kythuat")
    with transaction(places) as session:
        people = list(session.scalars(select(col(Person.name))))
    pages = ["/may", "/may/TM1", "/may/TM1?xong=1", "/may/TM1/tep/1", "/may-cho-duyet"]
    for address in pages:
        answer = technician.get(address)
        assert answer.status_code == 200, address
        assert not [name for name in people if name in answer.text], address
    assert technician.get("/may/TM1/ma-la?ma=002").status_code == 404
    assert technician.post("/may/TM1/ma-la", data={"ma": "002", "can-bo": "CB002"}).status_code == 404


def test_the_reach_over_terminals_needs_the_right_to_see_them() -> None:
    for role, actions in ALLOWED.items():
        found = Scope(role=role, account_id=1, tended=None, looked_at=frozenset({None, 1}))
        assert found.tends_terminal(1) == found.sees_terminal(None) == (Action.SEE_TERMINALS in actions)


def test_terminals_of_another_bloc_are_another_matter(engine: Engine) -> None:
    with transaction(engine) as session:
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
        units["kt"].bloc = "Đảng"
        units["ubnd"].bloc = "chính quyền"
        of_kt, of_vp = units["kt"].id, units["vp"].id
    found = scope(engine, "nhansu")
    assert (found.tends_terminal(of_vp), found.sees_terminal(of_kt)) == (True, False)
