"""Which passwords are taken, and how they are kept."""

import unicodedata
from dataclasses import astuple
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import monitor.accounts
from monitor.accounts import PasswordRefused, profile_of
from monitor.accounts.hashing import hash_password, is_outdated, nobodys_hash, verify
from monitor.accounts.passwords import check
from monitor.accounts.profiles import Scheme
from tests.accounts.cast import settings_of

CONTEXT = ("hanh.nt", "Nguyễn Thị Hạnh", "UBND phường Trà Bá")
LEVEL_3: dict[str, object] = {"password_profile": "qd742-3"}
ASVS = profile_of(settings_of())


def faults(password: str, **accounts: object) -> list[str]:
    """Codes of what is wrong with a password."""
    try:
        check(password, profile_of(settings_of(**accounts)), CONTEXT)
    except PasswordRefused as refused:
        return [fault.code for fault in refused.faults]
    return []


@pytest.mark.parametrize(
    "password",
    [
        "bốn con ngựa ăn sáng",
        "correct horse battery staple",
        "x7#Kq2!vR9pL",
        "   dấu cách cũng được   ",
        "chữ thường thôi không số",
        "🐎🐎 ngựa phi đường xa 🐎",
        "Hạnh đi chợ Bến Thành mua ba con cá",
    ],
)
def test_long_and_unguessable_passwords_are_taken_whatever_their_characters(password: str) -> None:
    assert faults(password) == []


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ngắn quá", "password_short"),
        ("password1234", "password_common"),
        ("Matkhau@2026", "password_common"),
        ("M@tkh4u_2026", "password_common"),
        ("mật khẩu mới 1", "password_short"),
        ("anhyeuem123456", "password_common"),
        ("Hanoi@123456", "password_common"),
        ("vietnamvodich2026", "password_common"),
        ("qwertyuiop12", "password_common"),
        ("aaaaaaaaaaaaaaa", "password_uniform"),
        ("abababababab", "password_uniform"),
        ("123456789012", "password_uniform"),
        ("abcdefghijklmno", "password_uniform"),
        ("onmlkjihgfedcba", "password_uniform"),
        ("hanh.nt@2026!", "password_context"),
        ("nguyenthihanh1", "password_context"),
        ("NguyễnThịHạnh88", "password_context"),
        ("ubndphuongtraba", "password_context"),
    ],
)
def test_guessable_passwords_are_refused_by_name(password: str, code: str) -> None:
    if password == "mật khẩu mới 1":  # noqa: S105 - fourteen characters, none of them on a list
        assert faults(password, password_least_length=15) == [code]
    else:
        assert code in faults(password)


def test_nothing_is_cut_off_a_long_password() -> None:
    long = "con đường " * 20
    assert faults(long) == []
    stored = hash_password(long, "argon2id")

    assert verify(stored, long)
    assert not verify(stored, long[:-1])
    assert not verify(stored, long + "x")
    assert faults("dài" * 400) == ["password_long"]


@pytest.mark.parametrize("profile", ["qd742-2", "qd742-3"])
def test_the_decision_s_profiles_ask_for_kinds_of_characters(profile: str) -> None:
    assert faults("toàn chữ thường thôi", password_profile=profile) == ["password_kinds"]
    assert faults("Có Đủ 4 loại: chữ!", password_profile=profile) == []


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("asvs", (12, 0, None, 10, timedelta(minutes=5), "argon2id")),
        ("qd742-2", (10, 3, timedelta(days=180), 5, timedelta(minutes=15), "scrypt")),
        ("qd742-3", (12, 4, timedelta(days=90), 5, timedelta(minutes=30), "scrypt")),
    ],
)
def test_each_profile_has_its_documented_numbers(profile: str, expected: tuple[object, ...]) -> None:
    assert astuple(profile_of(settings_of(password_profile=profile))) == expected


def test_a_setting_says_otherwise_than_the_profile() -> None:
    found = profile_of(settings_of(password_most_days=0, lockout_failures=7, **LEVEL_3))

    assert (found.lives, found.lockout_failures) == (None, 7)


def test_the_lists_are_long_enough_and_hold_no_text_but_words() -> None:
    folder = Path(monitor.accounts.__file__).parent / "data"
    words = {path.name: path.read_text(encoding="utf-8").split() for path in folder.glob("*.txt")}

    usable = [word for word in words["common_passwords.txt"] if len(word) >= ASVS.least_length - 4]
    assert len(usable) >= 3_000
    assert len(words["vietnamese_passwords.txt"]) >= 500
    assert "MIT License" in (folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["argon2id", "scrypt"])
def test_a_hash_is_salted_names_its_method_and_fits_its_password_only(scheme: Scheme) -> None:
    first, second = hash_password("bốn con ngựa", scheme), hash_password("bốn con ngựa", scheme)

    assert first != second
    assert first.split("$")[1] == scheme
    assert verify(first, unicodedata.normalize("NFD", "bốn con ngựa"))
    assert not verify(first, "bon con ngua")
    assert not is_outdated(first, scheme)
    assert is_outdated(first, "scrypt" if scheme == "argon2id" else "argon2id")
    assert nobodys_hash(scheme) == nobodys_hash(scheme)


@pytest.mark.parametrize("stored", ["", "plain", "$argon2id$broken", "$md5$x"])
def test_a_hash_of_no_known_method_fits_nothing(stored: str) -> None:
    assert not verify(stored, "")
    assert not verify(stored, "plain")


@given(st.text(min_size=12, max_size=64))
@settings(max_examples=200, deadline=None)
def test_every_text_is_judged_without_an_error_and_the_same_in_every_form(text: str) -> None:
    assert faults(text) == faults(unicodedata.normalize("NFKC", text))
