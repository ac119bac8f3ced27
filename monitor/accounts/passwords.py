"""Whether a new password may be taken: length, kinds of characters, and whether others would guess it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from monitor.accounts.errors import Fault, PasswordRefused
from monitor.accounts.profiles import Profile
from monitor.text.vietnamese import fold

MOST_CHARACTERS = 1024
"""A bound on work, far beyond what anybody types; longer ones are refused, never cut."""
FEWEST_DIFFERENT = 5
SHORTEST_CONTEXT = 4
LONGEST_TRIMMINGS = 8
"""`matkhau@2026` is `matkhau` with trimmings; more than this many other characters are a password's own."""

_DATA = Path(__file__).parent / "data"
_TRIMMINGS = re.compile(r"^[^a-z]+|[^a-z]+$")
_LOOKALIKES = str.maketrans("@4310$57!", "aaeiosstI".lower())


@cache
def _common() -> frozenset[str]:
    """Passwords that anybody tries first: leaked ones, and Vietnamese words."""
    names = ("common_passwords.txt", "vietnamese_passwords.txt")
    return frozenset(word for name in names for word in (_DATA / name).read_text(encoding="utf-8").split())


def check(password: str, profile: Profile, context: Iterable[str]) -> None:
    """Take a new password or refuse it.

    `context` are words that belong to the account or the installation: user name, the person's name, the
    office's name; their parts count from four letters. Raises PasswordRefused with all that is wrong.
    """
    found = tuple(_faults(unicodedata.normalize("NFKC", password), profile, context))
    if found:
        raise PasswordRefused(found)


def _faults(password: str, profile: Profile, context: Iterable[str]) -> Iterator[Fault]:
    if len(password) < profile.least_length:
        yield Fault(code="password_short", values={"least": profile.least_length})
    if len(password) > MOST_CHARACTERS:
        yield Fault(code="password_long", values={"most": MOST_CHARACTERS})
        return
    if _kinds(password) < profile.character_kinds:
        yield Fault(code="password_kinds", values={"least": profile.character_kinds})
    if _is_common(password):
        yield Fault(code="password_common")
    elif len(set(password)) < FEWEST_DIFFERENT or _is_a_row(password):
        yield Fault(code="password_uniform")
    if word := _word_of(password, context):
        yield Fault(code="password_context", values={"word": word})


def _kinds(password: str) -> int:
    """How many of small letters, capital letters, digits and other signs occur."""
    tests = (str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum())
    return sum(any(test(sign) for sign in password) for test in tests)


def _is_common(password: str) -> bool:
    """Whether the password is on a list: as it is, or once its trimmings and look-alike signs are gone."""
    small = fold(password)
    return any(form in _common() for form in {small, *_cores(small)})


def _cores(small: str) -> Iterator[str]:
    for form in (small, _without_tail(small).translate(_LOOKALIKES)):
        core = _TRIMMINGS.sub("", form)
        if len(core) >= SHORTEST_CONTEXT and len(small) - len(core) <= LONGEST_TRIMMINGS:
            yield core


def _without_tail(small: str) -> str:
    return re.sub(r"[^a-z]+$", "", small)


def _is_a_row(password: str) -> bool:
    """Characters that simply follow each other: 123456789012, abcdefghijkl; a wrap to 0 may occur."""
    steps = [ord(after) - ord(before) for before, after in pairwise(password.lower())]
    return any(sum(step == way for step in steps) >= len(steps) - 1 for way in (1, -1))


def _word_of(password: str, context: Iterable[str]) -> str:
    """The part of the context that makes up most of the password; "" when none does."""
    plain = re.sub(r"[^a-z0-9]", "", fold(password))
    for whole in context:
        parts = re.split(r"[^a-z0-9]+", fold(whole))
        for word in ("".join(parts), *parts):
            if (
                len(word) >= SHORTEST_CONTEXT
                and word in plain
                and len(plain) - len(word) <= LONGEST_TRIMMINGS
            ):
                return word
    return ""
