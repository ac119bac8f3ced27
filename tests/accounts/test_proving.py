"""Counters and proofs on a real database: limits for all, codes and slips used once, sealed secrets."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import col

from monitor.accounts import (
    Door,
    attempts,
    hashing,
    own,
    profile_of,
    prove_factor,
    prove_password,
    slips,
)
from monitor.config import Settings
from monitor.store.session import reading, transaction
from monitor.store.tables import Account, Attempt, Credential, RecoveryCode
from tests.accounts.cast import (
    ANOTHER,
    NOW,
    PASSWORD,
    add_account,
    door,
    give_factor,
    give_password,
    settings_of,
    trail,
)

ASVS = settings_of()
LEVEL_3: dict[str, object] = {"password_profile": "qd742-3"}


@pytest.fixture
def lan(engine: Engine) -> Account:
    """An account with a password."""
    add_account(engine, "lan", "hr")
    return give_password(engine, "lan", ASVS)


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """Run all at the same moment; their results."""
    gate, found = threading.Barrier(len(tasks)), list[object]()

    def run(task: Callable[[], object]) -> None:
        gate.wait()
        found.append(task())

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_slip_that_two_use_at_once_works_for_exactly_one(engine: Engine, lan: Account) -> None:
    with transaction(engine) as session:
        token = slips.issue(session, session.get_one(Account, lan.id), ASVS, NOW)

    found = at_once(
        lambda: slips.redeem(door(engine, ASVS, address="10.0.0.1"), "lan", token, ANOTHER),
        lambda: slips.redeem(door(engine, ASVS, address="10.0.0.2"), "lan", token, ANOTHER + " nữa"),
    )

    assert len([one for one in found if one is not None]) == 1
    assert [action for _actor, action in trail(engine)].count("slip_used") == 1


def test_a_code_that_two_use_at_once_works_for_exactly_one(engine: Engine, lan: Account) -> None:
    phone = give_factor(engine, lan, ASVS, NOW)
    later = NOW + timedelta(minutes=1)
    code = phone.at(later)

    found = at_once(
        *(lambda n=n: prove_factor(door(engine, ASVS, later, f"10.0.0.{n}"), lan, code) for n in range(4))
    )

    assert sorted(map(bool, found)) == [False, False, False, True]


def test_however_many_come_at_once_no_more_than_the_limit_are_checked(
    engine: Engine, lan: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def wrong(_stored: str, typed: str) -> bool:
        checked.append(typed)
        return False

    monkeypatch.setattr(hashing, "verify", wrong)

    at_once(
        *(
            lambda n=n: prove_password(door(engine, ASVS, address=f"10.0.1.{n}"), "lan", "sai")
            for n in range(12)
        )
    )

    assert 1 <= len(checked) <= attempts.FREE_TRIES


@pytest.mark.postgres
@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_counter_that_a_right_try_takes_away_meanwhile_is_begun_anew(engine: Engine) -> None:
    with transaction(engine) as session:
        attempts.admit(session, ["account:7"], profile_of(ASVS), NOW)

    def another_try() -> None:
        with transaction(engine) as mine:
            admitted.append(attempts.admit(mine, ["account:7"], profile_of(ASVS), NOW))

    admitted: list[bool] = []
    other = threading.Thread(target=another_try)
    with transaction(engine) as session:
        session.get_one(Attempt, "account:7", with_for_update=True)
        other.start()
        until_somebody_waits(engine)
        attempts.succeed(session, ["account:7"])
    other.join()

    assert admitted == [True]
    with transaction(engine) as session:
        assert session.get_one(Attempt, "account:7").failures == 1


def until_somebody_waits(engine: Engine) -> None:
    """Return once a transaction waits for another's lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with engine.connect() as connection:
        while not connection.scalar(waiting):
            time.sleep(0.01)


def tries_until_closed(engine: Engine, settings: Settings) -> int:
    """How many wrong tries are checked, with a minute and more between them."""
    now, count = NOW, 0
    with transaction(engine) as session:
        while attempts.admit(session, ["account:7"], profile_of(settings), now):
            count += 1
            now += attempts.LONGEST_PAUSE + timedelta(seconds=1)
    return count


@pytest.mark.parametrize(("profile", "tries"), [("asvs", 10), ("qd742-2", 5), ("qd742-3", 5)])
def test_each_profile_closes_after_its_number_of_tries(engine: Engine, profile: str, tries: int) -> None:
    assert tries_until_closed(engine, settings_of(password_profile=profile)) == tries


def test_an_address_is_closed_after_ten_times_as_many(engine: Engine) -> None:
    key, now, count = attempts.address_key("10.9.9.9"), NOW, 0
    with transaction(engine) as session:
        while attempts.admit(session, [key], profile_of(ASVS), now):
            count += 1

    assert count == 100


def test_an_address_of_ipv6_is_its_network() -> None:
    first, second = "2001:db8:1:2::1", "2001:db8:1:2:ffff::9"

    assert attempts.address_key(first) == attempts.address_key(second) == "address:2001:db8:1:2::"
    assert attempts.address_key("2001:db8:1:3::1") != attempts.address_key(first)
    assert attempts.address_key("cli:lan") == "address:?"


def test_a_right_password_gives_its_account_a_fresh_start(engine: Engine, lan: Account) -> None:
    for seconds in (0, 5):
        prove_password(door(engine, ASVS, NOW + timedelta(seconds=seconds)), "lan", "sai")
    assert prove_password(door(engine, ASVS, NOW + timedelta(seconds=10)), "lan", PASSWORD) is not None

    with reading(engine) as session:
        left = {row.key: row.failures for row in session.scalars(select(Attempt))}
    assert left == {"address:10.1.2.3": 2}


def test_old_counters_are_forgotten(engine: Engine) -> None:
    with transaction(engine) as session:
        attempts.admit(session, ["account:1", "name:5"], profile_of(ASVS), NOW)
        attempts.admit(session, ["account:2"], profile_of(ASVS), NOW + timedelta(hours=2))

    with reading(engine) as session:
        assert [row.key for row in session.scalars(select(Attempt))] == ["account:2"]


def test_the_second_factor_is_sealed_with_a_key_of_the_installation(engine: Engine, lan: Account) -> None:
    phone = give_factor(engine, lan, ASVS, NOW)
    later = NOW + timedelta(minutes=1)
    elsewhere = Settings.model_validate({"web": {"secret_key": "j" * 32}})

    with reading(engine) as session:
        credential = session.get_one(Credential, lan.id)
        assert phone.secret not in credential.factor_secret
    assert not prove_factor(door(engine, elsewhere, later), lan, phone.at(later))
    assert prove_factor(door(engine, ASVS, later), lan, phone.at(later))


def test_recovery_codes_are_kept_as_hashes(engine: Engine, lan: Account) -> None:
    give_factor(engine, lan, ASVS, NOW)
    codes = own.renew_recovery_codes(door(engine, ASVS), lan)

    with reading(engine) as session:
        stored = [row.code_sha256 for row in session.scalars(select(RecoveryCode))]
    assert (len(stored), {len(one) for one in stored}) == (10, {64})
    assert not set(codes) & set(stored)


def test_the_first_code_of_a_new_phone_cannot_be_used_again(engine: Engine, lan: Account) -> None:
    phone = give_factor(engine, lan, ASVS, NOW)

    assert not prove_factor(door(engine, ASVS), lan, phone.at(NOW))


def test_an_enrolment_is_kept_by_its_browser_and_good_for_its_account_only(
    engine: Engine, lan: Account
) -> None:
    other = add_account(engine, "khac")
    begun = own.begin_factor(door(engine, ASVS), lan)

    assert own.begin_factor(door(engine, ASVS), lan, begun.sealed).secret == begun.secret
    assert own.begin_factor(door(engine, ASVS), other, begun.sealed).secret != begun.secret
    assert begun.secret not in begun.sealed


def test_a_profile_change_is_a_rehash_at_the_next_log_in(engine: Engine, lan: Account) -> None:
    stricter = settings_of(**LEVEL_3)

    assert prove_password(door(engine, stricter), "lan", PASSWORD) is not None

    with reading(engine) as session:
        assert session.get_one(Credential, lan.id).password_hash.startswith("$scrypt$")
    assert prove_password(door(engine, stricter), "lan", PASSWORD) is not None


def test_an_account_without_password_is_opened_by_nothing(engine: Engine) -> None:
    add_account(engine, "moi")
    here: Door = door(engine, ASVS)

    for typed in ("", " ", PASSWORD, hashing.nobodys_hash("argon2id")):
        assert prove_password(here, "moi", typed) is None


def test_a_slip_is_kept_as_its_hash_and_ends_with_the_account(engine: Engine, lan: Account) -> None:
    with transaction(engine) as session:
        token = slips.issue(session, session.get_one(Account, lan.id), ASVS, NOW)

    with reading(engine) as session:
        account = session.scalars(select(Account).where(col(Account.user_name) == "lan")).one()
        assert (token in repr(account), len(account.token_sha256 or "")) == (False, 64)
    assert len(token.replace("-", "")) * 5 >= 128
