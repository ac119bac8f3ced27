"""Logging in through a provider of OpenID Connect, over real HTTP; and every way to cheat that we know."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import col

from monitor.accounts import administration, attempts
from monitor.accounts.administration import By
from monitor.accounts.oidc import is_allowed
from monitor.config import Oidc
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, AuditEntry, LoginSession
from tests.accounts.cast import Clock, give_factor, give_password, settings_of
from tests.sign_on.conftest import (
    Running,
    asking_app,
    go,
    oidc_of,
    query_of,
    sign_on,
    sign_on_settings,
)
from tests.web.signing import BOARD, plain, rows

pytestmark = pytest.mark.slow

REFUSED = "Máy chủ đăng nhập chưa xác nhận được bạn"
UNREACHABLE = "Không liên lạc được với máy chủ đăng nhập"


def refusals(engine: Engine) -> list[tuple[str, Any]]:
    """Actor and reason of every refused sign-on on the audit trail."""
    with reading(engine) as session:
        wanted = select(AuditEntry).where(col(AuditEntry.action) == "log_in_refused")
        entries = session.scalars(wanted.order_by(col(AuditEntry.id)))
        return [(entry.actor, json.loads(entry.detail)["why"]) for entry in entries]


def methods(engine: Engine) -> list[str]:
    """How every log-in that is running was proven."""
    with reading(engine) as session:
        return list(session.scalars(select(col(LoginSession.method)).order_by(col(LoginSession.id))))


def by(now: Any) -> By:
    return By(actor="cli:may", settings=settings_of(), now=now)


def test_whoever_the_provider_vouches_for_comes_to_the_page_that_was_wanted(
    app: Flask, honest: Running, engine: Engine
) -> None:
    client = app.test_client()
    page = client.get("/dang-nhap?tiep=" + BOARD).text
    assert "Đăng nhập bằng SSO tỉnh" in page

    back = client.get(go(client, honest, "hanh", "/dang-nhap/sso?tiep=" + BOARD))

    assert back.location == BOARD
    assert client.get(BOARD).status_code == 200
    assert methods(engine) == ["oidc"]
    assert refusals(engine) == []


def test_what_the_provider_is_asked_for(app: Flask, honest: Running) -> None:
    sent = app.test_client().get("/dang-nhap/sso").location
    asked = query_of(sent)

    assert sent.startswith(honest.issuer + "/oauth2/authorize?")
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == "http://localhost/dang-nhap/sso/ve"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"].split()[0] == "openid"
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert "max_age" not in asked


def test_a_host_name_that_a_browser_brings_changes_nothing(app: Flask, honest: Running) -> None:
    sent = app.test_client().get("/dang-nhap/sso", headers={"Host": "evil.example"})
    assert "evil.example" not in sent.location


def test_a_local_second_factor_is_still_asked_for(
    app: Flask, honest: Running, engine: Engine, clock: Clock
) -> None:
    client = app.test_client()
    assert sign_on(client, honest, "nhansu").location == "/dang-nhap/thiet-lap"
    assert rows(engine) == 0

    account = give_password(engine, "nhansu", settings_of())
    phone = give_factor(engine, account, settings_of(), clock())
    clock.pass_seconds(60)
    client = app.test_client()
    assert sign_on(client, honest, "nhansu").location == "/dang-nhap/ma"
    client.post("/dang-nhap/ma", data={"code": phone.at(clock())})
    assert methods(engine) == ["oidc+factor"]


@pytest.mark.parametrize(
    "case",
    [
        (False, {"amr": ["pwd", "mfa"]}, "/dang-nhap/thiet-lap"),
        (True, {"amr": ["pwd"]}, "/dang-nhap/thiet-lap"),
        (True, {"amr": ["pwd", "mfa"]}, "/"),
        (True, {"acr": "urn:two"}, "/"),
        (True, {"acr": "urn:one"}, "/dang-nhap/thiet-lap"),
    ],
)
def test_the_provider_stands_for_a_second_factor_only_where_the_setting_says_so(
    engine: Engine, tmp_path: Path, honest: Running, clock: Clock, case: tuple[bool, dict[str, Any], str]
) -> None:
    trusted, claims, location = case
    oidc = oidc_of(honest.issuer, trust_multi_factor=trusted, multi_factor_acr=["urn:two"])
    app = asking_app(engine, sign_on_settings(tmp_path, oidc=oidc), clock)
    honest.lie(claims=claims)
    assert sign_on(app.test_client(), honest, "nhansu").location == location
    assert methods(engine) == (["oidc+mfa"] if location == "/" else [])


def test_a_password_that_has_ended_matters_not_to_a_sign_on(
    engine: Engine, tmp_path: Path, honest: Running, clock: Clock
) -> None:
    give_password(engine, "hanh", settings_of(), now=clock().replace(year=2020))
    settings = sign_on_settings(tmp_path, oidc=oidc_of(honest.issuer))
    level = settings.accounts.model_copy(update={"password_profile": "qd742-3"})
    app = asking_app(engine, settings.model_copy(update={"accounts": level}), clock)
    assert sign_on(app.test_client(), honest, "hanh").location == "/"


# Ways to cheat.


@pytest.mark.parametrize(
    "lie",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"aud": "another"}},
        {"claims": {"aud": ["another"]}},
        {"claims": {"aud": ["monitor", "another"], "azp": "another"}},
        {"claims": {"aud": None}},
        {"claims": {"iss": "http://localhost:1"}},
        {"claims": {"iss": None}},
        {"shifted": {"exp": -3600}},
        {"claims": {"exp": None}},
        {"shifted": {"iat": 3600}},
        {"shifted": {"nbf": 3600}},
        {"claims": {"sub": None}},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "stranger"},
    ],
    ids=str,
)
def test_a_token_that_is_not_the_issuers_for_us_now_opens_nothing(
    app: Flask, honest: Running, engine: Engine, clock: Clock, lie: dict[str, Any]
) -> None:
    client = app.test_client()
    address = go(client, honest, "hanh")
    now = int(clock().timestamp())
    honest.lie(**{"claims": {name: now + shift for name, shift in lie.get("shifted", {}).items()}} | lie)
    answer = client.get(address)

    assert answer.status_code == 401
    assert REFUSED in answer.text
    assert rows(engine) == 0
    assert refusals(engine) == [("-", "token")]


@pytest.mark.parametrize(
    "said",
    ["hanh@khac.vn", "HANH\u2160", "ｈanh", "\u212aythuat", "hanh ", "", 7, None, ["hanh"]],
    ids=repr,
)
def test_a_name_must_be_the_accounts_own(app: Flask, honest: Running, engine: Engine, said: object) -> None:
    honest.lie(claims={"preferred_username": said})
    answer = sign_on(app.test_client(), honest, "hanh")
    assert answer.status_code == (302 if said == "hanh " else 401)
    assert refusals(engine) == ([] if said == "hanh " else [("-", "name")])


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"email": "hanh@traba.test", "email_verified": True}, 302),
        ({"email": "Hanh@TraBa.test", "email_verified": True}, 302),
        ({"email": "hanh@traba.test", "email_verified": False}, 401),
        ({"email": "hanh@traba.test", "email_verified": None}, 401),
        ({"email": "hanh@khac.test", "email_verified": True}, 401),
        ({"email": "hanh@traba.test@khac.test", "email_verified": True}, 401),
        ({"email": "hanh", "email_verified": True}, 401),
    ],
)
def test_an_address_counts_in_the_offices_own_domain_and_verified_only(
    engine: Engine, tmp_path: Path, honest: Running, clock: Clock, claims: dict[str, Any], status: int
) -> None:
    oidc = oidc_of(honest.issuer, user_claim="email", user_domain="traba.test", scopes=["openid", "email"])
    app = asking_app(engine, sign_on_settings(tmp_path, oidc=oidc), clock)
    honest.lie(claims=claims)
    assert sign_on(app.test_client(), honest, "hanh").status_code == status


def test_unknown_and_disabled_and_refused_look_the_same(
    app: Flask, honest: Running, engine: Engine, clock: Clock
) -> None:
    with transaction(engine) as session:
        administration.disable(session, "hanh", by(clock()))
    answers = [sign_on(app.test_client(), honest, name) for name in ("nobody", "hanh", "admin")]
    denied = app.test_client()
    sent = query_of(denied.get("/dang-nhap/sso").location)
    answers.append(denied.get(f"/dang-nhap/sso/ve?error=access_denied&state={sent['state']}"))

    assert {answer.status_code for answer in answers} == {401}
    # The link to the other language brings back what the address held.
    assert len({re.sub(r'href="\?[^"]*"', "", plain(answer.text)) for answer in answers}) == 1
    assert refusals(engine) == [
        ("-", "unknown"),
        ("hanh", "disabled"),
        ("admin", "disabled"),
        ("-", "denied"),
    ]
    assert rows(engine) == 0


def test_no_account_and_no_role_comes_from_the_provider(app: Flask, honest: Running, engine: Engine) -> None:
    with reading(engine) as session:
        before = [
            (a.id, a.role, a.unit_id) for a in session.scalars(select(Account).order_by(col(Account.id)))
        ]
    honest.lie(claims={"role": "admin", "roles": ["admin"], "groups": ["admin"]})
    sign_on(app.test_client(), honest, "nobody")
    client = app.test_client()
    sign_on(client, honest, "hanh")
    with reading(engine) as session:
        after = [
            (a.id, a.role, a.unit_id) for a in session.scalars(select(Account).order_by(col(Account.id)))
        ]

    assert after == before
    assert client.get("/quan-tri/tai-khoan").status_code == 404


def test_administrators_come_by_sign_on_only_where_the_setting_says_so(
    engine: Engine, tmp_path: Path, honest: Running, clock: Clock
) -> None:
    settings = sign_on_settings(tmp_path, administrators=True, oidc=oidc_of(honest.issuer))
    app = asking_app(engine, settings, clock)
    assert sign_on(app.test_client(), honest, "admin").location == "/dang-nhap/thiet-lap"


def test_another_state_opens_nothing_and_ends_the_journey(
    app: Flask, honest: Running, engine: Engine
) -> None:
    client = app.test_client()
    address = go(client, honest, "hanh")
    right = query_of(address)["state"]

    assert client.get(address.replace(right, "x" * 43)).status_code == 401
    assert client.get(address).status_code == 401
    assert refusals(engine) == [("-", "state")]
    assert rows(engine) == 0


def test_the_answer_for_one_browser_is_nothing_in_another(
    app: Flask, honest: Running, engine: Engine
) -> None:
    stolen = go(app.test_client(), honest, "hanh")
    assert app.test_client().get(stolen).status_code == 401
    victim = app.test_client()
    sent = query_of(victim.get("/dang-nhap/sso").location)
    planted = stolen.replace(query_of(stolen)["state"], sent["state"])
    # The code was made for another challenge: PKCE.
    assert victim.get(planted).status_code == 401
    assert refusals(engine) == [("-", "code")]
    assert rows(engine) == 0


def test_a_code_that_was_used_is_worth_nothing(app: Flask, honest: Running, engine: Engine) -> None:
    client = app.test_client()
    address = go(client, honest, "hanh")
    copied = client.get_cookie("monitor_form")
    assert copied is not None
    assert client.get(address).status_code == 302
    assert client.get(address).status_code == 401

    again = app.test_client()
    again.set_cookie("monitor_form", copied.value)
    assert again.get(address).status_code == 401
    assert refusals(engine) == [("-", "code")]
    assert rows(engine) == 1


def test_a_journey_that_took_too_long_is_over(app: Flask, honest: Running, clock: Clock) -> None:
    client = app.test_client()
    address = go(client, honest, "hanh")
    clock.pass_seconds(601)
    assert client.get(address).status_code == 401


def test_another_issuers_answer_is_noticed(app: Flask, honest: Running, engine: Engine) -> None:
    client = app.test_client()
    address = go(client, honest, "hanh") + "&iss=https://evil.example"
    assert client.get(address).status_code == 401
    assert refusals(engine) == [("-", "issuer")]


def test_where_to_go_on_to_stays_here(app: Flask, honest: Running) -> None:
    for target in ("//evil.example", "/%5Cevil.example", "https://evil.example"):
        client = app.test_client()
        address = go(client, honest, "hanh", f"/dang-nhap/sso?tiep={target}")
        assert client.get(address).location == "/"


def test_coming_back_in_vain_is_limited_like_any_try(
    app: Flask, honest: Running, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "ADDRESS_FACTOR", 0.3)
    for _ in range(3):
        client = app.test_client()
        state = query_of(client.get("/dang-nhap/sso").location)["state"]
        client.get(f"/dang-nhap/sso/ve?code=x&state={state}")
    assert sign_on(app.test_client(), honest, "hanh").status_code == 401
    assert refusals(engine) == [("-", "code")] * 3


# Where it may not go.


@pytest.mark.parametrize(
    ("metadata", "status"),
    [
        ({"token_endpoint": "http://10.0.0.1/token"}, 503),
        ({"jwks_uri": "http://169.254.169.254/latest"}, 503),
        ({"jwks_uri": "https://evil.example/keys"}, 503),
        ({"authorization_endpoint": "javascript:alert(1)"}, 503),
        ({"token_endpoint": "http://localhost:1/token"}, 503),
        ({"token_endpoint": None}, 503),
        ({"issuer": "http://localhost:1"}, 503),
        ({}, 302),
    ],
    ids=str,
)
def test_only_the_issuers_host_is_asked(
    engine: Engine, tmp_path: Path, honest: Running, clock: Clock, metadata: dict[str, Any], status: int
) -> None:
    app = asking_app(engine, sign_on_settings(tmp_path, oidc=oidc_of(honest.issuer)), clock)
    honest.lie(metadata=metadata)
    answer = app.test_client().get("/dang-nhap/sso")
    assert answer.status_code == status
    assert (UNREACHABLE in answer.text) == (status == 503)


def test_which_addresses_of_a_provider_may_be_asked() -> None:
    oidc = Oidc(issuer="https://id.tinh.vn/realms/x", other_hosts=("keys.tinh.vn",))
    assert is_allowed(oidc, "https://id.tinh.vn/token")
    assert is_allowed(oidc, "https://keys.tinh.vn/jwks")
    for address in (
        "http://id.tinh.vn/token",
        "https://id.tinh.vn:8443/token",
        "https://id.tinh.vn@evil.example/token",
        "https://id.tinh.vn.evil.example/",
        "https://keys.tinh.vn:22/",
        "http://127.0.0.1/",
        "https://[",
        "file:///etc/passwd",
        "",
        None,
    ):
        assert not is_allowed(oidc, address), address


def test_a_provider_that_is_away_is_said_so_and_not_asked_at_once_again(
    engine: Engine, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    sound = requests.Session.get

    def counted(self: requests.Session, address: str, **more: Any) -> requests.Response:
        asked.append(address)
        return sound(self, address, **more)

    monkeypatch.setattr(requests.Session, "get", counted)
    settings = sign_on_settings(tmp_path, oidc=oidc_of("http://localhost:9", timeout_seconds=1))
    client = asking_app(engine, settings, clock).test_client()
    answers = [client.get("/dang-nhap/sso") for _ in range(3)]
    clock.pass_seconds(11)
    answers.append(client.get("/dang-nhap/sso"))

    assert [answer.status_code for answer in answers] == [503] * 4
    assert all(UNREACHABLE in answer.text and "localhost:9" not in answer.text for answer in answers)
    assert len(asked) == 2


def test_without_a_provider_there_is_no_such_page(engine: Engine, tmp_path: Path, clock: Clock) -> None:
    client = asking_app(engine, sign_on_settings(tmp_path), clock).test_client()
    assert [client.get(path).status_code for path in ("/dang-nhap/sso", "/dang-nhap/sso/ve")] == [404, 404]
    assert "/dang-nhap/sso" not in client.get("/dang-nhap").text


# Proving again.
