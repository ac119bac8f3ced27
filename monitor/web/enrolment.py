"""A new second factor as a page shows it: a picture for the phone, the same as text."""

from flask import session
from markupsafe import Markup

from monitor.accounts import codes, own
from monitor.store.tables import Account
from monitor.web.context import site
from monitor.web.sign_in import door

GROUP = 4
KEY = "enrolment"


def enrolment_of(account: Account) -> own.Enrolment:
    """The enrolment that this browser has begun; it lies, sealed, in the signed cookie until it is taken."""
    begun = own.begin_factor(door(), account, session.get(KEY, ""))
    session[KEY] = begun.sealed
    return begun


def take_factor(account: Account, code: str, kept: int | None = None) -> list[str]:
    """Confirm the enrolment; gives the recovery codes. Raises AccountRefused `factor_wrong`."""
    codes = own.confirm_factor(door(), account, enrolment_of(account), code, kept)
    session.pop(KEY, None)
    return codes


def shown_secret(account: Account) -> dict[str, object]:
    """The picture, and the secret in groups of four."""
    secret = enrolment_of(account).secret
    address = codes.enrolment_address(secret, account.user_name, site().settings.site.name)
    groups = [secret[start : start + GROUP] for start in range(0, len(secret), GROUP)]
    # The picture holds numbers only: what its address says is drawn, not written.
    return {"picture": Markup(codes.picture(address)), "secret": " ".join(groups)}  # noqa: S704 - see above
