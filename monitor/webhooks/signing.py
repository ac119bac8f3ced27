"""The headers that prove a message ours and unchanged (Standard Webhooks: HMAC-SHA256 of id, time, body)."""

import base64
import binascii
import hmac
import secrets
from datetime import datetime

PREFIX = "whsec_"
PURPOSE = b"attendance-monitor webhook 1"
"""What the key is for that a secret is sealed with."""
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret as both sides write it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(secret: str, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The three headers; `secret` as `new_secret` gives it. Raises ValueError for one that is none."""
    stamp = str(int(now.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(secret, message_id, stamp, body),
    }


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    """`v1,` and the base64 of the HMAC."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError(PREFIX) from error
    digest = hmac.digest(key, b".".join((message_id.encode(), stamp.encode(), body)), "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"
