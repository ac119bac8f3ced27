"""Secrets on paper: one-time slips and recovery codes, easy to type and too long to guess."""

import hashlib
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-two signs of which none looks like another: no 0, 1, I, O."""
GROUPS, GROUP = 7, 4
_GAPS = str.maketrans("", "", " -–\t\r\n")


def new_token() -> str:
    """A new secret of 140 random bits in groups of four; so many need no slow hash (ASVS 6.5.2)."""
    signs = [secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP)]
    return "-".join("".join(signs[start : start + GROUP]) for start in range(0, len(signs), GROUP))


def token_hash(token: str) -> str:
    """SHA-256 of a token, however it was typed: small letters, spaces or no dashes."""
    return hashlib.sha256(token.translate(_GAPS).upper().encode()).hexdigest()
