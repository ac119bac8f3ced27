"""Accounts: proving who one is, being logged in, and administering both. No page and no command here."""

from monitor.accounts.errors import AccountRefused, Fault, PasswordRefused
from monitor.accounts.profiles import FACTOR_ROLES, Profile, needs_factor, profile_of
from monitor.accounts.proving import (
    Door,
    has_factor,
    lacks,
    proof_by_password,
    prove_factor,
    prove_password,
)
from monitor.accounts.sessions import Visit

__all__ = [
    "FACTOR_ROLES",
    "AccountRefused",
    "Door",
    "Fault",
    "PasswordRefused",
    "Profile",
    "Visit",
    "has_factor",
    "lacks",
    "needs_factor",
    "profile_of",
    "proof_by_password",
    "prove_factor",
    "prove_password",
]
