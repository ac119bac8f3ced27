"""A log-in half done: a first proof was right, something is still asked for. It lives in the signed cookie.

No row is written before a log-in is whole, and whoever copies the cookie still lacks what is asked for.
"""

from datetime import datetime, timedelta

from flask import redirect, session, url_for
from werkzeug.wrappers import Response

from monitor.accounts import lacks
from monitor.accounts.credentials import stored_credential
from monitor.store.session import reading
from monitor.store.tables import Account
from monitor.web.context import site
from monitor.web.sign_in import door, enter

KEY = "pending"
LASTS = timedelta(minutes=10)
STEPS = {"factor": "steps.factor", "enrolment": "steps.enrolment", "new_password": "steps.new_password"}


SIGN_ON, WHOLE_SIGN_ON = "oidc", "oidc+mfa"
"""Proofs by the office's provider; the second stands for a second factor too."""


def start(account: Account, method: str, target: str) -> None:
    """Remember an account whose password or slip was right, or for whom the provider vouches."""
    session[KEY] = {
        "account": account.id,
        "method": method,
        "target": target,
        "factor": False,
        "at": site().now().timestamp(),
        "stamp": _stamp(account.id or 0),
    }


def _stamp(account_id: int) -> str:
    """Changes with the password: a reset ends what was half done."""
    with reading(site().engine) as database:
        set_at = stored_credential(database, account_id).password_set_at
    return "" if set_at is None else set_at.isoformat()


def account() -> Account | None:
    """The account that is half logged in; None when there is none, or it took too long."""
    kept = session.get(KEY)
    if kept is None:
        return None
    now, began = site().now(), datetime.fromtimestamp(kept["at"], site().now().tzinfo)
    with reading(site().engine) as database:
        found = database.get(Account, kept["account"])
    if found is None or found.disabled or now - began > LASTS or _stamp(kept["account"]) != kept["stamp"]:
        session.pop(KEY)
        return None
    return found


def factor_proven() -> None:
    """The second factor was right."""
    session[KEY] = session[KEY] | {"factor": True, "method": f"{session[KEY]['method']}+factor"}


def password_changed(account_id: int) -> None:
    """The password is another one now, set by its owner on the way in."""
    session[KEY] = session[KEY] | {"stamp": _stamp(account_id)}


def lacking(found: Account) -> str:
    """What is still asked for, '' for nothing."""
    kept = session[KEY]
    if kept["method"] == WHOLE_SIGN_ON:
        return ""
    by_password = not kept["method"].startswith(SIGN_ON)
    return lacks(door(), found, factor_proven=kept["factor"], by_password=by_password)


def go_on(found: Account) -> Response:
    """The next step, or the page that was wanted once nothing is lacking."""
    step = lacking(found)
    if step:
        return redirect(url_for(STEPS[step]))
    target = finish(found)
    return redirect(target)


def finish(found: Account) -> str:
    """Log the account in; gives the page that was wanted."""
    kept = session[KEY]
    enter(found, kept["method"])
    target: str = kept["target"]
    return target
