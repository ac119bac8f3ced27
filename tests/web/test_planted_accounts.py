"""The checks of accounts notice the bugs planted for them (AC-1 to AC-13)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import request
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from monitor.accounts import (
    AccountRefused,
    administration,
    attempts,
    codes,
    hashing,
    own,
    prove_factor,
    prove_password,
    proving,
    sessions,
    slips,
)
from monitor.accounts.administration import By
from monitor.config import Settings
from monitor.store.session import transaction
from monitor.store.tables import Account, LoginSession, RecoveryCode
from monitor.web import sign_in
from monitor.web.pages import login
from tests.accounts.cast import ANOTHER, NOW, PASSWORD, Clock, door, give_factor, give_password, settings_of
from tests.web.signing import BOARD, COOKIE, enter, guarded_app, key_of, with_key

pytestmark = pytest.mark.slow

Check = Callable[[Engine, Path], None]
Plant = Callable[[pytest.MonkeyPatch], None]

ASVS = settings_of()
LATER = NOW + timedelta(minutes=1)


def by() -> By:
    """A change from the command line."""
    return By(actor="cli:may", settings=ASVS, now=NOW)


# What must hold.


def a_code_works_once(engine: Engine, folder: Path) -> None:
    account = give_password(engine, "duc", ASVS)
    code = give_factor(engine, account, ASVS, NOW).at(LATER)
    assert [prove_factor(door(engine, ASVS, LATER), account, code) for _ in range(2)] == [True, False]


def a_recovery_code_works_once(engine: Engine, folder: Path) -> None:
    account = give_password(engine, "duc", ASVS)
    give_factor(engine, account, ASVS, NOW)
    code = own.renew_recovery_codes(door(engine, ASVS), account)[0]
    assert [prove_factor(door(engine, ASVS, LATER), account, code) for _ in range(2)] == [True, False]


def a_copied_key_dies_with_the_log_out(engine: Engine, folder: Path) -> None:
    give_password(engine, "hanh", ASVS)
    app = guarded_app(engine, folder, Clock())
    client = app.test_client()
    enter(client, "hanh")
    copied = key_of(client)
    client.post("/dang-xuat")
    assert with_key(app, copied).get(BOARD).status_code == 302


def a_planted_key_is_replaced(engine: Engine, folder: Path) -> None:
    give_password(engine, "hanh", ASVS)
    client = with_key(guarded_app(engine, folder, Clock()), "cua-ke-gian")
    assert enter(client, "hanh").status_code == 302
    assert key_of(client) != "cua-ke-gian"


def an_unknown_name_costs_the_same_work(engine: Engine, folder: Path) -> None:
    give_password(engine, "hanh", ASVS)
    done: list[str] = []
    sound = hashing.verify

    def counted(stored: str, password: str) -> bool:
        done.append(stored[:10])
        return sound(stored, password)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "verify", counted)
        for name in ("hanh", "ai-do", "duc"):
            prove_password(door(engine, ASVS), name, "sai")
    assert done == ["$argon2id$"] * 3


def a_page_that_refreshes_itself_keeps_nobody_in(engine: Engine, folder: Path) -> None:
    give_password(engine, "hanh", ASVS)
    clock = Clock()
    client = guarded_app(engine, folder, clock).test_client()
    enter(client, "hanh")
    for _ in range(31):
        clock.pass_seconds(60)
        answer = client.get(BOARD, headers={"X-Refresh": "1"})
    assert answer.status_code != 200


def a_disabled_account_is_out_at_once(engine: Engine, folder: Path) -> None:
    give_password(engine, "hanh", ASVS)
    client = guarded_app(engine, folder, Clock()).test_client()
    enter(client, "hanh")
    with transaction(engine) as session:
        administration.disable(session, "hanh", by())
    assert client.get(BOARD).status_code == 302


def tries_are_limited(engine: Engine, folder: Path) -> None:
    give_password(engine, "hanh", ASVS)
    for number in range(20):
        prove_password(door(engine, ASVS, NOW + timedelta(seconds=number)), "hanh", "sai")
    assert prove_password(door(engine, ASVS, NOW + timedelta(seconds=21)), "hanh", PASSWORD) is None


def a_slip_works_once(engine: Engine, folder: Path) -> None:
    with transaction(engine) as session:
        token = administration.reset_password(session, "hanh", by()).token
    used = [slips.redeem(door(engine, ASVS), "hanh", token, word) for word in (PASSWORD, ANOTHER)]
    assert [one is not None for one in used] == [True, False]


def the_way_on_stays_here(engine: Engine, folder: Path) -> None:
    give_password(engine, "hanh", ASVS)
    app = guarded_app(engine, folder, Clock())
    for target in ("//elsewhere.vn", "/\\elsewhere.vn", "/\t/elsewhere.vn"):
        assert enter(app.test_client(), "hanh", tiep=target).location == "/"


def what_matters_asks_again(engine: Engine, folder: Path) -> None:
    give_password(engine, "hanh", ASVS)
    clock = Clock()
    client = guarded_app(engine, folder, clock).test_client()
    enter(client, "hanh")
    clock.pass_seconds(601)
    assert client.get("/tai-khoan/xac-thuc").status_code == 302


def an_administrator_is_left(engine: Engine, folder: Path) -> None:
    with pytest.raises(AccountRefused), transaction(engine) as session:
        administration.disable(session, "admin", by())


def a_long_password_counts_to_its_end(engine: Engine, folder: Path) -> None:
    give_password(engine, "hanh", ASVS)
    account = give_password(engine, "duc", ASVS)
    long = "con đường xa " * 10
    own.change_password(door(engine, ASVS), account, PASSWORD, long, None)
    assert prove_password(door(engine, ASVS), "duc", long[:-1]) is None
    assert prove_password(door(engine, ASVS), "duc", long) is not None


CHECKS: dict[str, Check] = {
    "AC-1": a_code_works_once,
    "AC-2": a_recovery_code_works_once,
    "AC-3": a_copied_key_dies_with_the_log_out,
    "AC-4": a_planted_key_is_replaced,
    "AC-5": an_unknown_name_costs_the_same_work,
    "AC-6": a_page_that_refreshes_itself_keeps_nobody_in,
    "AC-7": a_disabled_account_is_out_at_once,
    "AC-8": tries_are_limited,
    "AC-9": a_slip_works_once,
    "AC-10": the_way_on_stays_here,
    "AC-11": what_matters_asks_again,
    "AC-12": an_administrator_is_left,
    "AC-13": a_long_password_counts_to_its_end,
}


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_the_product_holds(engine: Engine, tmp_path: Path, check: Check) -> None:
    check(engine, tmp_path)


# The bugs.

sound_step, sound_bytes = codes.matching_step, hashing._bytes


def used_codes_not_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(proving, "use_step", lambda *_: True)


def older_steps_taken(patch: pytest.MonkeyPatch) -> None:
    def naive(secret: str, code: str, now: Any, _used: int) -> int | None:
        return sound_step(secret, code, now, 0)

    patch.setattr(codes, "matching_step", naive)
    patch.setattr(proving, "use_step", lambda *_: True)


def recovery_codes_kept(patch: pytest.MonkeyPatch) -> None:
    def naive(session: Session, account_id: int, _code: str) -> bool:
        mine = col(RecoveryCode.account_id) == account_id
        return session.scalars(select(RecoveryCode).where(mine)).first() is not None

    patch.setattr(proving, "_use_recovery_code", naive)


def log_out_forgets_the_cookie_only(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sessions, "end", lambda *_: True)


def key_of_the_browser_kept(patch: pytest.MonkeyPatch) -> None:
    class Naive:
        @staticmethod
        def token_urlsafe(_size: int) -> str:
            return request.cookies[COOKIE]

    patch.setattr(sessions, "secrets", Naive)


def unknown_names_answered_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hashing, "nobodys_hash", lambda _scheme: "")


def refreshing_is_using(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sign_in, "REFRESH_HEADER", "X-Nobody-Sends-This")


def sessions_outlive_their_account(patch: pytest.MonkeyPatch) -> None:
    def naive(
        session: Session, key: str, _settings: Settings, _now: Any
    ) -> tuple[Account, LoginSession] | None:
        mine = col(LoginSession.key_sha256) == sessions.key_hash(key)
        row = session.scalars(select(LoginSession).where(mine)).first()
        return None if row is None else (session.get_one(Account, row.account_id), row)

    patch.setattr(sessions, "resume", naive)
    patch.setattr(sessions, "end_all", lambda *_args, **_more: 0)


def tries_not_counted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(attempts, "admit", lambda *_: True)


def counted_but_never_closed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(attempts, "_closed_until", lambda *_: None)


def slips_not_used_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(slips, "_use_up", lambda *_: True)


def any_slash_is_ours(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(login, "own_page", lambda target, other: target if target.startswith("/") else other)


def always_fresh(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sessions, "is_fresh", lambda *_: True)


def nobody_is_the_last(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(administration, "_last_administrator", lambda _session: None)


def passwords_cut_like_bcrypt(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(hashing, "_bytes", lambda password: sound_bytes(password)[:72])


PLANTED: list[tuple[str, Plant]] = [
    ("AC-1", used_codes_not_kept),
    ("AC-1", older_steps_taken),
    ("AC-2", recovery_codes_kept),
    ("AC-3", log_out_forgets_the_cookie_only),
    ("AC-4", key_of_the_browser_kept),
    ("AC-5", unknown_names_answered_at_once),
    ("AC-6", refreshing_is_using),
    ("AC-7", sessions_outlive_their_account),
    ("AC-8", tries_not_counted),
    ("AC-8", counted_but_never_closed),
    ("AC-9", slips_not_used_up),
    ("AC-10", any_slash_is_ours),
    ("AC-11", always_fresh),
    ("AC-12", nobody_is_the_last),
    ("AC-13", passwords_cut_like_bcrypt),
]


@pytest.mark.parametrize(
    ("check", "plant"), PLANTED, ids=[f"{key}-{plant.__name__}" for key, plant in PLANTED]
)
def test_a_planted_bug_is_noticed(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: str, plant: Plant
) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        CHECKS[check](engine, tmp_path)
