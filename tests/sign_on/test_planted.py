"""The checks of sign-on notice the bugs planted for them."""

import json
import secrets
import ssl
from base64 import urlsafe_b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from authlib.integrations.requests_client import OAuth2Session  # type: ignore[import-untyped]  # no types
from flask import Flask
from joserfc import jwt
from sqlalchemy import Engine

from monitor.accounts import directory_contact, oidc, proving, sign_on
from tests.accounts.cast import Clock
from tests.sign_on import test_directory, test_oidc, test_oidc_again
from tests.sign_on.conftest import Running, asking_app
from tests.sign_on.conftest import sign_on as go_and_come_back
from tests.sign_on.slapd import Directory
from tests.sign_on.test_directory import settings_for, slapd

__all__ = ["slapd"]

pytestmark = pytest.mark.slow

Plant = Callable[[pytest.MonkeyPatch], None]
Check = Callable[[Flask, Running, Engine, Clock], None]
NOTICED = (AssertionError, pytest.fail.Exception)


class Trusting(dict[str, Any]):
    """Claims that nobody checks."""

    def __init__(self, claims: dict[str, Any], *_: object) -> None:
        super().__init__(claims)

    def validate(self, **_: object) -> None:
        """Find everything right."""


def claims_unchecked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(oidc, "CodeIDToken", Trusting)


def signatures_unchecked(patch: pytest.MonkeyPatch) -> None:
    def naive(token: str, *_: object, **__: object) -> jwt.Token:
        header, claims = (json.loads(urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
        return jwt.Token(header, claims)

    patch.setattr(jwt, "decode", naive)


def state_unchecked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(secrets, "compare_digest", lambda *_: True)


def no_challenge(patch: pytest.MonkeyPatch) -> None:
    sound = OAuth2Session.create_authorization_url

    def naive(self: Any, url: str, **more: Any) -> Any:
        return sound(self, url, **{name: value for name, value in more.items() if name != "code_verifier"})

    patch.setattr(OAuth2Session, "create_authorization_url", naive)


def everybody_may(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sign_on, "may_sign_on", lambda *_: True)


def any_host(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(oidc, "is_allowed", lambda *_: True)


def look_alikes_taken(patch: pytest.MonkeyPatch) -> None:
    def naive(self: oidc.Provider, claims: dict[str, Any]) -> str:
        return str(claims.get(self.oidc.user_claim))

    patch.setattr(oidc.Provider, "_user_name", naive)


def old_proofs_taken(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(oidc, "_is_since", lambda *_: True)


def token_of_another_audience(app: Flask, honest: Running, engine: Engine, clock: Clock) -> None:
    lie = {"claims": {"aud": "another"}}
    test_oidc.test_a_token_that_is_not_the_issuers_for_us_now_opens_nothing(app, honest, engine, clock, lie)


def token_with_another_nonce(app: Flask, honest: Running, engine: Engine, clock: Clock) -> None:
    lie = {"claims": {"nonce": "another"}}
    test_oidc.test_a_token_that_is_not_the_issuers_for_us_now_opens_nothing(app, honest, engine, clock, lie)


def strangers_token(app: Flask, honest: Running, engine: Engine, clock: Clock) -> None:
    lie = {"alg": "stranger"}
    test_oidc.test_a_token_that_is_not_the_issuers_for_us_now_opens_nothing(app, honest, engine, clock, lie)


def another_state(app: Flask, honest: Running, engine: Engine, clock: Clock) -> None:
    test_oidc.test_another_state_opens_nothing_and_ends_the_journey(app, honest, engine)


def plain_code(app: Flask, honest: Running, engine: Engine, clock: Clock) -> None:
    test_oidc.test_whoever_the_provider_vouches_for_comes_to_the_page_that_was_wanted(app, honest, engine)


def disabled(app: Flask, honest: Running, engine: Engine, clock: Clock) -> None:
    test_oidc.test_unknown_and_disabled_and_refused_look_the_same(app, honest, engine, clock)


def look_alike(app: Flask, honest: Running, engine: Engine, clock: Clock) -> None:
    test_oidc.test_a_name_must_be_the_accounts_own(app, honest, engine, "ｈanh")


def old_proof(app: Flask, honest: Running, engine: Engine, clock: Clock) -> None:
    client = app.test_client()
    go_and_come_back(client, honest, "hanh")
    clock.pass_seconds(601)
    case = ("hanh", lambda now: {"auth_time": now - 601}, "late")
    test_oidc_again.test_an_old_proof_or_somebody_elses_is_none(client, honest, engine, clock, case)


PLANTED: list[tuple[Plant, Check]] = [
    (claims_unchecked, token_of_another_audience),
    (claims_unchecked, token_with_another_nonce),
    (signatures_unchecked, strangers_token),
    (state_unchecked, another_state),
    (no_challenge, plain_code),
    (everybody_may, disabled),
    (look_alikes_taken, look_alike),
    (old_proofs_taken, old_proof),
]


@pytest.mark.parametrize(
    "case", PLANTED, ids=[f"{plant.__name__}-{check.__name__}" for plant, check in PLANTED]
)
def test_a_planted_bug_of_the_journey_is_noticed(
    app: Flask,
    honest: Running,
    engine: Engine,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[Plant, Check],
) -> None:
    plant, check = case
    plant(monkeypatch)
    with pytest.raises(NOTICED):
        check(app, honest, engine, clock)


def test_planted_a_provider_that_names_any_host_is_noticed(
    engine: Engine, tmp_path: Path, honest: Running, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_host(monkeypatch)
    metadata = {"jwks_uri": "http://169.254.169.254/latest"}
    with pytest.raises(NOTICED):
        test_oidc.test_only_the_issuers_host_is_asked(engine, tmp_path, honest, clock, metadata, 503)


def names_as_filters(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(directory_contact, "escape_filter_chars", lambda name: name)


def certificates_unchecked(patch: pytest.MonkeyPatch) -> None:
    def naive(**_: object) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    patch.setattr(ssl, "create_default_context", naive)


@pytest.fixture
def asked(tmp_path: Path, slapd: Directory) -> Path:
    """A folder of an installation that asks the directory."""
    settings_for(tmp_path, slapd)
    return tmp_path


def test_planted_a_name_that_is_read_as_a_filter_is_noticed(
    asked: Path, slapd: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    names_as_filters(monkeypatch)
    with pytest.raises(NOTICED):
        test_directory.test_a_name_is_a_name_and_leads_to_one_entry(settings_for(asked, slapd), "h*")


def test_planted_a_directory_that_anybody_may_pose_as_is_noticed(
    asked: Path, slapd: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificates_unchecked(monkeypatch)
    with pytest.raises(NOTICED):
        test_directory.test_a_directory_with_another_authority_or_name_gets_no_password(asked, slapd, "ldaps")


def test_planted_administrators_by_the_directory_are_noticed(
    engine: Engine, asked: Path, slapd: Directory, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "may_sign_on", lambda *_: True)
    client = asking_app(engine, settings_for(asked, slapd), clock).test_client()
    with pytest.raises(NOTICED):
        test_directory.test_administrators_keep_passwords_of_their_own(client, engine, asked, slapd, clock)
