"""The arithmetic of a second factor: codes of half a minute each (TOTP, RFC 6238)."""

import hmac
import io
from datetime import datetime

import pyotp
import segno

STEP_SECONDS = 30
TOLERATED_STEPS = (0, -1, 1)
"""A phone's clock may be half a minute off."""


def new_secret() -> str:
    """A new shared secret of 160 bits, base32."""
    return pyotp.random_base32()


def matching_step(secret: str, code: str, now: datetime, used: int) -> int | None:
    """The half-minute (since 1970) whose code this is; None when it is none's, or one up to `used`."""
    present = int(now.timestamp()) // STEP_SECONDS
    typed, totp = "".join(code.split()), pyotp.TOTP(secret)
    for step in (present + shift for shift in TOLERATED_STEPS):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()) and step > used:
            return step
    return None


def enrolment_address(secret: str, user_name: str, site_name: str) -> str:
    """What an authenticator reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name=site_name)


def picture(address: str) -> str:
    """The address as a QR code: an SVG element with classes and presentation attributes only."""
    drawn = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        light="#fff",
        svgclass="qr",
        lineclass=None,
    )
    return drawn.getvalue().decode()
