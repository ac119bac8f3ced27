"""Passwords that the office's directory proves: a real OpenLDAP, and what happens without it."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.accounts import directory, directory_contact
from monitor.accounts.directory import Answer, DirectoryDown
from monitor.config import Settings
from monitor.store.session import reading
from monitor.store.tables import Attempt, AuditEntry, LoginSession
from tests.accounts.cast import PASSWORD, Clock, give_password, settings_of
from tests.sign_on.conftest import asking_app, sign_on_settings
from tests.sign_on.slapd import BASE, PASSWORDS, SEARCH_PASSWORD, SEARCHER, Directory, free_ports, running
from tests.web.cast import NOW
from tests.web.signing import enter, key_of, plain

pytestmark = pytest.mark.slow

DOWN = "hoặc không liên lạc được với danh bạ"
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang tạm khoá"


@pytest.fixture(scope="module")
def slapd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    """A directory whose certificate is for `localhost`."""
    with running(tmp_path_factory.mktemp("slapd")) as found:
        yield found


def settings_for(folder: Path, found: Directory, **more: Any) -> Settings:
    """An installation that asks this directory; without more, over StartTLS."""
    (folder / "bind.secret").write_text(SEARCH_PASSWORD + "\n", encoding="utf-8")
    keys = {
        "url": f"ldap://localhost:{found.plain}",
        "start_tls": True,
        "base_dn": BASE,
        "user_filter": "(&(objectClass=inetOrgPerson)(uid={user}))",
        "bind_dn": SEARCHER,
        "bind_password_file": "bind.secret",
        "ca_file": found.authority,
        "timeout_seconds": 2,
    }
    return sign_on_settings(folder, ldap=keys | more)


@pytest.fixture
def asking(tmp_path: Path, slapd: Directory) -> Settings:
    """An installation that asks the directory."""
    return settings_for(tmp_path, slapd)


@pytest.fixture
def clock() -> Clock:
    """A clock to be set."""
    return Clock(NOW)


@pytest.fixture
def client(engine: Engine, asking: Settings, clock: Clock) -> FlaskClient:
    """A browser."""
    return asking_app(engine, asking, clock).test_client()


def answer(settings: Settings, name: str, password: str | None) -> Answer:
    return directory.ask(settings, name, password, NOW)


@pytest.mark.parametrize("how", ["start_tls", "ldaps", "plain"])
def test_a_password_is_right_or_wrong(tmp_path: Path, slapd: Directory, how: str) -> None:
    more = {
        "start_tls": {},
        "ldaps": {"url": f"ldaps://localhost:{slapd.secure}", "start_tls": False},
        "plain": {"start_tls": False, "ca_file": ""},
    }[how]
    settings = settings_for(tmp_path, slapd, **more)
    assert answer(settings, "hanh", PASSWORDS["hanh"]) is Answer.YES
    assert answer(settings, "nhansu", PASSWORDS["nhansu"]) is Answer.YES
    assert answer(settings, "hanh", PASSWORDS["nhansu"]) is Answer.NO


@pytest.mark.parametrize("name", ["*", "h*", "hanh)(uid=*", "hanh\0", "\\2a", "uid=hanh", "ai-do", "duc", ""])
def test_a_name_is_a_name_and_leads_to_one_entry(asking: Settings, name: str) -> None:
    for password in (*PASSWORDS.values(), "cùng một tên"):
        assert answer(asking, name, password) is Answer.NO


def test_an_empty_password_is_never_right(asking: Settings) -> None:
    assert answer(asking, "hanh", "") is Answer.NO
    assert answer(asking, "hanh", None) is Answer.NO


def test_a_name_whose_answer_does_not_matter_costs_the_directory_the_same(
    asking: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    binds: list[str] = []
    sound = directory_contact._connected

    def counted(ldap: Any, folder: Path, dn: str | None, password: str | None) -> Any:
        binds.append("searcher" if dn == SEARCHER else "somebody")
        return sound(ldap, folder, dn, password)

    monkeypatch.setattr(directory_contact, "_connected", counted)
    for name, password in (("hanh", "sai"), ("hanh", None), ("ai-do", "sai"), ("ai-do", None), ("hanh", "")):
        answer(asking, name, password)
    assert binds == ["searcher", "somebody"] * 5


# Who the directory is.


@pytest.mark.parametrize("how", ["start_tls", "ldaps"])
def test_a_directory_with_another_authority_or_name_gets_no_password(
    tmp_path: Path, slapd: Directory, how: str
) -> None:
    more = {} if how == "start_tls" else {"url": f"ldaps://localhost:{slapd.secure}", "start_tls": False}
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    # The system's authorities do not know this one.
    assert answer(settings_for(tmp_path / "one", slapd, ca_file="", **more), "hanh", "x") is Answer.DOWN
    with running(tmp_path / "two", ("dc1.khac.test",)) as other:
        more |= {"url": f"ldaps://localhost:{other.secure}"} if how == "ldaps" else {}
        settings = settings_for(tmp_path / "three", other, **more)
        assert answer(settings, "hanh", PASSWORDS["hanh"]) is Answer.DOWN


def test_an_account_that_may_not_search_is_a_directory_that_cannot_be_asked(
    tmp_path: Path, slapd: Directory
) -> None:
    settings = settings_for(tmp_path, slapd)
    (tmp_path / "bind.secret").write_text("sai", encoding="utf-8")
    assert answer(settings, "hanh", PASSWORDS["hanh"]) is Answer.DOWN


def callers(mute: socket.socket) -> int:
    """How many called since it was asked last."""
    mute.setblocking(False)
    found = 0
    with suppress(BlockingIOError):
        while True:
            mute.accept()[0].close()
            found += 1
    return found


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_a_directory_that_says_nothing_is_left_alone_for_a_while(
    tmp_path: Path, slapd: Directory, scheme: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"{scheme}://localhost:{mute.getsockname()[1]}"
        settings = settings_for(tmp_path, slapd, url=url, start_tls=False, timeout_seconds=1)
        assert answer(settings, "hanh", "x") is Answer.DOWN
        asked = callers(mute)
        assert answer(settings, "hanh", "x") is Answer.DOWN
        assert (asked > 0, callers(mute)) == (True, 0)
        later = NOW + directory.REST
        assert not directory.is_down(settings, later)


def test_without_a_directory_nobody_is_asked(tmp_path: Path) -> None:
    assert answer(sign_on_settings(tmp_path), "hanh", "x") is Answer.NONE


# Logging in.


def refusals(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as session:
        wanted = select(AuditEntry).where(col(AuditEntry.action) == "log_in_refused")
        entries = session.scalars(wanted.order_by(col(AuditEntry.id)))
        return [(entry.actor, json.loads(entry.detail)["with"]) for entry in entries]


def methods(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.scalars(select(col(LoginSession.method))))


def failures(engine: Engine, prefix: str) -> list[int]:
    with reading(engine) as session:
        return [row.failures for row in session.scalars(select(Attempt)) if row.key.startswith(prefix)]


def test_the_usual_form_takes_the_directorys_password(client: FlaskClient, engine: Engine) -> None:
    assert enter(client, "Hanh ", PASSWORDS["hanh"]).location == "/"
    assert key_of(client)
    assert methods(engine) == ["ldap"]


def test_a_second_factor_is_asked_for_where_the_role_must_have_one(
    client: FlaskClient, engine: Engine
) -> None:
    assert enter(client, "nhansu", PASSWORDS["nhansu"]).location == "/dang-nhap/thiet-lap"
    assert methods(engine) == []


def test_a_password_of_ones_own_goes_before_the_directorys(client: FlaskClient, engine: Engine) -> None:
    give_password(engine, "hanh", settings_of())
    assert enter(client, "hanh", PASSWORDS["hanh"]).status_code == 401
    assert enter(client, "hanh", PASSWORD).location == "/"
    assert methods(engine) == ["password"]


def test_administrators_keep_passwords_of_their_own(
    client: FlaskClient, engine: Engine, tmp_path: Path, slapd: Directory, clock: Clock
) -> None:
    assert enter(client, "admin", PASSWORDS["admin"]).status_code == 401
    settings = settings_for(tmp_path, slapd)
    open_to_all = settings.model_copy(
        update={"sign_on": settings.sign_on.model_copy(update={"administrators": True})}
    )
    other = asking_app(engine, open_to_all, clock).test_client()
    assert enter(other, "admin", PASSWORDS["admin"]).location == "/dang-nhap/thiet-lap"


def test_wrong_and_unknown_and_ambiguous_look_the_same(client: FlaskClient, engine: Engine) -> None:
    tries = [("hanh", "sai"), ("ai-do", PASSWORDS["hanh"]), ("duc", "cùng một tên"), ("hanh", "")]
    answers = [enter(client, name, password) for name, password in tries]
    assert {one.status_code for one in answers} == {401}
    assert len({plain(one.text) for one in answers}) == 1
    assert WRONG in answers[0].text
    assert refusals(engine) == [
        ("hanh", "password"),
        ("-", "password"),
        ("duc", "password"),
        ("hanh", "password"),
    ]


def test_tries_at_the_directory_are_limited(
    client: FlaskClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    sound = directory_contact.binds

    def counted(ldap: Any, folder: Path, name: str, password: str | None) -> bool:
        asked.append(name)
        return sound(ldap, folder, name, password)

    monkeypatch.setattr(directory_contact, "binds", counted)
    for _ in range(6):
        enter(client, "hanh", "sai")
    assert enter(client, "hanh", PASSWORDS["hanh"]).status_code == 401
    assert len(asked) == 3
    assert failures(engine, "account:") == [3]


def test_a_directorys_password_is_not_replaced_here(client: FlaskClient, engine: Engine) -> None:
    enter(client, "hanh", PASSWORDS["hanh"])
    new = "một mật khẩu riêng khác"
    form = {"old": PASSWORDS["hanh"], "password": new, "again": new}
    answered = client.post("/tai-khoan/mat-khau", data=form)
    assert answered.status_code == 400
    assert "do nơi khác quản lý" in answered.text
    assert enter(client, "hanh", new).status_code == 401


def test_what_matters_asks_for_the_directorys_password_again(client: FlaskClient, clock: Clock) -> None:
    enter(client, "hanh", PASSWORDS["hanh"])
    clock.pass_seconds(601)
    assert client.get("/tai-khoan/xac-thuc").location.startswith("/xac-nhan")
    assert client.post("/xac-nhan", data={"password": "sai"}).status_code == 401
    assert client.post("/xac-nhan", data={"password": PASSWORDS["hanh"]}).status_code == 302
    assert client.get("/tai-khoan/xac-thuc").status_code == 200


def test_without_the_directory_local_accounts_work_and_others_are_told_nothing_else(
    engine: Engine, tmp_path: Path, slapd: Directory, clock: Clock
) -> None:
    settings = settings_for(tmp_path, slapd, url=f"ldap://localhost:{free_ports(1)[0]}")
    give_password(engine, "thanhtra", settings_of())
    client = asking_app(engine, settings, clock).test_client()
    answers = [enter(client, name, "sai") for name in ("hanh", "ai-do")]

    assert {one.status_code for one in answers} == {401}
    assert len({plain(one.text) for one in answers}) == 1
    assert DOWN in answers[0].text
    assert "localhost" not in answers[0].text
    assert refusals(engine) == [("hanh", "directory_down"), ("-", "directory_down")]
    assert failures(engine, "account:") == [0]
    assert enter(client, "thanhtra", PASSWORD).location == "/dang-nhap/thiet-lap"


def test_a_directory_that_comes_back_is_asked_again(
    client: FlaskClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> bool:
        raise DirectoryDown

    with monkeypatch.context() as away:
        away.setattr(directory_contact, "binds", down)
        assert enter(client, "hanh", PASSWORDS["hanh"]).status_code == 401
    assert enter(client, "hanh", PASSWORDS["hanh"]).status_code == 401
    clock.pass_seconds(31)
    assert enter(client, "hanh", PASSWORDS["hanh"]).location == "/"
