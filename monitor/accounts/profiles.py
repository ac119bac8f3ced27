"""What a password profile asks for: the defaults of ASVS 5.0 or of QĐ 742/QĐ-BTTTT, and their settings.

The two conflict: ASVS forbids rules about kinds of characters and passwords that end, the decision wants
both available. **The numbers below are ours**: the decision's own text fixes none that we could verify, so
each is a setting of `[accounts]`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from monitor.config import Settings

Scheme = Literal["argon2id", "scrypt"]

FACTOR_ROLES = frozenset({"admin", "hr", "inspector", "supervisor"})
"""Roles that see many people's data: a password alone does not open them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The rules in force. `character_kinds`: how many of small, capital, digit and sign must occur.

    `lives` None: a password never ends. `lockout_failures` wrong tries in a row close an account for
    `lockout`.
    """

    least_length: int
    character_kinds: int
    lives: timedelta | None
    lockout_failures: int
    lockout: timedelta
    scheme: Scheme


@dataclass(frozen=True, slots=True)
class _Defaults:
    least_length: int
    character_kinds: int
    most_days: int
    lockout_failures: int
    lockout_minutes: int
    scheme: Scheme


_DEFAULTS = {
    "asvs": _Defaults(12, 0, 0, 10, 5, "argon2id"),
    "qd742-2": _Defaults(10, 3, 180, 5, 15, "scrypt"),
    "qd742-3": _Defaults(12, 4, 90, 5, 30, "scrypt"),
}


def profile_of(settings: Settings) -> Profile:
    """The configured profile, with what the configuration says otherwise."""
    own, default = settings.accounts, _DEFAULTS[settings.accounts.password_profile]
    most_days = _chosen(own.password_most_days, default.most_days)
    return Profile(
        least_length=_chosen(own.password_least_length, default.least_length),
        character_kinds=_chosen(own.password_character_kinds, default.character_kinds),
        lives=timedelta(days=most_days) if most_days else None,
        lockout_failures=_chosen(own.lockout_failures, default.lockout_failures),
        lockout=timedelta(minutes=_chosen(own.lockout_minutes, default.lockout_minutes)),
        scheme=default.scheme,
    )


def _chosen(own: int | None, default: int) -> int:
    return default if own is None else own


def needs_factor(role: str) -> bool:
    """Whether a role must have a second factor."""
    return role in FACTOR_ROLES
